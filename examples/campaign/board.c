#include "campaign/board.h"

#include <math.h>
#include <string.h>

#define CAPACITY_MAS    360e6
#define PERIOD_MS       100u
#define WATCHDOG_AGE_MS 2000u
/* R-SLP-09: an empty pack that may not sleep looks every 10 s only. */
#define REDUCED_AGE_MS  12000u
#define WATCHDOG_MS     2500u
#define SENSORS         (LBMS_NTCS + 2u)
#define BODY_DIODE_MV   700
#define LIMITER_HIGH_MA 10000
#define LIMITER_LOW_MA  5000
#define CHARGER_MOHM    20.0

static struct board *of(void *ctx)
{
    return (struct board *)ctx;
}

/* Open-circuit voltage: flat in the middle, steep at both ends, so that every limit can be reached by charge alone. */
static double ocv_mv(double soc)
{
    static const double at[] = {-0.10, 0.0, 0.03, 0.10, 0.20, 0.50, 0.90, 0.97, 1.00, 1.02, 1.10};
    static const double mv[] = {1500, 2500, 2900, 3150, 3230, 3290, 3335, 3360, 3450, 3650, 4200};
    unsigned i = 1u;

    while ((i < (sizeof(at) / sizeof(at[0]) - 1u)) && (soc > at[i])) {
        i++;
    }
    return mv[i - 1u] + ((mv[i] - mv[i - 1u]) * (soc - at[i - 1u]) / (at[i] - at[i - 1u]));
}

static double cell_mv(const struct board *b, unsigned i)
{
    return ocv_mv(b->soc[i]) + ((double)b->true_ma * b->spread_ohm[i]);
}

static double stack_mv(const struct board *b)
{
    double sum = 0.0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        sum += cell_mv(b, i);
    }
    return sum;
}

/* Switches that the AFE itself holds open. */
static uint8_t held_open(const struct board *b)
{
    const uint16_t both = LBMS_AFE_SHORT_CIRCUIT | LBMS_AFE_WATCHDOG | LBMS_AFE_TEMPERATURE;
    const unsigned charge = LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER;
    const unsigned discharge = LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE;
    unsigned open = 0u;

    if ((b->afe_flags & (both | LBMS_AFE_CELL_OV | LBMS_AFE_CHARGE_OC)) != 0u) {
        open |= charge;
    }
    if ((b->afe_flags & (both | LBMS_AFE_CELL_UV | LBMS_AFE_DISCHARGE_OC)) != 0u) {
        open |= discharge;
    }
    return (uint8_t)open;
}

static uint8_t reported(const struct board *b)
{
    return (uint8_t)((b->switches.closed & ~held_open(b)) | b->welded);
}

static uint8_t conducting(const struct board *b)
{
    return (uint8_t)(reported(b) & ~b->dead);
}

/* What the charger would push through a closed switch. */
static int32_t offered_ma(const struct board *b)
{
    const struct lbms_limit_view *limit = &b->bms.core.snapshot.limit;
    double mv = b->charger_mv;
    double most = b->charger_ma;
    double ma;

    if (b->charger_ma <= 0) {
        return 0;
    }
    if (b->charger_obeys && (limit->cvl_mv > 0)) {
        mv = (limit->cvl_mv < mv) ? limit->cvl_mv : mv;
        most = (limit->ccl_ma < most) ? limit->ccl_ma : most;
    }
    ma = (double)b->true_ma + ((mv - stack_mv(b)) * 1000.0 / CHARGER_MOHM * 0.1);
    ma = (ma > most) ? most : ma;
    return (ma > 0.0) ? (int32_t)ma : 0;
}

static int32_t flowing_ma(const struct board *b)
{
    const uint8_t closed = conducting(b);
    const int32_t gear = (b->switches.limiter_low != 0u) ? LIMITER_LOW_MA : LIMITER_HIGH_MA;
    int32_t ma = offered_ma(b) - b->load_ma + b->surge_ma;

    if (ma > 0) {
        if ((closed & LBMS_SWITCH_CHARGE) != 0u) {
            return ma;
        }
        return ((closed & LBMS_SWITCH_LIMITER) == 0u) ? 0 : ((ma > gear) ? gear : ma);
    }
    if ((closed & LBMS_SWITCH_DISCHARGE) != 0u) {
        return ma;
    }
    return (((closed & LBMS_SWITCH_PRECHARGE) != 0u) && (ma < 0)) ? ((ma < -500) ? -500 : ma) : 0;
}

void board_pass(struct board *b, uint32_t ms)
{
    unsigned i;

    b->now_ms += ms;
    b->world_ms += ms;
    b->true_ma = flowing_ma(b);
    for (i = 0u; i < LBMS_CELLS; i++) {
        b->soc[i] += (double)b->true_ma * ((double)ms / 1000.0) / CAPACITY_MAS;
        if ((b->balance_mask & (1u << i)) != 0u) {
            b->soc[i] -= 60.0 * ((double)ms / 1000.0) / CAPACITY_MAS;
        }
        b->soc[i] = (b->soc[i] < -0.1) ? -0.1 : ((b->soc[i] > 1.08) ? 1.08 : b->soc[i]);
    }
}

