/* The panel in a terminal: what it shows, its keys, and that the terminal is always put back. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "support/command.h"
#include "support/suite.h"

#define SCREEN_MAX   (4u * 1024u * 1024u)
#define PATIENCE_S   10.0
#define ENTER_TEXT   "\033[?1049h"
#define LEAVE_TEXT   "\033[?1049l"
#define CURSOR_TEXT  "\033[?25h"
#define ARGUMENT_MAX 16

/* A program in a terminal of its own. */
static struct {
    int master, slave;
    pid_t pid;
    char text[SCREEN_MAX]; /* everything it has written */
    size_t length;
    struct termios before;
} terminal;

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void take_output(void)
{
    struct pollfd look = {terminal.master, POLLIN, 0};
    ssize_t count;

    if (poll(&look, 1, 20) <= 0 || terminal.length + 4096 > SCREEN_MAX) {
        return;
    }
    count = read(terminal.master, terminal.text + terminal.length, 4096);
    terminal.length += (count > 0) ? (size_t)count : 0;
    terminal.text[terminal.length] = '\0';
}

/* Waits until the program has written this, searched from a place on; result = place behind it. */
static size_t expect_from(size_t place, const char *what)
{
    const double until_s = now_s() + PATIENCE_S;
    const char *found = NULL;

    while (found == NULL && now_s() < until_s) {
        take_output();
        found = strstr(terminal.text + place, what);
    }
    ck_assert_msg(found != NULL, "'%s' did not appear", what);
    return (size_t)(found - terminal.text) + strlen(what);
}

static void child(const char *arguments)
{
    char text[512];
    char *argv[ARGUMENT_MAX];
    int argc = 0;
    char *rest = text;

    (void)setsid();
    (void)ioctl(terminal.slave, TIOCSCTTY, 0);
    (void)dup2(terminal.slave, STDIN_FILENO);
    (void)dup2(terminal.slave, STDOUT_FILENO);
    (void)dup2(terminal.slave, STDERR_FILENO);
    (void)close(terminal.master);
    (void)setenv("TERM", "xterm", 1);
    (void)setenv("LC_ALL", "C", 1);
    (void)snprintf(text, sizeof(text), "%s", arguments);
    while (argc < ARGUMENT_MAX - 1 && (argv[argc] = strtok_r(rest, " ", &rest)) != NULL) {
        argc++;
    }
    argv[argc] = NULL;
    argv[0] = getenv("VP");
    (void)execv(argv[0], argv);
    _exit(127);
}

static void start(const char *arguments, unsigned short rows, unsigned short columns)
{
    const struct winsize size = {rows, columns, 0, 0};

    (void)program("VP");
    terminal.length = 0;
    terminal.text[0] = '\0';
    terminal.master = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal.master, 0);
    ck_assert_int_eq(grantpt(terminal.master), 0);
    ck_assert_int_eq(unlockpt(terminal.master), 0);
    terminal.slave = open(ptsname(terminal.master), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal.slave, 0);
    ck_assert_int_eq(ioctl(terminal.slave, TIOCSWINSZ, &size), 0);
    ck_assert_int_eq(tcgetattr(terminal.slave, &terminal.before), 0);
    terminal.pid = fork();
    ck_assert_int_ge(terminal.pid, 0);
    if (terminal.pid == 0) {
        child(arguments);
    }
}

static void press(const char *keys)
{
    ck_assert_int_eq(write(terminal.master, keys, strlen(keys)), (ssize_t)strlen(keys));
}

/* Waits for the end; result = what waitpid() says. */
static int finish(void)
{
    const double until_s = now_s() + PATIENCE_S;
    int status = 0;

    while (waitpid(terminal.pid, &status, WNOHANG) == 0) {
        take_output();
        if (now_s() > until_s) {
            (void)kill(terminal.pid, SIGKILL);
            ck_abort_msg("the program does not end");
        }
    }
    take_output();
    return status;
}

static void expect_terminal_put_back(void)
{
    struct termios after;

    ck_assert_int_eq(tcgetattr(terminal.slave, &after), 0);
    ck_assert_uint_eq(after.c_lflag, terminal.before.c_lflag);
    ck_assert_uint_eq(after.c_iflag, terminal.before.c_iflag);
    (void)expect_from(expect_from(0, CURSOR_TEXT), LEAVE_TEXT);
}

