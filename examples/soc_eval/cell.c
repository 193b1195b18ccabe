#include "soc_eval/cell.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant/cell.h"
#include "soc_eval/lines.h"

#define LAST        (SOC_CELL_POINTS - 1)
#define REFERENCE_C 25.0

static double at(const double *table, double soc)
{
    const double x = soc * (double)LAST;
    int row;

    if (!(x > 0.0)) {
        return table[0];
    }
    if (x >= (double)LAST) {
        return table[LAST];
    }
    row = (int)x;
    return table[row] + (x - (double)row) * (table[row + 1] - table[row]);
}

double soc_cell_rest_v(const struct soc_cell *cell, double soc, double temp_c)
{
    return at(cell->rest_v, soc) + at(cell->rest_v_per_k, soc) * (temp_c - REFERENCE_C);
}

double soc_cell_half_v(const struct soc_cell *cell, double soc)
{
    return at(cell->half_v, soc);
}

double soc_cell_r_factor(double temp_c)
{
    return plant_cell_r_factor(temp_c);
}

/* The single values of a cell file: name, where it goes, factor to SI units, range in the file's unit. */
struct value {
    const char *name;
    size_t offset;
    double factor, min, max;
};

#define VALUE(name, member, factor, min, max)                       \
    {                                                               \
        (name), offsetof(struct soc_cell, member), factor, min, max \
    }

static const struct value values[] = {
    VALUE("capacity_ah", capacity_ah, 1.0, 0.01, 10000.0),
    VALUE("r0_mohm", r0_ohm, 1e-3, 0.0, 10000.0),
    VALUE("r1_mohm", r_ohm[0], 1e-3, 0.0, 10000.0),
    VALUE("tau1_s", tau_s[0], 1.0, 1.0, 1e6),
    VALUE("r2_mohm", r_ohm[1], 1e-3, 0.0, 10000.0),
    VALUE("tau2_s", tau_s[1], 1.0, 1.0, 1e6),
    VALUE("g", branch_rate, 1.0, 1.0, 1000.0),
};

#define VALUE_COUNT (sizeof(values) / sizeof(values[0]))

static int read_row(struct soc_cell *cell, const struct soc_lines *lines, const char *text, int row)
{
    double number[4];
    int used = 0;

    if ((sscanf(text, "%lf %lf %lf %lf %n", &number[0], &number[1], &number[2], &number[3], &used) != 4) ||
        (text[used] != '\0')) {
        return soc_lines_complain(lines, "a row of the table has soc_pct rest_mv half_mv du_dt_uv_per_k");
    }
    if (number[0] != (double)row) {
        return soc_lines_complain(lines, "row of %d %% expected, not of %g %%", row, number[0]);
    }
    if (!(number[1] > 0.0) || !(number[1] < 5000.0) || !(number[2] >= 0.0) || !(number[2] < 500.0)) {
        return soc_lines_complain(lines, "rest_mv must be in 0..5000 and half_mv in 0..500");
    }
    cell->rest_v[row] = number[1] / 1000.0;
    cell->half_v[row] = number[2] / 1000.0;
    cell->rest_v_per_k[row] = number[3] * 1e-6;
    return 0;
}

static int read_value(struct soc_cell *cell, const struct soc_lines *lines, const char *text, bool seen[])
{
    char name[32];
    double number;
    int used = 0;
    size_t i;

    if (sscanf(text, "name %31s %n", name, &used) == 1 && text[used] == '\0') {
        (void)snprintf(cell->name, sizeof(cell->name), "%s", name);
        return 0;
    }
    if ((sscanf(text, "%31s %lf %n", name, &number, &used) != 2) || (text[used] != '\0')) {
        return soc_lines_complain(lines, "a name and a number expected");
    }
    for (i = 0u; i < VALUE_COUNT; i++) {
        if (strcmp(name, values[i].name) != 0) {
            continue;
        }
        if (!(number >= values[i].min) || !(number <= values[i].max)) {
            return soc_lines_complain(lines, "%s must be in %g..%g", name, values[i].min, values[i].max);
        }
        *(double *)(void *)((char *)cell + values[i].offset) = number * values[i].factor;
        seen[i] = true;
        return 0;
    }
    return soc_lines_complain(lines, "unknown name %s", name);
}

static int read_all(struct soc_cell *cell, struct soc_lines *lines)
{
    bool seen[VALUE_COUNT] = {false};
    char text[SOC_LINE_SIZE];
    bool in_table = false;
    int row = 0;
    int got = soc_lines_next(lines, text);
    size_t i;

    while (got > 0) {
        if (row > LAST) {
            return soc_lines_complain(lines, "more than %d rows", SOC_CELL_POINTS);
        }
        if (strcmp(text, "table") == 0) {
            in_table = true;
        } else if (in_table) {
            if (read_row(cell, lines, text, row) != 0) {
                return -1;
            }
            row++;
        } else if (read_value(cell, lines, text, seen) != 0) {
            return -1;
        }
        got = soc_lines_next(lines, text);
    }
    if (got < 0) {
        return -1;
    }
    for (i = 0u; i < VALUE_COUNT; i++) {
        if (!seen[i]) {
            return soc_lines_complain(lines, "%s is missing", values[i].name);
        }
    }
    if (row != SOC_CELL_POINTS) {
        return soc_lines_complain(lines, "%d rows in the table: %d are needed", row, SOC_CELL_POINTS);
    }
    return 0;
}

int soc_cell_load(struct soc_cell *cell, const char *path, char *error, size_t error_size)
{
    struct soc_lines lines;
    int result;

    memset(cell, 0, sizeof(*cell));
    if (soc_lines_open(&lines, path, error, error_size) != 0) {
        return -1;
    }
    result = read_all(cell, &lines);
    soc_lines_close(&lines);
    return result;
}
