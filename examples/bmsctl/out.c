#include "bmsctl/out.h"

#include <stdlib.h>
#include <string.h>

void out_json_text(FILE *file, const char *text)
{
    (void)fputc('"', file);
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\') {
            (void)fputc('\\', file);
        }
        if (c < 0x20) {
            (void)fprintf(file, "\\u%04X", c);
        } else {
            (void)fputc(c, file);
        }
    }
    (void)fputc('"', file);
}

static void csv_text(FILE *file, const char *text)
{
    if (strpbrk(text, ",\"\n") == NULL) {
        (void)fputs(text, file);
        return;
    }
    (void)fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            (void)fputc('"', file);
        }
        (void)fputc(*text, file);
    }
    (void)fputc('"', file);
}

static bool is_number(const char *text)
{
    char *end;

    (void)strtod(text, &end);
    return *text != '\0' && *end == '\0' && strchr("-0123456789", *text) != NULL;
}

static void begin(struct out *out, enum out_format format, FILE *file)
{
    memset(out, 0, sizeof(*out));
    out->format = format;
    out->file = file;
}

void out_list(struct out *out, enum out_format format, FILE *file)
{
    begin(out, format, file);
    if (format == OUT_JSON) {
        (void)fputs("{", file);
    } else if (format == OUT_CSV) {
        (void)fputs("name,value,unit\n", file);
    }
}

static void put(struct out *out, const char *name, const char *value, const char *unit, bool number)
{
    switch (out->format) {
    case OUT_JSON:
        (void)fputs((out->items > 0) ? ",\n " : "\n ", out->file);
        out_json_text(out->file, name);
        (void)fputs(": ", out->file);
        if (number) {
            (void)fputs(value, out->file);
        } else {
            out_json_text(out->file, value);
        }
        break;
    case OUT_CSV:
        csv_text(out->file, name);
        (void)fputc(',', out->file);
        csv_text(out->file, value);
        (void)fprintf(out->file, ",%s\n", unit);
        break;
    default:
        (void)fprintf(out->file, "%-26s %s%s%s\n", name, value, (*unit != '\0') ? " " : "", unit);
        break;
    }
    out->items++;
}

void out_text(struct out *out, const char *name, const char *value)
{
    put(out, name, value, "", false);
}

void out_number(struct out *out, const char *name, double value, int decimals, const char *unit)
{
    char text[40];

    (void)snprintf(text, sizeof(text), "%.*f", decimals, value);
    put(out, name, text, unit, true);
}

void out_table(struct out *out, enum out_format format, FILE *file, unsigned columns,
               const char *const *names, const int *widths)
{
    unsigned i;

    begin(out, format, file);
    out->table = true;
    out->columns = columns;
    for (i = 0; i < columns; i++) {
        out->name[i] = names[i];
        out->width[i] = widths[i];
        if (format == OUT_CSV) {
            (void)fprintf(file, "%s%s", (i > 0) ? "," : "", names[i]);
        } else if (format == OUT_HUMAN) {
            (void)fprintf(file, "%s%*s", (i > 0) ? "  " : "", widths[i], names[i]);
        }
    }
    (void)fputs((format == OUT_JSON) ? "[" : "\n", file);
}

void out_row(struct out *out, const char *const *cells)
{
    unsigned i;

    if (out->format == OUT_JSON) {
        (void)fputs((out->items > 0) ? ",\n {" : "\n {", out->file);
    }
    for (i = 0; i < out->columns; i++) {
        if (out->format == OUT_JSON) {
            (void)fputs((i > 0) ? ", " : "", out->file);
            out_json_text(out->file, out->name[i]);
            (void)fputs(": ", out->file);
            if (is_number(cells[i])) {
                (void)fputs(cells[i], out->file);
            } else {
                out_json_text(out->file, cells[i]);
            }
        } else if (out->format == OUT_CSV) {
            (void)fputs((i > 0) ? "," : "", out->file);
            csv_text(out->file, cells[i]);
        } else {
            (void)fprintf(out->file, "%s%*s", (i > 0) ? "  " : "", out->width[i], cells[i]);
        }
    }
    (void)fputs((out->format == OUT_JSON) ? "}" : "\n", out->file);
    out->items++;
}

void out_end(struct out *out)
{
    if (out->format == OUT_JSON) {
        (void)fputs(out->table ? "\n]\n" : "\n}\n", out->file);
    }
    (void)fflush(out->file);
}