START_TEST(the_panel_is_the_default_on_a_terminal)
{
    size_t place;

    start("vp --demand -1500W --speed 10", 24, 80);
    place = expect_from(0, ENTER_TEXT);
    place = expect_from(place, "LS-BTN0-P0548100");
    (void)expect_from(place, "cell 2.5 V");
    (void)expect_from(place, "ALM");
    place = expect_from(place, "? keys");
    (void)expect_from(place, "DISCHARGING");
    press("q");
    ck_assert_int_eq(finish(), 0);
    expect_terminal_put_back();
    (void)expect_from(0, "summary of 0d 00:00:");
}
END_TEST

START_TEST(keys_act)
{
    size_t place;

    start("vp --speed 10", 70, 80); /* room for all messages: no line moves */
    (void)expect_from(0, "STANDBY");
    press("w");
    (void)expect_from(0, "OFF-SWITCH");
    press("w");
    place = expect_from(0, "switch=on");
    (void)expect_from(place, "charge, discharge");
    press("\033[A"); /* a cursor key means nothing */
    press("f");
    (void)expect_from(place, "no new samples");
    press("i\033");
    place = expect_from(place, "FAULT");
    press("f0\033");
    (void)expect_from(place, "fault=none");
    press(":bogus=1\r");
    (void)expect_from(place, "'bogus=1' is no action");
    press(":cell4=offset:30\r");
    (void)expect_from(place, "fault=cell4=offset:30");
    press("?");
    (void)expect_from(place, "this help");
    press("xcldD+-sSpp");
    (void)expect_from(place, "dip=1");
    (void)expect_from(place, "load=off");
    press("B");
    (void)expect_from(place, "SHUTDOWN");
    press("q");
    ck_assert_int_eq(finish(), 0);
    expect_terminal_put_back();
}
END_TEST

START_TEST(the_panel_ends_by_itself_and_survives_any_size)
{
    static const struct winsize sizes[] = {{1, 1, 0, 0}, {10, 30, 0, 0}, {500, 1000, 0, 0}, {40, 132, 0, 0}};
    size_t i;

    start("vp --demand 2000W --speed 1000 --duration 20m", 24, 80);
    (void)expect_from(0, "STANDBY");
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ck_assert_int_eq(ioctl(terminal.slave, TIOCSWINSZ, &sizes[i]), 0);
        (void)kill(terminal.pid, SIGWINCH);
        take_output();
        press("f");
        take_output();
        press("\033");
    }
    ck_assert_int_eq(finish(), 0);
    expect_terminal_put_back();
}
END_TEST

START_TEST(signals_put_the_terminal_back)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    size_t i;

    for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        start("vp --record a.lbt", 24, 80);
        (void)expect_from(0, "STARTING");
        ck_assert_int_eq(kill(terminal.pid, signals[i]), 0);
        ck_assert_int_eq(finish(), 0);
        expect_terminal_put_back();
        (void)close(terminal.slave);
        (void)close(terminal.master);
        command("$REPLAY a.lbt");
        ck_assert_int_eq(ran.status, 0);
    }
}
END_TEST

START_TEST(a_crash_puts_the_terminal_back)
{
    int status;

    start("vp", 24, 80);
    (void)expect_from(0, "STARTING");
    ck_assert_int_eq(kill(terminal.pid, SIGABRT), 0);
    status = finish();
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    expect_terminal_put_back();
}
END_TEST

START_TEST(suspending_gives_the_terminal_back_for_a_while)
{
    const double until_s = now_s() + PATIENCE_S;
    int status = 0;

    start("vp", 24, 80);
    (void)expect_from(0, "STARTING");
    press("\032"); /* Ctrl-Z */
    while (waitpid(terminal.pid, &status, WUNTRACED | WNOHANG) == 0 && now_s() < until_s) {
        take_output();
    }
    ck_assert(WIFSTOPPED(status));
    expect_terminal_put_back();
    ck_assert_int_eq(kill(terminal.pid, SIGCONT), 0);
    (void)expect_from(expect_from(0, LEAVE_TEXT), ENTER_TEXT);
    press("q");
    ck_assert_int_eq(finish(), 0);
    expect_terminal_put_back();
}
END_TEST

START_TEST(an_error_leaves_the_terminal_alone)
{
    start("vp --profile missing.csv", 24, 80);
    ck_assert_int_eq(WEXITSTATUS(finish()), 2);
    (void)expect_from(0, "missing.csv");
    ck_assert_ptr_null(strstr(terminal.text, ENTER_TEXT));
}
END_TEST

SUITE("virtual_pack/live", CASE("", the_panel_is_the_default_on_a_terminal), CASE("", keys_act),
      CASE("", the_panel_ends_by_itself_and_survives_any_size), CASE("", signals_put_the_terminal_back),
      CASE("", a_crash_puts_the_terminal_back), CASE("", suspending_gives_the_terminal_back_for_a_while),
      CASE("", an_error_leaves_the_terminal_alone))
