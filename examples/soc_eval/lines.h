/**
 * @file
 * Text files line by line, with errors that name file and line.
 */
#ifndef SOC_EVAL_LINES_H
#define SOC_EVAL_LINES_H

#include <stddef.h>
#include <stdio.h>

/** Bytes of the longest line, with its end. */
#define SOC_LINE_SIZE 1024
/** Enough for every error text, with a path of usual length. */
#define SOC_ERROR_SIZE 256

/** A file being read. */
struct soc_lines {
    FILE *file;
    const char *path;
    size_t number; /**< of the line that was read last, from 1 */
    char *error;
    size_t error_size;
};

/** Open a file: 0, or -1 after an error, of which `error` then tells. */
int soc_lines_open(struct soc_lines *lines, const char *path, char *error, size_t error_size);

/** Close it. */
void soc_lines_close(struct soc_lines *lines);

/** Next line that is neither empty nor a comment (#), without its end: 1; 0 at the end of the file, -1 after an error. */
int soc_lines_next(struct soc_lines *lines, char text[SOC_LINE_SIZE]);

/** Write "FILE:LINE: text" as the error; returns -1. */
int soc_lines_complain(const struct soc_lines *lines, const char *format, ...);

#endif
