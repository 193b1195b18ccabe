/* Numbers, durations and moments as text. */
#ifndef VIRTUAL_PACK_TEXT_H
#define VIRTUAL_PACK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Lets the compiler check arguments against a format. */
#if defined(__GNUC__)
#define TEXT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define TEXT_PRINTF(text, first)
#endif

/* Size of the text that text_time() makes. */
#define TEXT_TIME_SIZE 32

/* A decimal number, nothing before or behind it, min <= *value <= max. */
bool text_number(const char *text, double min, double max, double *value);

/* A whole number, nothing before or behind it, min <= *value <= max. */
bool text_integer(const char *text, long long min, long long max, long long *value);

/* A duration of 0 or more: "90" and "90s" are seconds, "15m" minutes, "1.5h" hours, "2d" days. */
bool text_duration(const char *text, double *seconds);

/* "on" or "off". */
bool text_switch(const char *text, bool *on);

/* "2d 03:04:05.6", always of this form. */
void text_time(char text[TEXT_TIME_SIZE], double seconds);

/* snprintf() behind the end of a text that is already there. */
void text_append(char *text, size_t size, const char *format, ...) TEXT_PRINTF(3, 4);

#endif
