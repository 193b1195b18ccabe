/* bmsctl against the virtual pack over a pseudo-terminal: every sub-command, and bad lines. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "support/suite.h"

static char folder[64];
static char out[65536];
static pid_t pack, proxy;

/* Starts the virtual pack with its RS232 at ./p, and waits for it. */
static void launch(const char *options)
{
    char line[1024];
    unsigned tries;

    (void)snprintf(
        line, sizeof(line),
        "exec %s/examples/virtual_pack/virtual_pack --headless --speed 1 --duration 100s --nvm n.bin "
        "--service-code geheim --rs232 pty:p %s >vp.log 2>&1",
        getenv("LBMS_BINARY_DIR"), options);
    pack = fork();
    if (pack == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    for (tries = 0; access("p", F_OK) != 0 && tries < 500u; tries++) {
        (void)poll(NULL, 0, 10);
    }
    ck_assert_int_eq(access("p", F_OK), 0);
}

static void start(const char *options)
{
    strcpy(folder, "/tmp/lbms_ctl_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    launch(options);
}

static void end_pack(void)
{
    (void)kill(pack, SIGTERM);
    (void)waitpid(pack, NULL, 0);
}

static void stop(void)
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

/* Runs bmsctl on a port; its exit code, its output in `out`. */
static int ctl_on(const char *port, const char *arguments)
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

static int ctl(const char *arguments)
{
    return ctl_on("p", arguments);
}

static bool says(const char *what)
{
    if (strstr(out, what) == NULL) {
        printf("expected '%s' in:\n%.1500s\n", what, out);
        return false;
    }
    return true;
}

static void ck_file(const char *name, const char *what)
{
    FILE *file = fopen(name, "r");
    size_t size;

    ck_assert_ptr_nonnull(file);
    size = fread(out, 1, sizeof(out) - 1, file);
    out[size] = '\0';
    (void)fclose(file);
    ck_assert(says(what));
}

START_TEST(every_question_is_answered)
{
    start("");
    (void)poll(NULL, 0, 1500); /* the pack has measured */
    ck_assert_int_eq(ctl("status"), 0);
    ck_assert(says("voltage") && says("protections                none"));
    ck_assert_int_eq(ctl("status --json"), 0);
    ck_assert(says("\"soc\": 50.0"));
    ck_assert_int_eq(ctl("cells --csv"), 0);
    ck_assert(says("name,value,unit,state,balancing") && says("cell 16,3.") && says("environment,"));
    ck_assert_int_eq(ctl("watch --count 2 --json"), 0);
    ck_assert_int_eq(ctl("info"), 0);
    ck_assert(says("LS-BTN0-P0548100") && says("losun_bms virtual pack"));
    ck_assert_int_eq(ctl("switches"), 0);
    ck_assert(says("charge_forced_off          off"));
    ck_assert_int_eq(ctl("health"), 0);
    ck_assert(says("cycles                     0") && says("trips: cell over-voltage"));
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert(says("started"));
    ck_assert_int_eq(ctl("clock"), 0);
    ck_assert(says("clock"));
    ck_assert_int_eq(ctl("access"), 0);
    ck_assert(says("parameters"));
    ck_assert_int_eq(ctl("--capture c.txt report r"), 0);
    ck_file("c.txt", " > 7E3235");
    ck_file("r.html", "cell_ov_protect_mv");
    ck_file("r.json", "\"cell_ov_protect_mv\": 3650");
    ck_assert_int_eq(ctl("scan"), 0);
    ck_assert(says("9600 bit/s, PACE, address 0: LS-BTN0-P0548100"));
    stop();
}
END_TEST

START_TEST(a_capture_is_replayed_by_another_pack)
{
    static const char *const commands[] = {"cells --csv", "params --csv", "history --csv", "info --json"};
    static char before[4][sizeof(out)];
    char line[64];
    size_t i;

    start("");
    (void)poll(NULL, 0, 1500);
    for (i = 0; i < 4u; i++) {
        (void)snprintf(line, sizeof(line), "--capture c%zu.txt %s", i, commands[i]);
        ck_assert_int_eq(ctl(line), 0);
        memcpy(before[i], out, sizeof(out));
    }
    end_pack();
    ck_assert_int_eq(system("cat c?.txt >all.txt"), 0);
    launch("--soc 90 --ambient 5 --answer-from all.txt"); /* which tells nothing of itself */
    for (i = 0; i < 4u; i++) {
        ck_assert_int_eq(ctl(commands[i]), 0);
        ck_assert_str_eq(out, before[i]);
    }
    ck_assert_int_eq(ctl("--tries 1 --timeout 200 clock"), 3); /* nobody has asked that */
    stop();
}
END_TEST

START_TEST(parameters_are_written_when_the_pack_has_stored_them)
{
    start("");
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3590 buzzer_enable 1"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv --csv"), 0);
    ck_assert(says("cell_ov_alarm_mv,3590,mV,3600"));
    ck_assert_int_eq(ctl("params diff"), 0);
    ck_assert(says("buzzer_enable"));
    ck_assert_ptr_null(strstr(out, "cell_uv_alarm_mv"));
    ck_assert_int_eq(ctl("history 1"), 0);
    ck_assert(says("parameters written"));
    ck_assert_int_eq(ctl("params export e.txt"), 0);
    ck_assert_int_eq(ctl("--yes restore-defaults"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv"), 0);
    ck_assert(says(" 3600  mV"));
    ck_assert_int_eq(ctl("params import e.txt"), 0);
    ck_assert_int_eq(ctl("params get cell_ov_alarm_mv"), 0);
    ck_assert(says(" 3590  mV"));
    /* what is not possible */
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3651"), 2);
    ck_assert(says("from 3300 to 3650"));
    ck_assert_int_eq(ctl("params set cell_ov_alarm_mv 3350"), 1); /* below its release */
    ck_assert(says("RTN 09H"));
    ck_assert_int_eq(ctl("params set no_such_thing 1"), 2);
    ck_assert_int_eq(ctl("params get no_such_thing"), 2);
    stop();
}
END_TEST

START_TEST(switches_clock_access_and_sleep_work)
{
    start("");
    (void)poll(NULL, 0, 9000); /* awake, both paths closed */
    ck_assert_int_eq(ctl("switches charge off"), 0);
    ck_assert(says("charge_forced_off          on"));
    ck_assert_int_eq(ctl("switches discharge off"), 1);
    ck_assert_int_eq(ctl("switches charge on"), 0);
    ck_assert_int_eq(ctl("switches buzzer on"), 0);
    ck_assert(says("buzzer                     on"));
    ck_assert_int_eq(ctl("switches buzzer perhaps"), 2);
    ck_assert_int_eq(ctl("clock set 2026-01-02T03:04:05"), 0);
    ck_assert_int_eq(ctl("clock set yesterday"), 2);
    ck_assert_int_eq(ctl("-c wrong access"), 1);
    ck_assert_int_eq(ctl("-c geheim access"), 1); /* one second */
    (void)poll(NULL, 0, 1100);
    ck_assert_int_eq(ctl("-c geheim access"), 0);
    ck_assert(says("service"));
    ck_assert_int_eq(ctl("access close"), 0);
    ck_assert_int_eq(ctl("shutdown"), 1); /* nobody has said yes */
    ck_assert_int_eq(ctl("--yes shutdown"), 0);
    (void)poll(NULL, 0, 6000);
    /* asleep: the first frame wakes it up, and is lost; it is tried again */
    ck_assert_int_eq(ctl("--tries 10 status"), 0);
    stop();
}
END_TEST

START_TEST(service_work_needs_the_code_and_is_recorded)
{
    start("");
    (void)poll(NULL, 0, 9000); /* awake */
    ck_assert_int_eq(ctl("calibrate zero"), 1);
    ck_assert(says("RTN 09H") && says("--code"));
    ck_assert_int_eq(ctl("-c geheim calibrate zero"), 0);
    ck_assert_int_eq(ctl("calibrate pack 10"), 1); /* the level is still open, but 10 V is impossible */
    ck_assert_int_eq(ctl("calibrate charge 20"), 1);
    ck_assert_int_eq(ctl("calibrate pack"), 2);
    ck_assert_int_eq(ctl("calibrate charge 4.9"), 2);
    ck_assert_int_eq(ctl("calibrate everything"), 2);
    ck_assert_int_eq(ctl("capacity set 40 96.5 100 --csv"), 0);
    ck_assert(says("remaining,40.0") && says("full,96.50,Ah") && says("design,100.00,Ah"));
    ck_assert_int_eq(ctl("capacity set 97 96.5 100"), 1);
    ck_assert_int_eq(ctl("capacity set 97 96.5"), 2);
    ck_assert_int_eq(ctl("cycles set 77"), 0);
    ck_assert_int_eq(ctl("cycles set 65536"), 2);
    ck_assert_int_eq(ctl("serial board 123456789012345678901"), 2);
    ck_assert_int_eq(ctl("serial pack 'ABC 42'"), 0);
    ck_assert_int_eq(ctl("serial pack XYZ"), 1); /* once only */
    ck_assert_int_eq(ctl("info"), 0);
    ck_assert(says("ABC 42"));
    ck_assert_int_eq(ctl("health --csv"), 0);
    ck_assert(says("cycles,77"));
    ck_assert_int_eq(ctl("clear faults"), 0);
    ck_assert_int_eq(ctl("history --csv"), 0);
    ck_assert(says("calibrated: zero of the current") && says("capacities set: 40.00 of 96.50 Ah remain") &&
              says("cycle count set to 77") && says("serial number of the pack written"));
    ck_assert_int_eq(ctl("clear history"), 1); /* nobody has said yes */
    ck_assert_int_eq(ctl("--yes clear history"), 0);
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert(says("the records before this one were cleared"));
    ck_assert_ptr_null(strstr(out, "started"));
    ck_assert_int_eq(ctl("clear everything"), 2);
    ck_assert_int_eq(ctl("access close"), 0);
    ck_assert_int_eq(ctl("cycles set 78"), 1);
    stop();
}
END_TEST

START_TEST(a_line_at_9600_bit_s_is_fast_enough)
{
    start("--paced");
    ck_assert_int_eq(ctl("cells"), 0);
    ck_assert_int_eq(ctl("params diff"), 0);
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert_int_eq(ctl("params set buzzer_enable 1"), 0);
    stop();
}
END_TEST

/* One way of the line; every hundredth byte gets a wrong bit, and the first 20 bytes of all are lost. */
static bool pass(int from, int to, unsigned *seen, uint32_t *random)
{
    unsigned char data[256];
    ssize_t count = read(from, data, sizeof(data));
    ssize_t i;

    for (i = 0; i < count; i++) {
        *random = *random * UINT32_C(1664525) + UINT32_C(1013904223);
        if ((*random >> 16) % 100u == 0) {
            data[i] ^= (unsigned char)(1u << ((*random >> 8) & 7u));
        }
        if (++*seen > 20u && write(to, &data[i], 1) != 1) {
            return false;
        }
    }
    return true;
}

static void raw(int fd)
{
    struct termios settings;

    (void)tcgetattr(fd, &settings);
    cfmakeraw(&settings);
    (void)tcsetattr(fd, TCSANOW, &settings);
}

static void run_proxy(int master)
{
    const int line = open("p", O_RDWR | O_NOCTTY);
    unsigned seen[2] = {0, 1000};
    uint32_t random = 7;

    raw(line);
    for (;;) {
        struct pollfd wait[2] = {{master, POLLIN, 0}, {line, POLLIN, 0}};

        (void)poll(wait, 2, -1);
        if ((wait[0].revents & POLLIN) != 0) {
            (void)pass(master, line, &seen[0], &random);
        }
        if ((wait[1].revents & POLLIN) != 0) {
            (void)pass(line, master, &seen[1], &random);
        }
        if ((wait[0].revents & POLLHUP) != 0) {
            (void)poll(NULL, 0, 5);
        }
    }
}

START_TEST(one_wrong_byte_in_a_hundred_is_survived)
{
    const int master = posix_openpt(O_RDWR | O_NOCTTY);
    char name[64];
    unsigned n;

    start("");
    ck_assert_int_ge(master, 0);
    ck_assert_int_eq(grantpt(master), 0);
    ck_assert_int_eq(unlockpt(master), 0);
    (void)snprintf(name, sizeof(name), "%s", ptsname(master));
    proxy = fork();
    if (proxy == 0) {
        run_proxy(master);
    }
    for (n = 0; n < 5u; n++) { /* a reply of 140 characters arrives whole in a quarter of all cases */
        ck_assert_int_eq(ctl_on(name, "--tries 40 --timeout 200 cells"), 0);
        ck_assert(says("cell 16"));
        ck_assert(says("3.29"));
    }
    stop();
}
END_TEST

START_TEST(what_is_wrong_has_its_own_exit_code)
{
    start("");
    ck_assert_int_eq(ctl("no-such-command"), 2);
    ck_assert_int_eq(ctl("--address 16 status"), 2);
    ck_assert_int_eq(ctl("--help"), 0);
    ck_assert(says("restore-defaults"));
    ck_assert_int_eq(ctl("--version"), 0);
    ck_assert_int_eq(ctl("access key 1234"), 0);
    ck_assert(says("struct lbms_access_key"));
    ck_assert_int_eq(ctl_on("/dev/null", "status"), 5);
    ck_assert_int_eq(ctl_on("./nothing", "status"), 5);
    (void)kill(pack, SIGSTOP); /* nobody answers */
    ck_assert_int_eq(ctl("--tries 1 --timeout 50 status"), 3);
    ck_assert(says("no reply") && says("bmsctl scan"));
    (void)kill(pack, SIGCONT);
    stop();
}
END_TEST

SUITE("bmsctl/bmsctl", CASE("R-COM-07", every_question_is_answered),
      CASE("", a_capture_is_replayed_by_another_pack),
      CASE("R-PRM-02", parameters_are_written_when_the_pack_has_stored_them),
      CASE("", switches_clock_access_and_sleep_work),
      CASE("R-PROT-10", service_work_needs_the_code_and_is_recorded),
      CASE("R-COM-01", a_line_at_9600_bit_s_is_fast_enough),
      CASE("", one_wrong_byte_in_a_hundred_is_survived), CASE("", what_is_wrong_has_its_own_exit_code))
