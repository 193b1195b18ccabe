/* What has changed from one step to the next, in words. */
#ifndef VIRTUAL_PACK_CHANGES_H
#define VIRTUAL_PACK_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/inputs.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/snapshot.h"

/* Receives one line without its end. */
typedef void (*changes_say)(void *ctx, const char *line);

struct changes {
    uint8_t mode; /* of the step before; LBMS_MODE_COUNT before the first one */
    uint8_t closed;
    uint32_t alarms, protections, faults;
    bool sleeping;
    bool dip_changed;
    uint16_t result_sequence;
    unsigned long trips; /* protections that began */
};

/* Before the first step of a core; counts are kept. */
void changes_restart(struct changes *changes);

/* Say what is different after this step. */
void changes_step(struct changes *changes, const struct lbms_inputs *inputs,
                  const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot, changes_say say,
                  void *ctx);

#endif
