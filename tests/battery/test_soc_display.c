#include "losun_bms/battery/soc_display.h"

#include <math.h>
#include <string.h>

#include "losun_bms/model/snapshot.h"
#include "support/suite.h"

#define CAPACITY_MAS INT32_C(360000000) /* 100 Ah: 1 % is 3,600,000 mA s */
#define RATE         100                /* 1 % a minute */

struct rig {
    struct lbms_soc_display d;
    struct lbms_soc_display_inputs in;
};

static void start(struct rig *rig, bool known, uint16_t shown_bp)
{
    memset(rig, 0xEE, sizeof(*rig));
    memset(&rig->in, 0, sizeof(rig->in));
    rig->in.elapsed_ms = 1000u;
    rig->in.capacity_mas = CAPACITY_MAS;
    lbms_soc_display_init(&rig->d, known, shown_bp);
}

static uint16_t step(struct rig *rig)
{
    lbms_soc_display_step(&rig->d, &rig->in, RATE);
    return lbms_soc_display_bp(&rig->d);
}

static uint16_t steps(struct rig *rig, unsigned count)
{
    while (count-- > 1u) {
        step(rig);
    }
    return step(rig);
}

/* A current for some seconds, and an estimate that moves with it. */
static void use(struct rig *rig, int32_t current_ma, unsigned seconds, double *estimate_bp)
{
    rig->in.flow = (current_ma == 0)  ? LBMS_FLOW_IDLE
                   : (current_ma > 0) ? LBMS_FLOW_CHARGE
                                      : LBMS_FLOW_DISCHARGE;
    rig->in.moved_mas = current_ma;
    while (seconds-- > 0u) {
        *estimate_bp += 10000.0 * current_ma / CAPACITY_MAS;
        rig->in.soc_bp = (uint16_t)lround(*estimate_bp);
        step(rig);
    }
    rig->in.moved_mas = 0;
}

START_TEST(the_first_estimate_is_shown_as_it_is)
{
    struct rig rig;

    start(&rig, false, 1234u);
    rig.in.soc_bp = 6789u;
    ck_assert_uint_eq(step(&rig), 6789u);
}
END_TEST

START_TEST(a_virgin_pack_shows_neither_0_nor_100_percent)
{
    struct rig rig;

    start(&rig, false, 0u);
    rig.in.soc_bp = 10000u;
    ck_assert_uint_eq(step(&rig), 9900u);
    start(&rig, false, 0u);
    rig.in.soc_bp = 0u;
    ck_assert_uint_eq(step(&rig), 100u);
}
END_TEST

START_TEST(a_restart_shows_what_was_shown_before)
{
    struct rig rig;

    start(&rig, true, 4321u);
    ck_assert_uint_eq(lbms_soc_display_bp(&rig.d), 4321u);
    rig.in.soc_bp = 9000u;
    ck_assert_uint_le(step(&rig), 4323u);
    start(&rig, true, UINT16_MAX);
    ck_assert_uint_eq(lbms_soc_display_bp(&rig.d), 10000u);
}
END_TEST

START_TEST(at_rest_it_converges_by_1_percent_a_minute)
{
    struct rig rig;

    start(&rig, true, 5000u);
    rig.in.soc_bp = 5500u;
    ck_assert_uint_eq(steps(&rig, 60u), 5100u);
    ck_assert_uint_eq(steps(&rig, 239u), 5498u);
    ck_assert_uint_eq(step(&rig), 5500u);
    ck_assert_uint_eq(steps(&rig, 100u), 5500u);
    rig.in.soc_bp = 5000u;
    ck_assert_uint_eq(steps(&rig, 60u), 5400u);
    ck_assert_uint_eq(steps(&rig, 240u), 5000u);
}
END_TEST

