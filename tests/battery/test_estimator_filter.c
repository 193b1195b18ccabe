/* The table of probabilities: one window of measurements against the same Bayes rule in double precision, and motion. */
#include <math.h>
#include <string.h>

#include "../../lib/battery/estimator_parts.h"
#include "cell_double.h"
#include "estimator_rig.h"
#include "support/suite.h"

#define CELL (&lbms_cell_lfp100)

/* Sum of all probabilities of a lane, relative to the best bin of the table. */
static double mass(const struct lbms_estimator *e, int lane)
{
    double sum = 0.0;
    int k;
    int level;

    for (k = 0; k < LBMS_ESTIMATOR_BINS; k++) {
        for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
            sum += exp2(-e->cost[k][lane][level] / 2048.0);
        }
    }
    return sum;
}

/* Mean and deviation of the state of charge in the table, per cent; remainders of the lanes included. */
static double table_mean(const struct lbms_estimator *e, double *sd)
{
    double sum = 0.0;
    double first = 0.0;
    double second = 0.0;
    int k;
    int lane;
    int level;

    for (k = 0; k < LBMS_ESTIMATOR_BINS; k++) {
        for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
            const double z = fmin(fmax(k + e->remainder_mas[lane] / (double)e->bin_mas, 0.0), 100.0);

            for (level = 0; level < LBMS_ESTIMATOR_LEVELS; level++) {
                const double p = exp2(-e->cost[k][lane][level] / 2048.0);

                sum += p;
                first += p * z;
                second += p * z * z;
            }
        }
    }
    *sd = sqrt(second / sum - (first / sum) * (first / sum));
    return first / sum;
}

START_TEST(moments_told_are_those_of_the_table)
{
    struct estimator_rig rig;
    int minute;

    rig_cell(&rig, 0.35);
    rig_start(&rig, 5000u, 1200u);
    for (minute = 0; minute < 300; minute++) {
        double sd;
        double mean;

        rig_run(&rig, -8.0, 60u);
        if (rig.e.job.phase != EST_IDLE || rig.e.pending_mas < -100000) {
            continue; /* work under way, or charge that the table has not taken over yet */
        }
        mean = table_mean(&rig.e, &sd);
        ck_assert_double_eq_tol(rig_view(&rig).soc_bp / 100.0,
                                mean + rig.e.pending_mas / (double)rig.e.bin_mas, 0.35);
        ck_assert_double_eq_tol(rig.e.sd_bp / 100.0, sd, 0.05 + 0.02 * sd);
    }
}
END_TEST

/* Prior, one window of rest of 900 s with this voltage, posterior: everything written down once more. */
static double posterior(double soc, double sd_soc, double volt, double seconds, double weight, double *sd)
{
    double sum = 0.0;
    double first = 0.0;
    double second = 0.0;
    const double mass_uniform = 0.02 * fmin(1.0, sd_soc / 15.0) * sd_soc * 2.5066 / 101.0;
    int k;
    int b;
    int c;

    for (k = 0; k <= 100; k++) {
        const double near = exp(-0.5 * pow((k - soc) / sd_soc, 2.0)) + mass_uniform;

        for (b = -2; b <= 2; b++) {
            const double offset_a = 0.2 * b;
            const double moved_ah = -offset_a * seconds / 3600.0;
            const double turned = 1.0 - exp(-CELL->hysteresis_rate * fabs(moved_ah) / 100.0);
            const double h = (moved_ah > 0.0) ? turned : -turned;
            const double z = fmin(fmax(k + moved_ah, 0.0), 100.0);
            const double half = 1000.0 * cell_m_v(CELL, z / 100.0);
            const double start_mv = fmax(CELL->r2_uohm * 0.33 / 10.0, 30.0);
            const double s2 =
                36.0 + start_mv * start_mv + pow(0.25 * half, 2.0) + pow(half * (1.0 - turned), 2.0);

            for (c = -1; c <= 1; c++) {
                const double e =
                    volt * 1000.0 - 6.0 * c - 1000.0 * cell_u_v(CELL, z / 100.0, 25.0) - half * h;
                const double like = pow(1.0 + e * e / (3.0 * s2), -2.0) / sqrt(s2);
                const double p = near * exp(-0.5 * pow(offset_a / 0.15, 2.0)) * exp(-0.5 * c * c * 4.0) *
                                 pow(like, weight);

                sum += p;
                first += p * z;
                second += p * z * z;
            }
        }
    }
    *sd = sqrt(second / sum - (first / sum) * (first / sum));
    return first / sum;
}

