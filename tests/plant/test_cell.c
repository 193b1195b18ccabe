#include "plant/cell.h"

#include <math.h>

#include "support/suite.h"

#define STEP_S 0.1

static struct plant_cell_type type;
static struct plant_cell_decay decay;

static void start(struct plant_cell *cell, double soc)
{
    plant_cell_type_lfp100(&type);
    plant_cell_decay_set(&decay, &type, STEP_S);
    plant_cell_init(cell, &type, soc, 25.0);
}

static void run(struct plant_cell *cell, double current_a, double seconds)
{
    const long steps = lround(seconds / STEP_S);
    long i;

    for (i = 0; i < steps; i++) {
        plant_cell_step(cell, &type, &decay, current_a);
    }
}

START_TEST(rest_voltage_follows_the_table)
{
    plant_cell_type_lfp100(&type);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 0.0, 25.0), 2.18171, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 0.50, 25.0), 3.29984, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 1.0, 25.0), 3.63551, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 0.645, 25.0), 0.5 * (3.32151 + 3.33018), 1e-9);
    /* 10 K warmer at 50 %: 0.11 mV/K */
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 0.50, 35.0), 3.29984 + 1.103e-3, 1e-9);
}
END_TEST

START_TEST(beyond_full_and_empty_the_voltage_goes_on_steeply)
{
    plant_cell_type_lfp100(&type);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 1.01, 25.0), 3.63551 + 0.25, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, -0.01, 25.0), 2.18171 - 0.60, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, 1.5, 25.0), 5.0, 1e-9);
    ck_assert_double_eq_tol(plant_cell_rest_v(&type, -0.5, 25.0), 0.0, 1e-9);
}
END_TEST

START_TEST(the_voltage_has_no_jump)
{
    double before;
    double z;

    plant_cell_type_lfp100(&type);
    before = plant_cell_rest_v(&type, -0.1, 25.0);
    for (z = -0.1; z < 1.2; z += 1e-5) {
        const double v = plant_cell_rest_v(&type, z, 25.0);

        ck_assert_double_ge(v, before - 1e-12);
        ck_assert_double_lt(v - before, 1e-3);
        before = v;
    }
}
END_TEST

START_TEST(resistance_depends_on_temperature)
{
    ck_assert_double_eq_tol(plant_cell_r_factor(25.0), 1.0, 1e-12);
    ck_assert_double_eq_tol(plant_cell_r_factor(0.0), 0.5 * (1.87 + 3.16), 1e-12);
    ck_assert_double_eq_tol(plant_cell_r_factor(-40.0), 6.0, 1e-12);
    ck_assert_double_eq_tol(plant_cell_r_factor(80.0), 0.79, 1e-12);
}
END_TEST

START_TEST(a_current_step_gives_the_voltage_of_the_circuit)
{
    struct plant_cell cell;
    const double a = 50.0;
    const double seconds = 120.0;
    double expected;

    start(&cell, 0.5);
    ck_assert_double_eq_tol(plant_cell_v(&cell, a) - plant_cell_v(&cell, 0.0), a * 0.5e-3, 1e-12);
    run(&cell, a, seconds);
    expected = a * (0.4e-3 * (1.0 - exp(-seconds / 30.0)) + 0.9e-3 * (1.0 - exp(-seconds / 1800.0)));
    ck_assert_double_eq_tol(cell.rc_v[0] + cell.rc_v[1], expected, 1e-9);
    /* after an hour of rest only the slow part is left */
    run(&cell, 0.0, 3600.0);
    ck_assert_double_eq_tol(cell.rc_v[0], 0.0, 1e-12);
    ck_assert_double_eq_tol(cell.rc_v[1], a * 0.9e-3 * (1.0 - exp(-seconds / 1800.0)) * exp(-2.0), 1e-9);
}
END_TEST

START_TEST(charge_is_counted_with_the_efficiency)
{
    struct plant_cell cell;

    start(&cell, 0.2);
    cell.self_scale = 0.0;
    plant_cell_slow(&cell, &type);
    run(&cell, 36.0, 3600.0);
    ck_assert_double_eq_tol(cell.soc, 0.2 + 0.36 * 0.9995, 1e-9);
    run(&cell, -18.0, 3600.0);
    ck_assert_double_eq_tol(cell.soc, 0.2 + 0.36 * 0.9995 - 0.18, 1e-9);
}
END_TEST