/* The same 30 minutes: at rest with a wrong value, then use. */
static uint16_t after_half_an_hour(uint32_t step_ms)
{
    struct rig rig;
    uint32_t at_ms;

    start(&rig, true, 4000u);
    rig.in.elapsed_ms = step_ms;
    for (at_ms = 0u; at_ms < 1800000u; at_ms += step_ms) {
        const int32_t current_ma = (at_ms < 600000u) ? 0 : -30000;

        rig.in.flow = (current_ma == 0) ? LBMS_FLOW_IDLE : LBMS_FLOW_DISCHARGE;
        rig.in.moved_mas = current_ma / 1000 * (int32_t)step_ms;
        rig.in.soc_bp =
            (uint16_t)(6000.0 - ((at_ms < 600000u) ? 0.0 : 1000.0 * (at_ms - 600000u) / 1200000.0));
        step(&rig);
    }
    return lbms_soc_display_bp(&rig.d);
}

START_TEST(the_rate_of_calls_does_not_matter)
{
    const uint16_t fine = after_half_an_hour(100u);

    ck_assert_double_eq_tol((double)after_half_an_hour(1000u), (double)fine, 1.0);
    ck_assert_double_eq_tol((double)after_half_an_hour(10000u), (double)fine, 5.0);
}
END_TEST

START_TEST(a_long_pause_counts_ten_minutes)
{
    struct rig rig;

    start(&rig, true, 2000u);
    rig.in.soc_bp = 9000u;
    rig.in.elapsed_ms = UINT32_MAX;
    ck_assert_uint_eq(step(&rig), 3000u);
    lbms_soc_display_step(&rig.d, &rig.in, 10000);
    ck_assert_uint_eq(lbms_soc_display_bp(&rig.d), 9000u);
}
END_TEST

START_TEST(it_moves_with_the_charge_when_it_is_right)
{
    struct rig rig;
    double estimate_bp = 8000.0;

    start(&rig, true, 8000u);
    use(&rig, -100000, 1800u, &estimate_bp); /* 1 C: faster than the rate */
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 3000.0, 1.0);
    use(&rig, 50000, 3600u, &estimate_bp);
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 8000.0, 1.0);
}
END_TEST

START_TEST(the_draw_of_20_ma_is_not_lost)
{
    struct rig rig;
    const double moved_bp = 10000.0 * 0.020 * 86400.0 * 3.0 / 360000.0;
    unsigned s;

    start(&rig, true, 5000u);
    rig.in.full = true; /* suspends the correction downwards: what is left is the charge alone */
    step(&rig);
    rig.in.soc_bp = 5000u;
    rig.in.moved_mas = -20;
    for (s = 0u; s < 3u * 86400u; s++) {
        lbms_soc_display_step(&rig.d, &rig.in, 0);
    }
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 5000.0 - moved_bp, 2.0);
}
END_TEST

START_TEST(in_use_a_value_on_the_right_side_is_corrected_by_the_rate)
{
    struct rig rig;
    double estimate_bp = 4000.0;

    start(&rig, true, 6000u);
    use(&rig, -10000, 600u, &estimate_bp); /* 1.67 % moved and 10 % corrected */
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 6000.0 - 166.7 - 1000.0, 2.0);
    start(&rig, true, 4000u);
    estimate_bp = 6000.0;
    use(&rig, 10000, 600u, &estimate_bp);
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 4000.0 + 166.7 + 1000.0, 2.0);
}
END_TEST

START_TEST(in_use_a_value_on_the_wrong_side_meets_the_estimate_at_the_end)
{
    struct rig rig;
    double estimate_bp = 6000.0;

    start(&rig, true, 3000u);
    use(&rig, -100000, 1080u, &estimate_bp); /* to 30 %: half of the way of both */
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 1500.0, 3.0);
    use(&rig, -100000, 900u, &estimate_bp);
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 250.0, 3.0);

    start(&rig, true, 7000u);
    estimate_bp = 4000.0;
    use(&rig, 100000, 1080u, &estimate_bp);
    ck_assert_double_eq_tol((double)lbms_soc_display_bp(&rig.d), 8500.0, 3.0);
}
END_TEST

START_TEST(discharging_never_lets_it_rise_nor_charging_fall)
{
    struct rig rig;

    start(&rig, true, 3000u);
    rig.in.soc_bp = 9000u;
    rig.in.flow = LBMS_FLOW_DISCHARGE;
    ck_assert_uint_eq(steps(&rig, 600u), 3000u);
    rig.in.moved_mas = 1000000; /* a charge within the delay of the direction */
    ck_assert_uint_eq(steps(&rig, 2u), 3000u);
    rig.in.flow = LBMS_FLOW_CHARGE;
    rig.in.soc_bp = 1000u;
    rig.in.moved_mas = -1000000;
    ck_assert_uint_eq(steps(&rig, 600u), 3000u);
}
END_TEST

