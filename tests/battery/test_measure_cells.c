/* Validation: which cell voltages are plausible, and what is made of them. */
#include <string.h>

#include "measure_rig.h"
#include "support/suite.h"

static void check_cell(unsigned index, uint16_t mv, bool good)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    rig.in.sample.cell_mv[index] = mv;
    m = measure_sampled(&rig, 100u);
    if (good) {
        ck_assert_uint_eq(m->valid, ALL_VALID);
        ck_assert_uint_eq(m->cells_valid, LBMS_ALL_CELLS);
        ck_assert_uint_eq(m->cell_mv[index], mv);
        return;
    }
    ck_assert_uint_eq(m->valid, ALL_VALID & ~LBMS_VALID_CELLS);
    ck_assert_uint_eq(m->cells_valid, LBMS_ALL_CELLS & ~(1u << index));
    ck_assert_uint_eq(m->cell_mv[index], RESTED_CELL_MV); /* the last plausible number */
    ck_assert_uint_eq(m->cell_min_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_max_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_mean_mv, RESTED_CELL_MV);
    ck_assert_uint_ne(m->cell_min_index, index);
    ck_assert_uint_ne(m->cell_max_index, index);
    ck_assert(!CELLS_LOST(rig.measure));
}

START_TEST(every_cell_is_believed_from_500_to_4500_mv_only)
{
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        check_cell(i, 0u, false);
        check_cell(i, 499u, false);
        check_cell(i, 500u, true);
        check_cell(i, 4500u, true);
        check_cell(i, 4501u, false);
        check_cell(i, UINT16_MAX, false);
    }
}
END_TEST

START_TEST(a_cell_outside_its_window_for_one_second_is_a_loss_of_the_cells)
{
    struct measure_rig rig;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        measure_start(&rig);
        rig.in.sample.cell_mv[i] = 0u;
        (void)measure_sampled(&rig, 100u);
        (void)measure_sampled(&rig, 999u);
        ck_assert(!CELLS_LOST(rig.measure));
        (void)measure_sampled(&rig, 1u);
        ck_assert(CELLS_LOST(rig.measure));
        ck_assert(!CURRENT_LOST(rig.measure));
        rig.in.sample.cell_mv[i] = RESTED_CELL_MV;
        (void)measure_sampled(&rig, 100u);
        ck_assert(!CELLS_LOST(rig.measure)); /* the fault that it raised has a delay of its own */
    }
}
END_TEST

START_TEST(one_plausible_sample_starts_the_time_of_implausible_ones_anew)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.cell_mv[4] = 0u;
    (void)measure_sampled(&rig, 100u);
    (void)measure_sampled(&rig, 999u);
    rig.in.sample.cell_mv[4] = RESTED_CELL_MV;
    (void)measure_sampled(&rig, 1u);
    rig.in.sample.cell_mv[5] = 0u;
    (void)measure_sampled(&rig, 1u);
    (void)measure_sampled(&rig, 999u);
    ck_assert(!CELLS_LOST(rig.measure));
    (void)measure_sampled(&rig, 1u);
    ck_assert(CELLS_LOST(rig.measure));
}
END_TEST

START_TEST(with_every_cell_out_of_its_window_there_is_no_extreme)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    memset(rig.in.sample.cell_mv, 0, sizeof(rig.in.sample.cell_mv));
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->valid, ALL_VALID & ~(LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE));
    ck_assert_uint_eq(m->cells_valid, 0u);
    ck_assert_uint_eq(m->cell_min_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_max_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_mean_mv, RESTED_CELL_MV);
}
END_TEST

