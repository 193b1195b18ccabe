/* The upper computer for the command line. */
#ifndef BMSCTL_BMSCTL_H
#define BMSCTL_BMSCTL_H

#include "bmsctl/out.h"
#include "client/client.h"

/* Exit codes. */
enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_SILENT = 3, EXIT_DAMAGED = 4, EXIT_PORT = 5 };

struct bmsctl {
    const char *port;
    const char *code;    /* service code; NULL: none */
    const char *capture; /* file; NULL: none */
    FILE *capture_file;
    unsigned baud;  /* 0: not given */
    int address;    /* -1: not given */
    unsigned count; /* of `watch`: rounds, 0: until interrupted */
    bool yes;       /* do not ask */
    enum out_format format;
    struct client client;
    char **argument; /* of the sub-command */
    int arguments;
};

/* Says what went wrong with what, on stderr. The exit code. */
int bmsctl_fail(struct bmsctl *b, const char *what, int status);
/* A wrong command line. The exit code. */
int bmsctl_usage(const char *text);
/* A line that is overwritten, on stderr when that is a terminal; `whole` 0: not known. NULL ends it. */
void bmsctl_progress(const char *what, unsigned done, unsigned whole);
/* The pack's own address, or 0. */
uint8_t bmsctl_address(const struct bmsctl *b);

/* Asks on the terminal, unless --yes was given. */
bool bmsctl_confirmed(const struct bmsctl *b, const char *question);

/* Sub-commands: the exit code. */
int bmsctl_status(struct bmsctl *b);
int bmsctl_cells(struct bmsctl *b);
int bmsctl_watch(struct bmsctl *b);
int bmsctl_params(struct bmsctl *b);
int bmsctl_history(struct bmsctl *b);
int bmsctl_clock(struct bmsctl *b);
int bmsctl_info(struct bmsctl *b);
int bmsctl_switches(struct bmsctl *b);
int bmsctl_health(struct bmsctl *b);
int bmsctl_report(struct bmsctl *b);
int bmsctl_restore(struct bmsctl *b);
int bmsctl_shutdown(struct bmsctl *b);
int bmsctl_access(struct bmsctl *b);
int bmsctl_calibrate(struct bmsctl *b);
int bmsctl_capacity(struct bmsctl *b);
int bmsctl_cycles(struct bmsctl *b);
int bmsctl_serial(struct bmsctl *b);
int bmsctl_clear(struct bmsctl *b);
int bmsctl_scan(struct bmsctl *b);

#endif
