/* What the corrections by voltage say of the capacity. */
#include <math.h>

#include "estimator_rig.h"
#include "losun_bms/battery/capacity.h"
#include "support/suite.h"

#define DAY 86400u

/* Days of a house with a pack of this capacity, of which the estimator believes 100 Ah. */
static void live(struct estimator_rig *rig, struct lbms_capacity *c, double ah, unsigned days)
{
    unsigned s;

    est_rig_cell(rig, 0.4);
    rig->capacity_ah = ah;
    rig->noise_a = 0.1;
    est_rig_start(rig, 4000u, 200u);
    lbms_capacity_init(c, 100000, 0, 0, 0u);
    for (s = 0u; s < days * DAY; s += 5u) {
        est_rig_step(rig, est_rig_house_a(rig, s), 5000u);
        if (lbms_capacity_follow(c, est_rig_view(rig).capacity_permille)) {
            lbms_estimator_set_capacity(&rig->e, c->capacity_mah);
        }
    }
}

START_TEST(a_pack_that_holds_less_is_found_without_a_certain_moment)
{
    struct estimator_rig rig;
    struct lbms_capacity c;

    live(&rig, &c, 85.0, 14u);
    ck_assert_double_eq_tol(c.capacity_mah / 1000.0, 85.0, 3.0);
    ck_assert_double_le(fabs(est_rig_error(&rig)), 3.0);
}
END_TEST

START_TEST(a_pack_that_holds_what_it_should_is_left_alone)
{
    struct estimator_rig rig;
    struct lbms_capacity c;

    live(&rig, &c, 100.0, 10u);
    ck_assert_double_eq_tol(c.capacity_mah / 1000.0, 100.0, 2.0);
}
END_TEST

START_TEST(one_direction_alone_says_nothing)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.95);
    rig.capacity_ah = 80.0;
    est_rig_start(&rig, 9500u, 100u);
    est_rig_run(&rig, -20.0, 3u * 3600u); /* 75 % of it: into the steep end */
    est_rig_run(&rig, 0.0, 3600u);
    ck_assert_int_gt(rig.e.lever.count[1].error_q8, 500 * 256);
    ck_assert_int_eq(est_rig_view(&rig).capacity_permille, 1000);
}
END_TEST

START_TEST(both_directions_count_and_the_weaker_one_limits)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.e.lever.count[0].error_q8 = 1000 * 256; /* moves by 10 % more than counted ... */
    rig.e.lever.count[1].error_q8 = 600 * 256;  /* ... and by 6 %: in the mean 1/1.08 of the capacity */
    ck_assert_int_eq(est_rig_view(&rig).capacity_permille, 926);
    rig.e.lever.count[1].error_q8 = 200 * 256; /* at most twice as much as that: 1/1.04 */
    ck_assert_int_eq(est_rig_view(&rig).capacity_permille, 962);
    rig.e.lever.count[1].error_q8 = -200 * 256;
    ck_assert_int_eq(est_rig_view(&rig).capacity_permille, 1000);
    rig.e.lever.count[0].error_q8 = -300 * 256;
    ck_assert_int_eq(est_rig_view(&rig).capacity_permille, 1026);
}
END_TEST

START_TEST(an_error_that_was_removed_is_not_found_again)
{
    struct estimator_rig rig;

    est_rig_cell(&rig, 0.5);
    est_rig_start(&rig, 5000u, 100u);
    rig.e.lever.count[0].error_q8 = 2500 * 256; /* 100 Ah counted, 80 Ah there */
    rig.e.lever.count[1].error_q8 = 1000 * 256;
    lbms_estimator_set_capacity(&rig.e, 80000);
    ck_assert_int_eq(rig.e.lever.count[0].error_q8, 0);
    ck_assert_int_eq(rig.e.lever.count[1].error_q8, -1000 * 256); /* 1.1 * 0.8 - 1 is beyond the limit */
    lbms_estimator_set_capacity(&rig.e, 84000);
    ck_assert_int_eq(rig.e.lever.count[0].error_q8, 500 * 256);
}
END_TEST

START_TEST(a_capacity_that_is_set_before_the_first_step_is_no_correction)
{
    struct lbms_estimator_start start;
    struct lbms_estimator_view view;
    struct lbms_estimator e;

    lbms_estimator_start_unknown(&start);
    start.known = true;
    start.soc_bp = 8000u;
    lbms_estimator_init(&e, &lbms_cell_lfp100, 100000, &start);
    lbms_estimator_set_capacity(&e, 85000);
    lbms_estimator_view(&e, &view);
    ck_assert_uint_eq(view.soc_bp, 8000u);
    ck_assert_uint_eq(view.capacity_permille, 1000u);
}
END_TEST

SUITE("battery/estimator_capacity",
      CASE("R-TECH-14", a_pack_that_holds_less_is_found_without_a_certain_moment),
      CASE("R-TECH-14", a_pack_that_holds_what_it_should_is_left_alone),
      CASE("", one_direction_alone_says_nothing), CASE("", both_directions_count_and_the_weaker_one_limits),
      CASE("", an_error_that_was_removed_is_not_found_again),
      CASE("R-TECH-14", a_capacity_that_is_set_before_the_first_step_is_no_correction))