START_TEST(lowest_highest_and_mean_are_those_of_the_believed_cells)
{
    struct measure_rig rig;
    const struct lbms_measured *m;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        const unsigned low = (i + 5u) % LBMS_CELLS;
        const unsigned out = (i + 9u) % LBMS_CELLS;

        measure_start(&rig);
        rig.in.sample.cell_mv[i] = 3460u;
        rig.in.sample.cell_mv[low] = 3220u;
        m = measure_sampled(&rig, 100u);
        ck_assert_uint_eq(m->cell_max_mv, 3460u);
        ck_assert_uint_eq(m->cell_max_index, i);
        ck_assert_uint_eq(m->cell_min_mv, 3220u);
        ck_assert_uint_eq(m->cell_min_index, low);
        ck_assert_uint_eq(m->cell_mean_mv, 3305u); /* 3300 + (160 - 80) / 16 */
        rig.in.sample.cell_mv[out] = 4600u;
        m = measure_sampled(&rig, 100u);
        ck_assert_uint_eq(m->cell_max_mv, 3460u);
        ck_assert_uint_eq(m->cell_max_index, i);
        ck_assert_uint_eq(m->cell_min_mv, 3220u);
        ck_assert_uint_eq(m->cell_min_index, low);
        ck_assert_uint_eq(m->cell_mean_mv, 3305u); /* 3300 + 80 / 15, rounded */
    }
}
END_TEST

START_TEST(of_equal_cells_the_first_one_is_named)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->cell_min_index, 0u);
    ck_assert_uint_eq(m->cell_max_index, 0u);
    rig.in.sample.cell_mv[7] = 3400u;
    rig.in.sample.cell_mv[11] = 3400u;
    rig.in.sample.cell_mv[3] = 3200u;
    rig.in.sample.cell_mv[15] = 3200u;
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->cell_max_index, 7u);
    ck_assert_uint_eq(m->cell_min_index, 3u);
    rig.in.sample.cell_mv[0] = 0u; /* also of those that are left */
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->cell_max_index, 7u);
    ck_assert_uint_eq(m->cell_min_index, 3u);
}
END_TEST

START_TEST(the_mean_of_the_cells_is_rounded_to_the_nearest_mv)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.cell_mv[0] = RESTED_CELL_MV + 7u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cell_mean_mv, RESTED_CELL_MV);
    rig.in.sample.cell_mv[0] = RESTED_CELL_MV + 8u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cell_mean_mv, RESTED_CELL_MV + 1u);
    rig.in.sample.cell_mv[5] = 0u; /* 15 are left: 7 / 15 mV, and 8 / 15 mV */
    rig.in.sample.cell_mv[0] = RESTED_CELL_MV + 7u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cell_mean_mv, RESTED_CELL_MV);
    rig.in.sample.cell_mv[0] = RESTED_CELL_MV + 8u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cell_mean_mv, RESTED_CELL_MV + 1u);
    memset(rig.in.sample.cell_mv, 0xFF, sizeof(rig.in.sample.cell_mv));
    rig.in.sample.cell_mv[2] = 4500u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cell_mean_mv, 4500u); /* a single cell is its own mean */
}
END_TEST

START_TEST(changed_cell_parameters_take_effect)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_CELL_VALID_MIN_MV] = 1500;
    rig.params.v[LBMS_PARAM_CELL_VALID_MAX_MV] = 3800;
    rig.params.v[LBMS_PARAM_CELL_INVALID_DELAY_MS] = 200;
    rig.in.sample.cell_mv[1] = 3800u;
    rig.in.sample.cell_mv[2] = 1500u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->valid, ALL_VALID);
    rig.in.sample.cell_mv[1] = 3801u;
    rig.in.sample.cell_mv[2] = 1499u;
    ck_assert_uint_eq(measure_sampled(&rig, 100u)->cells_valid, LBMS_ALL_CELLS & ~6u);
    (void)measure_sampled(&rig, 199u);
    ck_assert(!CELLS_LOST(rig.measure));
    (void)measure_sampled(&rig, 1u);
    ck_assert(CELLS_LOST(rig.measure));
}
END_TEST

SUITE("battery/measure_cells", CASE("R-PROT-01", every_cell_is_believed_from_500_to_4500_mv_only),
      CASE("R-PROT-01", a_cell_outside_its_window_for_one_second_is_a_loss_of_the_cells),
      CASE("", one_plausible_sample_starts_the_time_of_implausible_ones_anew),
      CASE("", with_every_cell_out_of_its_window_there_is_no_extreme),
      CASE("", lowest_highest_and_mean_are_those_of_the_believed_cells),
      CASE("", of_equal_cells_the_first_one_is_named),
      CASE("", the_mean_of_the_cells_is_rounded_to_the_nearest_mv),
      CASE("", changed_cell_parameters_take_effect))
