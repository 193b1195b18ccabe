#include "losun_bms/power/mode.h"

#include "losun_bms/model/bits.h"
#include "losun_bms/model/switches.h"

#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))

#define IN(mode) (1u << LBMS_MODE_##mode)
#define AWAKE                                                                                           \
    (IN(STARTING) | IN(STANDBY) | IN(CHARGING) | IN(DISCHARGING) | IN(FULL) | IN(PROTECT) | IN(FAULT) | \
     IN(STOPPING) | IN(OFF_SWITCH))

/* clang-format off */
const struct lbms_mode_rule lbms_mode_rules[] = {
    {IN(SHUTDOWN), LBMS_MODE_EVENT_WAKE,       LBMS_MODE_STARTING},
    {IN(SHUTDOWN), LBMS_MODE_EVENT_ALWAYS,     LBMS_MODE_SHUTDOWN},
    {IN(STOPPING), LBMS_MODE_EVENT_ASLEEP,     LBMS_MODE_SHUTDOWN},
    {IN(STARTING), LBMS_MODE_EVENT_NOT_READY,  LBMS_MODE_STARTING},
    /* from here on the facts of the step alone decide, most urgent first */
    {AWAKE,        LBMS_MODE_EVENT_STOP,       LBMS_MODE_STOPPING},
    {AWAKE,        LBMS_MODE_EVENT_SWITCH_OFF, LBMS_MODE_OFF_SWITCH},
    {AWAKE,        LBMS_MODE_EVENT_FAULT,      LBMS_MODE_FAULT},
    {AWAKE,        LBMS_MODE_EVENT_PROTECTION, LBMS_MODE_PROTECT},
    {AWAKE,        LBMS_MODE_EVENT_FULL,       LBMS_MODE_FULL}, /* an over-charged pack is a full pack */
    {AWAKE,        LBMS_MODE_EVENT_CHARGE,     LBMS_MODE_CHARGING},
    {AWAKE,        LBMS_MODE_EVENT_DISCHARGE,  LBMS_MODE_DISCHARGING},
    {AWAKE,        LBMS_MODE_EVENT_ALWAYS,     LBMS_MODE_STANDBY},
};
/* clang-format on */
const uint8_t lbms_mode_rule_count = sizeof(lbms_mode_rules) / sizeof(lbms_mode_rules[0]);

void lbms_mode_init(struct lbms_mode_machine *machine, bool asleep)
{
    machine->mode = asleep ? LBMS_MODE_SHUTDOWN : LBMS_MODE_STARTING;
    lbms_hold_reset(&machine->start);
}

static bool starting(struct lbms_mode_machine *machine, const struct lbms_mode_inputs *in,
                     const struct lbms_params *params)
{
    const uint32_t sequence_ms = LBMS_START_STEPS * (uint32_t)params->v[LBMS_PARAM_LED_STEP_MS];

    return !(lbms_hold(&machine->start, true, in->now_ms, sequence_ms) && in->measured);
}

static bool applies(struct lbms_mode_machine *machine, uint8_t event, const struct lbms_mode_inputs *in,
                    const struct lbms_params *params)
{
    switch (event) {
    case LBMS_MODE_EVENT_WAKE:
        return in->wake;
    case LBMS_MODE_EVENT_ASLEEP:
        return in->asleep;
    case LBMS_MODE_EVENT_NOT_READY:
        return starting(machine, in, params);
    case LBMS_MODE_EVENT_STOP:
        return in->stop;
    case LBMS_MODE_EVENT_SWITCH_OFF:
        return !in->switch_on;
    case LBMS_MODE_EVENT_FAULT:
        return in->fault_blocked == LBMS_PATHS_BOTH;
    case LBMS_MODE_EVENT_PROTECTION:
        return (((in->protections & ~OV_BITS) != 0u) && (in->blocked != 0u)) || (in->fault_blocked != 0u);
    case LBMS_MODE_EVENT_FULL:
        return in->full || ((in->protections & OV_BITS) != 0u);
    case LBMS_MODE_EVENT_CHARGE:
        return in->flow == LBMS_FLOW_CHARGE;
    case LBMS_MODE_EVENT_DISCHARGE:
        return in->flow == LBMS_FLOW_DISCHARGE;
    default: /* LBMS_MODE_EVENT_ALWAYS */
        return true;
    }
}

void lbms_mode_step(struct lbms_mode_machine *machine, const struct lbms_mode_inputs *in,
                    const struct lbms_params *params)
{
    const uint8_t was = machine->mode;
    const unsigned in_mode = (was < LBMS_MODE_COUNT) ? (1u << was) : 0u;
    uint8_t i;

    machine->mode = LBMS_MODE_STARTING; /* of a mode that does not exist */
    for (i = 0u; i < lbms_mode_rule_count; i++) {
        const struct lbms_mode_rule *rule = &lbms_mode_rules[i];

        if (((rule->from & in_mode) != 0u) && applies(machine, rule->event, in, params)) {
            machine->mode = rule->to;
            break;
        }
    }
    if ((machine->mode == LBMS_MODE_STARTING) && (was != LBMS_MODE_STARTING)) {
        lbms_hold_reset(&machine->start);
        (void)lbms_hold(&machine->start, true, in->now_ms, 1u); /* the sequence begins in this step */
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
