/* The fuel gauge in use: what it feeds to its parts, and what it tells. */
#include <math.h>
#include <string.h>

#include "gauge_rig.h"
#include "losun_bms/model/bits.h"
#include "support/measured.h"
#include "support/suite.h"

static double shown(const struct gauge_rig *rig)
{
    return rig->s.soc.soc_bp / 100.0;
}

static double estimated(const struct gauge_rig *rig)
{
    return rig->s.soc.estimate_bp / 100.0;
}

static void fresh(struct gauge_rig *rig, double z)
{
    gauge_rig_board(rig, z);
    gauge_rig_store(rig, (uint16_t)lround(10000.0 * z));
    gauge_rig_start(rig);
}

START_TEST(it_counts_the_same_with_steps_of_any_length)
{
    static const unsigned steps_ms[] = {20u, 100u, 250u, 1000u, 5000u};
    unsigned i;

    for (i = 0u; i < 5u; i++) {
        struct gauge_rig rig;

        fresh(&rig, 0.8);
        gauge_rig_run(&rig, -50.0, 1800.0, steps_ms[i]); /* 25 Ah */
        ck_assert_double_eq_tol(100.0 * rig.cell.z, 55.0, 0.01);
        ck_assert_double_eq_tol(shown(&rig), 55.0, 1.5);
        ck_assert_double_eq_tol(estimated(&rig), 55.0, 1.5);
        ck_assert_double_eq_tol(rig.s.health.totals.mah[LBMS_DISCHARGED], 25000.0, 100.0);
        ck_assert_uint_eq(rig.s.health.totals.mah[LBMS_CHARGED], 0u);
        ck_assert_double_eq_tol(rig.s.health.totals.wh[LBMS_DISCHARGED], 25.0 * 16 * 3.25, 20.0);
        ck_assert_double_eq_tol(rig.s.soc.remaining_mah, shown(&rig) * rig.s.soc.capacity_mah / 100.0, 5.0);
        ck_assert_double_eq_tol(rig.s.soc.left_s, 0.55 * 7200.0, 400.0);
    }
}
END_TEST

START_TEST(the_clock_may_wrap)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.7);
    gauge_rig_store(&rig, 7000u);
    rig.cell.now_ms = 4294967296.0 - 300000.0;
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, 50.0, 600.0, 100u);
    ck_assert_uint_lt(rig.in.now_ms, 400000u);
    ck_assert_double_eq_tol(rig.s.health.totals.mah[LBMS_CHARGED], 50000.0 / 6.0, 50.0);
    ck_assert_double_eq_tol(estimated(&rig), 70.0 + (50.0 / 6.0), 1.5);
}
END_TEST

START_TEST(the_last_percent_is_earned_by_charging_complete)
{
    struct gauge_rig rig;

    fresh(&rig, 0.97);
    gauge_rig_run(&rig, 20.0, 720.0, 100u); /* 4 Ah into a pack that takes 3: the cell stays full */
    ck_assert_double_eq_tol(shown(&rig), 99.0, 0.01);
    rig.in.full = true;
    gauge_rig_step(&rig, 1.0, 100u);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 10000u); /* at once: others decide from it in the next step */
    rig.in.full = false;
    gauge_rig_run(&rig, -20.0, 360.0, 100u);
    ck_assert_double_eq_tol(shown(&rig), 98.0, 0.6);
}
END_TEST

START_TEST(the_full_anchor_earns_it_only_with_the_mean_cell_high)
{
    unsigned high;

    for (high = 0u; high < 2u; high++) {
        struct gauge_rig rig;

        gauge_rig_board(&rig, 0.999);
        gauge_rig_store(&rig, 9800u);
        gauge_rig_start(&rig);
        rig.params.v[LBMS_PARAM_FULL_SOC_MEAN_MV] = (high != 0u) ? 3450 : 3650;
        gauge_rig_run(&rig, 2.0, 600.0, 100u); /* the cells go beyond 3.5 V and take little */
        ck_assert_uint_gt(rig.s.m.cell_mean_mv, 3500u);
        ck_assert_uint_lt(rig.s.m.cell_mean_mv, 3650u);
        ck_assert_uint_eq(rig.s.soc.soc_bp, (high != 0u) ? 10000u : 9900u);
    }
}
END_TEST