START_TEST(full_is_100_percent_at_once_and_only_then)
{
    struct rig rig;
    double estimate_bp = 9700.0;

    start(&rig, true, 9500u);
    use(&rig, 20000, 600u, &estimate_bp);
    rig.in.soc_bp = 10000u;
    ck_assert_uint_eq(steps(&rig, 3600u), 9900u);
    rig.in.full = true;
    rig.in.soc_bp = 9800u;
    ck_assert_uint_eq(step(&rig), 10000u);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(steps(&rig, 3600u), 10000u); /* an estimate that hesitates does not take it back */
    rig.in.moved_mas = -1000;
    ck_assert_uint_eq(steps(&rig, 360u), 9990u); /* charge does */
    rig.in.flow = LBMS_FLOW_DISCHARGE;
    rig.in.moved_mas = -10000;
    rig.in.soc_bp = 9990u;
    ck_assert_uint_eq(steps(&rig, 36u), 9980u);
    rig.in.full = false;
    ck_assert_uint_ge(step(&rig), 9978u); /* the end of the state is no jump */
}
END_TEST

START_TEST(after_full_it_does_not_rise_above_99_percent_again_by_itself)
{
    struct rig rig;

    start(&rig, true, 9950u);
    rig.in.soc_bp = 10000u;
    rig.in.flow = LBMS_FLOW_CHARGE;
    rig.in.moved_mas = 10000;
    ck_assert_uint_eq(steps(&rig, 600u), 9950u);
    rig.in.flow = LBMS_FLOW_IDLE;
    rig.in.moved_mas = 0;
    rig.in.soc_bp = 9800u;
    ck_assert_uint_eq(steps(&rig, 60u), 9850u);
    rig.in.soc_bp = 10000u;
    ck_assert_uint_eq(steps(&rig, 600u), 9900u);
}
END_TEST

START_TEST(after_empty_it_does_not_fall_below_1_percent_again_by_itself)
{
    struct rig rig;

    start(&rig, true, 50u);
    rig.in.soc_bp = 0u;
    rig.in.flow = LBMS_FLOW_DISCHARGE;
    rig.in.moved_mas = -10000;
    ck_assert_uint_eq(steps(&rig, 600u), 50u);
    rig.in.flow = LBMS_FLOW_IDLE;
    rig.in.moved_mas = 0;
    rig.in.soc_bp = 200u;
    ck_assert_uint_eq(steps(&rig, 60u), 150u);
    rig.in.soc_bp = 0u;
    ck_assert_uint_eq(steps(&rig, 600u), 100u);
}
END_TEST

START_TEST(empty_is_0_percent_at_once_and_only_then)
{
    struct rig rig;
    double estimate_bp = 300.0;

    start(&rig, true, 500u);
    use(&rig, -20000, 500u, &estimate_bp);
    rig.in.soc_bp = 0u;
    ck_assert_uint_eq(steps(&rig, 3600u), 100u);
    rig.in.empty = true;
    rig.in.soc_bp = 400u;
    ck_assert_uint_eq(step(&rig), 0u);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(steps(&rig, 3600u), 0u);
    rig.in.flow = LBMS_FLOW_CHARGE;
    rig.in.moved_mas = 10000;
    ck_assert_uint_gt(steps(&rig, 36u), 10u);
    rig.in.empty = false;
    rig.in.flow = LBMS_FLOW_IDLE;
    rig.in.moved_mas = 0;
    ck_assert_uint_eq(steps(&rig, 600u), 400u);
}
END_TEST

START_TEST(an_end_that_is_flagged_against_the_use_waits)
{
    struct rig rig;

    start(&rig, true, 9000u);
    rig.in.soc_bp = 9000u;
    rig.in.flow = LBMS_FLOW_DISCHARGE;
    step(&rig);
    rig.in.full = true;
    ck_assert_uint_eq(step(&rig), 9000u);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig), 10000u);

    start(&rig, true, 900u);
    rig.in.soc_bp = 900u;
    rig.in.flow = LBMS_FLOW_CHARGE;
    step(&rig);
    rig.in.empty = true;
    ck_assert_uint_eq(step(&rig), 900u);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig), 0u);
}
END_TEST

