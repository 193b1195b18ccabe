/* The same facts for people, as JSON or as CSV. */
#ifndef BMSCTL_OUT_H
#define BMSCTL_OUT_H

#include <stdbool.h>
#include <stdio.h>

enum out_format { OUT_HUMAN, OUT_JSON, OUT_CSV };

#define OUT_COLUMNS 12

struct out {
    enum out_format format;
    FILE *file;
    bool table;
    unsigned items; /* written so far */
    unsigned columns;
    const char *name[OUT_COLUMNS];
    int width[OUT_COLUMNS];
};

/* A list of named values. */
void out_list(struct out *out, enum out_format format, FILE *file);
void out_text(struct out *out, const char *name, const char *value);
void out_number(struct out *out, const char *name, double value, int decimals, const char *unit);

/* A table; a negative width aligns to the left. */
void out_table(struct out *out, enum out_format format, FILE *file, unsigned columns,
               const char *const *names, const int *widths);
/* As many cells as there are columns. What looks like a number is one in JSON. */
void out_row(struct out *out, const char *const *cells);

void out_end(struct out *out);

/* A text in JSON, with its quotation marks. */
void out_json_text(FILE *file, const char *text);

#endif