static uint32_t hal_now(void *ctx)
{
    return of(ctx)->now_ms;
}

static int32_t port_mv(const struct board *b, int32_t pack_mv)
{
    const uint8_t closed = conducting(b);
    int32_t mv = 0;

    if (b->reversed && (closed == 0u)) {
        return -3000;
    }
    if (b->bus_shorted) {
        return 100;
    }
    if ((closed & (LBMS_SWITCH_DISCHARGE | LBMS_SWITCH_PRECHARGE)) != 0u) {
        mv = pack_mv;
        if ((b->true_ma < 0) && ((closed & LBMS_SWITCH_CHARGE) == 0u)) {
            mv -= BODY_DIODE_MV;
        }
    }
    return ((b->charger_ma > 0) && (b->charger_mv > mv) && (b->true_ma <= 0)) ? b->charger_mv : mv;
}

static void take_voltages(struct board *b)
{
    struct lbms_sample *s = &b->sample;
    double sum = 0.0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const double mv = cell_mv(b, i);

        sum += mv;
        s->cell_mv[i] = (uint16_t)mv;
    }
    if ((b->broken & BOARD_WILD_CELL) != 0u) {
        sum += (double)b->wild_mv - (double)s->cell_mv[b->broken_cell];
        s->cell_mv[b->broken_cell] = b->wild_mv;
    }
    if ((b->broken & BOARD_CELL_OPEN) != 0u) {
        const unsigned next = (b->broken_cell + 1u) % LBMS_CELLS;

        s->cell_mv[next] = (uint16_t)(s->cell_mv[next] + s->cell_mv[b->broken_cell]);
        s->cell_mv[b->broken_cell] = 0u;
    }
    s->pack_mv = (int32_t)sum + (((b->broken & BOARD_SUM) != 0u) ? b->sum_mv : 0);
}

static void take_sensors(struct board *b)
{
    struct lbms_sample *s = &b->sample;
    unsigned i;

    s->terminal_mv = port_mv(b, (int32_t)stack_mv(b));
    s->current_ma = b->true_ma + (((b->broken & BOARD_OFFSET) != 0u) ? b->offset_ma : 0);
    if ((b->broken & BOARD_CURRENT_LOST) != 0u) {
        s->current_ma = INT32_MAX;
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        s->ntc_dc[i] = (b->ntc_fault[i] != 0) ? b->ntc_fault[i] : (int16_t)(b->temp_dc + (double)i);
    }
    s->mosfet_dc = (int16_t)(b->temp_dc + b->mosfet_rise_dc);
    s->ambient_dc = (int16_t)(b->temp_dc + b->board_rise_dc);
    s->mosfet_dc = (b->ntc_fault[LBMS_NTCS] != 0) ? b->ntc_fault[LBMS_NTCS] : s->mosfet_dc;
    s->ambient_dc = (b->ntc_fault[LBMS_NTCS + 1u] != 0) ? b->ntc_fault[LBMS_NTCS + 1u] : s->ambient_dc;
    s->balance_mask = b->pauses_itself ? 0u : b->balance_mask;
    s->afe_flags = b->afe_flags;
    s->closed = (uint8_t)((reported(b) ^ b->misreported) & 0xFu);
    s->config_seq = b->config.sequence;
    s->at_ms = b->now_ms;
}

static int hal_sample(void *ctx, struct lbms_sample *sample)
{
    struct board *b = of(ctx);

    if ((b->broken & BOARD_AFE_DEAD) != 0u) {
        return LBMS_ERR_IO;
    }
    if (((b->broken & BOARD_SAMPLES_LOST) != 0u) ||
        (b->delivered && ((b->now_ms - b->delivered_ms) < PERIOD_MS))) {
        return LBMS_AGAIN;
    }
    if (((b->broken & BOARD_FROZEN) == 0u) || !b->delivered) {
        take_voltages(b);
    }
    take_sensors(b);
    b->delivered = true;
    b->delivered_ms = b->now_ms;
    *sample = b->sample;
    return LBMS_OK;
}

static int hal_switches(void *ctx, const struct lbms_switches *want)
{
    struct board *b = of(ctx);

    b->obeyed = (b->broken & BOARD_SWITCHES_DEAF) == 0u;
    if (!b->obeyed) {
        return LBMS_ERR_IO;
    }
    b->switches = *want;
    return LBMS_OK;
}

static int hal_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    *keys = of(ctx)->keys;
    *dip = of(ctx)->dip;
    return LBMS_OK;
}

