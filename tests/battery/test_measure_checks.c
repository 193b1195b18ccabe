/* Validation between values: sum against pack, voltages that do not move, bled cells, sensors that outlast a bad conversion. */
#include "measure_rig.h"
#include "support/suite.h"

#define NTC_LOST(measure)         RAISED(measure, LBMS_CONDITION_NTC_LOST)
#define TEMPERATURE_LOST(measure) RAISED(measure, LBMS_CONDITION_TEMPERATURE_LOST)

static void sampled_for(struct measure_rig *rig, uint32_t ms)
{
    for (; ms > 0u; ms -= 100u) {
        (void)measure_sampled(rig, 100u);
    }
}

START_TEST(a_sum_of_the_cells_far_from_the_pack_voltage_is_a_loss_after_five_seconds)
{
    static const struct {
        int32_t off_mv;
        bool lost;
    } cases[] = {{1500, false}, {1501, true}, {-1500, false}, {-1501, true}};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct measure_rig rig;

        measure_start(&rig);
        rig.in.sample.pack_mv = RESTED_PACK_MV + cases[i].off_mv;
        sampled_for(&rig, 5000u); /* 4.9 s since the first of them */
        ck_assert(!CELLS_LOST(rig.measure));
        sampled_for(&rig, 200u);
        ck_assert(CELLS_LOST(rig.measure) == cases[i].lost);
        ck_assert((rig.m.valid & LBMS_VALID_CELLS) != 0u); /* each of them is plausible */
    }
}
END_TEST

START_TEST(a_single_bad_cell_does_not_stop_the_clock_of_a_wrong_sum)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.pack_mv = RESTED_PACK_MV + 2000;
    sampled_for(&rig, 4000u);
    rig.in.sample.cell_mv[3] = 0u;
    (void)measure_sampled(&rig, 100u);
    rig.in.sample.cell_mv[3] = RESTED_CELL_MV;
    sampled_for(&rig, 900u);
    ck_assert(!CELLS_LOST(rig.measure));
    sampled_for(&rig, 200u);
    ck_assert(CELLS_LOST(rig.measure));
}
END_TEST

/* Voltages stay as they are; the current is this one from now on. */
START_TEST(voltages_that_stand_still_for_a_minute_while_the_current_moves_are_a_loss)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.current_ma = 0;
    sampled_for(&rig, 30000u);
    rig.in.sample.current_ma = 10000; /* moved by 10 A, not by more */
    sampled_for(&rig, 90000u);
    ck_assert(!CELLS_LOST(rig.measure));
    rig.in.sample.current_ma = -1;
    (void)measure_sampled(&rig, 100u);
    ck_assert(CELLS_LOST(rig.measure));
    rig.in.sample.cell_mv[7]++; /* it lives */
    (void)measure_sampled(&rig, 100u);
    ck_assert(!CELLS_LOST(rig.measure));
}
END_TEST

START_TEST(less_than_a_minute_or_one_moving_value_is_no_loss)
{
    struct measure_rig rig;
    unsigned i;

    measure_start(&rig);
    (void)measure_sampled(&rig, 100u);
    rig.in.sample.current_ma = 50000;
    sampled_for(&rig, 59800u);
    ck_assert(!CELLS_LOST(rig.measure));
    for (i = 0u; i < 200u; i++) { /* the pack voltage alone moves */
        rig.in.sample.pack_mv = RESTED_PACK_MV + (int32_t)((i + 1u) & 1u);
        rig.in.sample.current_ma = (int32_t)((i & 1u) * 50000u);
        (void)measure_sampled(&rig, 1000u);
        ck_assert(!CELLS_LOST(rig.measure));
    }
}
END_TEST

START_TEST(an_implausible_current_is_no_evidence_that_the_current_moves)
{
    static const int32_t implausible_ma[] = {800001, -800001, INT32_MAX, INT32_MIN};
    unsigned i;

    for (i = 0u; i < 4u; i++) {
        struct measure_rig rig;

        measure_start(&rig);
        rig.in.sample.cell_mv[0]++; /* the minute begins while the current is lost */
        rig.in.sample.current_ma = implausible_ma[i];
        sampled_for(&rig, 30000u);
        rig.in.sample.current_ma = -40000;
        sampled_for(&rig, 60000u);
        rig.in.sample.current_ma = implausible_ma[i];
        sampled_for(&rig, 30000u);
        rig.in.sample.current_ma = -50000; /* moved by 10 A since the last that could be believed */
        sampled_for(&rig, 1000u);
        ck_assert(!CELLS_LOST(rig.measure));
        rig.in.sample.current_ma = -50001;
        (void)measure_sampled(&rig, 100u);
        ck_assert(CELLS_LOST(rig.measure));
    }
}
END_TEST