/* Begins an under-voltage protection in an idle pack at 5 %; the SOC shown afterwards. */
static uint16_t shown_at_under_voltage(int32_t current_ma, int16_t low_dc, uint16_t invalid, uint8_t bit)
{
    struct gauge_rig rig;

    fresh(&rig, 0.05);
    gauge_rig_run(&rig, 0.0, 2.0, 100u);
    rig.s.m.current_ma = current_ma;
    rig.s.m.temp_low_dc = low_dc;
    rig.s.m.valid &= (uint16_t)~invalid;
    rig.in.protections = LBMS_MASK(bit);
    rig.in.now_ms += 100u;
    lbms_gauge_step(&rig.g, &rig.s, &rig.in, &rig.params);
    return rig.s.soc.soc_bp;
}

START_TEST(zero_is_earned_by_an_under_voltage_that_neither_load_nor_cold_explains)
{
    ck_assert_uint_eq(shown_at_under_voltage(-49999, 101, 0u, LBMS_BIT_CELL_UV), 0u);
    ck_assert_uint_eq(shown_at_under_voltage(-49999, 101, 0u, LBMS_BIT_PACK_UV), 0u);
    ck_assert_uint_eq(shown_at_under_voltage(0, 250, 0u, LBMS_BIT_CELL_UV), 0u);
    ck_assert_uint_gt(shown_at_under_voltage(-50000, 250, 0u, LBMS_BIT_CELL_UV), 300u);
    ck_assert_uint_gt(shown_at_under_voltage(0, 100, 0u, LBMS_BIT_CELL_UV), 300u);
    ck_assert_uint_gt(shown_at_under_voltage(0, 250, LBMS_VALID_CURRENT, LBMS_BIT_CELL_UV), 300u);
    ck_assert_uint_gt(shown_at_under_voltage(0, 250, LBMS_VALID_TEMP_RANGE, LBMS_BIT_CELL_UV), 300u);
    ck_assert_uint_gt(shown_at_under_voltage(0, 250, 0u, LBMS_BIT_DISCHARGE_OC), 300u);
    ck_assert_uint_gt(shown_at_under_voltage(0, 250, LBMS_VALID_CELLS, LBMS_BIT_CELL_UV), 300u);
}
END_TEST

/* The cells at both sides of a loose wire: one seems full, the other one empty. */
START_TEST(an_over_voltage_at_the_same_time_means_not_empty)
{
    static const uint8_t over[] = {LBMS_BIT_CELL_OV, LBMS_BIT_PACK_OV};
    struct gauge_rig rig;
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        fresh(&rig, 0.05);
        gauge_rig_run(&rig, 0.0, 2.0, 100u);
        rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(over[i]);
        gauge_rig_run(&rig, 0.0, 60.0, 100u);
        ck_assert_double_gt(shown(&rig), 3.0);
    }
}
END_TEST

START_TEST(empty_lasts_as_long_as_the_protection_and_charging_leaves_zero)
{
    struct gauge_rig rig;

    fresh(&rig, 0.05);
    gauge_rig_run(&rig, 0.0, 2.0, 100u);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    gauge_rig_run(&rig, 0.0, 600.0, 1000u);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 0u);
    rig.in.protections |= LBMS_MASK(LBMS_BIT_PACK_UV); /* a second one begins under load: still empty */
    gauge_rig_run(&rig, -60.0, 1.0, 100u);
    ck_assert_uint_eq(rig.s.soc.soc_bp, 0u);
    gauge_rig_run(&rig, 20.0, 180.0, 100u); /* 1 Ah, with the protection still there */
    ck_assert_double_gt(shown(&rig), 0.9);
    rig.in.protections = 0u;
    gauge_rig_run(&rig, 0.0, 600.0, 1000u);
    ck_assert_double_gt(shown(&rig), 2.0);
}
END_TEST

START_TEST(a_reading_while_no_current_can_flow_is_the_offset_of_the_sensor)
{
    struct gauge_rig rig;

    fresh(&rig, 0.5);
    rig.cell.offset_a = 0.3;
    rig.s.want.closed = 0u;
    rig.s.m.closed = 0u;
    gauge_rig_run(&rig, 0.0, 900.0, 100u);
    ck_assert_int_eq(rig.s.health.offset_ma, 300);
    ck_assert_double_eq_tol(estimated(&rig), 50.0, 0.1);
    ck_assert_uint_eq(rig.s.health.totals.mah[LBMS_CHARGED], 0u);
    lbms_gauge_save(&rig.g, &rig.restored);
    ck_assert(rig.restored.learned.zero_known);
    ck_assert_int_eq(rig.restored.learned.offset_ma, 300);
}
END_TEST

