/**
 * @file
 * Command line of the bench.
 */
#ifndef SOC_BENCH_OPTIONS_H
#define SOC_BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Names that a list option can take. */
#define BENCH_NAMES_MAX 32u
/** Bytes of an error text. */
#define BENCH_ERROR_SIZE 200

/** What the command line asks for. */
struct bench_options {
    const char *scenario[BENCH_NAMES_MAX + 1u],
        *method[BENCH_NAMES_MAX + 1u]; /**< ended by NULL; none: all */
    uint64_t first_seed;
    size_t seeds;
    bool quick, check, help, list;
    const char *records, *out;       /**< folders; out NULL: no pictures */
    const char *gates, *write_gates; /**< files; write_gates NULL: not written */
    unsigned processes;
};

/**
 * Read the command line.
 *
 * @param options  receives it
 * @param argc     as of main()
 * @param argv     as of main(); the names are cut in place and must outlive the options
 * @param error    receives what is wrong
 * @return 0, or -1 after an error
 */
int bench_options_read(struct bench_options *options, int argc, char **argv, char error[BENCH_ERROR_SIZE]);

/** True when a list of names is empty or holds this one. */
bool bench_options_wants(const char *const *list, const char *name);

/** Print what the options are. */
void bench_options_help(FILE *out);

#endif
