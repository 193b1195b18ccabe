#include "losun_bms/battery/soc.h"

#include <string.h>

#include "support/measured.h"
#include "support/suite.h"

#define CAPACITY_MAS INT32_C(360000000) /* 100 Ah */
#define MAMS_PER_MAS 1000

struct rig {
    struct lbms_soc soc;
    struct lbms_measured m;
    struct lbms_params params;
    uint32_t now_ms;
};

/* A counter with this charge in the pack and one step behind it. */
static void start(struct rig *rig, int32_t charge_mas)
{
    const struct lbms_lifetime life = {true, charge_mas};

    memset(rig, 0xEE, sizeof(*rig));
    rig->m = measured_rested();
    rig->now_ms = 10000u;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_soc_init(&rig->soc, &life, &rig->params);
    lbms_soc_step(&rig->soc, &rig->m, rig->now_ms, &rig->params);
}

static void step(struct rig *rig, int32_t current_ma, uint32_t later_ms)
{
    rig->m.current_ma = current_ma;
    rig->now_ms += later_ms;
    lbms_soc_step(&rig->soc, &rig->m, rig->now_ms, &rig->params);
}

static struct lbms_soc_view view(const struct rig *rig)
{
    struct lbms_soc_view told;

    memset(&told, 0xEE, sizeof(told));
    lbms_soc_view(&rig->soc, &told);
    return told;
}

static uint32_t random_next(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (*state >> 16) | (*state << 16);
}

/* Any current up to a short circuit, often a small one. */
static int32_t random_current(uint32_t *state)
{
    const uint32_t bits = 12u + (random_next(state) % 20u);
    const int32_t magnitude_ma = (int32_t)((random_next(state) >> bits) % 800001u);

    return (random_next(state) % 2u == 0u) ? magnitude_ma : -magnitude_ma;
}

START_TEST(a_pack_of_which_nothing_is_known_starts_at_half)
{
    const struct lbms_lifetime nothing = {false, 123456789};
    struct rig rig;

    start(&rig, 0);
    memset(&rig.soc, 0xEE, sizeof(rig.soc));
    lbms_soc_init(&rig.soc, &nothing, &rig.params);
    ck_assert_uint_eq(view(&rig).soc_bp, 5000u);
    ck_assert_int_eq(view(&rig).remaining_mah, 50000);
    ck_assert_int_eq(view(&rig).capacity_mah, 100000);
}
END_TEST

START_TEST(the_charge_that_survived_is_taken_over)
{
    const struct lbms_lifetime life = {true, 90000000};
    struct rig rig;

    start(&rig, 273456789);
    ck_assert_int_eq(rig.soc.charge_mas, 273456789);
    memset(&rig.soc, 0xEE, sizeof(rig.soc));
    lbms_soc_init(&rig.soc, &life, &rig.params); /* before the first step already */
    ck_assert_uint_eq(view(&rig).soc_bp, 2500u);
    ck_assert_int_eq(view(&rig).capacity_mah, 100000);
}
END_TEST

START_TEST(an_impossible_charge_that_survived_is_limited)
{
    struct rig rig;

    start(&rig, CAPACITY_MAS + 1);
    ck_assert_int_eq(rig.soc.charge_mas, CAPACITY_MAS);
    start(&rig, INT32_MAX);
    ck_assert_int_eq(rig.soc.charge_mas, CAPACITY_MAS);
    start(&rig, CAPACITY_MAS);
    ck_assert_int_eq(rig.soc.charge_mas, CAPACITY_MAS);
    start(&rig, -1);
    ck_assert_int_eq(rig.soc.charge_mas, 0);
    start(&rig, INT32_MIN);
    ck_assert_int_eq(rig.soc.charge_mas, 0);
}
END_TEST

