#include "hardware_rig.h"
#include "support/measured.h"
#include "support/suite.h"

#define HAZARD      LBMS_MASK(LBMS_CONDITION_HAZARD)
#define AFE_CONFIG  LBMS_MASK(LBMS_CONDITION_AFE_CONFIG)
#define CHARGE_WELD LBMS_MASK(LBMS_FAULT_CHARGE_MOSFET)

static struct rig rig;

/* A welded charge switch and a cell over-voltage; no step with them yet. */
static void start_overcharge(bool fitted)
{
    hardware_start(&rig);
    rig.params.v[LBMS_PARAM_TRIP_UNIT_FITTED] = fitted ? 1 : 0;
    rig.in.faults = CHARGE_WELD;
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
}

START_TEST(a_welded_charge_switch_and_an_over_voltage_are_a_hazard)
{
    start_overcharge(false);
    ck_assert_uint_eq(hardware_step(&rig, 100u), HAZARD);
    rig.in.protections = ~LBMS_MASK(LBMS_BIT_CELL_OV);
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    rig.in.faults = ~CHARGE_WELD;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
}
END_TEST

START_TEST(a_welded_discharge_switch_and_a_cell_below_2300_mv_are_a_hazard_after_2_s)
{
    hardware_start(&rig);
    rig.in.faults = LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);
    measured_cell(&rig.m, 4u, 2300u);
    hardware_expect_nothing(&rig);
    measured_cell(&rig.m, 4u, 2299u);
    hardware_expect_after(&rig, 2000u, LBMS_CONDITION_HAZARD);
    rig.in.faults = 0u;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    rig.in.faults = CHARGE_WELD; /* that one is no danger to a low cell */
    hardware_expect_nothing(&rig);
}
END_TEST

START_TEST(a_low_cell_counts_also_when_another_one_is_unknown)
{
    hardware_start(&rig);
    rig.in.faults = LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);
    measured_cell(&rig.m, 4u, 2299u);
    measured_lose_cell(&rig.m, 5u);
    ck_assert_uint_eq(hardware_run(&rig, 2100u), HAZARD);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CELL_RANGE; /* unknown is not fine */
    rig.m.cell_min_mv = 3300u;
    ck_assert_uint_eq(hardware_step(&rig, 100u), HAZARD);
    rig.m.valid |= LBMS_VALID_CELL_RANGE;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
}
END_TEST

START_TEST(without_a_trip_unit_the_buzzer_sounds_as_long_as_the_hazard_lasts)
{
    start_overcharge(false);
    (void)hardware_run(&rig, 10000u);
    ck_assert(rig.hardware.buzzer);
    ck_assert_uint_eq(rig.hardware.state, 0u);
    rig.in.protections = 0u;
    (void)hardware_step(&rig, 100u);
    ck_assert(!rig.hardware.buzzer);
}
END_TEST

START_TEST(a_trip_unit_that_is_fitted_is_left_alone_in_a_pack_without_hazard)
{
    hardware_start(&rig);
    rig.params.v[LBMS_PARAM_TRIP_UNIT_FITTED] = 1;
    hardware_expect_nothing(&rig);
    ck_assert_uint_eq(rig.hardware.state, 0u);
    rig.in.faults = CHARGE_WELD; /* one of its two reasons */
    hardware_expect_nothing(&rig);
    ck_assert_uint_eq(rig.hardware.state, 0u);
}
END_TEST

