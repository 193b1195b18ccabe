#include "bench/gauge_load.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/fixed.h"
#include "losun_bms/model/bits.h"
#include "losun_bms/model/units.h"

#define STEP_MS        100u
#define STEPS_A_MINUTE 600u
#define MIN_A_DAY      1440u
#define FULL_MAS       360000000 /* 100 Ah */
#define BUS_V          51
#define MOST_MA        50000
#define ONE_C_MA       100000
#define HIGH_MV        3500u
#define EVERYTHING                                                                                           \
    (LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE | LBMS_VALID_PACK | LBMS_VALID_TERMINAL | LBMS_VALID_CURRENT | \
     LBMS_VALID_NTCS | LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT | LBMS_VALID_TEMP_RANGE)

const char *gauge_load_name(uint8_t kind)
{
    static const char *const names[GAUGE_LOADS] = {"day", "steady", "rest", "worst"};

    return names[kind];
}

uint32_t gauge_load_steps(uint8_t kind)
{
    static const uint32_t minutes[GAUGE_LOADS] = {MIN_A_DAY, 180u, 120u, 180u};

    return minutes[kind] * STEPS_A_MINUTE;
}

static uint32_t chance(struct gauge_load *load, uint32_t below)
{
    load->chance = (load->chance * UINT32_C(1664525)) + UINT32_C(1013904223);
    return (load->chance >> 16) % below;
}

void gauge_load_start(struct gauge_load *load, uint8_t kind)
{
    static struct lbms_restored restored; /* too large for a stack */

    memset(load, 0, sizeof(*load));
    load->kind = kind;
    load->chance = 1u;
    load->sun_pct = 100u;
    lbms_params_defaults(&load->params, &lbms_product_ls_btn0_p0548100);
    lbms_restored_defaults(&restored);
    emu_plant_init(&load->plant, 0u);
    load->plant.switches.closed = LBMS_SWITCHES_MAIN;
    load->plant.charge_mas = (FULL_MAS / 100) * ((kind == (uint8_t)GAUGE_LOAD_DAY) ? 45 : 95);
    load->snapshot.limit.ccl_ma = load->params.v[LBMS_PARAM_CCL_MA];
    load->snapshot.limit.dcl_ma = load->params.v[LBMS_PARAM_DCL_MA];
    lbms_gauge_init(&load->gauge, &load->snapshot, &restored, &load->params, &lbms_product_ls_btn0_p0548100);
}

/* Sun from 6:30 to 18:30 as a parabola of 3.6 kW, less clouds; a base load, and an appliance now and then. */
static int32_t house_w(struct gauge_load *load, uint32_t minute)
{
    const int32_t noon = (int32_t)minute - 750; /* minutes from 12:30 */
    const int32_t sun_w = lbms_max_i32(3600 - ((noon * noon) / 36), 0);
    int32_t load_w = 200 + (int32_t)chance(load, 150u);

    if (chance(load, 5u) == 0u) {
        load->sun_pct = 50u + chance(load, 51u);
    }
    if (load->kettle_s > 0u) {
        load->kettle_s--;
        load_w += load->kettle_w;
    } else if (((minute > 420u) && (minute < 1320u)) && (chance(load, 60u) == 0u)) {
        load->kettle_s = 6u + chance(load, 48u); /* minutes */
        load->kettle_w = 400 + (int32_t)chance(load, 1600u);
    } else {
        /* quiet */
    }
    return lbms_mul_div_i32(sun_w, (int32_t)load->sun_pct, 100) - load_w;
}

static void live_in_house(struct gauge_load *load)
{
    if ((load->step % STEPS_A_MINUTE) == 0u) {
        const int32_t w = house_w(load, load->step / STEPS_A_MINUTE);

        load->plant.wish_ma = lbms_clamp_i32((w * 1000) / BUS_V, -MOST_MA, MOST_MA);
    }
    if (load->snapshot.m.cell_max_mv >= HIGH_MV) { /* the charger holds its voltage */
        load->plant.wish_ma -= lbms_max_i32(load->plant.wish_ma, 0) / 256;
    }
}

static void run_at_one_c(struct gauge_load *load)
{
    if (load->step == 0u) {
        load->plant.wish_ma = -ONE_C_MA;
    } else if (load->plant.charge_mas < (FULL_MAS / 20)) {
        load->plant.wish_ma = ONE_C_MA;
    } else if (load->plant.charge_mas > ((FULL_MAS / 10) * 9) && (load->plant.wish_ma > 0)) {
        load->plant.wish_ma = -ONE_C_MA;
    } else {
        /* goes on */
    }
}