START_TEST(a_load_that_comes_while_resting_cells_are_bled_is_no_loss)
{
    struct measure_rig rig;
    unsigned i;

    measure_start(&rig);
    sampled_for(&rig, 61000u); /* at rest, identical to the last bit */
    rig.in.sample.current_ma = -111000;
    rig.in.sample.balance_mask = 0x0002u;
    for (i = 0u; i < LBMS_CELLS; i++) {
        rig.in.sample.cell_mv[i] = (uint16_t)(rig.in.sample.cell_mv[i] - 50u);
    }
    sampled_for(&rig, 500u);
    ck_assert(!CELLS_LOST(rig.measure));
    rig.in.sample.balance_mask = 0u; /* unbled, the voltages have moved as well */
    sampled_for(&rig, 59900u);
    ck_assert(!CELLS_LOST(rig.measure));
    rig.in.sample.current_ma = 0; /* a minute later they do not move back */
    sampled_for(&rig, 200u);
    ck_assert(CELLS_LOST(rig.measure));
}
END_TEST

START_TEST(spoilt_voltages_of_bled_cells_are_no_sign_of_life)
{
    struct measure_rig rig;
    unsigned s;

    measure_start(&rig);
    (void)measure_sampled(&rig, 100u);
    for (s = 1u; s < 60u; s++) {
        rig.in.sample.balance_mask = 0x0001u;
        rig.in.sample.cell_mv[0] = (uint16_t)(RESTED_CELL_MV - s);
        (void)measure_sampled(&rig, 500u);
        rig.in.sample.balance_mask = 0u;
        rig.in.sample.cell_mv[0] = RESTED_CELL_MV;
        rig.in.sample.current_ma = 20000;
        (void)measure_sampled(&rig, 500u);
        ck_assert(!CELLS_LOST(rig.measure));
    }
    (void)measure_sampled(&rig, 1000u); /* a minute of the same clean voltages */
    ck_assert(CELLS_LOST(rig.measure));
}
END_TEST

START_TEST(while_cells_are_bled_their_last_clean_voltages_stay)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    ck_assert_uint_eq(rig.measure.clean_age_ms, 0u);
    rig.in.sample.balance_mask = 1u << 4;
    rig.in.sample.cell_mv[4] = RESTED_CELL_MV - 60u;
    rig.in.sample.cell_mv[5] = RESTED_CELL_MV + 60u;
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->cell_mv[4], RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_min_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->cell_max_mv, RESTED_CELL_MV);
    ck_assert_uint_eq(m->valid, ALL_VALID);
    ck_assert_uint_eq(rig.measure.clean_age_ms, 100u);
    (void)measure_waited(&rig, 50u);
    ck_assert_uint_eq(rig.measure.clean_age_ms, 150u);
    sampled_for(&rig, 1800u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID); /* 1.95 s */
    (void)measure_sampled(&rig, 50u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID);
    (void)measure_sampled(&rig, 1u); /* older than a sample may be */
    ck_assert_uint_eq(rig.m.cells_valid, 0u);
    ck_assert_uint_eq(rig.m.valid & (LBMS_VALID_CELLS | LBMS_VALID_CELL_RANGE), 0u);
    sampled_for(&rig, 1000u);
    ck_assert(CELLS_LOST(rig.measure));
    rig.in.sample.balance_mask = 0u; /* a pause */
    m = measure_sampled(&rig, 100u);
    ck_assert_uint_eq(m->cell_mv[4], RESTED_CELL_MV - 60u);
    ck_assert_uint_eq(m->valid, ALL_VALID);
    ck_assert_uint_eq(rig.measure.clean_age_ms, 0u);
}
END_TEST