static int hal_watchdog(void *ctx)
{
    struct board *b = of(ctx);
    const bool reduced = (lbms_snapshot(&b->bms)->state & LBMS_STATE_REDUCED) != 0u;
    const uint32_t limit_ms = reduced ? REDUCED_AGE_MS : WATCHDOG_AGE_MS;
    const bool fresh = b->delivered && ((b->now_ms - b->delivered_ms) <= limit_ms);

    b->fed_wrongly = b->fed_wrongly || ((b->switches.closed != 0u) && !fresh) || !b->obeyed;
    b->fed_ms = b->now_ms;
    return LBMS_OK;
}

static int hal_afe(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    struct board *b = of(ctx);

    if ((b->broken & BOARD_CONFIG_IGNORED) == 0u) {
        b->config = *want;
    }
    *got = b->config;
    got->sequence = want->sequence; /* this is the answer to it, whatever the chip made of it */
    return LBMS_AFE_FITS;
}

static int hal_balance(void *ctx, uint16_t mask)
{
    of(ctx)->balance_mask = mask;
    return LBMS_OK;
}

static int hal_contacts(void *ctx, uint8_t closed, bool heater)
{
    of(ctx)->contacts = closed;
    of(ctx)->heater = heater;
    return LBMS_OK;
}

static int hal_retain(void *ctx, const void *data, size_t size)
{
    if (size != sizeof(struct lbms_restored)) {
        return LBMS_ERR_SPACE;
    }
    memcpy(&of(ctx)->retained, data, size);
    return LBMS_OK;
}

/* Sleeps until the next event of the campaign, the timer, or a source that is active already. */
static int hal_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct board *b = of(ctx);
    uint32_t s = b->sleep_limit_s;

    if (((b->broken & BOARD_SLEEP_REFUSED) != 0u) || (s == 0u)) {
        return LBMS_ERR_STATE;
    }
    if (((sleep->wake_sources & LBMS_WAKE_TIMER) != 0u) && (sleep->timer_s <= s)) {
        s = sleep->timer_s;
        woke->wake_reason |= LBMS_WAKE_TIMER;
    }
    if ((b->keys & LBMS_KEY_BUTTON) != 0u) {
        s = 0u;
        woke->wake_reason |= LBMS_WAKE_BUTTON;
    }
    if ((b->charger_ma > 0) && (b->charger_mv > 48000)) {
        s = 1u;
        woke->wake_reason |= LBMS_WAKE_CHARGER;
    }
    board_pass(b, s * 1000u);
    b->fed_ms = b->now_ms;
    b->slept_s = s;
    woke->seconds_asleep = s;
    b->sleeps++;
    if (b->loses_memory) {
        b->restart = true;
        b->retained.boot = *woke;
        b->retained.boot.reset_cause = LBMS_RESET_WAKE_UP;
    }
    return LBMS_OK;
}

static void hal_reset(void *ctx)
{
    struct board *b = of(ctx);

    b->restart = true;
    b->resets++;
    b->retained.boot.reset_cause = LBMS_RESET_SOFTWARE;
}

void board_heal(struct board *b)
{
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        b->soc[i] = 0.5;
    }
    for (i = 0u; i < SENSORS; i++) {
        b->ntc_fault[i] = 0;
    }
    b->temp_dc = 250.0;
    b->mosfet_rise_dc = 50;
    b->board_rise_dc = 30;
    b->charger_mv = b->charger_ma = b->load_ma = b->surge_ma = 0;
    b->bus_shorted = b->reversed = false;
    b->broken = 0u;
    b->welded = b->dead = b->misreported = 0u;
    b->afe_flags = 0u;
    b->keys = LBMS_KEY_WEAK_SWITCH;
}

void board_init(struct board *b)
{
    unsigned i;

    memset(b, 0, sizeof(*b));
    b->hal.ctx = b;
    b->hal.now_ms = hal_now;
    b->hal.sample = hal_sample;
    b->hal.switches = hal_switches;
    b->hal.controls = hal_controls;
    b->hal.watchdog = hal_watchdog;
    b->hal.afe_configure = hal_afe;
    b->hal.balance = hal_balance;
    b->hal.contacts = hal_contacts;
    b->hal.retain = hal_retain;
    b->hal.sleep = hal_sleep;
    b->hal.reset = hal_reset;
    for (i = 0u; i < LBMS_CELLS; i++) {
        b->spread_ohm[i] = 0.0005;
    }
    b->pauses_itself = true;
    board_heal(b);
    lbms_restored_defaults(&b->retained);
}

bool board_hangs(const struct board *b)
{
    return (b->now_ms - b->fed_ms) > WATCHDOG_MS;
}

void board_boot(struct board *b, uint8_t reset_cause)
{
    b->restart = false;
    b->fed_ms = b->now_ms;
    memset(&b->switches, 0, sizeof(b->switches)); /* a reset opens them */
    b->retained.boot.reset_cause = reset_cause;
    b->delivered = false;
    memset(&b->config, 0, sizeof(b->config));
    (void)lbms_init(&b->bms, &b->hal, &lbms_product_ls_btn0_p0548100, &b->retained);
}
