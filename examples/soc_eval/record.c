#include "soc_eval/record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "soc_eval/lines.h"

#define COLUMNS_MAX 64
#define FIRST_ROWS  4096u

static const char *const column_name[SOC_COLUMN_COUNT] = {"time_s", "current_A", "voltage_V", "temp_C",
                                                          "soc_ref"};

static const struct {
    double min, max;
} range[SOC_COLUMN_COUNT] = {{-1e9, 1e9}, {-1e4, 1e4}, {0.0, 6.0}, {-60.0, 120.0}, {-0.1, 1.1}};

/* Where the columns stand in this file. */
struct layout {
    int at[SOC_COLUMN_COUNT]; /* -1: not there */
    int columns;
};

/* Cuts a line at its commas, in place, and takes blanks off the fields. Returns their number, at most COLUMNS_MAX. */
static int split(char *text, char *field[COLUMNS_MAX])
{
    int count = 0;
    char *next = text;

    while ((next != NULL) && (count < COLUMNS_MAX)) {
        char *comma = strchr(next, ',');
        char *end = (comma != NULL) ? comma : (next + strlen(next));

        while ((next < end) && ((*next == ' ') || (*next == '\t'))) {
            next++;
        }
        while ((end > next) && ((end[-1] == ' ') || (end[-1] == '\t'))) {
            end--;
        }
        *end = '\0';
        field[count] = next;
        count++;
        next = (comma != NULL) ? (comma + 1) : NULL;
    }
    return count;
}

static int read_header(struct soc_lines *lines, struct layout *layout)
{
    char text[SOC_LINE_SIZE];
    char *field[COLUMNS_MAX];
    const int got = soc_lines_next(lines, text);
    int c;
    int i;

    if (got <= 0) {
        return (got < 0) ? -1 : soc_lines_complain(lines, "empty: no header line");
    }
    layout->columns = split(text, field);
    for (c = 0; c < (int)SOC_COLUMN_COUNT; c++) {
        layout->at[c] = -1;
        for (i = 0; i < layout->columns; i++) {
            if (strcmp(field[i], column_name[c]) != 0) {
                continue;
            }
            if (layout->at[c] >= 0) {
                return soc_lines_complain(lines, "column %s stands twice in the header", column_name[c]);
            }
            layout->at[c] = i;
        }
        if ((layout->at[c] < 0) && (c != (int)SOC_COLUMN_SOC)) {
            return soc_lines_complain(
                lines, "no column %s in the header (wanted: time_s,current_A,voltage_V,temp_C[,soc_ref])",
                column_name[c]);
        }
    }
    return 0;
}

static int read_number(const struct soc_lines *lines, int column, const char *text, double *number)
{
    char *end = NULL;

    /* strtod also takes inf, nan and hexadecimal numbers */
    if ((text[0] != '\0') && (strspn(text, "+-.0123456789eE") == strlen(text))) {
        *number = strtod(text, &end);
        if ((end != text) && (*end == '\0') && isfinite(*number)) {
            if ((*number >= range[column].min) && (*number <= range[column].max)) {
                return 0;
            }
            return soc_lines_complain(lines, "%s: %s is not in %g..%g", column_name[column], text,
                                      range[column].min, range[column].max);
        }
    }
    return soc_lines_complain(lines, "%s: \"%.40s\" is not a number", column_name[column], text);
}

static int grow(const struct soc_lines *lines, struct soc_record *record)
{
    const size_t rows = (record->capacity == 0u) ? FIRST_ROWS : (2u * record->capacity);
    struct soc_row *larger = realloc(record->row, rows * sizeof(*larger));

    if (larger == NULL) {
        return soc_lines_complain(lines, "not enough memory");
    }
    record->row = larger;
    record->capacity = rows;
    return 0;
}

/* `above` is the row before in the same file, or NULL. */
static int read_row(const struct soc_lines *lines, const struct layout *layout, char *text,
                    const struct soc_row *above, struct soc_row *row)
{
    char *field[COLUMNS_MAX];
    const int columns = split(text, field);
    int c;

    if (columns != layout->columns) {
        return soc_lines_complain(lines, "%d columns, the header has %d", columns, layout->columns);
    }
    for (c = 0; c < (int)SOC_COLUMN_COUNT; c++) {
        if (layout->at[c] < 0) {
            row->value[c] = 0.0;
        } else if ((field[layout->at[c]][0] == '\0') && (above != NULL) && (c != (int)SOC_COLUMN_TIME)) {
            row->value[c] = above->value[c];
        } else if (read_number(lines, c, field[layout->at[c]], &row->value[c]) != 0) {
            return -1;
        }
    }
    return 0;
}

static int read_rows(struct soc_lines *lines, const struct layout *layout, struct soc_record *record)
{
    const size_t first = record->count;
    char text[SOC_LINE_SIZE];
    int got = soc_lines_next(lines, text);

    while (got > 0) {
        const size_t n = record->count;

        if ((n == record->capacity) && (grow(lines, record) != 0)) {
            return -1;
        }
        if (read_row(lines, layout, text, (n > first) ? &record->row[n - 1u] : NULL, &record->row[n]) != 0) {
            return -1;
        }
        if ((n > 0u) &&
            (record->row[n].value[SOC_COLUMN_TIME] <= record->row[n - 1u].value[SOC_COLUMN_TIME])) {
            return soc_lines_complain(lines, "time_s %g does not ascend (the row before: %g)",
                                      record->row[n].value[SOC_COLUMN_TIME],
                                      record->row[n - 1u].value[SOC_COLUMN_TIME]);
        }
        record->count++;
        got = soc_lines_next(lines, text);
    }
    if (got < 0) {
        return -1;
    }
    if (record->count < first + 2u) {
        return soc_lines_complain(lines, "%zu data rows: at least 2 are needed", record->count - first);
    }
    return 0;
}

int soc_record_load(struct soc_record *record, const char *path, char *error, size_t error_size)
{
    struct soc_lines lines;
    struct layout layout;
    int result;

    if (soc_lines_open(&lines, path, error, error_size) != 0) {
        return -1;
    }
    result = read_header(&lines, &layout);
    if (result == 0) {
        record->has_soc = (layout.at[SOC_COLUMN_SOC] >= 0) && (record->has_soc || (record->count == 0u));
        result = read_rows(&lines, &layout, record);
    }
    soc_lines_close(&lines);
    return result;
}

void soc_record_free(struct soc_record *record)
{
    free(record->row);
    memset(record, 0, sizeof(*record));
}

size_t soc_record_first_below(const struct soc_record *record, double soc)
{
    size_t n = 0u;

    while ((n < record->count) && (record->row[n].value[SOC_COLUMN_SOC] > soc)) {
        n++;
    }
    return n;
}