START_TEST(a_trip_unit_is_pulsed_once_for_500_ms)
{
    start_overcharge(true);
    rig.in.now_ms = UINT32_MAX - 100u; /* the time may wrap meanwhile */
    (void)hardware_step(&rig, 0u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIP_UNIT);
    ck_assert(!rig.hardware.buzzer);
    (void)hardware_step(&rig, 499u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIP_UNIT);
    (void)hardware_step(&rig, 1u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
    (void)hardware_run(&rig, 3600000u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
}
END_TEST

START_TEST(a_pulse_is_completed_when_the_hazard_has_gone)
{
    start_overcharge(true);
    (void)hardware_step(&rig, 100u);
    rig.in.protections = 0u;
    rig.in.faults = 0u;
    (void)hardware_step(&rig, 499u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIP_UNIT);
    (void)hardware_step(&rig, 1u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
}
END_TEST

START_TEST(only_service_makes_a_second_pulse_possible)
{
    start_overcharge(true);
    (void)hardware_run(&rig, 1000u);
    rig.in.protections = 0u; /* the cell has come down, and goes up again */
    (void)hardware_run(&rig, 1000u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    (void)hardware_run(&rig, 1000u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
    rig.in.faults = LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET);
    (void)hardware_run(&rig, 1000u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIPPED);
    rig.in.faults =
        ~(CHARGE_WELD | LBMS_MASK(LBMS_FAULT_DISCHARGE_MOSFET)); /* these two cleared by service */
    (void)hardware_step(&rig, 100u);
    ck_assert_uint_eq(rig.hardware.state, 0u);
    rig.in.faults = CHARGE_WELD;
    (void)hardware_step(&rig, 100u);
    ck_assert_uint_eq(rig.hardware.state, LBMS_STATE_TRIP_UNIT);
}
END_TEST

START_TEST(refused_thresholds_are_written_again_and_then_reported)
{
    hardware_start(&rig);
    rig.got.cell_ov_mv++;
    rig.got.sequence = 2u;
    rig.want.sequence = 2u;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    ck_assert(rig.hardware.rewrite);
    rig.want.sequence = 3u; /* which the rewrite brought, without effect */
    rig.got.sequence = 3u;
    ck_assert_uint_eq(hardware_step(&rig, 999u), 0u);
    ck_assert(!rig.hardware.rewrite);
    ck_assert_uint_eq(hardware_step(&rig, 1u), AFE_CONFIG);
    ck_assert(rig.hardware.rewrite);
    ck_assert_uint_eq(hardware_step(&rig, 999u), AFE_CONFIG);
    ck_assert(!rig.hardware.rewrite);
    ck_assert_uint_eq(hardware_step(&rig, 1u), AFE_CONFIG);
    ck_assert(rig.hardware.rewrite);
    rig.got = rig.want;
    ck_assert_uint_eq(hardware_step(&rig, 1u), 0u);
    ck_assert(!rig.hardware.rewrite);
}
END_TEST

START_TEST(one_rewrite_that_helps_is_not_reported)
{
    hardware_start(&rig);
    rig.got.watchdog_ms = 0u;
    ck_assert_uint_eq(hardware_run(&rig, 900u),
                      0u); /* looked at once a second while the sequence is the same */
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    ck_assert(rig.hardware.rewrite);
    rig.got = rig.want;
    hardware_expect_nothing(&rig);
    rig.got.watchdog_ms = 0u; /* the next time has its own rewrite */
    ck_assert_uint_eq(hardware_run(&rig, 1000u), 0u);
    rig.got = rig.want;
    hardware_expect_nothing(&rig);
}
END_TEST

START_TEST(a_failed_write_is_reported_unless_a_second_one_succeeds)
{
    hardware_start(&rig);
    rig.in.afe_fit = -3;
    ck_assert_uint_eq(hardware_step(&rig, 100u), 0u);
    ck_assert(rig.hardware.rewrite);
    ck_assert_uint_eq(hardware_step(&rig, 1000u), AFE_CONFIG);
    hardware_start(&rig);
    rig.got.sequence = 0u; /* a chip that has never answered */
    rig.in.afe_fit = -3;
    ck_assert_uint_eq(hardware_run(&rig, 1100u), AFE_CONFIG);
}
END_TEST

START_TEST(an_answer_to_an_older_wish_is_not_enough)
{
    hardware_start(&rig);
    rig.want.sequence = 2u;
    ck_assert_uint_eq(hardware_run(&rig, 1000u), 0u);
    ck_assert_uint_eq(hardware_run(&rig, 1000u), AFE_CONFIG);
}
END_TEST

START_TEST(a_board_without_thresholds_and_a_core_without_a_wish_are_not_judged)
{
    hardware_start(&rig);
    rig.got.sequence = 0u;
    rig.got.cell_ov_mv = 0u;
    hardware_expect_nothing(&rig);
    hardware_start(&rig);
    rig.want.sequence = 0u;
    hardware_expect_nothing(&rig);
}
END_TEST

SUITE("battery/hardware_hazard", CASE("R-PROT-07", a_welded_charge_switch_and_an_over_voltage_are_a_hazard),
      CASE("R-PROT-07", a_welded_discharge_switch_and_a_cell_below_2300_mv_are_a_hazard_after_2_s),
      CASE("R-PROT-01", a_low_cell_counts_also_when_another_one_is_unknown),
      CASE("R-PROT-07", without_a_trip_unit_the_buzzer_sounds_as_long_as_the_hazard_lasts),
      CASE("R-PROT-07", a_trip_unit_that_is_fitted_is_left_alone_in_a_pack_without_hazard),
      CASE("R-PROT-07", a_trip_unit_is_pulsed_once_for_500_ms),
      CASE("", a_pulse_is_completed_when_the_hazard_has_gone),
      CASE("", only_service_makes_a_second_pulse_possible),
      CASE("R-PROT-07 R-TECH-13", refused_thresholds_are_written_again_and_then_reported),
      CASE("", one_rewrite_that_helps_is_not_reported),
      CASE("R-PROT-07", a_failed_write_is_reported_unless_a_second_one_succeeds),
      CASE("", an_answer_to_an_older_wish_is_not_enough),
      CASE("", a_board_without_thresholds_and_a_core_without_a_wish_are_not_judged))
