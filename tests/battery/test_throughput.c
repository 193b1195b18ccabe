#include "losun_bms/battery/throughput.h"

#include <math.h>
#include <string.h>

#include "support/suite.h"

#define CAPACITY_MAH 100000
#define DEPTH_BP     8000
#define PACK_MV      52000

static struct lbms_throughput virgin(void)
{
    struct lbms_throughput t;

    memset(&t, 0xEE, sizeof(t));
    lbms_throughput_init(&t, NULL);
    return t;
}

static void add(struct lbms_throughput *t, int32_t moved_mas, int32_t pack_mv)
{
    lbms_throughput_add(t, moved_mas, pack_mv, CAPACITY_MAH, DEPTH_BP);
}

/* A charge in pieces of a second at 100 A. */
static void move_mah(struct lbms_throughput *t, int32_t mah, int32_t pack_mv)
{
    const int32_t sign = (mah < 0) ? -1 : 1;
    int32_t left_mas = sign * mah * 3600;

    while (left_mas > 0) {
        const int32_t piece_mas = (left_mas < 100000) ? left_mas : 100000;

        add(t, sign * piece_mas, pack_mv);
        left_mas -= piece_mas;
    }
}

/* Everything that went one way and has been counted, mA s. */
static double counted_mas(const struct lbms_throughput *t, unsigned side)
{
    return 3600.0 * t->totals.mah[side] + t->rest_mas[side];
}

/* Between -1 and 1, the sum of 12 is nearly normal. */
static double random_unit(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (double)(*state >> 8) / 8388608.0 - 1.0;
}

static double random_normal(uint32_t *state)
{
    double sum = 0.0;
    unsigned i;

    for (i = 0u; i < 12u; i++) {
        sum += random_unit(state) / 2.0;
    }
    return sum;
}

START_TEST(a_virgin_board_has_moved_nothing)
{
    const struct lbms_throughput t = virgin();

    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 0u);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 0u);
    ck_assert_uint_eq(t.totals.wh[LBMS_CHARGED], 0u);
    ck_assert_uint_eq(t.totals.wh[LBMS_DISCHARGED], 0u);
    ck_assert_uint_eq(t.totals.cycles, 0u);
    ck_assert_uint_eq(t.coulomb_bp, 0u);
    ck_assert_uint_eq(t.energy_bp, 0u);
    ck_assert_uint_eq(lbms_throughput_efc_centi(&t.totals, CAPACITY_MAH), 0u);
}
END_TEST

START_TEST(ten_mah_are_counted_and_one_mas_less_is_not)
{
    struct lbms_throughput t = virgin();

    add(&t, 35999, PACK_MV);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 0u);
    add(&t, 1, PACK_MV);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 10u);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 0u);
    add(&t, -35999, PACK_MV);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 0u);
    add(&t, -1, PACK_MV);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 10u);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 10u);
}
END_TEST

START_TEST(charge_and_energy_of_each_direction_add_up)
{
    struct lbms_throughput t = virgin();

    move_mah(&t, 30000, 54000);
    move_mah(&t, -20000, 51000);
    move_mah(&t, 4321, 53217);
    ck_assert_double_eq_tol(counted_mas(&t, LBMS_CHARGED), 3600.0 * 34321.0, 36000.0);
    ck_assert_double_eq_tol(counted_mas(&t, LBMS_DISCHARGED), 3600.0 * 20000.0, 36000.0);
    /* 0.01 Ah x 54 V, and what is below 1 Wh */
    ck_assert_double_eq_tol((double)t.totals.wh[LBMS_CHARGED], 30.0 * 54.0 + 4.321 * 53.217, 1.6);
    ck_assert_double_eq_tol((double)t.totals.wh[LBMS_DISCHARGED], 20.0 * 51.0, 1.6);
}
END_TEST

START_TEST(nothing_is_lost_below_a_mah_or_a_wh)
{
    struct lbms_throughput t = virgin();
    double mas = 0.0;
    double uj = 0.0;
    uint32_t state = 20250101u;
    unsigned i;

    for (i = 0u; i < 200000u; i++) {
        const int32_t moved = (int32_t)(100000.0 * fabs(random_unit(&state)));
        const int32_t mv = 50000 + (int32_t)(3000.0 * random_unit(&state));

        add(&t, -moved, mv);
        mas += moved;
        uj += (double)moved * mv;
    }
    ck_assert_double_eq_tol(counted_mas(&t, LBMS_DISCHARGED) - t.pending_mas, mas, 0.5);
    ck_assert_double_eq_tol(
        3.6e9 * t.totals.wh[LBMS_DISCHARGED] + t.rest_uj[LBMS_DISCHARGED] - (double)t.pending_uj, uj, 1.0);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 0u);
}
END_TEST

