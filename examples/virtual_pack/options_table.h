/* The options as data: parsed by options.c, explained by options_help(). */
#ifndef VIRTUAL_PACK_OPTIONS_TABLE_H
#define VIRTUAL_PACK_OPTIONS_TABLE_H

#include <stddef.h>

#include "virtual_pack/options.h"

/* How the value is read and where it goes. */
enum option_kind {
    OPTION_FLAG,     /* no value; bool at `offset` */
    OPTION_TEXT,     /* const char * */
    OPTION_NUMBER,   /* double, min..max */
    OPTION_WHOLE,    /* likewise, without fraction */
    OPTION_DURATION, /* double, s */
    OPTION_OWN       /* `take` does it */
};

struct option_row {
    const char *name;     /* without -- */
    const char *argument; /* as in the help; NULL: none */
    enum option_kind kind;
    size_t offset;
    double min, max;
    int (*take)(struct options *options, const struct option_row *row, const char *value, char *error);
    const char *help; /* lines separated by line feeds; NULL: a heading, which is `name` */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* Values that need a reader of their own; as option_row.take. */
int option_take_speed(struct options *, const struct option_row *, const char *, char *error);
int option_take_demand(struct options *, const struct option_row *, const char *, char *error);
int option_take_estimate(struct options *, const struct option_row *, const char *, char *error);
int option_take_seed(struct options *, const struct option_row *, const char *, char *error);
int option_take_param(struct options *, const struct option_row *, const char *, char *error);
int option_take_serial(struct options *, const struct option_row *, const char *, char *error);
int option_take_can(struct options *, const struct option_row *, const char *, char *error);
int option_take_plot(struct options *, const struct option_row *, const char *, char *error);
int option_take_ahead(struct options *, const struct option_row *, const char *, char *error);
int option_take_fault(struct options *, const struct option_row *, const char *, char *error);
int option_take_at(struct options *, const struct option_row *, const char *, char *error);

#endif
