#include "soc_bench/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLOURS 8u

/* The library's own are blue, counters grey. */
static const char *const colour[COLOURS] = {"#1565c0", "#81b9e8", "#616161", "#9e9e9e",
                                            "#cfcfcf", "#f9a825", "#e53935", "#6d4c41"};

static FILE *start(const char *folder, const char *name, unsigned width, unsigned height)
{
    FILE *out = popen("gnuplot", "w");

    if (out != NULL) {
        (void)fprintf(
            out,
            "set terminal pngcairo size %u,%u font 'sans,10' background 'white'\n"
            "set output '%s/%s.png'\nset datafile separator ','\n"
            "set grid lc '#dddddd'\nset border lc '#666666'\nset key outside right top\nset autoscale xfix\n",
            width, height, folder, name);
    }
    return out;
}

static bool finish(FILE *out)
{
    return (out != NULL) && (pclose(out) == 0);
}

bool bench_plot_run(const char *folder, const struct bench_scenario *scenario,
                    const struct soc_method *const *method)
{
    FILE *out = start(folder, scenario->name, 1300u, 760u);
    size_t m;

    if (out == NULL) {
        return false;
    }
    (void)fprintf(
        out,
        "file = '%s/%s.csv'\nset multiplot layout 2,1 title '%s: %s'\nset lmargin 9\nset rmargin 28\n"
        "set ylabel 'state of charge, %%'\nset yrange [-3:103]\n"
        "plot file using 1:($3-2*$4):($3+2*$4) with filledcurves fc '%s' fs transparent solid 0.18 noborder "
        "title '%s +-2 sd', ",
        folder, scenario->name, scenario->name, scenario->title, colour[0], method[0]->title);
    (void)fprintf(out, "file using 1:2 with lines lc 'black' lw 2 title 'reference'");
    (void)fprintf(out, ", file using 1:3 with lines lc '%s' lw 1 title '%s'", colour[0], method[0]->title);
    (void)fprintf(out, "\nset ylabel 'error, %%'\nset xlabel 'hours'\nset yrange [-30:30]\nplot ");
    for (m = 0u; method[m] != NULL; m++) {
        (void)fprintf(out, "%sfile using 1:($%zu-$2) with lines lc '%s' lw %d title '%s'",
                      (m > 0u) ? ", " : "", 2u * m + 3u, colour[m % COLOURS], (m == 0u) ? 2 : 1,
                      method[m]->title);
    }
    (void)fprintf(out, "\nunset multiplot\n");
    return finish(out);
}

static bool write_summary(const char *folder, const struct bench_row *row, size_t rows,
                          const struct soc_method *const *method)
{
    char path[1024];
    FILE *out;
    size_t r;
    size_t m;

    (void)snprintf(path, sizeof(path), "%s/summary.csv", folder);
    out = fopen(path, "w");
    if (out == NULL) {
        return false;
    }
    (void)fputs("# scenario,required", out);
    for (m = 0u; method[m] != NULL; m++) {
        (void)fprintf(out, ",%s", method[m]->title);
    }
    for (r = 0u; r < rows; r++) {
        (void)fprintf(out, "\n%s,", row[r].scenario->name);
        if (row[r].scenario->required.mean > 0.0) {
            (void)fprintf(out, "%.2f", row[r].scenario->required.mean);
        }
        for (m = 0u; method[m] != NULL; m++) {
            (void)fprintf(out, ",%.3f", row[r].summary[m].mean);
        }
    }
    (void)fputs("\n", out);
    return fclose(out) == 0;
}

bool bench_plot_summary(const char *folder, const struct bench_row *row, size_t rows,
                        const struct soc_method *const *method)
{
    FILE *out;
    size_t m;

    if (!write_summary(folder, row, rows, method)) {
        return false;
    }
    out = start(folder, "summary", 1500u, 620u);
    if (out == NULL) {
        return false;
    }
    (void)fprintf(
        out,
        "set title 'Root mean square error, mean of the runs'\nset ylabel '%% state of charge'\n"
        "set style data histogram\nset style histogram clustered gap 1\nset style fill solid 0.9 noborder\n"
        "set boxwidth 0.95\nset logscale y\nset yrange [0.1:40]\n"
        "plot '%s/summary.csv' ",
        folder);
    for (m = 0u; method[m] != NULL; m++) {
        (void)fprintf(out, "%susing %zu:xtic(1) lc rgb '%s' title '%s'", (m > 0u) ? ", '' " : "", m + 3u,
                      colour[m % COLOURS], method[m]->title);
    }
    (void)fprintf(
        out, ", '' using 0:2 with points pt 9 ps 1.3 lc rgb 'black' title 'required of the estimator'\n");
    return finish(out);
}
