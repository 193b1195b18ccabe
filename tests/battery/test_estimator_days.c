/* What must hold on any day of a house, whatever the errors of the sensors. */
#include <math.h>

#include "cell_double.h"
#include "estimator_rig.h"
#include "support/suite.h"

#define DAY 86400u

/* Errors of the sensors for this seed: offset up to 0.3 % of the capacity, gain 1 %, voltage 3 mV, noise 0.1 A. */
static void sensors(struct estimator_rig *rig, uint32_t seed)
{
    rig->seed = seed * 7919u;
    rig->offset_a = 0.3 * rig_random(rig);
    rig->gain = 1.0 + 0.01 * rig_random(rig);
    rig->level_v = 0.003 * rig_random(rig);
    rig->noise_a = 0.1;
}

START_TEST(the_value_never_jumps_by_more_than_three_per_cent_except_at_full)
{
    uint32_t seed;

    for (seed = 1u; seed <= 6u; seed++) {
        struct estimator_rig rig;
        unsigned s;
        double before;
        unsigned quiet = 0u; /* seconds since the start or the last anchor */

        rig_cell(&rig, 0.5 + 0.06 * seed);
        sensors(&rig, seed);
        rig_start(&rig, (uint16_t)(4000u + 700u * seed), 1000u);
        before = rig_view(&rig).soc_bp / 100.0;
        for (s = 0u; s < 2u * DAY; s += 2u) {
            double now;

            rig_step(&rig, rig_house_a(&rig, s), 2000u);
            now = rig_view(&rig).soc_bp / 100.0;
            quiet = rig_view(&rig).anchored ? 0u : quiet + 2u;
            if (quiet > 1800u) {
                ck_assert_double_le(fabs(now - before), 3.0);
            }
            before = now;
        }
    }
}
END_TEST

START_TEST(with_a_right_start_it_is_never_three_per_cent_worse_than_counting)
{
    uint32_t seed;

    for (seed = 11u; seed <= 18u; seed++) {
        struct estimator_rig rig;
        unsigned s;

        rig_cell(&rig, 0.25 + 0.08 * (seed - 11u));
        sensors(&rig, seed);
        rig.level_v = 0.0;
        rig_start(&rig, (uint16_t)lround(10000.0 * rig.z), 150u);
        for (s = 0u; s < 2u * DAY; s += 2u) {
            rig_step(&rig, rig_house_a(&rig, s), 2000u);
            ck_assert_double_le(fabs(rig_error(&rig)), 100.0 * fabs(rig.counted - rig.z) + 3.0);
        }
    }
}
END_TEST

START_TEST(after_days_without_full_it_is_better_than_the_counter_and_says_how_good)
{
    uint32_t seed;
    double worst_counter = 0.0;
    double worst = 0.0;

    for (seed = 21u; seed <= 26u; seed++) {
        struct estimator_rig rig;
        unsigned s;
        unsigned inside = 0u;
        unsigned all = 0u;

        rig_cell(&rig, 0.6);
        sensors(&rig, seed);
        rig.offset_a = ((seed % 2u) == 0u) ? 0.25 : -0.25;
        rig_start(&rig, 6000u, 200u);
        for (s = 0u; s < 6u * DAY; s += 2u) {
            rig_step(&rig, rig_house_a(&rig, s), 2000u);
            if (s > DAY && s % 600u == 0u) {
                inside += (fabs(rig_error(&rig)) <= 2.0 * rig_view(&rig).sd_bp / 100.0 + 1.0) ? 1u : 0u;
                all++;
            }
        }
        worst = fmax(worst, fabs(rig_error(&rig)));
        worst_counter = fmax(worst_counter, 100.0 * fabs(rig.counted - rig.z));
        ck_assert_double_ge((double)inside / all, 0.75);
    }
    ck_assert_double_lt(worst, 10.0);
    ck_assert_double_gt(worst_counter, 12.0);
}
END_TEST

START_TEST(a_table_of_another_cell_is_found_out_and_told_by_a_wide_result)
{
    struct estimator_rig rig;
    unsigned s;
    bool found = false;
    unsigned inside = 0u;
    unsigned all = 0u;

    rig_cell(&rig, 0.6);
    rig.cell = &lbms_cell_apr;
    rig_start(&rig, 6000u, 200u);
    for (s = 0u; s < 6u * DAY; s += 2u) {
        rig_step(&rig, rig_house_a(&rig, s), 2000u);
        found = found || rig_view(&rig).misfit;
        if (s > 2u * DAY && s % 600u == 0u) {
            inside += (fabs(rig_error(&rig)) <= 3.0 * rig_view(&rig).sd_bp / 100.0) ? 1u : 0u;
            all++;
        }
    }
    ck_assert(found);
    ck_assert_double_ge((double)inside / all, 0.9);
}
END_TEST

START_TEST(the_right_table_is_not_called_wrong)
{
    uint32_t seed;

    for (seed = 31u; seed <= 34u; seed++) {
        struct estimator_rig rig;
        unsigned s;

        rig_cell(&rig, 0.7);
        sensors(&rig, seed);
        rig.ohm_scale = 1.2;
        rig_start(&rig, 7000u, 500u);
        for (s = 0u; s < 4u * DAY; s += 2u) {
            rig_step(&rig, rig_house_a(&rig, s), 2000u);
            ck_assert(!rig_view(&rig).misfit);
        }
    }
}
END_TEST

SUITE("battery/estimator_days", CASE("", the_value_never_jumps_by_more_than_three_per_cent_except_at_full),
      CASE("", with_a_right_start_it_is_never_three_per_cent_worse_than_counting),
      CASE("", after_days_without_full_it_is_better_than_the_counter_and_says_how_good),
      CASE("", a_table_of_another_cell_is_found_out_and_told_by_a_wide_result),
      CASE("", the_right_table_is_not_called_wrong))
