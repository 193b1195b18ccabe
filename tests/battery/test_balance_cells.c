#include "losun_bms/battery/balance.h"

#include <string.h>

#include "support/measured.h"
#include "support/suite.h"

static struct lbms_balance balance;
static struct lbms_balance_inputs in;
static struct lbms_measured m;
static struct lbms_params params;

/* Charging; cell i is high_mv[i] above 3400 mV. */
static void start(const uint16_t above_mv[LBMS_CELLS])
{
    unsigned i;

    memset(&in, 0, sizeof(in));
    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    m = measured_rested();
    measured_cells(&m, 3400u);
    for (i = 0u; i < LBMS_CELLS; i++) {
        measured_cell(&m, i, (uint16_t)(3400u + above_mv[i]));
    }
    in.m = &m;
    in.charger_present = true;
    in.permitted = true;
    lbms_balance_init(&balance);
}

/* The mask of the next selection. */
static unsigned next(void)
{
    in.now_ms += 1000u;
    lbms_balance_step(&balance, &in, &params);
    return balance.mask;
}

/* A pack with a lowest cell at each end, and 14 high ones between them, rising. */
static const uint16_t stairs[LBMS_CELLS] = {0, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 62, 64, 66, 0};
#define STAIRS 0x7FFEu

START_TEST(neighbours_take_turns_and_each_has_half_of_the_time)
{
    unsigned share[LBMS_CELLS] = {0u};
    unsigned turn;
    unsigned i;

    start(stairs);
    for (turn = 0u; turn < 100u; turn++) {
        const unsigned mask = next();

        ck_assert_uint_eq(mask & (mask << 1), 0u);
        for (i = 0u; i < LBMS_CELLS; i++) {
            share[i] += (mask >> i) & 1u;
        }
    }
    for (i = 0u; i < LBMS_CELLS; i++) {
        ck_assert_uint_eq(share[i], (((STAIRS >> i) & 1u) != 0u) ? 50u : 0u);
    }
}
END_TEST

START_TEST(a_cell_without_a_high_neighbour_is_bled_all_the_time)
{
    /* 2 and 3 are neighbours, 8 and 13 are alone */
    static const uint16_t above_mv[LBMS_CELLS] = {[2] = 60, [3] = 60, [8] = 60, [13] = 60};
    unsigned turn;
    unsigned shared = 0u;

    start(above_mv);
    for (turn = 0u; turn < 10u; turn++) {
        const unsigned mask = next();

        ck_assert_uint_eq(mask & 0x2100u, 0x2100u);
        ck_assert(((mask & 0x000Cu) == 0x0004u) || ((mask & 0x000Cu) == 0x0008u));
        shared += (mask >> 2) & 1u;
    }
    ck_assert_uint_eq(shared, 5u);
}
END_TEST

START_TEST(a_chip_that_permits_neighbours_bleeds_the_8_highest)
{
    start(stairs);
    params.v[LBMS_PARAM_BALANCE_NEIGHBOURS] = 1;
    ck_assert_uint_eq(next(), 0x7F80u); /* cells 7..14 */
    ck_assert_uint_eq(next(), 0x7F80u);
}
END_TEST

START_TEST(of_equal_cells_the_last_ones_stay_also_at_the_beginning_of_the_pack)
{
    static const uint16_t above_mv[LBMS_CELLS] = {50, 0, 50, 0, 50, 0, 50};
    static const uint16_t first_mv[LBMS_CELLS] = {50, 0, 51, 0, 52, 0, 53};

    start(above_mv);
    params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = 3;
    ck_assert_uint_eq(next(), 0x54u); /* 2, 4 and 6 */
    start(first_mv);
    params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = 3;
    ck_assert_uint_eq(next(), 0x54u);
}
END_TEST

START_TEST(the_number_of_cells_is_limited_to_the_highest)
{
    unsigned turn;
    unsigned seen = 0u;

    start(stairs);
    params.v[LBMS_PARAM_BALANCE_NEIGHBOURS] = 1;
    params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = 1;
    ck_assert_uint_eq(next(), 1u << 14);
    params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = 16;
    ck_assert_uint_eq(next(), STAIRS);
    params.v[LBMS_PARAM_BALANCE_NEIGHBOURS] = 0;
    params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = 2;
    for (turn = 0u; turn < 2u; turn++) {
        const unsigned mask = next();

        ck_assert(mask == 0x5000u || mask == 0x2800u); /* cells 14 and 12, or 13 and 11 */
        seen |= mask;
    }
    ck_assert_uint_eq(seen, 0x7800u);
}
END_TEST

START_TEST(both_ends_of_the_pack_can_be_bled)
{
    static const uint16_t above_mv[LBMS_CELLS] = {[0] = 60, [15] = 60};

    start(above_mv);
    ck_assert_uint_eq(next(), 0x8001u); /* the ends are no neighbours */
    ck_assert_uint_eq(next(), 0x8001u);
}
END_TEST

START_TEST(no_selection_ever_breaks_a_rule)
{
    uint32_t random = 1u;
    unsigned round;
    unsigned i;

    for (round = 0u; round < 2000u; round++) {
        uint16_t above_mv[LBMS_CELLS];
        unsigned mask;
        unsigned bled = 0u;

        for (i = 0u; i < LBMS_CELLS; i++) {
            random = random * 1664525u + 1013904223u;
            above_mv[i] = (uint16_t)((random >> 16) % 80u);
        }
        start(above_mv);
        params.v[LBMS_PARAM_BALANCE_MAX_CELLS] = (int32_t)(1u + (round % 16u));
        params.v[LBMS_PARAM_BALANCE_NEIGHBOURS] = (int32_t)((round / 16u) % 2u);
        mask = next();
        for (i = 0u; i < LBMS_CELLS; i++) {
            if (((mask >> i) & 1u) != 0u) {
                ck_assert_int_gt(m.cell_mv[i] - m.cell_min_mv, 20);
                bled++;
            }
        }
        ck_assert_uint_le(bled, 1u + (round % 16u));
        if (m.cell_max_mv - m.cell_min_mv >= 30) {
            ck_assert_uint_ge(bled, 1u);
        }
        if ((round / 16u) % 2u == 0u) {
            ck_assert_uint_eq(mask & (mask << 1), 0u);
        }
    }
}
END_TEST

SUITE("battery/balance_cells", CASE("R-BAL-02", neighbours_take_turns_and_each_has_half_of_the_time),
      CASE("R-BAL-02", a_cell_without_a_high_neighbour_is_bled_all_the_time),
      CASE("R-BAL-02", a_chip_that_permits_neighbours_bleeds_the_8_highest),
      CASE("R-BAL-02", of_equal_cells_the_last_ones_stay_also_at_the_beginning_of_the_pack),
      CASE("R-BAL-02", the_number_of_cells_is_limited_to_the_highest),
      CASE("", both_ends_of_the_pack_can_be_bled), CASE("R-BAL-02", no_selection_ever_breaks_a_rule))
