/**
 * @file
 * Command line of soc_eval.
 */
#ifndef SOC_EVAL_OPTIONS_H
#define SOC_EVAL_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

/** Bytes of an error text. */
#define SOC_OPTIONS_ERROR_SIZE 200

/** What the command line asks for. */
struct soc_options {
    const char *file; /**< record */
    const char *cell, *method;
    const char *out;                                          /**< NULL: no file */
    double capacity_ah, initial_soc, initial_sd, start_below; /**< negative: not given */
    double gain, offset_a, voltage_v, temp_c, noise_v;
    double seed, from_s;
    bool help, list;
};

/**
 * Read the command line.
 *
 * @param options  receives it
 * @param argc     as of main()
 * @param argv     as of main(); the texts must outlive the options
 * @param error    receives what is wrong
 * @return 0, or -1 after an error
 */
int soc_options_read(struct soc_options *options, int argc, char **argv, char error[SOC_OPTIONS_ERROR_SIZE]);

/** Print what the options are. */
void soc_options_help(FILE *out);

#endif
