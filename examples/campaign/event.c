#include "campaign/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[EVENT_KINDS] = {
    "charger mV mA",  "charger obeys",  "load mA",       "surge mA",    "SOC bp",     "cell, SOC bp",
    "temperature dC", "switch rise dK", "board rise dK", "break",       "mend",       "wild cell, mV",
    "sensor, reads",  "weld",           "dead switch",   "misreported", "AFE flags",  "keys",
    "bus shorted",    "reversed",       "reset cause",   "command",     "AFE pauses",
};

#define WEYL UINT64_C(0x9E3779B97F4A7C15)

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* Mixed, because neighbouring states are neighbours in the sequence: seed n + 1 would be seed n without its first number. */
void rng_seed(struct rng *r, uint64_t seed)
{
    r->state = mixed(seed + WEYL);
}

uint32_t rng_below(struct rng *r, uint32_t below)
{
    r->state += WEYL;
    return (uint32_t)((mixed(r->state) >> 32) % below);
}

static int32_t between(struct rng *r, int32_t low, int32_t high)
{
    return low + (int32_t)rng_below(r, (uint32_t)(high - low + 1));
}

struct writer {
    struct event *list;
    size_t count;
    uint32_t length_ms;
    struct rng rng;
};

static void put(struct writer *w, uint32_t at_ms, uint8_t kind, int32_t a, int32_t b)
{
    if ((w->count < EVENTS_MAX) && (at_ms < w->length_ms)) {
        struct event *e = &w->list[w->count++];

        e->at_ms = at_ms;
        e->kind = kind;
        e->a = a;
        e->b = b;
    }
}

/* How long something lasts: from less than any delay to longer than any of them. */
static uint32_t lasting_ms(struct rng *r)
{
    switch (rng_below(r, 4u)) {
    case 0u:
        return 20u + rng_below(r, 1500u);
    case 1u:
        return 500u + rng_below(r, 12000u);
    case 2u:
        return 5000u + rng_below(r, 120000u);
    default:
        return 60000u + rng_below(r, 1800000u);
    }
}

/* Both sides of every limit, with more of those close to it. */
static void draw_energy(struct writer *w, uint32_t at_ms)
{
    struct rng *r = &w->rng;

    switch (rng_below(r, 8u)) {
    case 0u:
    case 1u:
        put(w, at_ms, EVENT_CHARGER, between(r, 50000, 61500), between(r, 1000, 120000));
        put(w, at_ms, EVENT_OBEY, between(r, 0, 1), 0);
        break;
    case 2u:
        put(w, at_ms, EVENT_CHARGER, 0, 0);
        break;
    case 3u:
        put(w, at_ms, EVENT_LOAD, between(r, 0, 115000), 0);
        break;
    case 4u:
        put(w, at_ms, EVENT_LOAD, between(r, 0, 3000), 0);
        break;
    case 5u:
        put(w, at_ms, EVENT_SURGE, between(r, -200000, 200000), 0);
        put(w, at_ms + lasting_ms(r) / 8u, EVENT_SURGE, 0, 0);
        break;
    case 6u:
        put(w, at_ms, EVENT_SOC, between(r, -50, 10200), 0);
        break;
    default:
        put(w, at_ms, EVENT_CELL_SOC, between(r, 0, (int32_t)LBMS_CELLS - 1), between(r, -400, 10500));
        break;
    }
}

static void draw_weather(struct writer *w, uint32_t at_ms)
{
    struct rng *r = &w->rng;

    switch (rng_below(r, 3u)) {
    case 0u:
        put(w, at_ms, EVENT_TEMP, between(r, -260, 640), 0);
        put(w, at_ms + lasting_ms(r), EVENT_TEMP, between(r, 100, 400), 0);
        break;
    case 1u:
        put(w, at_ms, EVENT_SWITCH_RISE, between(r, 0, 1100), 0);
        put(w, at_ms + lasting_ms(r), EVENT_SWITCH_RISE, 50, 0);
        break;
    default:
        put(w, at_ms, EVENT_BOARD_RISE, between(r, -500, 600), 0);
        put(w, at_ms + lasting_ms(r), EVENT_BOARD_RISE, 30, 0);
        break;
    }
}