START_TEST(a_full_or_empty_state_that_lasts_through_a_restart_is_no_new_one)
{
    struct rig rig;

    start(&rig, true, 300u);
    rig.in.empty = true;
    rig.in.soc_bp = 300u;
    ck_assert_uint_eq(step(&rig), 300u);
    rig.in.empty = false;
    step(&rig);
    rig.in.empty = true;
    ck_assert_uint_eq(step(&rig), 0u);

    start(&rig, true, 9700u);
    rig.in.full = true;
    rig.in.soc_bp = 9700u;
    ck_assert_uint_eq(step(&rig), 9700u);
    ck_assert_uint_eq(steps(&rig, 100u), 9700u);
    rig.in.full = false;
    step(&rig);
    rig.in.full = true;
    ck_assert_uint_eq(step(&rig), 10000u);
}
END_TEST

/* Random use of the pack, with an estimate that is wrong, jumps, and does not know its own mind. */
struct life {
    struct rig rig;
    double true_bp, error_bp;
    uint32_t random;
    uint8_t flow;
    int32_t current_ma;
    unsigned lasts;
    unsigned broken; /* invariants that did not hold */
};

static uint32_t random_below(struct life *life, uint32_t below)
{
    life->random = life->random * UINT32_C(1664525) + UINT32_C(1013904223);
    return (life->random >> 8) % below;
}

static void choose_use(struct life *life)
{
    static const int32_t most_ma[3] = {400, 110000, 110000};

    life->flow = (uint8_t)random_below(life, 3u); /* the values of enum lbms_flow */
    life->lasts = 1u + random_below(life, 3000u);
    life->current_ma = (int32_t)random_below(life, (uint32_t)most_ma[life->flow]);
    if ((life->flow == LBMS_FLOW_DISCHARGE) ||
        ((life->flow == LBMS_FLOW_IDLE) && (random_below(life, 2u) == 0u))) {
        life->current_ma = -life->current_ma;
    }
    if (random_below(life, 4u) == 0u) {
        life->error_bp = (double)random_below(life, 4001u) - 2000.0;
    }
}

static void live(struct life *life)
{
    static const uint32_t paces_ms[4] = {100u, 1000u, 1700u, 10000u};
    struct lbms_soc_display_inputs *in = &life->rig.in;
    double estimate_bp;

    if (life->lasts == 0u) {
        choose_use(life);
    }
    life->lasts--;
    in->elapsed_ms = paces_ms[random_below(life, 4u)];
    in->moved_mas = (int32_t)((double)life->current_ma * in->elapsed_ms / 1000.0);
    life->true_bp += 10000.0 * in->moved_mas / CAPACITY_MAS;
    in->full = (life->true_bp >= 10000.0) || (in->full && (life->true_bp > 9600.0));
    in->empty = (life->true_bp <= 0.0) || (in->empty && (life->true_bp < 300.0));
    life->true_bp = fmax(0.0, fmin(10000.0, life->true_bp));
    life->error_bp *= 0.9999;
    estimate_bp = life->true_bp + life->error_bp + (double)random_below(life, 61u) - 30.0;
    in->soc_bp = (uint16_t)lround(fmax(0.0, fmin(10000.0, estimate_bp)));
    in->flow = life->flow;
}

