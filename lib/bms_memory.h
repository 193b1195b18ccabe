/* Private to the core: what a command says of the life of the pack. */
#ifndef LBMS_LIB_BMS_MEMORY_H
#define LBMS_LIB_BMS_MEMORY_H

#include "losun_bms/bms.h"

/* Takes over capacities or the cycle count; other commands say nothing of them. A negative status: nothing has changed. */
int lbms_core_set_life(struct lbms_core *core, const struct lbms_command *command);

#endif
