#include "soc_eval/lines.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

int soc_lines_complain(const struct soc_lines *lines, const char *format, ...)
{
    va_list arguments;
    int length;

    if (lines->number > 0u) {
        length = snprintf(lines->error, lines->error_size, "%s:%zu: ", lines->path, lines->number);
    } else {
        length = snprintf(lines->error, lines->error_size, "%s: ", lines->path);
    }
    if ((length >= 0) && ((size_t)length < lines->error_size)) {
        va_start(arguments, format);
        (void)vsnprintf(lines->error + length, lines->error_size - (size_t)length, format, arguments);
        va_end(arguments);
    }
    return -1;
}

int soc_lines_open(struct soc_lines *lines, const char *path, char *error, size_t error_size)
{
    memset(lines, 0, sizeof(*lines));
    lines->path = path;
    lines->error = error;
    lines->error_size = error_size;
    lines->file = fopen(path, "r");
    if (lines->file == NULL) {
        return soc_lines_complain(lines, "cannot open: %s", strerror(errno));
    }
    return 0;
}

void soc_lines_close(struct soc_lines *lines)
{
    (void)fclose(lines->file);
    lines->file = NULL;
}

int soc_lines_next(struct soc_lines *lines, char text[SOC_LINE_SIZE])
{
    while (fgets(text, SOC_LINE_SIZE, lines->file) != NULL) {
        size_t length = strlen(text);

        lines->number++;
        if ((length == SOC_LINE_SIZE - 1u) && (text[length - 1u] != '\n')) {
            return soc_lines_complain(lines, "line longer than %d characters", SOC_LINE_SIZE - 2);
        }
        while ((length > 0u) && (strchr("\r\n \t", text[length - 1u]) != NULL)) {
            length--;
            text[length] = '\0';
        }
        if ((length > 0u) && (text[0] != '#')) {
            return 1;
        }
    }
    if (ferror(lines->file) != 0) {
        lines->number = 0u;
        return soc_lines_complain(lines, "cannot read: %s", strerror(errno));
    }
    return 0;
}