/* Offset learned from 15 minutes of these readings. */
static bool is_zero_learned(uint8_t want, uint8_t closed, double offset_a, uint16_t invalid)
{
    struct gauge_rig rig;

    fresh(&rig, 0.5);
    rig.cell.offset_a = offset_a;
    rig.s.want.closed = want;
    rig.s.m.closed = closed;
    rig.s.m.valid &= (uint16_t)~invalid;
    gauge_rig_run(&rig, 0.0, 900.0, 100u);
    lbms_gauge_save(&rig.g, &rig.restored);
    return rig.restored.learned.zero_known;
}

START_TEST(a_switch_that_is_closed_or_a_large_reading_is_no_zero)
{
    ck_assert(is_zero_learned(0u, 0u, 0.499, 0u));
    ck_assert(is_zero_learned(0u, 0u, -0.499, 0u));
    ck_assert(!is_zero_learned(0u, 0u, 0.5, 0u));
    ck_assert(!is_zero_learned(0u, 0u, -0.5, 0u));
    ck_assert(!is_zero_learned(LBMS_SWITCH_LIMITER, 0u, 0.3, 0u));
    ck_assert(!is_zero_learned(0u, LBMS_SWITCH_DISCHARGE, 0.3, 0u));
    ck_assert(!is_zero_learned(0u, 0u, 0.3, LBMS_VALID_CURRENT));
}
END_TEST

START_TEST(what_the_electronics_draw_counts_while_awake)
{
    struct gauge_rig rig;

    fresh(&rig, 0.95); /* where the voltage does not correct it soon */
    rig.params.v[LBMS_PARAM_OWN_DRAW_MA] = 500;
    gauge_rig_run(&rig, 0.0, 3600.0, 1000u);
    ck_assert_double_eq_tol(rig.s.health.totals.mah[LBMS_DISCHARGED], 500.0, 20.0);
    rig.in.asleep = true;
    gauge_rig_run(&rig, 0.0, 3600.0, 1000u);
    ck_assert_double_eq_tol(rig.s.health.totals.mah[LBMS_DISCHARGED], 500.0, 20.0);
}
END_TEST

START_TEST(a_moved_charge_asks_for_retained_memory_and_a_larger_one_for_the_flash)
{
    struct gauge_rig rig;

    fresh(&rig, 0.9);
    gauge_rig_run(&rig, 0.0, 3600.0, 1000u);
    ck_assert_uint_eq(rig.retains, 0u);
    ck_assert_uint_eq(rig.keeps, 0u);
    gauge_rig_run(&rig, -50.0, 1440.0, 100u); /* 20 % */
    ck_assert_uint_ge(rig.retains, 36u);
    ck_assert_uint_le(rig.retains, 44u);
    ck_assert_uint_ge(rig.keeps, 3u);
    ck_assert_uint_le(rig.keeps, 5u);
}
END_TEST

START_TEST(another_design_capacity_keeps_the_charge)
{
    struct gauge_rig rig;

    fresh(&rig, 0.6);
    gauge_rig_run(&rig, 0.0, 10.0, 100u);
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 120000;
    gauge_rig_run(&rig, 0.0, 10.0, 100u);
    ck_assert_int_eq(rig.s.health.capacity_mah, 120000);
    ck_assert_double_eq_tol(estimated(&rig), 50.0, 0.5);
    ck_assert_uint_ge(rig.s.soc.sd_bp,
                      LBMS_ESTIMATOR_SD_UNKNOWN_BP - 100u); /* and nothing but this is known */
    rig.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH] = 40000;   /* more charge than it holds */
    gauge_rig_run(&rig, 0.0, 10.0, 100u);
    ck_assert_double_eq_tol(estimated(&rig), 100.0, 0.5);
}
END_TEST

START_TEST(a_long_pause_is_a_rest_that_was_not_seen)
{
    struct gauge_rig rig;

    fresh(&rig, 0.6);
    gauge_rig_run(&rig, -100.0, 600.0, 100u);
    rig.uptime_s += 599.0; /* not seen: just too short */
    gauge_rig_step(&rig, 0.0, 100u);
    ck_assert_int_lt(rig.g.v2_uv, -10000);
    rig.uptime_s += 600.0;
    gauge_rig_step(&rig, 0.0, 100u);
    ck_assert_int_eq(rig.g.v2_uv, 0);
    ck_assert_double_eq_tol(rig.g.estimate.soc_bp, 10000.0 * rig.cell.z, 250.0);
    rig.uptime_s += 300.0 * 86400.0; /* self-discharge makes it less sure */
    gauge_rig_step(&rig, 0.0, 100u);
    gauge_rig_run(&rig, 0.0, 2.0, 100u);
    ck_assert_uint_ge(rig.s.soc.sd_bp, LBMS_ESTIMATOR_SD_UNKNOWN_BP - 100u);
}
END_TEST

