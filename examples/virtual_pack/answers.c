#include "virtual_pack/answers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 8192
#define CR        0x0D
/* A request that does not end with CR ends with silence, ms. */
#define SILENCE_MS 20u

/* Hex digits to bytes at `to`; their number, or -1. */
static long read_hex(const char *text, uint8_t *to)
{
    long count = 0;

    while (isxdigit((unsigned char)text[0]) != 0 && isxdigit((unsigned char)text[1]) != 0) {
        const char two[3] = {text[0], text[1], '\0'};

        to[count++] = (uint8_t)strtoul(two, NULL, 16);
        text += 2;
    }
    return (*text == '\0' && count > 0) ? count : -1;
}

/* "ms > hex" or "ms < hex". A line goes on with the reply of the last request, or begins an exchange. */
static bool take_line(struct answers *a, char *line, uint8_t *place, size_t *used, unsigned long *asked_ms)
{
    char *end;
    const unsigned long ms = strtoul(line, &end, 10);
    long size;

    if (end == line || end[0] != ' ' || (end[1] != '>' && end[1] != '<') || end[2] != ' ') {
        return false;
    }
    size = read_hex(end + 3, place);
    if (size < 0) {
        return false;
    }
    *used = (size_t)size;
    if (end[1] == '>') {
        a->exchange[a->count] = (struct exchange){place, NULL, (size_t)size, 0, 0};
        a->count++;
        *asked_ms = ms;
    } else if (a->count > 0) { /* what came before the first request answers nothing */
        struct exchange *last = &a->exchange[a->count - 1];

        if (last->reply == NULL) {
            last->reply = place;
            last->delay_ms = (uint32_t)((ms > *asked_ms) ? ms - *asked_ms : 0);
        }
        last->reply_size += (size_t)size;
    } else {
        *used = 0;
    }
    return true;
}

static int read_file(struct answers *a, FILE *file, char *error)
{
    static char line[LINE_SIZE];
    size_t at = 0;
    unsigned long number = 0;
    unsigned long asked_ms = 0;

    while (fgets(line, sizeof(line), file) != NULL) {
        size_t used = 0;

        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        if (!take_line(a, line, a->memory + at, &used, &asked_ms)) {
            (void)snprintf(error, ANSWERS_ERROR_SIZE,
                           "line %lu is not 'MILLISECONDS > HEX' or 'MILLISECONDS < HEX'", number);
            return -1;
        }
        at += used;
    }
    if (a->count == 0) {
        (void)snprintf(error, ANSWERS_ERROR_SIZE, "there is no request in it");
        return -1;
    }
    return 0;
}

int answers_open(struct answers *answers, const char *path, char error[ANSWERS_ERROR_SIZE])
{
    FILE *file = fopen(path, "r");
    long size;
    int status;

    memset(answers, 0, sizeof(*answers));
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        (void)snprintf(error, ANSWERS_ERROR_SIZE, "%s", strerror(errno));
        if (file != NULL) {
            (void)fclose(file);
        }
        return -1;
    }
    rewind(file);
    /* two characters are a byte, and the shortest line has seven */
    answers->memory = malloc((size_t)size + 1u);
    answers->exchange = calloc((size_t)size / 6u + 1u, sizeof(*answers->exchange));
    if (answers->memory == NULL || answers->exchange == NULL) {
        (void)snprintf(error, ANSWERS_ERROR_SIZE, "no memory");
        status = -1;
    } else {
        status = read_file(answers, file, error);
    }
    (void)fclose(file);
    if (status != 0) {
        answers_close(answers);
    }
    return status;
}

void answers_close(struct answers *answers)
{
    free(answers->memory);
    free(answers->exchange);
    memset(answers, 0, sizeof(*answers));
}

/* The request is complete: looks for it from where the last one was found. */
static void look_up(struct answers *a, uint32_t now_ms)
{
    size_t i;

    for (i = 0; i < a->count && a->pending == NULL; i++) {
        const size_t place = (a->next + i) % a->count;
        const struct exchange *e = &a->exchange[place];

        if (e->request_size == a->in_size && memcmp(e->request, a->in, a->in_size) == 0) {
            a->next = (place + 1u) % a->count;
            a->pending = e;
            a->said = 0;
            a->begin_ms = now_ms + e->delay_ms;
        }
    }
    a->in_size = 0;
}

void answers_take(struct answers *answers, const uint8_t *data, size_t size, uint32_t now_ms)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if (answers->in_size == sizeof(answers->in)) {
            answers->in_size = 0; /* no request is so long */
        }
        answers->in[answers->in_size++] = data[i];
        answers->in_ms = now_ms;
        if (data[i] == CR && answers->in[0] == '~') {
            look_up(answers, now_ms);
        }
    }
}

size_t answers_give(struct answers *answers, uint32_t now_ms, const uint8_t **data)
{
    const struct exchange *e;

    if (answers->in_size > 0 && now_ms - answers->in_ms >= SILENCE_MS) {
        look_up(answers, answers->in_ms);
    }
    e = answers->pending;
    if (e == NULL || (int32_t)(now_ms - answers->begin_ms) < 0) {
        return 0;
    }
    *data = (e->reply != NULL) ? e->reply + answers->said : e->request;
    if (answers->said == e->reply_size) {
        answers->pending = NULL;
        return 0;
    }
    return e->reply_size - answers->said;
}

void answers_sent(struct answers *answers, size_t size)
{
    answers->said += size;
}
