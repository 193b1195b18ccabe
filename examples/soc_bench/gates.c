#include "soc_bench/gates.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "soc_eval/lines.h"

#define NAME_SIZE 32
#define ROOM_PART 0.10

/* A figure of the summary; `room` in its unit comes on top of ROOM_PART. */
struct figure {
    const char *name;
    size_t offset;
    double room;
    bool least;      /* the gate is a least value */
    bool everywhere; /* a gate is written also where nothing is required */
};

#define FIGURE(member, room, least, everywhere)                                  \
    {                                                                            \
#member, offsetof(struct bench_summary, member), room, least, everywhere \
    }

static const struct figure figures[] = {
    FIGURE(mean, 0.1, false, true),
    FIGURE(worst, 0.2, false, true),
    FIGURE(largest, 0.3, false, true),
    FIGURE(far_share, 0.002, false, true),
    FIGURE(coverage, 0.02, true, true),
    FIGURE(largest_jump, 0.2, false, true),
    FIGURE(right_start, 0.2, false, true),
    FIGURE(first_near_median_h, 0.2, false, false),
    FIGURE(first_near_worst_h, 0.5, false, false),
    FIGURE(offset_ma, 5.0, false, false),
    FIGURE(capacity_worst, 0.5, false, false),
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))

static double value_of(const struct figure *f, const struct bench_summary *summary)
{
    double value;

    memcpy(&value, (const char *)summary + f->offset, sizeof(value));
    return value;
}

static const struct figure *find_figure(const char *name)
{
    size_t k;

    for (k = 0u; k < FIGURES; k++) {
        if (strcmp(figures[k].name, name) == 0) {
            return &figures[k];
        }
    }
    return NULL;
}

/* ---- check */

/* One line of the file. */
struct gate {
    char set[NAME_SIZE], scenario[NAME_SIZE], figure[NAME_SIZE];
    double bound;
};

/* All gates of a file against all figures. */
struct check {
    FILE *out;
    const char *set;
    const struct bench_row *row;
    size_t rows, method;
    unsigned held, broken;
};

static void compare(struct check *c, const struct gate *g, const struct figure *f)
{
    size_t r;

    for (r = 0u; r < c->rows; r++) {
        double value;

        if (strcmp(c->row[r].scenario->name, g->scenario) != 0) {
            continue;
        }
        value = value_of(f, &c->row[r].summary[c->method]);
        /* a figure that is not a number is worse than any */
        if (f->least ? (value >= g->bound) : (value <= g->bound)) {
            c->held++;
        } else {
            c->broken++;
            (void)fprintf(c->out, "WORSE %-4s %-20s %8.3f, gate %s %.3f\n", g->scenario, g->figure, value,
                          f->least ? ">=" : "<=", g->bound);
        }
    }
}

static int take_line(struct check *c, const struct soc_lines *lines, const char *text)
{
    struct gate g;
    const struct figure *f;
    int used = 0;

    if ((sscanf(text, "%31[^,],%31[^,],%31[^,],%lf%n", g.set, g.scenario, g.figure, &g.bound, &used) != 4) ||
        (text[used] != '\0')) {
        return soc_lines_complain(lines, "set,scenario,figure,bound expected");
    }
    f = find_figure(g.figure);
    if (f == NULL) {
        return soc_lines_complain(lines, "unknown figure %s", g.figure);
    }
    if (strcmp(g.set, c->set) == 0) {
        compare(c, &g, f);
    }
    return 0;
}

static int check_lines(struct check *c, struct soc_lines *lines)
{
    char text[SOC_LINE_SIZE];
    int got = soc_lines_next(lines, text);

    while (got > 0) {
        if (take_line(c, lines, text) != 0) {
            return -1;
        }
        got = soc_lines_next(lines, text);
    }
    return got;
}

int bench_gates_check(FILE *out, const char *path, const char *set, const struct bench_row *row, size_t rows,
                      size_t method)
{
    struct check c = {out, set, row, rows, method, 0u, 0u};
    char error[SOC_ERROR_SIZE];
    struct soc_lines lines;
    int status;

    if (soc_lines_open(&lines, path, error, sizeof(error)) != 0) {
        (void)fprintf(stderr, "soc_bench: %s\n", error);
        return -1;
    }
    status = check_lines(&c, &lines);
    soc_lines_close(&lines);
    if (status != 0) {
        (void)fprintf(stderr, "soc_bench: %s\n", error);
        return -1;
    }
    (void)fprintf(out, "%u gates hold, %u are broken\n", c.held, c.broken);
    return ((c.broken == 0u) && (c.held > 0u)) ? 0 : -1;
}

/* ---- write */

/* What a scenario requires of a figure, NAN: nothing. */
static double required(const struct bench_scenario *s, const char *figure)
{
    const struct {
        const char *figure;
        double value;
    } all[] = {
        {"mean", s->required.mean},
        {"worst", s->required.worst},
        {"largest", s->required.largest},
        {"far_share", s->far_share},
        {"coverage", s->coverage},
        {"first_near_median_h", s->first_near_h[0]},
        {"first_near_worst_h", s->first_near_h[1]},
        {"offset_ma", s->offset_ma},
        {"capacity_worst", 100.0 * s->capacity},
        {"largest_jump", BENCH_JUMP_MAX},
    };
    size_t k;

    for (k = 0u; k < sizeof(all) / sizeof(all[0]); k++) {
        if ((strcmp(all[k].figure, figure) == 0) && (all[k].value > 0.0)) {
            return all[k].value;
        }
    }
    return NAN;
}

static double gate_for(const struct figure *f, double value, double wanted)
{
    const double room = ROOM_PART * value + f->room;

    if (f->least) {
        return (value >= wanted) ? fmax(value - f->room, wanted) : (value - f->room);
    }
    return (value <= wanted) ? fmin(value + room, wanted) : (value + room);
}

void bench_gates_write(FILE *out, const char *set, const struct bench_row *row, size_t rows, size_t method)
{
    size_t r;
    size_t k;

    for (r = 0u; r < rows; r++) {
        for (k = 0u; k < FIGURES; k++) {
            const struct figure *f = &figures[k];
            const double value = value_of(f, &row[r].summary[method]);
            const double wanted = required(row[r].scenario, f->name);

            if (isfinite(value) && (f->everywhere || !isnan(wanted))) {
                (void)fprintf(out, "%s,%s,%s,%.3f\n", set, row[r].scenario->name, f->name,
                              gate_for(f, value, wanted));
            }
        }
    }
}