START_TEST(a_window_of_rest_is_weighed_by_bayes_rule)
{
    static const double starts[] = {20.0, 50.0, 62.0, 80.0, 95.0};
    unsigned i;
    unsigned s;

    for (i = 0u; i < sizeof(starts) / sizeof(starts[0]); i++) {
        const double truth = starts[i] - 8.0;
        struct estimator_rig rig;
        double sd;
        double mean;

        rig_cell(&rig, truth / 100.0);
        rig_start(&rig, (uint16_t)(100.0 * starts[i]), 1000u);
        rig_run(&rig, 0.0, 900u);
        for (s = 0u; s < 60u; s++) { /* the work on this window, and no further one */
            rig_step(&rig, 0.0, 100u);
            rig_step(&rig, 0.0, 900u);
        }
        mean = posterior(starts[i], 10.0, cell_u_v(CELL, truth / 100.0, 25.0), 900.0, 900.0 / 5400.0, &sd);
        ck_assert_double_eq_tol(rig_view(&rig).soc_bp / 100.0, mean, 0.35);
        ck_assert_double_eq_tol(rig.e.sd_bp / 100.0, sd, 0.5);
    }
}
END_TEST

START_TEST(rest_has_only_so_much_to_say)
{
    struct estimator_rig rig;
    double before;

    rig_cell(&rig, 0.52);
    rig_start(&rig, 6000u, 1000u);
    rig_run(&rig, 0.0, 6u * 3600u);
    before = rig.e.sd_bp;
    rig_run(&rig, 0.0, 48u * 3600u); /* the same voltage again and again is no new information */
    ck_assert_double_ge(rig.e.sd_bp, before - 5.0);
    ck_assert_uint_ge(rig_view(&rig).sd_bp, rig.e.sd_bp);
}
END_TEST

START_TEST(probability_is_conserved_when_charge_moves_the_table)
{
    struct estimator_rig rig;
    double before[LBMS_ESTIMATOR_LANES];
    int lane;
    int turn;

    rig_cell(&rig, 0.5);
    rig_start(&rig, 5000u, 800u);
    rig.in.voltage_valid = false;
    for (lane = 0; lane < LBMS_ESTIMATOR_LANES; lane++) {
        before[lane] = mass(&rig.e, lane);
    }
    for (turn = 0; turn < 6; turn++) { /* up to the end and back: what is pushed over an end stays there */
        rig_run(&rig, ((turn % 2) == 0) ? 60.0 : -60.0, 2400u);
    }
    rig_run(&rig, 0.0, 1000u);
    for (lane = 1; lane < LBMS_ESTIMATOR_LANES - 1; lane++) {
        ck_assert_double_eq_tol(mass(&rig.e, lane) / mass(&rig.e, 2), before[lane] / before[2], 0.03);
    }
}
END_TEST

START_TEST(diffusion_adds_three_per_cent_to_either_side_for_each_bin)
{
    struct lbms_estimator e;
    struct lbms_estimator_start start;
    struct lbms_estimator_inputs in;
    double sd;
    unsigned s;

    lbms_estimator_start_unknown(&start);
    start.known = true;
    start.soc_bp = 3000u;
    start.sd_bp = 150u;
    start.zero_known = true;
    start.offset_sd_ma = 1u;
    lbms_estimator_init(&e, CELL, 100000, &start);
    memset(&in, 0, sizeof(in));
    in.current_valid = true;
    in.current_ma = 20000;
    for (s = 0u; s <= 7200u; s++) { /* 40 bins, one at a time */
        in.now_ms = s * 1000u;
        lbms_estimator_step(&e, &in);
    }
    (void)table_mean(&e, &sd);
    /* 1.5^2 of the prior, 40 * 2 * 0.03 of diffusion, 1/12 of the bins; 0.2 % lie uniformly between 40 and 100 or at 100 */
    ck_assert_double_eq_tol(sd * sd, 2.25 + 2.4 + 0.08 + 0.002 * (0.6 * 300.0 + 0.4 * 900.0), 0.4);
}
END_TEST

START_TEST(full_moves_the_mass_to_the_top)
{
    struct estimator_rig rig;
    double at_top = 0.0;
    double all = 0.0;
    int k;

    rig_cell(&rig, 0.995);
    rig.v2 = 0.05;
    rig_start(&rig, 9000u, 600u);
    rig_run(&rig, 2.0, 200u);
    for (k = 0; k < LBMS_ESTIMATOR_BINS; k++) {
        const double p = exp2(-rig.e.cost[k][2][1] / 2048.0);

        all += p;
        at_top += (k >= 97) ? p : 0.0;
    }
    ck_assert_double_gt(at_top / all, 0.95);
}
END_TEST

SUITE("battery/estimator_filter", CASE("", moments_told_are_those_of_the_table),
      CASE("", a_window_of_rest_is_weighed_by_bayes_rule), CASE("", rest_has_only_so_much_to_say),
      CASE("", probability_is_conserved_when_charge_moves_the_table),
      CASE("", diffusion_adds_three_per_cent_to_either_side_for_each_bin),
      CASE("", full_moves_the_mass_to_the_top))