START_TEST(a_worn_pack_shows_its_capacity_after_some_full_cycles)
{
    struct gauge_rig rig;
    int cycle;

    gauge_rig_board(&rig, 0.5);
    rig.cell.capacity_ah = 90.0;
    gauge_rig_store(&rig, 5000u);
    gauge_rig_start(&rig);
    for (cycle = 0; cycle < 12; cycle++) {
        while (rig.cell.z > 0.02) {
            gauge_rig_step(&rig, -30.0, 1000u);
        }
        gauge_rig_run(&rig, 0.0, 3600.0, 1000u);
        while (rig.s.m.cell_max_mv < 3580u) {
            gauge_rig_step(&rig, 30.0, 1000u);
        }
        while (rig.cell.z < 0.999) {
            gauge_rig_step(&rig, 2.0, 1000u);
        }
        rig.in.full = true;
        gauge_rig_run(&rig, 0.0, 600.0, 1000u);
        rig.in.full = false;
    }
    ck_assert_int_lt(rig.s.health.capacity_mah, 97000);
    ck_assert_int_gt(rig.s.health.capacity_mah, 87000);
    ck_assert_double_eq_tol(rig.s.health.soh_bp, rig.s.health.capacity_mah / 10.0, 1.0);
    ck_assert_uint_ge(rig.s.health.totals.cycles, 11u); /* of 80 % each */
    ck_assert_uint_le(rig.s.health.totals.cycles, 14u);
    ck_assert_double_eq_tol(rig.s.health.equivalent_cycles, 11.5 * 90.0, 40.0);
    ck_assert_double_eq_tol(rig.s.health.coulomb_bp, 10000.0, 200.0); /* the offset was being learned, too */
}
END_TEST

/* Neither full nor empty, and few moments at which the SOC is certain: they alone lead to 90 Ah. */
START_TEST(a_worn_pack_is_found_from_what_the_voltages_speak_for)
{
    struct gauge_rig rig;
    double current_a = 20.0;
    unsigned s;

    gauge_rig_board(&rig, 0.4);
    rig.cell.capacity_ah = 85.0;
    gauge_rig_store(&rig, 4000u);
    gauge_rig_start(&rig);
    for (s = 0u; s < 21u * 86400u; s += 10u) {
        if (rig.cell.z < 0.15) {
            current_a = 20.0;
        } else if (rig.cell.z > 0.75) {
            current_a = -20.0;
        } else {
            /* goes on */
        }
        gauge_rig_step(&rig, current_a, 10000u);
    }
    ck_assert_double_eq_tol(rig.s.health.capacity_mah, 85000.0, 4000.0);
    ck_assert_double_eq_tol(estimated(&rig), 100.0 * rig.cell.z, 4.0);
}
END_TEST

START_TEST(the_zero_is_measured_in_standby_and_asleep)
{
    static const bool asleep[] = {false, true};
    static const unsigned steps_ms[] = {100u, 10000u}; /* asleep, it looks now and then */
    unsigned i;

    for (i = 0u; i < 2u; i++) {
        struct gauge_rig rig;

        fresh(&rig, 0.5);
        rig.s.m.closed = 0u;
        rig.s.want.closed = 0u;
        rig.in.asleep = asleep[i];
        rig.cell.offset_a = 0.21;
        rig.cell.noise_a = 0.1;
        gauge_rig_run(&rig, 0.0, 300.0, steps_ms[i]);
        ck_assert_double_eq_tol(rig.s.health.offset_ma, 210.0, 15.0);
        ck_assert_double_eq_tol(estimated(&rig), 50.0, 0.3);
        gauge_rig_run(&rig, 0.0, 4.0 * 86400.0, 10000u); /* a counter would be at 70 % */
        ck_assert_double_eq_tol(estimated(&rig), 50.0, 3.0);
    }
}
END_TEST