/* What must be true of every step, in double precision. */
static void check_step(struct life *life, double before_bp, bool was_full, bool was_empty)
{
    const struct lbms_soc_display_inputs *in = &life->rig.in;
    const double after_bp = life->rig.d.shown / 100000.0;
    const double change_bp = after_bp - before_bp;
    const double moved_bp = 10000.0 * in->moved_mas / CAPACITY_MAS;
    const double most_bp = RATE * in->elapsed_ms / 60000.0 + 1e-4;
    const double away_before = fabs(before_bp + moved_bp - in->soc_bp);
    const bool to_full = life->rig.d.full && !was_full;
    const bool to_empty = life->rig.d.empty && !was_empty;
    bool fine = (after_bp >= 0.0) && (after_bp <= 10000.0);

    if (to_full || to_empty) { /* the two jumps that are earned */
        fine = fine && (after_bp == (to_full ? 10000.0 : 0.0));
    } else {
        fine = fine && (change_bp <= fmax(moved_bp, 0.0) + most_bp) &&
               (change_bp >= fmin(moved_bp, 0.0) - most_bp);
        fine = fine && ((after_bp <= 9900.0) || in->full || (after_bp <= before_bp));
        fine = fine && ((after_bp >= 100.0) || in->empty || (after_bp >= before_bp));
        if ((in->flow == LBMS_FLOW_IDLE) && !in->full && !in->empty && (after_bp < 9899.0) &&
            (after_bp > 101.0)) {
            /* at rest it comes closer by the whole rate, or is there */
            fine = fine && (fabs(after_bp - in->soc_bp) <= fmax(away_before - most_bp + 0.01, 0.01));
        }
    }
    fine = fine && ((in->flow != LBMS_FLOW_DISCHARGE) || (change_bp <= 0.0));
    fine = fine && ((in->flow != LBMS_FLOW_CHARGE) || (change_bp >= 0.0));
    if ((in->flow != LBMS_FLOW_IDLE) && (after_bp > 101.0) && (after_bp < 9899.0) && (in->soc_bp > 500u) &&
        (in->soc_bp < 9500u) && (fabs(moved_bp) > 0.1)) {
        fine = fine && (change_bp != 0.0); /* never stuck */
    }
    life->broken += fine ? 0u : 1u;
}

START_TEST(random_lives_keep_every_promise)
{
    unsigned run;
    unsigned full = 0u;
    unsigned empty = 0u;

    for (run = 0u; run < 30u; run++) {
        struct life life;
        unsigned i;

        memset(&life, 0, sizeof(life));
        life.random = 20250301u + run;
        life.true_bp = (double)random_below(&life, 10001u);
        start(&life.rig, (run % 2u) == 0u, (uint16_t)random_below(&life, 10001u));
        live(&life);
        step(&life.rig);
        for (i = 0u; i < 100000u; i++) {
            const double before_bp = life.rig.d.shown / 100000.0;
            const bool was_full = life.rig.d.full;
            const bool was_empty = life.rig.d.empty;

            live(&life);
            step(&life.rig);
            check_step(&life, before_bp, was_full, was_empty);
            full += (life.rig.d.full && !was_full) ? 1u : 0u;
            empty += (life.rig.d.empty && !was_empty) ? 1u : 0u;
        }
        ck_assert_uint_eq(life.broken, 0u);
    }
    ck_assert_uint_gt(full, 30u);
    ck_assert_uint_gt(empty, 30u);
}
END_TEST

SUITE("battery/soc_display", CASE("", the_first_estimate_is_shown_as_it_is),
      CASE("", a_virgin_pack_shows_neither_0_nor_100_percent),
      CASE("R-PRM-03", a_restart_shows_what_was_shown_before),
      CASE("", at_rest_it_converges_by_1_percent_a_minute), CASE("", the_rate_of_calls_does_not_matter),
      CASE("", a_long_pause_counts_ten_minutes), CASE("", it_moves_with_the_charge_when_it_is_right),
      CASE("", the_draw_of_20_ma_is_not_lost),
      CASE("", in_use_a_value_on_the_right_side_is_corrected_by_the_rate),
      CASE("", in_use_a_value_on_the_wrong_side_meets_the_estimate_at_the_end),
      CASE("", discharging_never_lets_it_rise_nor_charging_fall),
      CASE("R-CHG-01", full_is_100_percent_at_once_and_only_then),
      CASE("", after_full_it_does_not_rise_above_99_percent_again_by_itself),
      CASE("", after_empty_it_does_not_fall_below_1_percent_again_by_itself),
      CASE("", empty_is_0_percent_at_once_and_only_then),
      CASE("", an_end_that_is_flagged_against_the_use_waits),
      CASE("", a_full_or_empty_state_that_lasts_through_a_restart_is_no_new_one),
      CASE("", random_lives_keep_every_promise))