static void draw_measurement_fault(struct writer *w, uint32_t at_ms)
{
    static const uint32_t faults[] = {BOARD_SAMPLES_LOST, BOARD_AFE_DEAD, BOARD_FROZEN, BOARD_WILD_CELL,
                                      BOARD_CELL_OPEN,    BOARD_SUM,      BOARD_OFFSET, BOARD_CURRENT_LOST};
    struct rng *r = &w->rng;
    const uint32_t fault = faults[rng_below(r, (uint32_t)(sizeof(faults) / sizeof(faults[0])))];
    const uint32_t until_ms = at_ms + lasting_ms(r);

    if (fault == BOARD_WILD_CELL) {
        put(w, at_ms, EVENT_WILD, between(r, 0, (int32_t)LBMS_CELLS - 1), between(r, 0, 5200));
    } else {
        put(w, at_ms, EVENT_BREAK, (int32_t)fault,
            (fault == BOARD_SUM) ? between(r, -4000, 4000) : between(r, -8000, 8000));
    }
    put(w, until_ms, EVENT_MEND, (int32_t)fault, 0);
}

static void draw_sensor_fault(struct writer *w, uint32_t at_ms)
{
    struct rng *r = &w->rng;
    const int32_t sensor = between(r, 0, (int32_t)LBMS_NTCS + 1);
    const int32_t reads = (rng_below(r, 3u) != 0u)
                              ? ((rng_below(r, 2u) == 0u) ? LBMS_TEMP_OPEN : LBMS_TEMP_SHORT)
                              : between(r, -600, 1500);

    put(w, at_ms, EVENT_NTC, sensor, reads);
    put(w, at_ms + lasting_ms(r), EVENT_NTC, sensor, 0);
}

static void draw_hardware_fault(struct writer *w, uint32_t at_ms)
{
    static const uint16_t flags[] = {LBMS_AFE_SHORT_CIRCUIT, LBMS_AFE_CELL_OV, LBMS_AFE_CELL_UV,
                                     LBMS_AFE_CHARGE_OC, LBMS_AFE_DISCHARGE_OC};
    struct rng *r = &w->rng;
    const uint32_t until_ms = at_ms + lasting_ms(r);

    switch (rng_below(r, 9u)) {
    case 0u:
        put(w, at_ms, EVENT_WELD, between(r, 1, 3), 0);
        put(w, until_ms, EVENT_WELD, 0, 0);
        break;
    case 1u:
        put(w, at_ms, EVENT_DEAD, between(r, 1, 15), 0);
        put(w, until_ms, EVENT_DEAD, 0, 0);
        break;
    case 2u:
        put(w, at_ms, EVENT_MISREPORT, between(r, 1, 15), 0);
        put(w, until_ms, EVENT_MISREPORT, 0, 0);
        break;
    case 3u:
        put(w, at_ms, EVENT_BREAK, BOARD_CONFIG_IGNORED, 0);
        put(w, until_ms, EVENT_MEND, BOARD_CONFIG_IGNORED, 0);
        break;
    case 4u:
        put(w, at_ms, EVENT_SHORTED, 1, 0);
        put(w, until_ms, EVENT_SHORTED, 0, 0);
        break;
    case 5u:
        put(w, at_ms, EVENT_REVERSED, 1, 0);
        put(w, until_ms, EVENT_REVERSED, 0, 0);
        break;
    case 6u:
        put(w, at_ms, EVENT_BREAK, BOARD_SLEEP_REFUSED, 0);
        put(w, until_ms, EVENT_MEND, BOARD_SLEEP_REFUSED, 0);
        break;
    case 7u:
        put(w, at_ms, EVENT_BREAK, BOARD_SWITCHES_DEAF, 0);
        put(w, until_ms, EVENT_MEND, BOARD_SWITCHES_DEAF, 0);
        break;
    default:
        put(w, at_ms, EVENT_AFE, flags[rng_below(r, 5u)], 0);
        put(w, at_ms + 500u + rng_below(r, 20000u), EVENT_AFE, 0, 0);
        break;
    }
}

