#include "losun_bms/power/mode.h"

#include "losun_bms/model/bits.h"
#include "losun_bms/model/switches.h"

#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))

void lbms_mode_init(struct lbms_mode_machine *machine, bool asleep)
{
    machine->mode = asleep ? LBMS_MODE_SHUTDOWN : LBMS_MODE_STARTING;
    lbms_hold_reset(&machine->start);
}

/* The mode of an awake, started pack. First match wins. */
static uint8_t running(const struct lbms_mode_inputs *in)
{
    if (in->stop) {
        return LBMS_MODE_STOPPING;
    }
    if (!in->switch_on) {
        return LBMS_MODE_OFF_SWITCH;
    }
    if (in->fault_blocked == LBMS_PATHS_BOTH) {
        return LBMS_MODE_FAULT;
    }
    if ((((in->protections & ~OV_BITS) != 0u) && (in->blocked != 0u)) || (in->fault_blocked != 0u)) {
        return LBMS_MODE_PROTECT;
    }
    if (in->full || ((in->protections & OV_BITS) != 0u)) {
        return LBMS_MODE_FULL; /* an over-charged pack is a full pack */
    }
    if (in->flow == LBMS_FLOW_CHARGE) {
        return LBMS_MODE_CHARGING;
    }
    return (in->flow == LBMS_FLOW_DISCHARGE) ? LBMS_MODE_DISCHARGING : LBMS_MODE_STANDBY;
}

void lbms_mode_step(struct lbms_mode_machine *machine, const struct lbms_mode_inputs *in,
                    const struct lbms_params *params)
{
    const uint32_t sequence_ms = LBMS_START_STEPS * (uint32_t)params->v[LBMS_PARAM_LED_STEP_MS];

    switch (machine->mode) {
    case LBMS_MODE_SHUTDOWN:
        if (in->wake) {
            lbms_mode_init(machine, false);
            (void)lbms_hold(&machine->start, true, in->now_ms, sequence_ms);
        }
        break;
    case LBMS_MODE_STARTING:
        if (lbms_hold(&machine->start, true, in->now_ms, sequence_ms) && in->measured) {
            machine->mode = running(in);
        }
        break;
    case LBMS_MODE_STOPPING:
        if (in->asleep) {
            machine->mode = LBMS_MODE_SHUTDOWN;
        } else {
            machine->mode = running(in);
        }
        break;
    default:
        machine->mode = running(in);
        break;
    }
}

bool lbms_mode_permits_paths(uint8_t mode)
{
    switch (mode) {
    case LBMS_MODE_STANDBY:
    case LBMS_MODE_CHARGING:
    case LBMS_MODE_DISCHARGING:
    case LBMS_MODE_FULL:
    case LBMS_MODE_PROTECT:
    case LBMS_MODE_FAULT:
        return true;
    default:
        return false;
    }
}