START_TEST(the_draw_of_20_ma_is_counted_over_a_month)
{
    struct lbms_throughput t = virgin();
    int32_t s;

    for (s = 0; s < 30 * 86400; s++) {
        add(&t, -20, PACK_MV);
    }
    ck_assert_double_eq_tol((double)t.totals.mah[LBMS_DISCHARGED], 0.020 * 720.0 * 1000.0,
                            11.0); /* 14.4 Ah */
    ck_assert_double_eq_tol((double)t.totals.wh[LBMS_DISCHARGED], 14.4 * 52.0, 2.0);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 0u);
}
END_TEST

START_TEST(noise_around_zero_is_not_throughput)
{
    struct lbms_throughput t = virgin();
    uint32_t state = 20250102u;
    double naive_mah = 0.0;
    int32_t i;

    for (i = 0; i < 10 * 360; i++) { /* ten hours of 50 mA RMS, a value for each 10 s */
        const int32_t moved = (int32_t)(500.0 * random_normal(&state));

        add(&t, moved, PACK_MV);
        naive_mah += fabs((double)moved) / 3600.0;
    }
    ck_assert_double_gt(naive_mah, 300.0);
    ck_assert_uint_le(t.totals.mah[LBMS_CHARGED] + t.totals.mah[LBMS_DISCHARGED], 30u);
}
END_TEST

START_TEST(the_size_of_the_pieces_does_not_matter)
{
    struct lbms_throughput fine = virgin();
    struct lbms_throughput coarse = virgin();
    int32_t i;
    int32_t k;

    for (i = 0; i < 5000; i++) {
        const int32_t current_ma = ((i / 500) % 2 == 0) ? 30000 : -47000;

        for (k = 0; k < 100; k++) {
            add(&fine, current_ma / 10, PACK_MV);
        }
        add(&coarse, current_ma * 10, PACK_MV);
    }
    for (i = 0; i < LBMS_THROUGHPUT_SIDES; i++) { /* each of 9 reversals takes back what is pending */
        ck_assert_double_eq_tol(counted_mas(&fine, (unsigned)i), counted_mas(&coarse, (unsigned)i),
                                9.0 * LBMS_THROUGHPUT_QUANTUM_MAS);
        ck_assert_double_eq_tol((double)fine.totals.wh[i], (double)coarse.totals.wh[i], 6.0);
    }
    ck_assert_uint_eq(fine.totals.cycles, coarse.totals.cycles);
    ck_assert_uint_gt(fine.totals.cycles, 0u);
}
END_TEST

START_TEST(a_cycle_is_80_percent_of_discharge_in_any_number_of_pieces)
{
    struct lbms_throughput t = virgin();
    unsigned i;

    move_mah(&t, -79990, PACK_MV);
    ck_assert_uint_eq(t.totals.cycles, 0u);
    move_mah(&t, -10, PACK_MV);
    ck_assert_uint_eq(t.totals.cycles, 1u);
    for (i = 0u; i < 8u; i++) { /* charge in between does not matter */
        move_mah(&t, -10000, PACK_MV);
        move_mah(&t, 10000, PACK_MV);
    }
    ck_assert_uint_eq(t.totals.cycles, 2u);
}
END_TEST

START_TEST(what_is_above_a_cycle_counts_for_the_next_one)
{
    struct lbms_throughput t = virgin();

    add(&t, -250 * 3600000, PACK_MV); /* 250 Ah at once: three cycles and 10 Ah */
    ck_assert_uint_eq(t.totals.cycles, 3u);
    ck_assert_uint_eq(t.totals.since_cycle_mah, 10000u);
    move_mah(&t, -70000, PACK_MV);
    ck_assert_uint_eq(t.totals.cycles, 4u);
    ck_assert_uint_eq(t.totals.since_cycle_mah, 0u);
}
END_TEST

START_TEST(depth_and_capacity_decide_what_a_cycle_is)
{
    struct lbms_throughput t = virgin();

    lbms_throughput_add(&t, -50 * 3600000, PACK_MV, 50000, 10000);
    ck_assert_uint_eq(t.totals.cycles, 1u);
    t = virgin();
    lbms_throughput_add(&t, -50 * 3600000 + 3600, PACK_MV, 50000, 10000);
    ck_assert_uint_eq(t.totals.cycles, 0u);
    lbms_throughput_add(&t, -36000, PACK_MV, 50000, 0); /* no depth: counted, no cycle */
    ck_assert_uint_eq(t.totals.cycles, 0u);
    ck_assert_uint_eq(t.totals.since_cycle_mah, 50009u);
}
END_TEST

START_TEST(equivalent_full_cycles_are_the_mean_of_both_directions)
{
    struct lbms_throughput_totals totals = {{250000u, 240000u}, {0u, 0u}, 0u, 0u};

    ck_assert_uint_eq(lbms_throughput_efc_centi(&totals, 100000), 245u);
    ck_assert_uint_eq(lbms_throughput_efc_centi(&totals, 50000), 490u);
    totals.mah[LBMS_CHARGED] = UINT32_MAX;
    totals.mah[LBMS_DISCHARGED] = UINT32_MAX;
    ck_assert_uint_eq(lbms_throughput_efc_centi(&totals, 100000), 4294967u);
    ck_assert_uint_eq(lbms_throughput_efc_centi(&totals, 100), 4294967294u);
    ck_assert_uint_eq(lbms_throughput_efc_centi(&totals, 99), 0u);
}
END_TEST