START_TEST(the_first_step_after_a_start_counts_nothing)
{
    const struct lbms_lifetime life = {true, 1000000};
    struct rig rig;

    start(&rig, 0);
    lbms_soc_init(&rig.soc, &life, &rig.params);
    step(&rig, 100000, 100u);
    ck_assert_int_eq(rig.soc.charge_mas, 1000000);
    step(&rig, 100000, 100u);
    ck_assert_int_eq(rig.soc.charge_mas, 1010000);
}
END_TEST

START_TEST(current_times_time_goes_in_and_out)
{
    struct rig rig;

    start(&rig, 180000000);
    step(&rig, 100000, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180100000);
    step(&rig, -50000, 500u);
    ck_assert_int_eq(rig.soc.charge_mas, 180075000);
    step(&rig, 0, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180075000);
}
END_TEST

/* Distance of the counter from what the test itself has added up, exactly, in mA ms. */
static int64_t error_mams(const struct rig *rig, int64_t exact_mams)
{
    const int64_t counted_mams = ((int64_t)rig->soc.charge_mas * MAMS_PER_MAS) + rig->soc.rest_mams;

    return (counted_mams > exact_mams) ? counted_mams - exact_mams : exact_mams - counted_mams;
}

static bool between_empty_and(const struct rig *rig, int32_t full_mas)
{
    return rig->soc.charge_mas >= 0 && rig->soc.charge_mas <= full_mas;
}

START_TEST(random_currents_and_step_sizes_add_up_exactly)
{
    uint32_t state = 20240601u;
    unsigned run;

    for (run = 0u; run < 20u; run++) {
        struct rig rig;
        int64_t exact_mams = INT64_C(180000000) * MAMS_PER_MAS;
        unsigned wrong = 0u;
        unsigned i;

        start(&rig, 180000000);
        for (i = 0u; i < 5000u; i++) {
            const int32_t current_ma = random_current(&state);
            const uint32_t ms = random_next(&state) % 2001u;

            step(&rig, current_ma, ms);
            exact_mams += (int64_t)current_ma * (int64_t)ms;
            wrong += (error_mams(&rig, exact_mams) != 0) ? 1u : 0u;
        }
        ck_assert_uint_eq(wrong, 0u);
    }
}
END_TEST

START_TEST(random_currents_that_reach_the_ends_stay_between_0_and_100_percent)
{
    const int64_t full_mams = INT64_C(36000000) * MAMS_PER_MAS;
    int64_t exact_mams = 0;
    uint32_t state = 20240602u;
    unsigned ends = 0u;
    unsigned wrong = 0u;
    struct rig rig;
    int32_t bias_ma = 0;
    unsigned i;

    start(&rig, 0);
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 10000;
    for (i = 0u; i < 200000u; i++) {
        const uint32_t ms = random_next(&state) % 2001u;
        int32_t current_ma;

        if (i % 1000u == 0u) {
            bias_ma = (random_next(&state) % 2u == 0u) ? 100000 : -100000;
        }
        current_ma = random_current(&state) / 8 + bias_ma;
        step(&rig, current_ma, ms);
        exact_mams += (int64_t)current_ma * (int64_t)ms;
        if (exact_mams < 0 || exact_mams > full_mams) {
            exact_mams = (exact_mams < 0) ? 0 : full_mams;
            ends++;
        }
        if (!between_empty_and(&rig, 36000000) ||
            error_mams(&rig, exact_mams) >= MAMS_PER_MAS) { /* what is below 1 mA s may stay at an end */
            wrong++;
        }
    }
    ck_assert_uint_eq(wrong, 0u);
    ck_assert_uint_gt(ends, 1000u);
}
END_TEST

