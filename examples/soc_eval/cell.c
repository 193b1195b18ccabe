#include "soc_eval/cell.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "soc_eval/lines.h"

#define LAST        (LBMS_CELL_POINTS - 1)
#define REFERENCE_C 25.0
#define UOHM        1e-6

/* The cells of the library and what they hold. */
static const struct {
    const char *name;
    const struct lbms_cell_model *model;
    double capacity_ah;
} builtins[] = {
    {"lfp100", &lbms_cell_lfp100, 100.0},
    {"a123", &lbms_cell_a123, 2.035},
    {"apr", &lbms_cell_apr, 1.2},
};

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

double soc_cell_r_factor(const struct soc_cell *cell, double temp_c)
{
    return (double)lbms_cell_r_permille(&cell->model, (int32_t)lround(temp_c * 10.0)) / 1000.0;
}

/* Fills in the numbers in double precision. */
static void set_numbers(struct soc_cell *cell, double capacity_ah)
{
    const struct lbms_cell_model *m = &cell->model;
    const double scale = UOHM * (LBMS_CELL_REFERENCE_MAH / 1000.0) / capacity_ah;
    int row;

    cell->capacity_ah = capacity_ah;
    for (row = 0; row <= LAST; row++) {
        cell->rest_v[row] = (double)m->rest_dmv[row] * 1e-4;
        cell->half_v[row] = (double)(m->half_2dmv[row] * LBMS_CELL_HALF_DMV) * 1e-4;
        cell->rest_v_per_k[row] = (double)(m->entropy_4uv_k[row] * LBMS_CELL_ENTROPY_UV_K) * 1e-6;
    }
    cell->r0_ohm = (double)m->r0_uohm * scale;
    cell->r_ohm[0] = (double)m->r1_uohm * scale;
    cell->r_ohm[1] = (double)m->r2_uohm * scale;
    cell->tau_s[0] = (double)m->tau1_s;
    cell->tau_s[1] = (double)m->tau2_s;
    cell->branch_rate = (double)m->hysteresis_rate;
}

bool soc_cell_builtin(struct soc_cell *cell, const char *name)
{
    size_t i;

    for (i = 0u; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
        if (strcmp(builtins[i].name, name) == 0) {
            cell->model = *builtins[i].model;
            set_numbers(cell, builtins[i].capacity_ah);
            return true;
        }
    }
    return false;
}

/* ---- cell files */

/* The single values of a cell file. */
enum value { CAPACITY, R0, R1, TAU1, R2, TAU2, BRANCH_RATE, VALUE_COUNT };

static const struct {
    const char *name;
    double min, max;
} values[VALUE_COUNT] = {
    [CAPACITY] = {"capacity_ah", 0.01, 10000.0},
    [R0] = {"r0_mohm", 0.0, 1e6},
    [R1] = {"r1_mohm", 0.0, 1e6},
    [TAU1] = {"tau1_s", 1.0, 20000.0},
    [R2] = {"r2_mohm", 0.0, 1e6},
    [TAU2] = {"tau2_s", 1.0, 20000.0},
    [BRANCH_RATE] = {"g", 1.0, 255.0},
};

/* What of a file has been read. */
struct reading {
    double value[VALUE_COUNT];
    bool seen[VALUE_COUNT];
    int rows;
};

/* One column of the table: unit of the model for one of the file, and the range that the model can hold. */
static const struct {
    const char *name;
    double units, min, max;
} columns[] = {
    {"soc_pct", 1.0, 0.0, 100.0},
    {"rest_mv", 10.0, 1.0, 65535.0},
    {"half_mv", 10.0 / LBMS_CELL_HALF_DMV, 0.0, 255.0},
    {"du_dt_uv_per_k", 1.0 / LBMS_CELL_ENTROPY_UV_K, -128.0, 127.0},
};

#define COLUMN_COUNT (sizeof(columns) / sizeof(columns[0]))

