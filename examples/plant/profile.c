#include "plant/profile.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE   1024
#define COLUMNS_MAX 64
#define FIRST_ROWS  1024u

enum column { COLUMN_TIME = 0, COLUMN_CURRENT, COLUMN_POWER, COLUMN_TEMP, COLUMN_COUNT };

static const char *const column_name[COLUMN_COUNT] = {"time_s", "current_A", "power_W", "temp_C"};

/* A file being read. */
struct reader {
    FILE *file;
    const char *path;
    size_t line;
    size_t capacity;      /* rows for which there is memory */
    int at[COLUMN_COUNT]; /* place of each column, -1: not there */
    int columns;          /* in the header */
    double first_s;       /* time of the first row */
    char *error;
    size_t error_size;
};

/* Writes "FILE:LINE: text"; returns -1. */
static int complain(const struct reader *r, const char *format, ...)
{
    va_list arguments;
    int length;

    if ((r->error == NULL) || (r->error_size == 0u)) {
        return -1;
    }
    if (r->line > 0u) {
        length = snprintf(r->error, r->error_size, "%s:%zu: ", r->path, r->line);
    } else {
        length = snprintf(r->error, r->error_size, "%s: ", r->path);
    }
    if ((length >= 0) && ((size_t)length < r->error_size)) {
        va_start(arguments, format);
        (void)vsnprintf(r->error + length, r->error_size - (size_t)length, format, arguments);
        va_end(arguments);
    }
    return -1;
}

/* Next line that is neither empty nor a comment: 1, 0 at the end of the file, -1 after an error. */
static int next_line(struct reader *r, char line[LINE_SIZE])
{
    while (fgets(line, LINE_SIZE, r->file) != NULL) {
        size_t length = strlen(line);

        r->line++;
        if ((length == LINE_SIZE - 1u) && (line[length - 1u] != '\n')) {
            return complain(r, "line longer than %d characters", LINE_SIZE - 2);
        }
        while ((length > 0u) && (strchr("\r\n \t", line[length - 1u]) != NULL)) {
            length--;
            line[length] = '\0';
        }
        if ((length > 0u) && (line[0] != '#')) {
            return 1;
        }
    }
    if (ferror(r->file) != 0) {
        r->line = 0u;
        return complain(r, "cannot read: %s", strerror(errno));
    }
    return 0;
}

/* Cuts a line at its commas, in place, and takes blanks off the fields. Returns their number, at most COLUMNS_MAX. */
static int split(char *line, char *field[COLUMNS_MAX])
{
    int count = 0;
    char *next = line;

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

static int read_header(struct reader *r, enum plant_profile_kind *kind)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    char line[LINE_SIZE];
    char *field[COLUMNS_MAX];
    const int got = next_line(r, line);
    int c;
    int i;

    if (got <= 0) {
        return (got < 0) ? -1 : complain(r, "empty: no header line");
    }
    if (strncmp(line, byte_order_mark, 3u) == 0) {
        memmove(line, line + 3, strlen(line) - 2u);
    }
    r->columns = split(line, field);
    for (c = 0; c < (int)COLUMN_COUNT; c++) {
        r->at[c] = -1;
        for (i = 0; i < r->columns; i++) {
            if (strcmp(field[i], column_name[c]) != 0) {
                continue;
            }
            if (r->at[c] >= 0) {
                return complain(r, "column %s stands twice in the header", column_name[c]);
            }
            r->at[c] = i;
        }
    }
    if (r->at[COLUMN_TIME] < 0) {
        return complain(r, "no column time_s in the header (wanted: time_s,current_A or time_s,power_W)");
    }
    if ((r->at[COLUMN_CURRENT] < 0) == (r->at[COLUMN_POWER] < 0)) {
        return complain(r, "the header must have either current_A or power_W");
    }
    *kind = (r->at[COLUMN_CURRENT] >= 0) ? PLANT_PROFILE_CURRENT : PLANT_PROFILE_POWER;
    return 0;
}

static int read_number(const struct reader *r, enum column c, char *const field[], double *number)
{
    const char *text = field[r->at[c]];
    char *end = NULL;

    /* strtod also takes inf, nan and hexadecimal numbers */
    if ((text[0] != '\0') && (strspn(text, "+-.0123456789eE") == strlen(text))) {
        *number = strtod(text, &end);
        if ((end != text) && (*end == '\0') && isfinite(*number)) {
            return 0;
        }
    }
    return complain(r, "%s: \"%.40s\" is not a number", column_name[c], text);
}