START_TEST(no_charge_is_lost_in_rounding_over_a_month)
{
    const int64_t month_ms = INT64_C(2592000000);
    int64_t passed_ms = 0;
    uint32_t state = 20240603u;
    struct rig rig;

    start(&rig, 180000000);
    while (passed_ms < month_ms) { /* 1 mA is 0.1 mA s in a step of 100 ms */
        uint32_t ms = 50u + (random_next(&state) % 950u);

        if (passed_ms + (int64_t)ms > month_ms) {
            ms = (uint32_t)(month_ms - passed_ms);
        }
        step(&rig, 1, ms);
        passed_ms += (int64_t)ms;
    }
    ck_assert_int_eq(rig.soc.charge_mas, 180000000 + 2592000);
    for (passed_ms = 0; passed_ms < month_ms; passed_ms += 999) {
        step(&rig, -1, 999u);
    }
    ck_assert_int_eq(error_mams(&rig, INT64_C(182592000000) - passed_ms), 0);
}
END_TEST

START_TEST(the_ends_stay_at_0_and_100_percent)
{
    struct rig rig;
    unsigned i;

    start(&rig, CAPACITY_MAS - 50000);
    for (i = 0u; i < 100u; i++) {
        step(&rig, 100000, 100u);
        ck_assert_int_le(rig.soc.charge_mas, CAPACITY_MAS);
    }
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    ck_assert_int_eq(view(&rig).remaining_mah, 100000);
    step(&rig, -36000, 1000u); /* what did not fit in does not have to come out */
    ck_assert_int_eq(rig.soc.charge_mas, CAPACITY_MAS - 36000);

    start(&rig, 50000);
    for (i = 0u; i < 100u; i++) {
        step(&rig, -100000, 100u);
        ck_assert_int_ge(rig.soc.charge_mas, 0);
    }
    ck_assert_uint_eq(view(&rig).soc_bp, 0u);
    ck_assert_int_eq(view(&rig).remaining_mah, 0);
    step(&rig, 36000, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, 36000);
}
END_TEST

START_TEST(full_and_empty_leave_no_rest_behind)
{
    struct rig rig;

    start(&rig, 0);
    step(&rig, 1, 999u);
    lbms_soc_full(&rig.soc);
    step(&rig, -1, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, CAPACITY_MAS - 1);
    start(&rig, 1000);
    step(&rig, 1, 999u);
    lbms_soc_empty(&rig.soc);
    step(&rig, 1, 999u);
    ck_assert_int_eq(rig.soc.charge_mas, 0);
    step(&rig, 1, 1u);
    ck_assert_int_eq(rig.soc.charge_mas, 1);
}
END_TEST

START_TEST(the_largest_pack_and_the_largest_current_fit)
{
    const int32_t full_mas = INT32_C(1080000000);
    struct rig rig;

    start(&rig, 0);
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 300000;
    rig.soc.charge_mas = full_mas - 1000;
    step(&rig, 2000000, 2000u);
    ck_assert_int_eq(rig.soc.charge_mas, full_mas);
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    ck_assert_int_eq(view(&rig).capacity_mah, 300000);
    step(&rig, -2000000, 2000u);
    ck_assert_int_eq(rig.soc.charge_mas, full_mas - 4000000);
}
END_TEST

START_TEST(a_current_that_cannot_be_believed_is_not_counted)
{
    struct rig rig;

    start(&rig, 180000000);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    step(&rig, 100000, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180000000);
    rig.m.valid |= LBMS_VALID_CURRENT;
    step(&rig, 100000, 100u); /* nor afterwards for the time in which it was missing */
    ck_assert_int_eq(rig.soc.charge_mas, 180010000);
}
END_TEST

START_TEST(one_sample_counts_for_2_s_at_most)
{
    struct rig rig;

    start(&rig, 180000000);
    step(&rig, 1000, 1999u);
    ck_assert_int_eq(rig.soc.charge_mas, 180001999);
    step(&rig, 1000, 2000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180003999);
    step(&rig, 1000, 2001u);
    ck_assert_int_eq(rig.soc.charge_mas, 180005999);
    step(&rig, 1000, 86400000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180007999);
    step(&rig, -1000, UINT32_MAX);
    ck_assert_int_eq(rig.soc.charge_mas, 180005999);
}
END_TEST

