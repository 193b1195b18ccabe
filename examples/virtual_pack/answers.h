/*
 * Answers from a file: what another pack said once, as `bmsctl --capture` has recorded it. A request that is in the file
 * gets what came back then, after the time that it took then; any other one gets nothing.
 */
#ifndef VIRTUAL_PACK_ANSWERS_H
#define VIRTUAL_PACK_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWERS_ERROR_SIZE 160

struct exchange {
    uint8_t *request, *reply; /* in the memory of the file */
    size_t request_size, reply_size;
    uint32_t delay_ms; /* from the request to the first byte of the reply */
};

struct answers {
    uint8_t *memory; /* NULL: there is no file */
    struct exchange *exchange;
    size_t count;
    size_t next; /* the same request may have had several answers: they come in their order */
    uint8_t in[512];
    size_t in_size;
    uint32_t in_ms;                 /* last byte */
    const struct exchange *pending; /* NULL: nothing to say */
    size_t said;
    uint32_t begin_ms;
};

/* Reads a file. 0, or -1: error has one line without the name of the file. */
int answers_open(struct answers *answers, const char *path, char error[ANSWERS_ERROR_SIZE]);
void answers_close(struct answers *answers);

/* Bytes that came. */
void answers_take(struct answers *answers, const uint8_t *data, size_t size, uint32_t now_ms);

/* Bytes to be sent now; then answers_sent() tells how many were. */
size_t answers_give(struct answers *answers, uint32_t now_ms, const uint8_t **data);
void answers_sent(struct answers *answers, size_t size);

#endif
