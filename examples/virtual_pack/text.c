#include "virtual_pack/text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_S 3.2e9 /* about 100 years: more is a mistake, and 64-bit milliseconds have room for it */

/* strtod() without hexadecimal numbers, infinities and leading blanks. */
static bool number_at(const char *text, double *value, char **end)
{
    const size_t span = strspn(text, "+-.0123456789eE");

    errno = 0;
    *value = strtod(text, end);
    return span > 0 && *end != text && (size_t)(*end - text) <= span && errno == 0 && isfinite(*value);
}

bool text_number(const char *text, double min, double max, double *value)
{
    double number;
    char *end;

    if (!number_at(text, &number, &end) || *end != '\0' || number < min || number > max) {
        return false;
    }
    *value = number;
    return true;
}

bool text_integer(const char *text, long long min, long long max, long long *value)
{
    long long number;
    char *end;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (strspn(text, "+-0123456789") == 0 || end == text || *end != '\0' || errno != 0 || number < min ||
        number > max) {
        return false;
    }
    *value = number;
    return true;
}

bool text_duration(const char *text, double *seconds)
{
    static const struct {
        const char *suffix;
        double factor;
    } units[] = {{"", 1.0}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}, {"d", 86400.0}};
    double number;
    char *end;
    size_t i;

    if (!number_at(text, &number, &end) || number < 0.0) {
        return false;
    }
    for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].suffix) == 0 && number * units[i].factor <= LONGEST_S) {
            *seconds = number * units[i].factor;
            return true;
        }
    }
    return false;
}

bool text_switch(const char *text, bool *on)
{
    if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0) {
        return false;
    }
    *on = strcmp(text, "on") == 0;
    return true;
}

void text_time(char text[TEXT_TIME_SIZE], double seconds)
{
    const unsigned long long tenths = (unsigned long long)(seconds * 10.0 + 0.001);
    const unsigned long long s = tenths / 10u;

    (void)snprintf(text, TEXT_TIME_SIZE, "%llud %02u:%02u:%02u.%u", s / 86400u, (unsigned)(s / 3600u % 24u),
                   (unsigned)(s / 60u % 60u), (unsigned)(s % 60u), (unsigned)(tenths % 10u));
}

void text_append(char *text, size_t size, const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}