START_TEST(bleeding_from_the_first_sample_on_gives_no_cell_voltages)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    rig.in = inputs_rested(rig.in.now_ms);
    rig.in.sample.balance_mask = 1u;
    (void)measure_sampled(&rig, 100u);
    ck_assert_uint_eq(rig.m.cells_valid, 0u);
    ck_assert_uint_eq(rig.measure.clean_age_ms, UINT32_MAX);
    ck_assert((rig.m.valid & LBMS_VALID_PACK) != 0u);
}
END_TEST

START_TEST(silence_makes_what_was_kept_while_bleeding_worthless)
{
    struct measure_rig rig;

    measure_start(&rig);
    (void)measure_waited(&rig, 2001u);
    ck_assert_uint_eq(rig.measure.clean_age_ms, UINT32_MAX);
    rig.in.sample.balance_mask = 1u;
    (void)measure_sampled(&rig, 100u);
    ck_assert_uint_eq(rig.m.cells_valid, 0u);
}
END_TEST

START_TEST(a_temperature_outlasts_bad_conversions_for_less_than_two_seconds)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.in.sample.ntc_dc[1] = LBMS_TEMP_OPEN;
    rig.in.sample.mosfet_dc = LBMS_TEMP_SHORT;
    rig.in.sample.ambient_dc = LBMS_TEMP_OPEN;
    sampled_for(&rig, 1900u);
    (void)measure_sampled(&rig, 99u);
    ck_assert_uint_eq(rig.m.valid, ALL_VALID);
    ck_assert_uint_eq(rig.measure.conditions, 0u);
    (void)measure_sampled(&rig, 1u);
    ck_assert_uint_eq(rig.m.valid,
                      ALL_VALID & ~(unsigned)(LBMS_VALID_NTCS | LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT));
    ck_assert(NTC_LOST(rig.measure));
    rig.in.sample.ntc_dc[1] = 240;
    (void)measure_sampled(&rig, 100u);
    ck_assert((rig.m.valid & LBMS_VALID_NTCS) != 0u);
    ck_assert_int_eq(rig.m.ntc_dc[1], 240);
}
END_TEST

START_TEST(with_a_long_delay_a_temperature_is_still_not_believed_for_longer_than_a_sample)
{
    struct measure_rig rig;

    measure_start(&rig);
    rig.params.v[LBMS_PARAM_TEMP_DELAY_MS] = 30000;
    rig.in.sample.ntc_dc[1] = LBMS_TEMP_OPEN;
    sampled_for(&rig, 2000u);
    ck_assert((rig.m.valid & LBMS_VALID_NTCS) != 0u);
    (void)measure_sampled(&rig, 1u);
    ck_assert((rig.m.valid & LBMS_VALID_NTCS) == 0u);
    ck_assert(!NTC_LOST(rig.measure)); /* that takes the delay */
    sampled_for(&rig, 28000u);
    ck_assert(NTC_LOST(rig.measure));
}
END_TEST

START_TEST(a_sensor_that_was_never_good_is_lost_at_once)
{
    struct measure_rig rig;

    measure_start_silent(&rig);
    rig.in = inputs_rested(rig.in.now_ms);
    rig.in.sample.mosfet_dc = LBMS_TEMP_OPEN;
    (void)measure_sampled(&rig, 100u);
    ck_assert(NTC_LOST(rig.measure));
    ck_assert_uint_eq(rig.m.valid & LBMS_VALID_MOSFET, 0u);
}
END_TEST

START_TEST(a_temperature_from_before_a_silence_does_not_outlast_a_bad_conversion)
{
    struct measure_rig rig;

    measure_start(&rig);
    (void)measure_waited(&rig, 2000u); /* not yet silent for too long */
    rig.in.sample.ntc_dc[3] = LBMS_TEMP_OPEN;
    (void)measure_sampled(&rig, 1u);
    ck_assert_uint_eq(rig.m.ntcs_valid, LBMS_ALL_NTCS);
    rig.in.sample.ntc_dc[3] = 250;
    (void)measure_sampled(&rig, 100u);
    (void)measure_waited(&rig, 2001u);
    rig.in.sample.ntc_dc[3] = LBMS_TEMP_OPEN;
    (void)measure_sampled(&rig, 1u);
    ck_assert_uint_eq(rig.m.ntcs_valid, LBMS_ALL_NTCS & ~(1u << 3));
    ck_assert(NTC_LOST(rig.measure));
}
END_TEST