static int grow(struct reader *r, struct plant_profile *profile)
{
    const size_t rows = (r->capacity == 0u) ? FIRST_ROWS : (2u * r->capacity);
    double **columns[3];
    size_t i;

    columns[0] = &profile->time_s;
    columns[1] = &profile->value;
    columns[2] = &profile->temp_c;
    for (i = 0u; i < ((r->at[COLUMN_TEMP] >= 0) ? 3u : 2u); i++) {
        double *larger = realloc(*columns[i], rows * sizeof(double));

        if (larger == NULL) {
            return complain(r, "not enough memory");
        }
        *columns[i] = larger;
    }
    r->capacity = rows;
    return 0;
}

static int read_row(struct reader *r, struct plant_profile *profile, char *line)
{
    const enum column value = (profile->kind == PLANT_PROFILE_CURRENT) ? COLUMN_CURRENT : COLUMN_POWER;
    const size_t n = profile->count;
    char *field[COLUMNS_MAX];
    const int columns = split(line, field);
    double time_s;

    if (columns != r->columns) {
        return complain(r, "%d columns, the header has %d", columns, r->columns);
    }
    if (((n == r->capacity) && (grow(r, profile) != 0)) ||
        (read_number(r, COLUMN_TIME, field, &time_s) != 0) ||
        (read_number(r, value, field, &profile->value[n]) != 0)) {
        return -1;
    }
    if ((profile->temp_c != NULL) && (read_number(r, COLUMN_TEMP, field, &profile->temp_c[n]) != 0)) {
        return -1;
    }
    if (n == 0u) {
        r->first_s = time_s;
    } else if (time_s - r->first_s <= profile->time_s[n - 1u]) {
        return complain(r, "time_s %g does not ascend (the row before: %g)", time_s,
                        profile->time_s[n - 1u] + r->first_s);
    }
    profile->time_s[n] = time_s - r->first_s;
    profile->count++;
    return 0;
}

static int read_all(struct reader *r, struct plant_profile *profile)
{
    char line[LINE_SIZE];
    int got;

    if (read_header(r, &profile->kind) != 0) {
        return -1;
    }
    got = next_line(r, line);
    while (got > 0) {
        if (read_row(r, profile, line) != 0) {
            return -1;
        }
        got = next_line(r, line);
    }
    if (got < 0) {
        return -1;
    }
    if (profile->count < 2u) {
        return complain(r, "%zu data rows: at least 2 are needed", profile->count);
    }
    return 0;
}

int plant_profile_load(struct plant_profile *profile, const char *path, char *error, size_t error_size)
{
    struct reader r;
    int result;

    memset(profile, 0, sizeof(*profile));
    profile->scale = 1.0;
    memset(&r, 0, sizeof(r));
    r.path = path;
    r.error = error;
    r.error_size = error_size;
    r.file = fopen(path, "r");
    if (r.file == NULL) {
        return complain(&r, "cannot open: %s", strerror(errno));
    }
    result = read_all(&r, profile);
    (void)fclose(r.file);
    if (result != 0) {
        plant_profile_free(profile);
    }
    return result;
}

void plant_profile_free(struct plant_profile *profile)
{
    free(profile->time_s);
    free(profile->value);
    free(profile->temp_c);
    memset(profile, 0, sizeof(*profile));
}

double plant_profile_duration_s(const struct plant_profile *profile)
{
    return (profile->count > 0u) ? profile->time_s[profile->count - 1u] : 0.0;
}

bool plant_profile_ended(const struct plant_profile *profile, double time_s)
{
    return !profile->loop && (time_s >= plant_profile_duration_s(profile));
}

/* Last row at or before this moment. */
static size_t row_at(const struct plant_profile *profile, double time_s)
{
    double within_s = time_s;
    size_t low = 0u;
    size_t high = profile->count;

    if (profile->loop) {
        within_s = fmod(time_s, plant_profile_duration_s(profile));
    }
    while (high - low > 1u) {
        const size_t middle = low + (high - low) / 2u;

        if (profile->time_s[middle] <= within_s) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

double plant_profile_value(const struct plant_profile *profile, double time_s)
{
    if ((profile->count == 0u) || (time_s < 0.0) || plant_profile_ended(profile, time_s)) {
        return 0.0;
    }
    return profile->value[row_at(profile, time_s)] * profile->scale;
}

double plant_profile_temp_c(const struct plant_profile *profile, double time_s, double otherwise)
{
    if (profile->temp_c == NULL) {
        return otherwise;
    }
    return profile->temp_c[row_at(profile, (time_s > 0.0) ? time_s : 0.0)];
}

double plant_profile_c_rate(double record_ah, double pack_ah)
{
    return pack_ah / record_ah;
}