START_TEST(stored_totals_go_on)
{
    const struct lbms_throughput_totals stored = {{1000u, 2000u}, {51u, 99u}, 7u, 79990u};
    struct lbms_throughput t;

    memset(&t, 0xEE, sizeof(t));
    lbms_throughput_init(&t, &stored);
    add(&t, -36000, PACK_MV);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 1000u);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 2010u);
    ck_assert_uint_eq(t.totals.wh[LBMS_DISCHARGED], 99u);
    ck_assert_uint_eq(t.totals.cycles, 8u);
}
END_TEST

START_TEST(efficiency_is_measured_from_one_full_charge_to_the_next)
{
    struct lbms_throughput t = virgin();

    move_mah(&t, 90000, 54000); /* before the first full charge: says nothing */
    lbms_throughput_full(&t, CAPACITY_MAH);
    ck_assert_uint_eq(t.coulomb_bp, 0u);
    move_mah(&t, -80000, 51000);
    move_mah(&t, 80400, 54000);
    lbms_throughput_full(&t, CAPACITY_MAH);
    ck_assert_double_eq_tol((double)t.coulomb_bp, 10000.0 * 80.0 / 80.4, 2.0);
    ck_assert_double_eq_tol((double)t.energy_bp, 10000.0 * (80.0 * 51.0) / (80.4 * 54.0), 4.0);
}
END_TEST

START_TEST(efficiency_waits_for_half_the_capacity)
{
    struct lbms_throughput t = virgin();

    lbms_throughput_full(&t, CAPACITY_MAH);
    move_mah(&t, -30000, 51000);
    move_mah(&t, 31000, 54000);
    lbms_throughput_full(&t, CAPACITY_MAH);
    ck_assert_uint_eq(t.coulomb_bp, 0u);
    move_mah(&t, -19990, 51000);
    move_mah(&t, 20000, 54000);
    lbms_throughput_full(&t, CAPACITY_MAH);
    ck_assert_uint_eq(t.coulomb_bp, 0u);
    move_mah(&t, -10, 51000);
    lbms_throughput_full(&t, CAPACITY_MAH);
    ck_assert_double_eq_tol((double)t.coulomb_bp, 10000.0 * 50.0 / 51.0, 3.0);
}
END_TEST

START_TEST(an_efficiency_beyond_belief_is_limited)
{
    struct lbms_throughput t = virgin();

    lbms_throughput_full(&t, CAPACITY_MAH);
    move_mah(&t, -60000, 51000);
    lbms_throughput_full(&t, CAPACITY_MAH); /* full again without any charge */
    ck_assert_uint_eq(t.coulomb_bp, 20000u);
    ck_assert_uint_eq(t.energy_bp, 20000u);
}
END_TEST

START_TEST(the_largest_piece_fits)
{
    struct lbms_throughput t = virgin();

    lbms_throughput_add(&t, 1000000000, 100000, CAPACITY_MAH, DEPTH_BP);
    ck_assert_uint_eq(t.totals.mah[LBMS_CHARGED], 277777u);
    ck_assert_uint_eq(t.totals.wh[LBMS_CHARGED], 27777u);
    lbms_throughput_add(&t, -1000000000, 100000, CAPACITY_MAH, DEPTH_BP);
    ck_assert_uint_eq(t.totals.mah[LBMS_DISCHARGED], 277777u);
}
END_TEST

SUITE("battery/throughput", CASE("R-TECH-14", a_virgin_board_has_moved_nothing),
      CASE("", ten_mah_are_counted_and_one_mas_less_is_not),
      CASE("", charge_and_energy_of_each_direction_add_up), CASE("", nothing_is_lost_below_a_mah_or_a_wh),
      CASE("", the_draw_of_20_ma_is_counted_over_a_month), CASE("", noise_around_zero_is_not_throughput),
      CASE("", the_size_of_the_pieces_does_not_matter),
      CASE("R-TECH-14", a_cycle_is_80_percent_of_discharge_in_any_number_of_pieces),
      CASE("R-TECH-14", what_is_above_a_cycle_counts_for_the_next_one),
      CASE("R-TECH-14", depth_and_capacity_decide_what_a_cycle_is),
      CASE("", equivalent_full_cycles_are_the_mean_of_both_directions), CASE("R-PRM-03", stored_totals_go_on),
      CASE("", efficiency_is_measured_from_one_full_charge_to_the_next),
      CASE("", efficiency_waits_for_half_the_capacity), CASE("", an_efficiency_beyond_belief_is_limited),
      CASE("", the_largest_piece_fits))