START_TEST(two_cell_sensors_or_switch_and_board_together_are_a_loss_of_the_temperature)
{
    /* bit 0..3: cell sensors, 4: MOSFET, 5: environment */
    unsigned mask;

    for (mask = 0u; mask < 64u; mask++) {
        struct measure_rig rig;
        const unsigned cells = (mask & 1u) + ((mask >> 1) & 1u) + ((mask >> 2) & 1u) + ((mask >> 3) & 1u);
        unsigned i;

        measure_start(&rig);
        for (i = 0u; i < LBMS_NTCS; i++) {
            rig.in.sample.ntc_dc[i] = ((mask & (1u << i)) != 0u) ? LBMS_TEMP_OPEN : RESTED_TEMP_DC;
        }
        rig.in.sample.mosfet_dc = ((mask & 16u) != 0u) ? LBMS_TEMP_OPEN : RESTED_TEMP_DC;
        rig.in.sample.ambient_dc = ((mask & 32u) != 0u) ? LBMS_TEMP_OPEN : RESTED_TEMP_DC;
        sampled_for(&rig, 2100u);
        ck_assert(NTC_LOST(rig.measure) == (mask != 0u));
        ck_assert(TEMPERATURE_LOST(rig.measure) == (cells >= 2u || (mask & 48u) == 48u));
    }
}
END_TEST

START_TEST(with_a_lost_sensor_decisions_see_5_k_more_and_less)
{
    struct measure_rig rig;
    const struct lbms_measured *m;

    measure_start(&rig);
    rig.in.sample.ntc_dc[0] = 200;
    rig.in.sample.ntc_dc[1] = 300;
    m = measure_sampled(&rig, 100u);
    ck_assert_int_eq(m->temp_low_dc, 200);
    ck_assert_int_eq(m->temp_high_dc, 300);
    rig.in.sample.ntc_dc[3] = LBMS_TEMP_OPEN;
    sampled_for(&rig, 2100u);
    ck_assert_int_eq(rig.m.temp_low_dc, 150);
    ck_assert_int_eq(rig.m.temp_high_dc, 350);
    ck_assert_int_eq(rig.m.temp_min_dc, 200);
    ck_assert_int_eq(rig.m.temp_max_dc, 300);
}
END_TEST

SUITE("battery/measure_checks",
      CASE("R-PROT-01 R-PROT-07", a_sum_of_the_cells_far_from_the_pack_voltage_is_a_loss_after_five_seconds),
      CASE("R-PROT-01", a_single_bad_cell_does_not_stop_the_clock_of_a_wrong_sum),
      CASE("R-PROT-01 R-PROT-07", voltages_that_stand_still_for_a_minute_while_the_current_moves_are_a_loss),
      CASE("R-PROT-01", less_than_a_minute_or_one_moving_value_is_no_loss),
      CASE("R-PROT-01", an_implausible_current_is_no_evidence_that_the_current_moves),
      CASE("R-BAL-02 R-PROT-01", a_load_that_comes_while_resting_cells_are_bled_is_no_loss),
      CASE("R-BAL-02 R-PROT-01", spoilt_voltages_of_bled_cells_are_no_sign_of_life),
      CASE("R-BAL-02 R-PROT-01", while_cells_are_bled_their_last_clean_voltages_stay),
      CASE("R-PROT-01", bleeding_from_the_first_sample_on_gives_no_cell_voltages),
      CASE("R-PROT-01", silence_makes_what_was_kept_while_bleeding_worthless),
      CASE("R-PROT-01", a_temperature_outlasts_bad_conversions_for_less_than_two_seconds),
      CASE("R-PROT-01", with_a_long_delay_a_temperature_is_still_not_believed_for_longer_than_a_sample),
      CASE("R-PROT-01", a_sensor_that_was_never_good_is_lost_at_once),
      CASE("R-PROT-01", a_temperature_from_before_a_silence_does_not_outlast_a_bad_conversion),
      CASE("R-PROT-01 R-PROT-05",
           two_cell_sensors_or_switch_and_board_together_are_a_loss_of_the_temperature),
      CASE("R-PROT-05", with_a_lost_sensor_decisions_see_5_k_more_and_less))
