#include "losun_bms/battery/charge.h"

#include <string.h>

static uint32_t bit_if(bool set, uint32_t bit)
{
    return set ? bit : 0u;
}

/* Anything that a result can come from. */
static bool has_news(const struct lbms_charge *charge)
{
    return charge->full.full || charge->full.recharge || charge->gentle.active || charge->limiter.limiting ||
           charge->limiter.failed || charge->heat.on || charge->heat.given_up;
}

static void publish(struct lbms_charge *charge, bool held_open)
{
    const struct lbms_full *full = &charge->full;

    charge->blocked = full->full ? (uint8_t)LBMS_PATH_CHARGE : 0u;
    charge->entered_full = full->entered;
    charge->soc_full = full->soc_full;
    charge->clear_ov = full->clear_ov;
    charge->heater = charge->heat.on;
    charge->use_limiter = charge->limiter_armed && (charge->gentle.active || charge->limiter.limiting);
    charge->state =
        (uint16_t)(bit_if(full->full, LBMS_STATE_FULL) | bit_if(full->recharge, LBMS_STATE_RECHARGE) |
                   bit_if(charge->gentle.active, LBMS_STATE_GENTLE) |
                   bit_if(charge->use_limiter && !held_open, LBMS_STATE_LIMITER) |
                   bit_if(charge->heater, LBMS_STATE_HEATING));
    charge->conditions = bit_if(charge->gentle.stuck, LBMS_MASK(LBMS_CONDITION_CELL_STUCK_LOW)) |
                         bit_if(charge->gentle.over, LBMS_MASK(LBMS_CONDITION_GENTLE_OC)) |
                         bit_if(charge->limiter.failed, LBMS_MASK(LBMS_CONDITION_LIMITER_FAILED)) |
                         bit_if(charge->heat.given_up, LBMS_MASK(LBMS_CONDITION_HEATER));
}

void lbms_charge_init(struct lbms_charge *charge, const struct lbms_memory *memory)
{
    memset(charge, 0, sizeof(*charge));
    if (memory->valid) {
        charge->since_full_s = memory->since_full_s;
    }
    lbms_full_init(&charge->full, memory);
    lbms_gentle_init(&charge->gentle, memory);
    lbms_limiter_init(&charge->limiter);
    lbms_heater_init(&charge->heat);
    charge->busy = has_news(charge);
    publish(charge, true);
}

void lbms_charge_save(const struct lbms_charge *charge, struct lbms_memory *memory)
{
    memory->full = charge->full.full;
    memory->full_soc_bp = charge->full.entry_soc_bp;
    memory->since_full_s = charge->since_full_s;
    memory->gentle_s = charge->gentle.charged_s;
}

static void count_since_full(struct lbms_charge *charge, uint16_t soc_bp, uint32_t passed_s,
                             const struct lbms_params *params)
{
    if ((int32_t)soc_bp >= params->v[LBMS_PARAM_FORCE_FULL_SOC_BP]) {
        charge->since_full_s = 0u;
    } else if (passed_s > (UINT32_MAX - charge->since_full_s)) {
        charge->since_full_s = UINT32_MAX;
    } else {
        charge->since_full_s += passed_s;
    }
    charge->full_request = charge->since_full_s >= (uint32_t)params->v[LBMS_PARAM_FORCE_FULL_REQUEST_S];
}

void lbms_charge_step(struct lbms_charge *charge, const struct lbms_charge_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    const uint32_t passed_s = charge->started ? (in->uptime_s - charge->uptime_s) : 0u;
    const uint32_t awake_s = (charge->awake && !in->asleep) ? passed_s : 0u;
    bool held_open;
    bool busy;

    charge->started = true;
    charge->awake = !in->asleep;
    charge->uptime_s = in->uptime_s;
    charge->limiter_armed = lbms_limiter_available(params);

    lbms_full_step(&charge->full, in, awake_s, params, product);
    held_open = charge->full.full || ((in->blocked & LBMS_PATH_CHARGE) != 0u);
    lbms_gentle_step(&charge->gentle, in, awake_s, charge->limiter_armed, params, product);
    lbms_limiter_step(&charge->limiter, in, charge->gentle.active, held_open, params, product);
    lbms_heater_step(&charge->heat, in, params, product);
    if (passed_s != 0u) {
        count_since_full(charge, in->soc_bp, passed_s, params);
    }
    busy = has_news(charge);
    if (busy || charge->busy) { /* once more after the end, to take the results back */
        publish(charge, held_open);
    }
    charge->busy = busy;
}