static void draw_user(struct writer *w, uint32_t at_ms)
{
    struct rng *r = &w->rng;
    const uint32_t held_ms = 100u + rng_below(r, 9000u);

    switch (rng_below(r, 6u)) {
    case 0u:
        put(w, at_ms, EVENT_KEYS, LBMS_KEY_WEAK_SWITCH | LBMS_KEY_BUTTON, 0);
        put(w, at_ms + held_ms, EVENT_KEYS, LBMS_KEY_WEAK_SWITCH, 0);
        break;
    case 1u:
        put(w, at_ms, EVENT_KEYS, 0, 0);
        put(w, at_ms + lasting_ms(r) / 4u, EVENT_KEYS, LBMS_KEY_WEAK_SWITCH, 0);
        break;
    case 2u:
        put(w, at_ms, EVENT_RESET,
            (int32_t)((rng_below(r, 2u) == 0u) ? LBMS_RESET_WATCHDOG : LBMS_RESET_BROWN_OUT), 0);
        break;
    case 3u:
        put(w, at_ms, EVENT_PAUSES, between(r, 0, 1), 0);
        break;
    default:
        put(w, at_ms, EVENT_COMMAND, between(r, 1, 8), between(r, 0, 1000000));
        break;
    }
}

/* By the rest as well, so that every C library sorts them alike. */
static int by_time(const void *a, const void *b)
{
    const struct event *x = (const struct event *)a;
    const struct event *y = (const struct event *)b;

    if (x->at_ms != y->at_ms) {
        return (x->at_ms < y->at_ms) ? -1 : 1;
    }
    if (x->kind != y->kind) {
        return (x->kind < y->kind) ? -1 : 1;
    }
    if (x->a != y->a) {
        return (x->a < y->a) ? -1 : 1;
    }
    return (x->b < y->b) ? -1 : ((x->b > y->b) ? 1 : 0);
}

size_t events_draw(struct event *list, uint64_t seed, uint32_t length_ms)
{
    struct writer w;
    uint32_t at_ms = 8000u;
    uint32_t busy;

    w.list = list;
    w.count = 0u;
    w.length_ms = length_ms;
    rng_seed(&w.rng, seed);
    busy = 1u + rng_below(&w.rng, 8u); /* calm campaigns and wild ones */
    while ((at_ms < length_ms) && (w.count < (EVENTS_MAX - 4u))) {
        const uint32_t what = rng_below(&w.rng, 20u);

        if (what < 9u) {
            draw_energy(&w, at_ms);
        } else if (what < 11u) {
            draw_weather(&w, at_ms);
        } else if (what < 13u) {
            draw_measurement_fault(&w, at_ms);
        } else if (what < 14u) {
            draw_sensor_fault(&w, at_ms);
        } else if (what < 16u) {
            draw_hardware_fault(&w, at_ms);
        } else {
            draw_user(&w, at_ms);
        }
        at_ms +=
            (rng_below(&w.rng, 4u) == 0u) ? rng_below(&w.rng, 8000u) : (rng_below(&w.rng, 240000u) * busy);
    }
    qsort(list, w.count, sizeof(list[0]), by_time);
    return w.count;
}

/* A write that has a chance: half of the values lie between the limits of their row. */
static void draw_command(const struct event *e, struct lbms_command *command)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    struct rng r;
    uint8_t i;

    memset(command, 0, sizeof(*command));
    rng_seed(&r, (uint64_t)e->b);
    command->kind = (uint8_t)e->a;
    if (command->kind == LBMS_COMMAND_FORCE_OFF) {
        command->count = 1u;
        command->item[0].value = between(&r, 0, 3);
        return;
    }
    command->count = (uint8_t)(1u + rng_below(&r, (rng_below(&r, 4u) == 0u) ? 20u : 2u));
    for (i = 0u; (i < command->count) && (i < LBMS_COMMAND_ITEMS); i++) {
        const uint32_t id = rng_below(&r, (rng_below(&r, 16u) == 0u) ? 300u : LBMS_PARAM_COUNT);

        command->item[i].id = (uint16_t)id;
        command->item[i].value = between(&r, -1000000, 1000000);
        if ((id < LBMS_PARAM_COUNT) && (rng_below(&r, 4u) != 0u)) {
            const struct lbms_param_desc *d = &product->params[id];
            const int32_t low = d->min + ((d->def - d->min) / 2);
            const int32_t high = d->def + ((d->max - d->def) / 2);

            command->item[i].value =
                (rng_below(&r, 2u) == 0u) ? between(&r, low, high) : between(&r, d->min, d->max);
        }
    }
}