/* Each of these for a while, at times that are no multiples of one another. */
static void disturb(struct gauge_load *load)
{
    struct lbms_measured *m = &load->snapshot.m;
    const uint32_t second = load->step / 10u;
    const bool open = (second % 701u) < 130u;

    m->temp_min_dc = (int16_t)(100 + (int32_t)(load->step & 1u));
    m->temp_max_dc = m->temp_min_dc;
    load->in.full = (load->step % 337u) == 0u;
    load->in.protections = ((load->step % 211u) == 0u) ? LBMS_MASK(LBMS_BIT_CELL_UV) : 0u;
    load->plant.switches.closed = open ? 0u : LBMS_SWITCHES_MAIN;
    load->snapshot.want.closed = load->plant.switches.closed;
    if ((second % 577u) < 20u) {
        m->valid = 0u;
    }
    load->params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = ((second % 2903u) < 1451u) ? 100000 : 95000;
}

static void measure(struct gauge_load *load, uint32_t now_ms)
{
    struct lbms_measured *m = &load->snapshot.m;
    struct lbms_sample sample;
    uint32_t sum_mv = 0u;
    unsigned i;

    emu_plant_measure(&load->plant, now_ms, &sample);
    m->valid = EVERYTHING;
    m->cells_valid = LBMS_ALL_CELLS;
    m->cell_min_mv = UINT16_MAX;
    m->cell_max_mv = 0u;
    for (i = 0u; i < LBMS_CELLS; i++) {
        const uint16_t mv = (uint16_t)(sample.cell_mv[i] + chance(load, 2u));

        m->cell_mv[i] = mv;
        m->cell_min_mv = (mv < m->cell_min_mv) ? mv : m->cell_min_mv;
        m->cell_max_mv = (mv > m->cell_max_mv) ? mv : m->cell_max_mv;
        sum_mv += mv;
    }
    m->cell_mean_mv = (uint16_t)(sum_mv / LBMS_CELLS);
    m->pack_mv = (int32_t)sum_mv;
    m->terminal_mv = m->pack_mv;
    m->current_ma = sample.current_ma + (int32_t)chance(load, 100u) - 50;
    /* half a kelvin in an hour, with a flicker of the last bit */
    m->temp_min_dc = (int16_t)(250u + ((load->step / 36000u) % 5u) + ((load->step / 300u) & 1u));
    m->temp_max_dc = m->temp_min_dc;
    m->closed = load->plant.switches.closed;
}

void gauge_load_next(struct gauge_load *load)
{
    const uint32_t now_ms = load->step * STEP_MS;

    if (load->kind == (uint8_t)GAUGE_LOAD_DAY) {
        live_in_house(load);
    } else if (load->kind != (uint8_t)GAUGE_LOAD_REST) {
        run_at_one_c(load);
    } else {
        /* rests */
    }
    emu_plant_run(&load->plant, now_ms);
    measure(load, now_ms);
    load->snapshot.want.closed = LBMS_SWITCHES_MAIN;
    if (load->kind == (uint8_t)GAUGE_LOAD_WORST) {
        disturb(load);
    }
    load->in.now_ms = now_ms;
    load->in.uptime_s = now_ms / 1000u;
    load->in.flow = (uint8_t)((load->plant.current_ma > 500)    ? LBMS_FLOW_CHARGE
                              : (load->plant.current_ma < -500) ? LBMS_FLOW_DISCHARGE
                                                                : LBMS_FLOW_IDLE);
    load->step++;
}

void gauge_load_run(struct gauge_load *load)
{
    lbms_gauge_step(&load->gauge, &load->snapshot, &load->in, &load->params);
}

/* Numbers and not the bytes of a struct: what lies between its fields is not the same everywhere. */
void gauge_load_digest(struct gauge_load *load)
{
    const struct lbms_snapshot *s = &load->snapshot;
    const int32_t values[] = {
        s->soc.soc_bp,
        s->soc.remaining_mah,
        s->soc.estimate_bp,
        s->soc.sd_bp,
        s->soc.low_bp,
        s->soc.high_bp,
        (int32_t)s->soc.left_s,
        s->soc.misfit,
        s->health.capacity_mah,
        s->health.resistance_permille,
        s->health.offset_ma,
        s->power.charge_ma[0],
        s->power.discharge_ma[0],
        s->power.charge_ma[LBMS_HORIZONS - 1],
        s->power.discharge_ma[LBMS_HORIZONS - 1],
    };
    unsigned i;

    for (i = 0u; i < (sizeof(values) / sizeof(values[0])); i++) {
        uint8_t bytes[4];
        unsigned k;

        for (k = 0u; k < 4u; k++) {
            bytes[k] = (uint8_t)((uint32_t)values[i] >> (8u * k));
        }
        load->digest = lbms_crc32(load->digest, bytes, sizeof(bytes));
    }
}