/* A sensor that reads too much while a charger stays connected: nothing to be taken off afterwards. */
START_TEST(what_is_counted_beyond_full_is_forgotten)
{
    struct gauge_rig rig;

    fresh(&rig, 0.97);
    rig.cell.offset_a = 0.3;
    while (rig.s.m.cell_max_mv < 3500u) {
        gauge_rig_step(&rig, 10.0, 1000u);
    }
    while (rig.cell.z < 0.9999) {
        gauge_rig_step(&rig, 1.0, 1000u);
    }
    rig.in.full = true;
    gauge_rig_run(&rig, 0.0, 2.0 * 86400.0, 10000u); /* 14 Ah are read */
    ck_assert_uint_eq(rig.s.soc.soc_bp, 10000u);
    ck_assert_uint_le(rig.s.soc.estimate_bp, 10000u);
    ck_assert_int_le(rig.s.soc.remaining_mah, rig.s.soc.capacity_mah);
    rig.in.full = false;
    gauge_rig_run(&rig, -50.0, 720.0, 100u); /* 10 Ah */
    ck_assert_double_eq_tol(estimated(&rig), 90.0, 2.5);
    ck_assert_double_eq_tol(shown(&rig), 90.0, 2.5);
}
END_TEST

START_TEST(a_pack_counts_as_new_for_ten_cycles)
{
    struct gauge_rig rig;

    gauge_rig_board(&rig, 0.5);
    gauge_rig_store(&rig, 5000u);
    rig.restored.learned.kr_permille = 1300u;
    rig.restored.learned.totals.mah[LBMS_DISCHARGED] = 999000u;
    rig.restored.learned.totals.mah[LBMS_CHARGED] = 999000u;
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, 0.0, 3.0, 100u);
    ck_assert_uint_eq(rig.s.health.resistance_new_permille, 1300u);
    ck_assert_uint_eq(rig.s.health.resistance_permille, 1000u);
    rig.restored.learned.totals.mah[LBMS_DISCHARGED] = 1000000u;
    rig.restored.learned.totals.mah[LBMS_CHARGED] = 1000000u;
    rig.restored.learned.kr_new_permille = 1000u;
    gauge_rig_start(&rig);
    gauge_rig_run(&rig, 0.0, 3.0, 100u);
    ck_assert_uint_eq(rig.s.health.resistance_new_permille, 1000u);
    ck_assert_uint_eq(rig.s.health.resistance_permille, 1300u);
}
END_TEST

START_TEST(power_limits_and_times_are_nothing_while_values_are_missing)
{
    struct gauge_rig rig;
    unsigned h;

    fresh(&rig, 0.5);
    gauge_rig_run(&rig, -20.0, 60.0, 100u);
    for (h = 0u; h < LBMS_HORIZONS; h++) {
        ck_assert_int_gt(rig.s.power.charge_ma[h], 50000);
        ck_assert_int_gt(rig.s.power.discharge_ma[h], 50000);
    }
    ck_assert_uint_ne(rig.s.soc.left_s, LBMS_TIME_UNKNOWN_S);
    rig.s.m.valid &= (uint16_t) ~(LBMS_VALID_CURRENT | LBMS_VALID_TEMP_RANGE);
    gauge_rig_run(&rig, -20.0, 2.2, 100u); /* a round */
    for (h = 0u; h < LBMS_HORIZONS; h++) {
        ck_assert_int_eq(rig.s.power.charge_ma[h], 0);
        ck_assert_int_eq(rig.s.power.discharge_ma[h], 0);
    }
    ck_assert_uint_eq(rig.s.soc.left_s, LBMS_TIME_UNKNOWN_S);
}
END_TEST

SUITE("battery/gauge", CASE("", it_counts_the_same_with_steps_of_any_length), CASE("", the_clock_may_wrap),
      CASE("", the_last_percent_is_earned_by_charging_complete),
      CASE("", the_full_anchor_earns_it_only_with_the_mean_cell_high),
      CASE("", zero_is_earned_by_an_under_voltage_that_neither_load_nor_cold_explains),
      CASE("", an_over_voltage_at_the_same_time_means_not_empty),
      CASE("", empty_lasts_as_long_as_the_protection_and_charging_leaves_zero),
      CASE("", a_reading_while_no_current_can_flow_is_the_offset_of_the_sensor),
      CASE("", a_switch_that_is_closed_or_a_large_reading_is_no_zero),
      CASE("", what_the_electronics_draw_counts_while_awake),
      CASE("", a_moved_charge_asks_for_retained_memory_and_a_larger_one_for_the_flash),
      CASE("", another_design_capacity_keeps_the_charge), CASE("", a_long_pause_is_a_rest_that_was_not_seen),
      CASE("", a_worn_pack_shows_its_capacity_after_some_full_cycles),
      CASE("R-TECH-14", a_worn_pack_is_found_from_what_the_voltages_speak_for),
      CASE("", the_zero_is_measured_in_standby_and_asleep),
      CASE("", what_is_counted_beyond_full_is_forgotten), CASE("", a_pack_counts_as_new_for_ten_cycles),
      CASE("", power_limits_and_times_are_nothing_while_values_are_missing))
