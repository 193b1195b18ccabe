/*
 * Emulator only: the clock register and a sleep from which only a charger, the button or a time wakes. The
 * real thing stops the core's clocks, which the emulator cannot; here the core just waits.
 */
#include <string.h>

#include "firmware_common/emu.h"
#include "losun_bms/base/timer.h"

#define PIECE_MS    1000u
#define CHARGER_MV  48000
#define YEAR_2025_S UINT32_C(1735689600)

static uint32_t wall_offset_s;
static bool wall_set_once;

static uint32_t now_ms(const struct emu *e)
{
    return e->port->hal.now_ms(e->port->hal.ctx);
}

static int wall_get(void *ctx, uint32_t *seconds)
{
    if (!wall_set_once) {
        return LBMS_ERR_STATE;
    }
    *seconds = wall_offset_s + (now_ms(ctx) / 1000u);
    return LBMS_OK;
}

static int wall_set(void *ctx, uint32_t seconds)
{
    if (seconds < YEAR_2025_S) {
        return LBMS_ERR_RANGE;
    }
    wall_offset_s = seconds - (now_ms(ctx) / 1000u);
    wall_set_once = true;
    return LBMS_OK;
}

/* The wake-up source that has fired, 0 = none. */
static uint8_t fired(const struct emu *e, const struct lbms_sleep *sleep, uint32_t asleep_ms)
{
    if (((sleep->wake_sources & LBMS_WAKE_CHARGER) != 0u) && (e->plant.external_mv > CHARGER_MV)) {
        return LBMS_WAKE_CHARGER;
    }
    if (((sleep->wake_sources & LBMS_WAKE_BUTTON) != 0u) && ((e->keys & LBMS_KEY_BUTTON) != 0u)) {
        return LBMS_WAKE_BUTTON;
    }
    if (((sleep->wake_sources & LBMS_WAKE_TIMER) != 0u) && ((asleep_ms / 1000u) >= sleep->timer_s)) {
        return LBMS_WAKE_TIMER;
    }
    return 0u;
}

static int fall_asleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct emu *e = ctx;
    const uint32_t start_ms = now_ms(e);

    e->sleeps++;
    memset(woke, 0, sizeof(*woke));
    while (woke->wake_reason == 0u) {
        lbms_cm_wait(e->port, PIECE_MS);
        emu_watchdog_feed(); /* as the real clock must, every few seconds */
        emu_scenario(now_ms(e));
        woke->wake_reason = fired(e, sleep, lbms_elapsed_ms(now_ms(e), start_ms));
    }
    woke->seconds_asleep = lbms_elapsed_ms(now_ms(e), start_ms) / 1000u;
    return LBMS_OK;
}

const struct lbms_cm_power emu_power = {&emu, wall_get, wall_set, fall_asleep};
