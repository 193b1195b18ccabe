/*
 * bmsctl and the virtual pack in a folder of their own, joined by a pseudo-terminal; if need be, with something between
 * them that spoils the line.
 */
#ifndef LBMS_TESTS_BMSCTL_RIG_H
#define LBMS_TESTS_BMSCTL_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

extern char out[65536]; /* of the last command: stdout and stderr */
extern pid_t rig_pack;

/* A fresh folder, and in it the virtual pack with its RS232 at ./p and the service code "geheim". */
void start(const char *options);
/* Another pack in the same folder. */
void end_pack(void);
void launch(const char *options);
/* Ends everything and removes the folder. */
void stop(void);

/* Runs bmsctl on a port, or on ./p; its exit code. */
int ctl_on(const char *port, const char *arguments);
int ctl(const char *arguments);

bool says(const char *what);
/* Reads a file into `out`; it must hold this. */
void ck_file(const char *name, const char *what);

void pause_ms(int ms);

/* What a proxy does with the bytes on their way. */
struct proxy_rule {
    unsigned lose;      /* so many bytes of the first requests are lost */
    unsigned one_in;    /* one byte in so many gets a wrong bit; 0: none */
    int hold_ms;        /* the first reply comes so much later */
    const char *answer; /* instead of passing anything on: NULL, "echo", "noise" or a text */
};

/* Starts a proxy before ./p; the name of its port. */
const char *start_proxy(const struct proxy_rule *rule);

#endif