static void set_all(struct board *b, double soc)
{
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        b->soc[i] = soc;
    }
}

static void break_it(struct board *b, const struct event *e)
{
    b->broken |= (uint32_t)e->a;
    b->offset_ma = e->b;
    b->sum_mv = e->b;
    b->broken_cell = (uint8_t)((uint32_t)e->b % LBMS_CELLS);
}

/* Charger, load, cells and temperatures. False: it is something else. */
static bool apply_to_world(const struct event *e, struct board *b)
{
    switch (e->kind) {
    case EVENT_CHARGER:
        b->charger_mv = e->a;
        b->charger_ma = e->b;
        break;
    case EVENT_OBEY:
        b->charger_obeys = e->a != 0;
        break;
    case EVENT_LOAD:
        b->load_ma = e->a;
        break;
    case EVENT_SURGE:
        b->surge_ma = e->a;
        break;
    case EVENT_SOC:
        set_all(b, e->a / 10000.0);
        break;
    case EVENT_CELL_SOC:
        b->soc[e->a] = e->b / 10000.0;
        break;
    case EVENT_TEMP:
        b->temp_dc = e->a;
        break;
    case EVENT_SWITCH_RISE:
        b->mosfet_rise_dc = (int16_t)e->a;
        break;
    case EVENT_BOARD_RISE:
        b->board_rise_dc = (int16_t)e->a;
        break;
    default:
        return false;
    }
    return true;
}

/* What breaks on the board, and what comes from outside it. */
static void apply_to_board(const struct event *e, struct board *b)
{
    switch (e->kind) {
    case EVENT_BREAK:
        break_it(b, e);
        break;
    case EVENT_MEND:
        b->broken &= ~(uint32_t)e->a;
        break;
    case EVENT_WILD:
        b->broken |= BOARD_WILD_CELL;
        b->broken_cell = (uint8_t)e->a;
        b->wild_mv = (uint16_t)e->b;
        break;
    case EVENT_NTC:
        b->ntc_fault[e->a] = (int16_t)e->b;
        break;
    case EVENT_WELD:
        b->welded = (uint8_t)e->a;
        break;
    case EVENT_DEAD:
        b->dead = (uint8_t)e->a;
        break;
    case EVENT_MISREPORT:
        b->misreported = (uint8_t)e->a;
        break;
    case EVENT_AFE:
        b->afe_flags = (uint16_t)e->a;
        break;
    case EVENT_KEYS:
        b->keys = (uint16_t)e->a;
        break;
    case EVENT_SHORTED:
        b->bus_shorted = e->a != 0;
        break;
    case EVENT_REVERSED:
        b->reversed = e->a != 0;
        break;
    case EVENT_PAUSES:
        b->pauses_itself = e->a != 0;
        break;
    default: /* resets */
        break;
    }
}

void event_apply(const struct event *e, struct board *b)
{
    struct lbms_command command;

    if (e->kind == EVENT_COMMAND) {
        draw_command(e, &command);
        (void)lbms_command(&b->bms, &command);
    } else if (!apply_to_world(e, b)) {
        apply_to_board(e, b);
    }
}

void event_text(const struct event *e, char *text, size_t size)
{
    (void)snprintf(text, size, "%10.3f s  %-16s %ld %ld", (double)e->at_ms / 1000.0,
                   (e->kind < EVENT_KINDS) ? names[e->kind] : "?", (long)e->a, (long)e->b);
}