START_TEST(counting_goes_on_across_the_wrap_of_the_time)
{
    struct rig rig;

    start(&rig, 180000000);
    rig.now_ms = UINT32_MAX - 499u;
    step(&rig, 0, 0u);
    step(&rig, 100000, 1000u);
    ck_assert_int_eq(rig.soc.charge_mas, 180100000);
    ck_assert_uint_eq(rig.now_ms, 500u);
}
END_TEST

START_TEST(a_changed_capacity_keeps_the_charge)
{
    struct rig rig;

    start(&rig, 180000000);
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 200000;
    step(&rig, 0, 100u);
    ck_assert_int_eq(rig.soc.charge_mas, 180000000);
    ck_assert_uint_eq(view(&rig).soc_bp, 2500u);
    ck_assert_int_eq(view(&rig).remaining_mah, 50000);
    ck_assert_int_eq(view(&rig).capacity_mah, 200000);
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 40000; /* less than what is in it */
    step(&rig, 0, 100u);
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
    ck_assert_int_eq(view(&rig).remaining_mah, 40000);
    ck_assert_int_eq(view(&rig).capacity_mah, 40000);
}
END_TEST

START_TEST(the_soc_is_rounded_to_the_nearest_hundredth_of_a_percent)
{
    struct rig rig;

    start(&rig, 0); /* 0.01 % of 100 Ah is 36 A s */
    rig.soc.charge_mas = 17999;
    ck_assert_uint_eq(view(&rig).soc_bp, 0u);
    rig.soc.charge_mas = 18000;
    ck_assert_uint_eq(view(&rig).soc_bp, 1u);
    rig.soc.charge_mas = 53999;
    ck_assert_uint_eq(view(&rig).soc_bp, 1u);
    rig.soc.charge_mas = 54000;
    ck_assert_uint_eq(view(&rig).soc_bp, 2u);
    rig.soc.charge_mas = CAPACITY_MAS - 18001;
    ck_assert_uint_eq(view(&rig).soc_bp, 9999u);
    rig.soc.charge_mas = CAPACITY_MAS;
    ck_assert_uint_eq(view(&rig).soc_bp, 10000u);
}
END_TEST

START_TEST(remaining_charge_is_told_in_whole_mah)
{
    struct rig rig;

    start(&rig, 0);
    rig.soc.charge_mas = 3599;
    ck_assert_int_eq(view(&rig).remaining_mah, 0);
    rig.soc.charge_mas = 3600;
    ck_assert_int_eq(view(&rig).remaining_mah, 1);
}
END_TEST

SUITE("battery/soc", CASE("", a_pack_of_which_nothing_is_known_starts_at_half),
      CASE("", the_charge_that_survived_is_taken_over),
      CASE("", an_impossible_charge_that_survived_is_limited),
      CASE("", the_first_step_after_a_start_counts_nothing), CASE("", current_times_time_goes_in_and_out),
      CASE("", random_currents_and_step_sizes_add_up_exactly),
      CASE("", random_currents_that_reach_the_ends_stay_between_0_and_100_percent),
      CASE("", no_charge_is_lost_in_rounding_over_a_month), CASE("", the_ends_stay_at_0_and_100_percent),
      CASE("", full_and_empty_leave_no_rest_behind), CASE("", the_largest_pack_and_the_largest_current_fit),
      CASE("R-PROT-01", a_current_that_cannot_be_believed_is_not_counted),
      CASE("R-PROT-01", one_sample_counts_for_2_s_at_most),
      CASE("", counting_goes_on_across_the_wrap_of_the_time), CASE("", a_changed_capacity_keeps_the_charge),
      CASE("", the_soc_is_rounded_to_the_nearest_hundredth_of_a_percent),
      CASE("", remaining_charge_is_told_in_whole_mah))
