#include "losun_bms/battery/hardware.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/battery/second_level.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/sample.h"
#include "losun_bms/model/switches.h"

#define CHARGE_PATH    ((uint8_t)(LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER))
#define DISCHARGE_PATH ((uint8_t)(LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE))

/* What the AFE may open a switch for without being told. */
#define AFE_OPENS                                                                                           \
    ((uint16_t)(LBMS_AFE_SHORT_CIRCUIT | LBMS_AFE_CELL_OV | LBMS_AFE_CELL_UV | LBMS_AFE_CHARGE_OC |         \
                LBMS_AFE_DISCHARGE_OC | LBMS_AFE_TEMPERATURE | LBMS_AFE_SECONDARY_OV | LBMS_AFE_OPEN_WIRE | \
                LBMS_AFE_WATCHDOG | LBMS_AFE_RESET_SEEN))

#define DROP_VALID ((uint16_t)(LBMS_VALID_PACK | LBMS_VALID_TERMINAL | LBMS_VALID_CURRENT))

#define MOSFET_FAULTS (LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET) | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET))

/* One bit for each enum lbms_hardware_watch. */
#define WATCH(name) (1u << LBMS_WATCH_##name)

/* What each watch reports. The low cell is a hazard by itself: it is watched only with a discharge MOSFET fault. */
static const uint8_t condition_of[LBMS_WATCH_COUNT] = {
    LBMS_CONDITION_SWITCH_STATE,     LBMS_CONDITION_CURRENT_OFFSET, LBMS_CONDITION_CHARGE_MOSFET,
    LBMS_CONDITION_DISCHARGE_MOSFET, LBMS_CONDITION_CHARGE_MOSFET,  LBMS_CONDITION_DISCHARGE_MOSFET,
    LBMS_CONDITION_HAZARD,
};

void lbms_hardware_init(struct lbms_hardware *hardware)
{
    memset(hardware, 0, sizeof(*hardware));
}

static unsigned switch_state(uint8_t commanded, const struct lbms_measured *m)
{
    const unsigned differing = (unsigned)(commanded ^ m->closed);

    if (differing == 0u) {
        return 0u;
    }
    if (((differing & m->closed) == 0u) && ((m->afe_flags & AFE_OPENS) != 0u)) {
        return 0u; /* nothing is closed that should be open, and the AFE says why the rest is open */
    }
    return WATCH(SWITCH_STATE);
}

/* Current through something open. */
static unsigned impossible_current(uint8_t commanded, const struct lbms_measured *m, int32_t magnitude_ma,
                                   const struct lbms_params *params)
{
    const uint8_t closed = commanded | m->closed;
    const bool charge_open = (closed & CHARGE_PATH) == 0u;
    const bool discharge_open = (closed & DISCHARGE_PATH) == 0u;

    if (magnitude_ma <= params->v[LBMS_PARAM_MOS_FAULT_MA]) {
        return 0u;
    }
    if (charge_open && discharge_open) {
        return WATCH(CURRENT_OFFSET);
    }
    if (charge_open && (m->current_ma > 0) && ((m->closed & DISCHARGE_PATH) != 0u)) {
        return WATCH(CHARGE_WELDED);
    }
    if (discharge_open && (m->current_ma < 0) && ((m->closed & CHARGE_PATH) != 0u)) {
        return WATCH(DISCHARGE_WELDED);
    }
    return 0u;
}

/* A body diode in the way of the current. */
static unsigned body_diode(const struct lbms_measured *m, int32_t magnitude_ma,
                           const struct lbms_params *params)
{
    const int32_t drop_mv = m->pack_mv - m->terminal_mv; /* positive in discharge */
    const bool discharge = m->current_ma < 0;

    if ((magnitude_ma < params->v[LBMS_PARAM_MOS_DROP_MIN_MA]) ||
        (magnitude_ma > params->v[LBMS_PARAM_MOS_DROP_MAX_MA]) ||
        ((discharge ? drop_mv : -drop_mv) <= params->v[LBMS_PARAM_MOS_DROP_MV])) {
        return 0u;
    }
    return discharge ? WATCH(CHARGE_DROP) : WATCH(DISCHARGE_DROP);
}

/* Limiter and pre-charge resistor drop more than a body diode, so that is looked for with both main switches closed. */
static unsigned current_path(uint8_t commanded, const struct lbms_measured *m,
                             const struct lbms_params *params)
{
    const int32_t magnitude_ma = lbms_abs_i32(m->current_ma);
    const bool both_closed = (commanded & m->closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN;

    return both_closed ? body_diode(m, magnitude_ma, params)
                       : impossible_current(commanded, m, magnitude_ma, params);
}

static unsigned low_cell(const struct lbms_hardware_inputs *in, const struct lbms_params *params)
{
    const int32_t limit_mv = params->v[LBMS_PARAM_CELL_DEAD_MV] + params->v[LBMS_PARAM_MOS_HAZARD_CELL_MV];

    return (((in->faults & LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET)) != 0u) &&
            ((int32_t)in->m->cell_min_mv < limit_mv))
               ? WATCH(LOW_CELL)
               : 0u;
}

/* Watches that can be judged from this sample. */
static unsigned known_watches(const struct lbms_measured *m)
{
    unsigned known = 0u;

    if (m->age_ms == UINT32_MAX) {
        return 0u;
    }
    known = WATCH(SWITCH_STATE);
    if ((m->valid & LBMS_VALID_CURRENT) != 0u) {
        known |= WATCH(CURRENT_OFFSET) | WATCH(CHARGE_WELDED) | WATCH(DISCHARGE_WELDED);
    }
    if ((m->valid & DROP_VALID) == DROP_VALID) {
        known |= WATCH(CHARGE_DROP) | WATCH(DISCHARGE_DROP);
    }
    if ((m->valid & LBMS_VALID_CELL_RANGE) != 0u) {
        known |= WATCH(LOW_CELL);
    }
    return known;
}