static int read_row(struct soc_cell *cell, const struct soc_lines *lines, const char *text, int row)
{
    double number[COLUMN_COUNT];
    int used = 0;
    size_t i;

    if ((sscanf(text, "%lf %lf %lf %lf %n", &number[0], &number[1], &number[2], &number[3], &used) != 4) ||
        (text[used] != '\0')) {
        return soc_lines_complain(lines, "a row of the table has soc_pct rest_mv half_mv du_dt_uv_per_k");
    }
    for (i = 0u; i < COLUMN_COUNT; i++) {
        number[i] = round(number[i] * columns[i].units);
        if (!(number[i] >= columns[i].min) || !(number[i] <= columns[i].max)) {
            return soc_lines_complain(lines, "%s must be in %g..%g", columns[i].name,
                                      columns[i].min / columns[i].units, columns[i].max / columns[i].units);
        }
    }
    if (number[0] != (double)row) {
        return soc_lines_complain(lines, "row of %d %% expected, not of %g %%", row, number[0]);
    }
    cell->model.rest_dmv[row] = (uint16_t)number[1];
    cell->model.half_2dmv[row] = (uint8_t)number[2];
    cell->model.entropy_4uv_k[row] = (int8_t)number[3];
    return 0;
}

static int read_value(struct reading *reading, const struct soc_lines *lines, const char *text)
{
    char name[32];
    double number;
    int used = 0;
    size_t i;

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
        reading->value[i] = number;
        reading->seen[i] = true;
        return 0;
    }
    return soc_lines_complain(lines, "unknown name %s", name);
}

static int read_line(struct soc_cell *cell, struct reading *reading, const struct soc_lines *lines,
                     const char *text)
{
    if (reading->rows < 0) {
        if (strcmp(text, "table") == 0) {
            reading->rows = 0;
            return 0;
        }
        return read_value(reading, lines, text);
    }
    if (reading->rows > LAST) {
        return soc_lines_complain(lines, "more than %d rows", LBMS_CELL_POINTS);
    }
    return read_row(cell, lines, text, reading->rows++);
}

/* A resistance as the model has it: microohm of a cell of 100 Ah. */
static int set_resistance(uint16_t *uohm, const struct reading *reading, enum value which,
                          const struct soc_lines *lines)
{
    const double scaled = round(reading->value[which] * 1000.0 * reading->value[CAPACITY] * 1000.0 /
                                (double)LBMS_CELL_REFERENCE_MAH);

    if (scaled > 65535.0) {
        return soc_lines_complain(lines, "%s: too large for this capacity", values[which].name);
    }
    *uohm = (uint16_t)scaled;
    return 0;
}

static int finish(struct soc_cell *cell, const struct reading *reading, const struct soc_lines *lines)
{
    struct lbms_cell_model *m = &cell->model;
    size_t i;

    for (i = 0u; i < VALUE_COUNT; i++) {
        if (!reading->seen[i]) {
            return soc_lines_complain(lines, "%s is missing", values[i].name);
        }
    }
    if (reading->rows != LBMS_CELL_POINTS) {
        return soc_lines_complain(lines, "%d rows in the table: %d are needed",
                                  (reading->rows < 0) ? 0 : reading->rows, LBMS_CELL_POINTS);
    }
    if ((set_resistance(&m->r0_uohm, reading, R0, lines) != 0) ||
        (set_resistance(&m->r1_uohm, reading, R1, lines) != 0) ||
        (set_resistance(&m->r2_uohm, reading, R2, lines) != 0)) {
        return -1;
    }
    m->name = "cell file";
    m->tau1_s = (uint16_t)round(reading->value[TAU1]);
    m->tau2_s = (uint16_t)round(reading->value[TAU2]);
    m->hysteresis_rate = (uint8_t)round(reading->value[BRANCH_RATE]);
    m->r_factor = lbms_cell_r_factor;
    m->r_factor_count = LBMS_CELL_R_FACTOR_POINTS;
    set_numbers(cell, reading->value[CAPACITY]);
    return 0;
}

static int read_all(struct soc_cell *cell, struct soc_lines *lines)
{
    struct reading reading;
    char text[SOC_LINE_SIZE];
    int got = soc_lines_next(lines, text);

    memset(&reading, 0, sizeof(reading));
    reading.rows = -1;
    while (got > 0) {
        if (read_line(cell, &reading, lines, text) != 0) {
            return -1;
        }
        got = soc_lines_next(lines, text);
    }
    return (got < 0) ? -1 : finish(cell, &reading, lines);
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
