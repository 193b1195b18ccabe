/*
 * Random campaigns: random cells, currents, lost samples, keys, parameter writes and step lengths. After every step the
 * safety invariants are checked against what the bench itself has put on the wires, with times kept by this file.
 *
 * A failure names the seed and the time; the same seed gives the same campaign.
 */
#include "support/bench.h"
#include "support/suite.h"

#include <string.h>

#define CAMPAIGNS         1000u
#define CAMPAIGN_MS       1200000u
#define SLACK_MS          1101u /* one step of at most 1 s, one sample period, and rounding */
#define BODY_DIODE_OFF_MA 300

struct campaign {
    struct bench b;
    uint32_t random;
    uint32_t seed;
    /* For how long each hazard has been there, as the pack could have seen it. */
    uint32_t cell_high_ms, cell_low_ms, pack_high_ms, pack_low_ms, silent_ms, off_ms;
    unsigned steps, opened, closed;
};

static uint32_t draw(struct campaign *c, uint32_t below)
{
    c->random = (c->random * 1664525u) + 1013904223u;
    return (c->random >> 8) % below;
}

static uint16_t highest(const struct lbms_sample *s)
{
    uint16_t mv = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        mv = (s->cell_mv[i] > mv) ? s->cell_mv[i] : mv;
    }
    return mv;
}

static uint16_t lowest(const struct lbms_sample *s)
{
    uint16_t mv = UINT16_MAX;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        mv = (s->cell_mv[i] < mv) ? s->cell_mv[i] : mv;
    }
    return mv;
}

/* Counts from the first look that finds the hazard, as the pack can. */
static void since(uint32_t *time_ms, bool hazard, uint32_t passed_ms)
{
    if (!hazard) {
        *time_ms = 0u;
    } else {
        *time_ms += (*time_ms == 0u) ? 1u : passed_ms;
    }
}

static bool overdue(uint32_t time_ms, const struct lbms_params *p, unsigned delay)
{
    return time_ms > ((uint32_t)p->v[delay] + SLACK_MS);
}

/* Millions of checks: only a failure goes through the test framework. */
static void require(const struct campaign *c, bool holds, const char *what)
{
    if (!holds) {
        ck_abort_msg("seed %u, %u ms: %s", (unsigned)c->seed, (unsigned)c->b.now_ms, what);
    }
}

static void check(struct campaign *c, uint32_t passed_ms)
{
    const struct bench *b = &c->b;
    const struct lbms_sample *s = &b->bms.inputs.sample;
    const struct lbms_params *p = &b->bms.core.params;
    const bool charge = bench_charge_closed(b);
    const bool discharge = bench_discharge_closed(b);
    bool too_high;
    bool too_low;

    /* The widest limits that a parameter write can set: the safety envelope. */
    since(&c->cell_high_ms, highest(s) > 3650u, passed_ms);
    since(&c->cell_low_ms, lowest(s) < 2500u, passed_ms);
    since(&c->pack_high_ms, s->pack_mv > 58400, passed_ms);
    since(&c->pack_low_ms, s->pack_mv < 45600, passed_ms);
    since(&c->silent_ms, b->samples_stopped, passed_ms);
    since(&c->off_ms, (b->keys & LBMS_KEY_WEAK_SWITCH) == 0u, passed_ms);

    too_high = overdue(c->cell_high_ms, p, LBMS_PARAM_CELL_OV_DELAY_MS) ||
               overdue(c->pack_high_ms, p, LBMS_PARAM_PACK_OV_DELAY_MS);
    too_low = overdue(c->cell_low_ms, p, LBMS_PARAM_CELL_UV_DELAY_MS) ||
              overdue(c->pack_low_ms, p, LBMS_PARAM_PACK_UV_DELAY_MS);
    require(c, !(charge && too_high && (s->current_ma > -BODY_DIODE_OFF_MA)),
            "charging goes on with a cell or the pack too high");
    require(c, !(discharge && too_low && (s->current_ma < BODY_DIODE_OFF_MA)),
            "discharging goes on with a cell or the pack too low");
    require(c, !((charge || discharge) && (c->silent_ms > (2000u + SLACK_MS))),
            "a path is closed without samples");
    require(c, !((charge || discharge) && (c->off_ms > (50u + SLACK_MS))),
            "a path is closed with the switch off");
    require(c, !(discharge && ((b->switches.closed & LBMS_SWITCH_PRECHARGE) != 0u)),
            "pre-charge together with the discharge switch");
    require(c, lbms_params_check(p, &lbms_product_ls_btn0_p0548100, NULL) == LBMS_OK,
            "parameters outside their ranges");
    require(c, lbms_snapshot(&b->bms)->want.closed == b->switches.closed,
            "the snapshot differs from what was commanded");
    require(c, lbms_snapshot(&b->bms)->soc.soc_bp <= 10000u, "SOC above 100 %");
    c->steps++;
    c->opened += (charge && discharge) ? 0u : 1u;
    c->closed += (charge && discharge) ? 1u : 0u;
}

