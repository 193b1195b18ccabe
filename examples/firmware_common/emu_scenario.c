/*
 * Emulator only: what happens to the pack, as a table; and, for the hour, what the pack must have made of it.
 */
#include "firmware_common/emu.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/bits.h"
#include "losun_bms_port/cortex_m/system.h"

#define CD        (LBMS_SWITCH_CHARGE | LBMS_SWITCH_DISCHARGE)
#define NONE      0u
#define UV        (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))
#define CHARGER   56000
#define HOUR_S    3600u
#define START_MAH 50000u /* in the plant */
#define MS_PER_S  1000u

/* One stage: the world until `end_s`, then the state in which the pack must be. */
struct stage {
    const char *name;
    uint16_t end_s;
    bool silent;
    int32_t wish_ma, external_mv;
    uint16_t all_mv, one_mv;
    uint8_t mode, closed;
    uint32_t protections, faults;
};

/* clang-format off */
static const struct stage hour[] = {
    /* name                             end  silent wish    charger  all   one   mode                   closed                 protections              faults */
    {"rest",                            60,  false, 0,      0,       0,    0,    LBMS_MODE_STANDBY,     CD,                    0,                       0},
    {"charging",                        900, false, 50000,  CHARGER, 0,    0,    LBMS_MODE_CHARGING,    CD,                    0,                       0},
    {"cell over-voltage",               930, false, 20000,  CHARGER, 0,    3660, LBMS_MODE_FULL,        LBMS_SWITCH_DISCHARGE, LBMS_MASK(LBMS_BIT_CELL_OV), 0},
    {"released by discharging",        1050, false, -20000, 0,       0,    0,    LBMS_MODE_FULL,        CD,                    0,                       0},
    {"discharging",                    2100, false, -50000, 0,       0,    0,    LBMS_MODE_DISCHARGING, CD,                    0,                       0},
    {"under-voltage",                  2125, false, -60000, 0,       2550, 0,    LBMS_MODE_PROTECT,     LBMS_SWITCH_LIMITER,   UV,                      0},
    {"asleep",                         2700, false, 0,      0,       2550, 0,    LBMS_MODE_SHUTDOWN,    NONE,                  UV,                      0},
    {"woken by a charger",             3000, false, 10000,  CHARGER, 0,    0,    LBMS_MODE_CHARGING,    CD,                    0,                       0},
    {"front end silent",               3030, true,  0,      0,       0,    0,    LBMS_MODE_FAULT,       NONE,                  0,                       LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_CURRENT)},
    {"front end back",                 3600, false, 0,      0,       0,    0,    LBMS_MODE_STANDBY,     CD,                    0,                       0},
};

/* Runs for ever, unchecked. */
static const struct stage live[] = {
    {"rest",                            30,  false, 0,      0,       0,    0,    0, 0, 0, 0},
    {"charging",                        150, false, 50000,  CHARGER, 0,    0,    0, 0, 0, 0},
    {"rest",                            180, false, 0,      0,       0,    0,    0, 0, 0, 0},
    {"discharging",                     300, false, -50000, 0,       0,    0,    0, 0, 0, 0},
};
/* clang-format on */

static struct {
    const struct stage *stages;
    uint8_t count, index;
    bool checked;
    uint32_t start_ms;
} scenario;

static void set_world(const struct stage *stage)
{
    emu.plant.wish_ma = stage->wish_ma;
    emu.plant.external_mv = stage->external_mv;
    emu.plant.all_mv = stage->all_mv;
    emu.plant.one_mv = stage->one_mv;
    emu.silent = stage->silent;
}

static void check_stage(const struct stage *stage)
{
    const struct lbms_snapshot *s = lbms_snapshot(emu.bms);
    const bool good = (s->mode == stage->mode) && (s->want.closed == stage->closed) &&
                      (s->protections == stage->protections) && (s->faults == stage->faults);

    emu_check(good, stage->name);
    if (!good) {
        emu_print("  mode", s->mode);
        emu_print("  closed", s->want.closed);
        emu_print("  protections", s->protections);
        emu_print("  faults", s->faults);
    }
}

static uint32_t difference(uint32_t a, uint32_t b)
{
    return (a > b) ? (a - b) : (b - a);
}

/* What must be true after the hour as a whole. */
static void check_hour(uint32_t now_ms)
{
    const struct lbms_snapshot *s = lbms_snapshot(emu.bms);
    const struct lbms_throughput_totals *totals = &s->health.totals;
    const uint32_t plant_mah = (uint32_t)emu.plant.charge_mas / (uint32_t)LBMS_MAS_PER_MAH;
    const uint32_t plant_bp = plant_mah / 10u; /* of 100 Ah */
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, scenario.start_ms);

    emu_check(difference(START_MAH + totals->mah[LBMS_CHARGED], plant_mah + totals->mah[LBMS_DISCHARGED]) <=
                  200u,
              "charge counted within 0.2 %");
    emu_check(difference(s->soc.estimate_bp, plant_bp) <= (2u * s->soc.sd_bp),
              "state of charge as right as it says");
    emu_check(difference(s->uptime_s, HOUR_S) <= 2u, "uptime counted through the sleep");
    emu_check(emu.sleeps > 0u, "slept");
    emu_check(emu.bms->errors.sample > 0u, "a silent front end is counted");
    emu_check(emu.bms->errors.controls == 0u, "no errors of the controls");
    emu_print("hour.charged_mah", totals->mah[LBMS_CHARGED]);
    emu_print("hour.discharged_mah", totals->mah[LBMS_DISCHARGED]);
    emu_print("hour.plant_mah", plant_mah);
    emu_print("hour.estimate_bp", s->soc.estimate_bp);
    emu_print("hour.sd_bp", s->soc.sd_bp);
    emu_print("hour.passed_ms", passed_ms);
    emu_print("hour.uptime_s", s->uptime_s);
    emu_print("hour.fed", emu.fed);
    emu_print("hour.sleeps", emu.sleeps);
    emu_print("stack.used", lbms_cm_stack_size() - lbms_cm_stack_unused());
    emu_print("stack.size", lbms_cm_stack_size());
    emu_finish();
}

void emu_scenario_start(void)
{
    scenario.checked = emu.mode == EMU_HOUR;
    scenario.stages = scenario.checked ? hour : live;
    scenario.count =
        (uint8_t)(scenario.checked ? (sizeof(hour) / sizeof(hour[0])) : (sizeof(live) / sizeof(live[0])));
    scenario.index = 0u;
    scenario.start_ms = emu.plant.last_ms;
    set_world(&scenario.stages[0]);
}

void emu_scenario(uint32_t now_ms)
{
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, scenario.start_ms);
    const struct stage *stage = &scenario.stages[scenario.index];

    if (passed_ms < ((uint32_t)stage->end_s * MS_PER_S)) {
        return;
    }
    if (scenario.checked) {
        check_stage(stage);
    }
    scenario.index++;
    if (scenario.index == scenario.count) {
        if (scenario.checked) {
            check_hour(now_ms);
        }
        scenario.index = 0u;
        scenario.start_ms = now_ms;
    }
    set_world(&scenario.stages[scenario.index]);
}
