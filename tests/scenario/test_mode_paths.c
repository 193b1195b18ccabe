/*
 * The whole pack at random: in every mode only the paths are closed that docs/modes.md permits there, every change of
 * mode is a line of the transition list, and no mode is one that a pack does not leave again.
 */
#include <string.h>

#include "losun_bms/power/mode.h"
#include "support/bench.h"
#include "support/suite.h"

#define CAMPAIGNS 300u
#define STEPS     4000u

#define CHARGE_WAYS ((unsigned)LBMS_SWITCH_CHARGE | (unsigned)LBMS_SWITCH_LIMITER)
#define NONE        0u
#define ONE         1u /* and the other one through its body diode only, against the direction that is blocked */
#define BOTH        2u

/* docs/modes.md, "Paths that can be closed". */
static const uint8_t paths[LBMS_MODE_COUNT] = {
    [LBMS_MODE_SHUTDOWN] = NONE,    [LBMS_MODE_STARTING] = NONE, [LBMS_MODE_STOPPING] = NONE,
    [LBMS_MODE_OFF_SWITCH] = NONE,  [LBMS_MODE_FAULT] = NONE,    [LBMS_MODE_PROTECT] = ONE,
    [LBMS_MODE_FULL] = ONE,         [LBMS_MODE_STANDBY] = BOTH,  [LBMS_MODE_CHARGING] = BOTH,
    [LBMS_MODE_DISCHARGING] = BOTH,
};

static struct {
    struct bench b;
    uint32_t random, seed;
    unsigned seen[LBMS_MODE_COUNT][LBMS_MODE_COUNT]; /* changes from..to, over all campaigns */
    unsigned both_closed[LBMS_MODE_COUNT], one_closed[LBMS_MODE_COUNT];
} world;

static uint32_t draw(uint32_t below)
{
    world.random = (world.random * 1664525u) + 1013904223u;
    return (world.random >> 8) % below;
}

static void happen(void)
{
    struct bench *b = &world.b;
    struct lbms_command command;
    unsigned i;

    switch (draw(15u)) {
    case 0u:
        bench_cells(b, (uint16_t)(2500u + draw(1200u)));
        break;
    case 1u:
        bench_cell(b, draw(LBMS_CELLS), (uint16_t)(1800u + draw(2000u)));
        break;
    case 2u:
    case 3u:
    case 4u:
        bench_cells(b, 3300u);
        bench_current(b, 0);
        for (i = 0u; i < LBMS_NTCS; i++) {
            b->sample.ntc_dc[i] = 250;
        }
        break;
    case 5u:
    case 6u:
        bench_current(b, (int32_t)draw(160001u) - 80000);
        break;
    case 7u:
        b->sample.ntc_dc[draw(LBMS_NTCS)] = (int16_t)((int)draw(900u) - 250);
        break;
    case 8u:
        b->keys ^= LBMS_KEY_WEAK_SWITCH;
        break;
    case 9u:
        b->keys ^= LBMS_KEY_BUTTON;
        break;
    case 10u:
        b->keys = LBMS_KEY_WEAK_SWITCH;
        b->external_mv = 0;
        b->samples_stopped = false;
        break;
    case 11u:
        b->external_mv = (int32_t)draw(60000u);
        break;
    case 12u:
        b->sample.afe_flags = (uint16_t)((draw(3u) == 0u) ? LBMS_AFE_SHORT_CIRCUIT : 0u);
        break;
    case 13u:
        b->samples_stopped = draw(2u) == 0u;
        break;
    default:
        memset(&command, 0, sizeof(command));
        command.kind = (uint8_t)((draw(2u) == 0u) ? LBMS_COMMAND_SLEEP : LBMS_COMMAND_CLEAR_FAULTS);
        (void)lbms_command(&b->bms, &command);
        break;
    }
}

static void check(void)
{
    const struct bench *b = &world.b;
    const struct lbms_snapshot *s = lbms_snapshot(&b->bms);
    const bool charge = (b->switches.closed & CHARGE_WAYS) != 0u;
    const bool discharge = (b->switches.closed & LBMS_SWITCH_DISCHARGE) != 0u;
    const int32_t current_ma = b->bms.inputs.sample.current_ma;

    ck_assert_uint_lt(s->mode, LBMS_MODE_COUNT);
    world.both_closed[s->mode] += (charge && discharge) ? 1u : 0u;
    world.one_closed[s->mode] += (charge != discharge) ? 1u : 0u;
    if (paths[s->mode] == NONE) {
        ck_assert_msg(b->switches.closed == 0u, "seed %u, mode %u: %u", (unsigned)world.seed, s->mode,
                      b->switches.closed);
    }
    if (paths[s->mode] == ONE) {
        ck_assert_msg(!(charge && discharge) || (current_ma != 0), "seed %u, mode %u: both, without current",
                      (unsigned)world.seed, s->mode);
    }
}

static bool listed(uint8_t from, uint8_t to)
{
    uint8_t i;

    for (i = 0u; i < lbms_mode_rule_count; i++) {
        if (((lbms_mode_rules[i].from >> from) & 1u) != 0u && (lbms_mode_rules[i].to == to)) {
            return true;
        }
    }
    return false;
}

static void run_campaign(uint32_t seed)
{
    unsigned n;

    world.random = seed;
    world.seed = seed;
    bench_board(&world.b);
    world.b.hal.sleep = NULL;
    world.b.hal.reset = NULL;
    (void)bench_boot(&world.b);
    for (n = 0u; n < STEPS; n++) {
        const uint8_t from = bench_mode(&world.b);

        if (draw(20u) == 0u) {
            happen();
        }
        world.b.now_ms += 20u + draw((draw(8u) == 0u) ? 980u : 180u);
        (void)lbms_run(&world.b.bms);
        check();
        if (from != bench_mode(&world.b)) {
            ck_assert(listed(from, bench_mode(&world.b)));
            world.seen[from][bench_mode(&world.b)]++;
        }
    }
}

START_TEST(in_every_mode_only_its_paths_are_closed_and_every_change_of_mode_is_in_the_list)
{
    uint32_t seed;
    unsigned mode;
    unsigned other;

    memset(&world, 0, sizeof(world));
    for (seed = 1u; seed <= CAMPAIGNS; seed++) {
        run_campaign(seed);
    }
    for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) { /* the campaigns were worth something */
        unsigned entered = 0u;
        unsigned left = 0u;

        for (other = 0u; other < LBMS_MODE_COUNT; other++) {
            entered += world.seen[other][mode];
            left += world.seen[mode][other];
        }
        ck_assert_msg(entered + ((mode == LBMS_MODE_STARTING) ? CAMPAIGNS : 0u) > 20u, "mode %u: %u", mode,
                      entered);
        ck_assert_msg(left > 20u, "mode %u: left %u times", mode, left);
        if (paths[mode] == BOTH) {
            ck_assert_uint_gt(world.both_closed[mode], 100u);
        }
        if (paths[mode] == ONE) {
            ck_assert_uint_gt(world.one_closed[mode], 100u);
        }
    }
}
END_TEST

SUITE("scenario/mode_paths",
      CASE("R-SLP-08 R-WSW-02 R-SW-02",
           in_every_mode_only_its_paths_are_closed_and_every_change_of_mode_is_in_the_list))
