#include "rig.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "support/suite.h"

char out[65536];
pid_t rig_pack;

static char folder[64];
static pid_t proxy;

void pause_ms(int ms)
{
    (void)poll(NULL, 0, ms);
}

void launch(const char *options)
{
    char line[1024];
    unsigned tries;

    (void)snprintf(
        line, sizeof(line),
        "exec %s/examples/virtual_pack/virtual_pack --headless --speed 1 --duration 100s --nvm n.bin "
        "--service-code geheim --rs232 pty:p %s >vp.log 2>&1",
        getenv("LBMS_BINARY_DIR"), options);
    rig_pack = fork();
    if (rig_pack == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    for (tries = 0; access("p", F_OK) != 0 && tries < 500u; tries++) {
        pause_ms(10);
    }
    ck_assert_int_eq(access("p", F_OK), 0);
}

void start(const char *options)
{
    strcpy(folder, "/tmp/lbms_ctl_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    launch(options);
}

void end_pack(void)
{
    (void)kill(rig_pack, SIGTERM);
    (void)waitpid(rig_pack, NULL, 0);
}

void stop(void)
{
    char line[128];

    if (proxy > 0) {
        (void)kill(proxy, SIGKILL);
        (void)waitpid(proxy, NULL, 0);
    }
    end_pack();
    (void)snprintf(line, sizeof(line), "rm -rf %s", folder);
    (void)system(line);
}

int ctl_on(const char *port, const char *arguments)
{
    char line[1024];
    FILE *pipe;
    size_t size;
    int status;

    (void)snprintf(line, sizeof(line), "%s/examples/bmsctl/bmsctl -p %s %s 2>&1 </dev/null",
                   getenv("LBMS_BINARY_DIR"), port, arguments);
    pipe = popen(line, "r");
    ck_assert_ptr_nonnull(pipe);
    size = fread(out, 1, sizeof(out) - 1, pipe);
    out[size] = '\0';
    status = pclose(pipe);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ctl(const char *arguments)
{
    return ctl_on("p", arguments);
}

bool says(const char *what)
{
    if (strstr(out, what) == NULL) {
        printf("expected '%s' in:\n%.1500s\n", what, out);
        return false;
    }
    return true;
}

void ck_file(const char *name, const char *what)
{
    FILE *file = fopen(name, "r");
    size_t size;

    ck_assert_ptr_nonnull(file);
    size = fread(out, 1, sizeof(out) - 1, file);
    out[size] = '\0';
    (void)fclose(file);
    ck_assert(says(what));
}

/* ---- proxy ------------------------------------------------------------------------------------------------------ */

static uint32_t chance = 7;

static uint32_t next_random(void)
{
    chance = chance * UINT32_C(1664525) + UINT32_C(1013904223);
    return chance >> 8;
}

static void pass(const struct proxy_rule *rule, int from, int to, unsigned *lost)
{
    unsigned char data[256];
    const ssize_t count = read(from, data, sizeof(data));
    ssize_t i;

    for (i = 0; i < count; i++) {
        if (rule->one_in != 0 && next_random() % rule->one_in == 0) {
            data[i] ^= (unsigned char)(1u << (next_random() & 7u));
        }
        if (*lost > 0) {
            (*lost)--;
        } else {
            (void)!write(to, &data[i], 1);
        }
    }
}

static void answer(const struct proxy_rule *rule, int master)
{
    unsigned char data[256];
    const ssize_t count = read(master, data, sizeof(data));
    ssize_t i;

    if (count <= 0) {
        pause_ms(5); /* nobody has the port open */
    } else if (strcmp(rule->answer, "echo") == 0) {
        (void)!write(master, data, (size_t)count);
    } else if (strcmp(rule->answer, "noise") == 0) {
        for (i = 0; i < count; i++) {
            data[i] = (unsigned char)(next_random() | 0x80u);
        }
        (void)!write(master, data, (size_t)count);
    } else if (memchr(data, '\r', (size_t)count) != NULL) {
        (void)!write(master, rule->answer, strlen(rule->answer));
    }
}

static void raw(int fd)
{
    struct termios settings;

    (void)tcgetattr(fd, &settings);
    cfmakeraw(&settings);
    (void)tcsetattr(fd, TCSANOW, &settings);
}

static void run_proxy(const struct proxy_rule *rule, int master)
{
    const int line = (rule->answer == NULL) ? open("p", O_RDWR | O_NOCTTY) : -1;
    unsigned lost[2] = {rule->lose, 0};
    bool held = false;

    if (line >= 0) {
        raw(line);
    }
    for (;;) {
        struct pollfd wait[2] = {{master, POLLIN, 0}, {line, POLLIN, 0}};

        (void)poll(wait, 2, -1);
        if (rule->answer != NULL) {
            answer(rule, master);
            continue;
        }
        if ((wait[0].revents & POLLIN) != 0) {
            pass(rule, master, line, &lost[0]);
        }
        if ((wait[1].revents & POLLIN) != 0) {
            pause_ms(held ? 0 : rule->hold_ms);
            held = true;
            pass(rule, line, master, &lost[1]);
        }
        if ((wait[0].revents & POLLHUP) != 0) {
            pause_ms(5);
        }
    }
}

const char *start_proxy(const struct proxy_rule *rule)
{
    static char name[64];
    const int master = posix_openpt(O_RDWR | O_NOCTTY);

    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    raw(master);
    (void)snprintf(name, sizeof(name), "%s", ptsname(master));
    proxy = fork();
    if (proxy == 0) {
        run_proxy(rule, master);
    }
    (void)close(master);
    return name;
}