/* True when the watch has found something; what cannot be judged now neither begins nor ends. */
static bool found(struct lbms_hold_timer *timer, bool known, bool suspect, uint32_t now_ms, uint32_t delay_ms)
{
    if (known) {
        return lbms_hold(timer, suspect, now_ms, delay_ms);
    }
    if (!timer->done) {
        lbms_hold_reset(timer);
    }
    return timer->done;
}

static uint32_t watch(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in, unsigned known,
                      unsigned suspect, const struct lbms_params *params)
{
    uint32_t conditions = 0u;
    unsigned i;

    hardware->running = false;
    for (i = 0u; i < (unsigned)LBMS_WATCH_COUNT; i++) {
        const uint8_t delay =
            (i == (unsigned)LBMS_WATCH_SWITCH_STATE) ? LBMS_PARAM_AFE_SWITCH_MS : LBMS_PARAM_MOS_FAULT_MS;

        if (found(&hardware->timer[i], (known & (1u << i)) != 0u, (suspect & (1u << i)) != 0u, in->now_ms,
                  (uint32_t)params->v[delay])) {
            conditions |= LBMS_MASK(condition_of[i]);
        }
        hardware->running = hardware->running || hardware->timer[i].running;
    }
    return conditions;
}

static uint32_t watch_switches(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in,
                               const struct lbms_params *params)
{
    unsigned suspect = switch_state(in->commanded, in->m) | low_cell(in, params);
    unsigned known;

    suspect |= current_path(in->commanded, in->m, params);
    if (!hardware->running && (suspect == 0u)) {
        hardware->commanded = in->commanded;
        return 0u; /* the usual case: no timer to look after */
    }
    /* The report lags by a sample: only an unchanged command can be compared with it for long. */
    if ((in->commanded != hardware->commanded) && !hardware->timer[LBMS_WATCH_SWITCH_STATE].done) {
        lbms_hold_reset(&hardware->timer[LBMS_WATCH_SWITCH_STATE]);
    }
    hardware->commanded = in->commanded;
    known = known_watches(in->m);
    return watch(hardware, in, known, suspect & known, params);
}

/* Judge again when something was written or is wrong, otherwise now and then. */
static uint32_t watch_afe(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in,
                          const struct lbms_product *product)
{
    const bool due = lbms_elapsed_ms(in->now_ms, hardware->afe_ms) >= LBMS_HARDWARE_REWRITE_MS;
    const bool same = (in->afe_fit == hardware->afe_fit) && (in->afe_got->sequence == hardware->afe_sequence);
    bool accepted;

    hardware->rewrite = false;
    if (same && !due && !hardware->afe_refused) {
        return 0u;
    }
    if ((in->afe_want->sequence == 0u) || ((in->afe_got->sequence == 0u) && (in->afe_fit >= 0))) {
        return 0u; /* nothing was asked for or answered yet */
    }
    hardware->afe_fit = in->afe_fit;
    hardware->afe_sequence = in->afe_got->sequence;
    accepted = (in->afe_got->sequence == in->afe_want->sequence) &&
               lbms_second_level_accepts(in->afe_got, in->afe_fit, in->afe_want, product);
    if (accepted) {
        hardware->afe_refused = false;
        hardware->afe_ms = in->now_ms;
        return 0u;
    }
    if (hardware->afe_refused && !due) {
        return hardware->conditions & LBMS_MASK(LBMS_CONDITION_AFE_CONFIG);
    }
    hardware->rewrite = true;
    hardware->afe_ms = in->now_ms;
    if (hardware->afe_refused) {
        return LBMS_MASK(LBMS_CONDITION_AFE_CONFIG);
    }
    hardware->afe_refused = true;
    return 0u;
}

/* The way out of a hazard that the switches cannot end. */
static void last_resort(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in,
                        const struct lbms_params *params)
{
    const bool hazard = (hardware->conditions & LBMS_MASK(LBMS_CONDITION_HAZARD)) != 0u;
    const bool fitted = params->v[LBMS_PARAM_TRIP_UNIT_FITTED] != 0;

    hardware->buzzer = hazard && !fitted;
    if (!hazard && (hardware->state == 0u)) {
        return;
    }
    if ((hardware->state & LBMS_STATE_TRIP_UNIT) != 0u) {
        if (lbms_elapsed_ms(in->now_ms, hardware->pulse_ms) >=
            (uint32_t)params->v[LBMS_PARAM_TRIP_PULSE_MS]) {
            hardware->state = (uint16_t)LBMS_STATE_TRIPPED;
        }
    } else if (hardware->state == 0u) {
        if (fitted) {
            hardware->state = (uint16_t)LBMS_STATE_TRIP_UNIT;
            hardware->pulse_ms = in->now_ms;
        }
    } else if ((in->faults & MOSFET_FAULTS) == 0u) {
        hardware->state = 0u;
    } else {
        /* pulsed once: that is all that can be done */
    }
}

void lbms_hardware_step(struct lbms_hardware *hardware, const struct lbms_hardware_inputs *in,
                        const struct lbms_params *params, const struct lbms_product *product)
{
    const uint32_t overcharge = LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET);
    uint32_t conditions = watch_switches(hardware, in, params) | watch_afe(hardware, in, product);

    if (((in->faults & overcharge) != 0u) && ((in->protections & LBMS_MASK(LBMS_BIT_CELL_OV)) != 0u)) {
        conditions |= LBMS_MASK(LBMS_CONDITION_HAZARD);
    }
    hardware->conditions = conditions;
    last_resort(hardware, in, params);
}
