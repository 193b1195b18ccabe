/* Private: sleep, wake-up and mode of the core. */
#ifndef LBMS_BMS_POWER_H
#define LBMS_BMS_POWER_H

#include "losun_bms/bms.h"

/* What the controls and the host said in this step. */
struct lbms_core_events {
    uint16_t keys;  /* debounced, mask of enum lbms_key */
    uint8_t button; /* enum lbms_button_event */
    bool sleep_command;
};

/* Paths held open for any reason but the mode, mask of enum lbms_path. */
uint8_t lbms_core_blocked(const struct lbms_core *core);

/* Decide about sleep, wake-up and mode, after protections and charge supervision of the same step. */
void lbms_core_power(struct lbms_core *core, const struct lbms_inputs *in,
                     const struct lbms_core_events *events);

#endif
