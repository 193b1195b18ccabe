#include "virtual_pack/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define WAIT_MAX 8u

/* alternate screen, no cursor, no line wrap - and the way back */
static const char enter_text[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char leave_text[] = "\033[0m\033[?7h\033[?25h\033[?1049l";

/* There is one terminal, and signal handlers have no argument. */
static struct termios saved;
static volatile sig_atomic_t entered;
static volatile sig_atomic_t stop_wanted, suspend_wanted, resized;
static bool exit_watched;

static void on_stop(int number)
{
    (void)number;
    stop_wanted = 1;
}

static void on_suspend(int number)
{
    (void)number;
    suspend_wanted = 1;
}

static void on_resize(int number)
{
    (void)number;
    resized = 1;
}

/* Async-signal-safe. */
static void put_back(void)
{
    if (entered != 0) {
        entered = 0;
        if (write(STDOUT_FILENO, leave_text, sizeof(leave_text) - 1) < 0) {
            entered = 0; /* nobody is left to see it */
        }
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
    }
}

/* The handler was reset when it was called: raising again ends the program as usual. */
static void on_crash(int number)
{
    put_back();
    (void)raise(number);
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = handler;
    action.sa_flags = flags;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

void terminal_watch_signals(void)
{
    handle(SIGINT, on_stop, 0);
    handle(SIGTERM, on_stop, 0);
    handle(SIGHUP, on_stop, 0);
    handle(SIGPIPE, SIG_IGN, 0);
}

void terminal_release_signals(void)
{
    handle(SIGINT, SIG_DFL, 0);
    handle(SIGTERM, SIG_DFL, 0);
    handle(SIGHUP, SIG_DFL, 0);
}

bool terminal_stop_wanted(void)
{
    return stop_wanted != 0;
}

bool terminal_usable(void)
{
    const char *kind = getenv("TERM");

    return isatty(STDOUT_FILENO) != 0 && isatty(STDIN_FILENO) != 0 && kind != NULL &&
           strcmp(kind, "dumb") != 0;
}

static bool take(void)
{
    struct termios raw = saved;

    raw.c_lflag &=
        ~(tcflag_t)(ICANON | ECHO | IEXTEN); /* ISIG stays: Ctrl-C and Ctrl-Z do what they always do */
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL | INLCR | ISTRIP);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) != 0) {
        return false;
    }
    entered = 1;
    return terminal_write(enter_text, sizeof(enter_text) - 1);
}

bool terminal_enter(void)
{
    if (tcgetattr(STDIN_FILENO, &saved) != 0) {
        return false;
    }
    if (!exit_watched) {
        exit_watched = atexit(put_back) == 0;
    }
    handle(SIGTSTP, on_suspend, 0);
    handle(SIGWINCH, on_resize, 0);
    handle(SIGSEGV, on_crash, (int)SA_RESETHAND);
    handle(SIGBUS, on_crash, (int)SA_RESETHAND);
    handle(SIGFPE, on_crash, (int)SA_RESETHAND);
    handle(SIGABRT, on_crash, (int)SA_RESETHAND);
    resized = 1;
    return take();
}

void terminal_leave(void)
{
    put_back();
    handle(SIGTSTP, SIG_DFL, 0);
}

bool terminal_suspend(void)
{
    if (suspend_wanted == 0) {
        return false;
    }
    suspend_wanted = 0;
    put_back();
    (void)raise(SIGSTOP);
    resized = 1;
    if (!take()) {
        stop_wanted = 1;
    }
    return true;
}

bool terminal_size(int *rows, int *columns)
{
    struct winsize size;

    if (resized == 0) {
        return false;
    }
    resized = 0;
    *rows = 24;
    *columns = 80;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
    return true;
}

int terminal_read(char *keys, size_t size)
{
    struct pollfd look = {STDIN_FILENO, POLLIN, 0};
    ssize_t count;

    if (poll(&look, 1, 0) <= 0) {
        return 0;
    }
    count = read(STDIN_FILENO, keys, size);
    if (count > 0) {
        return (int)count;
    }
    /* readable and yet empty: the other end has gone */
    return (count < 0 && errno == EINTR) ? 0 : -1;
}

bool terminal_write(const char *text, size_t size)
{
    while (size > 0) {
        const ssize_t count = write(STDOUT_FILENO, text, size);

        if (count > 0) {
            text += count;
            size -= (size_t)count;
        } else if (count < 0 && errno == EAGAIN) {
            struct pollfd room = {STDOUT_FILENO, POLLOUT, 0};

            (void)poll(&room, 1, 100);
        } else if (count == 0 || errno != EINTR || stop_wanted != 0) {
            return false;
        }
    }
    return true;
}

void terminal_wait(const int *fd, size_t count, double seconds)
{
    struct pollfd look[WAIT_MAX];
    const int ms = (seconds < 0.001) ? 1 : (int)(seconds * 1000.0);
    size_t i;

    count = (count < WAIT_MAX) ? count : WAIT_MAX;
    for (i = 0; i < count; i++) {
        look[i].fd = fd[i];
        look[i].events = POLLIN;
        look[i].revents = 0;
    }
    (void)poll(look, (nfds_t)count, ms);
}