/* Something happens in the world. Ranges are chosen so that both sides of every limit occur. */
static void happen(struct campaign *c)
{
    struct bench *b = &c->b;
    struct lbms_command command;
    unsigned cell;

    switch (draw(c, 12u)) {
    case 0u:
        bench_cells(b, (uint16_t)(2400u + draw(c, 1400u)));
        break;
    case 1u:
    case 2u:
        cell = draw(c, LBMS_CELLS);
        bench_cell(b, cell, (uint16_t)(2300u + draw(c, 1500u)));
        break;
    case 3u:
        bench_cells(b, 3300u);
        bench_current(b, 0);
        break;
    case 4u:
        bench_current(b, (int32_t)draw(c, 200001u) - 100000);
        break;
    case 5u:
        bench_current(b, (int32_t)draw(c, 3001u) - 1500);
        break;
    case 6u:
        b->samples_stopped = draw(c, 3u) == 0u;
        break;
    case 7u:
        b->keys ^= (uint16_t)(1u << draw(c, 6u));
        break;
    case 8u:
        b->keys = LBMS_KEY_WEAK_SWITCH;
        b->samples_stopped = false;
        break;
    case 9u:
        b->external_mv = (int32_t)draw(c, 60000u);
        break;
    case 10u:
        b->bus_shorted = draw(c, 4u) == 0u;
        b->pack_offset_mv = (int32_t)draw(c, 401u) - 200;
        break;
    default:
        memset(&command, 0, sizeof(command));
        command.kind = (uint8_t)draw(c, 4u);
        command.count = 1u;
        command.item[0].id = (uint16_t)draw(c, LBMS_PARAM_COUNT + 2u);
        command.item[0].value = (int32_t)draw(c, 120000u) - 10000;
        (void)lbms_command(&b->bms, &command);
        break;
    }
}

static void run_campaign(struct campaign *c, uint32_t seed)
{
    uint32_t end_ms;
    uint32_t next_event_ms;

    c->random = seed;
    c->seed = seed;
    bench_board(&c->b);
    c->b.hal.sleep = NULL;
    c->cell_high_ms = c->cell_low_ms = c->pack_high_ms = c->pack_low_ms = c->silent_ms = c->off_ms = 0u;
    c->b.now_ms =
        (seed % 3u == 0u) ? (UINT32_MAX - (CAMPAIGN_MS / 2u)) : 1000u; /* a third crosses the wrap */
    (void)bench_boot(&c->b);
    end_ms = c->b.now_ms + CAMPAIGN_MS;
    next_event_ms = c->b.now_ms + 6000u;
    while ((int32_t)(end_ms - c->b.now_ms) > 0) {
        const uint32_t passed_ms = 10u + draw(c, (draw(c, 4u) == 0u) ? 990u : 90u);

        c->b.now_ms += passed_ms;
        if ((int32_t)(c->b.now_ms - next_event_ms) >= 0) {
            happen(c);
            next_event_ms = c->b.now_ms + 50u + draw(c, (draw(c, 2u) == 0u) ? 1500u : 20000u);
        }
        (void)lbms_run(&c->b.bms);
        check(c, passed_ms);
    }
}

START_TEST(no_random_campaign_breaks_a_safety_invariant)
{
    static struct campaign c;
    uint32_t seed;

    for (seed = 1u; seed <= CAMPAIGNS; seed++) {
        run_campaign(&c, seed);
    }
    /* The campaigns were worth something: both states were there often. */
    ck_assert_uint_gt(c.opened, c.steps / 10u);
    ck_assert_uint_gt(c.closed, c.steps / 20u);
}
END_TEST

SUITE("scenario/random",
      CASE("R-PROT-01 R-PROT-02 R-PROT-03 R-PROT-07", no_random_campaign_breaks_a_safety_invariant))
