/* --plot: a picture of a CSV file, made by gnuplot. */
#ifndef VIRTUAL_PACK_PLOT_H
#define VIRTUAL_PACK_PLOT_H

#include <stdbool.h>

#include "virtual_pack/csv.h"

struct plot {
    const char *file; /* .png or .svg */
    const char *csv;  /* what is drawn */
    const char *title;
    struct csv_seen seen;
};

/* Is gnuplot installed? */
bool plot_possible(void);

/* Draw. False when gnuplot failed. */
bool plot_draw(const struct plot *plot);

#endif