START_TEST(charge_and_discharge_end_on_different_branches)
{
    struct plant_cell up;
    struct plant_cell down;

    start(&up, 0.2);
    run(&up, 50.0, 0.3 * 7200.0);
    start(&down, 0.8);
    run(&down, -50.0, 0.3 * 7200.0);
    /* without polarisation: half width of the table above and below the middle, 15 % after the turning point */
    ck_assert_double_eq_tol(up.emf_v - up.rc_v[0] - up.rc_v[1] - up.rest_v, plant_cell_half_v(&type, up.soc),
                            1e-6);
    ck_assert_double_eq_tol(down.emf_v - down.rc_v[0] - down.rc_v[1] - down.rest_v,
                            -plant_cell_half_v(&type, down.soc), 1e-6);
}
END_TEST

START_TEST(a_small_turn_stays_inside_the_loop)
{
    struct plant_cell cell;
    double hysteresis_v;

    start(&cell, 0.2);
    run(&cell, 50.0, 0.3 * 7200.0);
    run(&cell, -50.0, 0.02 * 7200.0); /* back by 2 % */
    hysteresis_v = cell.emf_v - cell.rc_v[0] - cell.rc_v[1] - cell.rest_v;
    /* the narrowest play has turned over, of the others 1/3, 4/6 and 10/12 are left */
    ck_assert_double_eq_tol(hysteresis_v / plant_cell_half_v(&type, cell.soc), 0.3583, 0.02);
}
END_TEST

START_TEST(rest_can_be_put_on_a_branch)
{
    struct plant_cell cell;

    start(&cell, 0.5);
    plant_cell_rest(&cell, &type, 0.4, 1.0);
    ck_assert_double_eq_tol(plant_cell_v(&cell, 0.0), 3.29663 + 0.02145, 1e-9);
    plant_cell_rest(&cell, &type, 0.4, -1.0);
    ck_assert_double_eq_tol(plant_cell_v(&cell, 0.0), 3.29663 - 0.02145, 1e-9);
}
END_TEST

START_TEST(a_resting_cell_loses_two_per_cent_a_month_and_more_when_warm)
{
    struct plant_cell cool;
    struct plant_cell warm;

    start(&cool, 0.5);
    start(&warm, 0.5);
    warm.temp_c = 35.0;
    plant_cell_slow(&warm, &type);
    plant_cell_decay_set(&decay, &type, 10.0);
    run(&cool, 0.0, 86400.0 / 100.0); /* run() counts steps of STEP_S */
    run(&warm, 0.0, 86400.0 / 100.0);
    ck_assert_double_eq_tol(cool.soc, 0.5 - 0.02 / 30.0, 1e-9);
    ck_assert_double_eq_tol(warm.soc, 0.5 - 2.0 * 0.02 / 30.0, 1e-9);
}
END_TEST

START_TEST(a_leak_empties_the_cell_and_stops_there)
{
    struct plant_cell cell;

    start(&cell, 0.01);
    cell.leak_a = 5.0;
    plant_cell_slow(&cell, &type);
    run(&cell, 0.0, 360.0);
    ck_assert_double_eq_tol(cell.soc, 0.005, 1e-4);
    run(&cell, 0.0, 3600.0);
    ck_assert_double_ge(cell.soc, -1e-5);
    ck_assert_double_le(cell.soc, 0.0);
}
END_TEST

START_TEST(another_specimen_differs_by_millivolts)
{
    struct plant_cell_type other;
    struct plant_rng rng;
    double largest = 0.0;
    double z;

    plant_cell_type_lfp100(&type);
    other = type;
    plant_rng_seed(&rng, 7u, 0u);
    plant_cell_type_disturb(&other, &rng, 1.2e-3, 0.0);
    for (z = 0.0; z <= 1.0; z += 0.001) {
        largest = fmax(largest, fabs(plant_cell_rest_v(&other, z, 25.0) - plant_cell_rest_v(&type, z, 25.0)));
    }
    ck_assert_double_gt(largest, 0.5e-3);
    ck_assert_double_lt(largest, 4.0 * 3.5 * 1.2e-3);
    ck_assert_double_eq_tol(other.rest_v[0], type.rest_v[0], 1e-12);
    ck_assert_double_eq_tol(other.rest_v[100], type.rest_v[100], 1e-12);
}
END_TEST

SUITE("plant/cell", CASE("", rest_voltage_follows_the_table),
      CASE("", beyond_full_and_empty_the_voltage_goes_on_steeply), CASE("", the_voltage_has_no_jump),
      CASE("", resistance_depends_on_temperature), CASE("", a_current_step_gives_the_voltage_of_the_circuit),
      CASE("", charge_is_counted_with_the_efficiency),
      CASE("", charge_and_discharge_end_on_different_branches), CASE("", a_small_turn_stays_inside_the_loop),
      CASE("", rest_can_be_put_on_a_branch),
      CASE("", a_resting_cell_loses_two_per_cent_a_month_and_more_when_warm),
      CASE("", a_leak_empties_the_cell_and_stops_there), CASE("", another_specimen_differs_by_millivolts))
