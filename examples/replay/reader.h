/* A recording as a file that is read piece by piece. */
#ifndef REPLAY_READER_H
#define REPLAY_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "losun_bms/trace/trace.h"

#define READER_SIZE 65536

/* What comes next in a file. */
enum reader_item {
    READER_START,  /* a start of the core: *restored is filled */
    READER_STEP,   /* a step: *inputs and *digest are filled */
    READER_END,    /* the end of the file */
    READER_CUT,    /* the file ends inside a record */
    READER_DAMAGED /* neither: status tells why */
};

struct reader {
    FILE *file;
    bool at_end; /* of the file: nothing more to load */
    uint8_t data[READER_SIZE];
    size_t begin, end;         /* what is loaded and not yet used */
    unsigned long long offset; /* of data[begin] in the file */
    struct lbms_trace trace;
    int status; /* READER_DAMAGED: enum lbms_status */
};

/* False: errno tells why. */
bool reader_open(struct reader *reader, const char *path);

enum reader_item reader_next(struct reader *reader, const struct lbms_product *product,
                             struct lbms_restored *restored, struct lbms_inputs *inputs, uint32_t *digest);

void reader_close(struct reader *reader);

#endif
