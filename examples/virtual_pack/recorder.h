/* --record: everything that goes into the core, and a digest of what it decided, in the format of trace/trace.h. */
#ifndef VIRTUAL_PACK_RECORDER_H
#define VIRTUAL_PACK_RECORDER_H

#include <stdbool.h>
#include <stdio.h>

#include "losun_bms/trace/trace.h"

struct recorder {
    FILE *file; /* NULL: not recording, or not any more */
    struct lbms_trace trace;
    unsigned long long steps, bytes;
};

/* False: errno tells why. */
bool recorder_open(struct recorder *recorder, const char *path);

/*
 * A start of the core: writes a header. After a reset of the pack another header follows in the same file.
 * This and the next two: false, once, when the file cannot be written any more (errno); the recording ends there.
 */
bool recorder_begin(struct recorder *recorder, const struct lbms_product *product,
                    const struct lbms_restored *restored);
bool recorder_step(struct recorder *recorder, const struct lbms_inputs *inputs,
                   const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot);
bool recorder_close(struct recorder *recorder);

#endif
