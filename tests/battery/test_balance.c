#include "losun_bms/battery/balance.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "support/measured.h"
#include "support/suite.h"

struct rig {
    struct lbms_balance balance;
    struct lbms_balance_inputs in;
    struct lbms_measured m;
    struct lbms_params params;
};

/* A pack at the top of its charge, with a charger, whose cells 3, 8 and 13 are 60 mV above the others; no step yet. */
static void start(struct rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    rig->m = measured_rested();
    measured_cells(&rig->m, 3400u);
    measured_cell(&rig->m, 3u, 3460u);
    measured_cell(&rig->m, 8u, 3460u);
    measured_cell(&rig->m, 13u, 3460u);
    rig->in.now_ms = 10000u;
    rig->in.uptime_s = 10u;
    rig->in.m = &rig->m;
    rig->in.flow = LBMS_FLOW_CHARGE;
    rig->in.charger_present = true;
    rig->in.permitted = true;
    memset(&rig->balance, 0xEE, sizeof(rig->balance));
    lbms_balance_init(&rig->balance);
}

static uint16_t step(struct rig *rig, uint32_t later_ms)
{
    rig->in.now_ms += later_ms;
    lbms_balance_step(&rig->balance, &rig->in, &rig->params);
    return rig->balance.mask;
}

#define THREE ((1u << 3) | (1u << 8) | (1u << 13))

static void start_bleeding(struct rig *rig)
{
    start(rig);
    ck_assert_uint_eq(step(rig, 0u), THREE);
}

START_TEST(cells_above_the_others_are_bled_while_charging)
{
    struct rig rig;

    start(&rig);
    ck_assert_uint_eq(rig.balance.mask, 0u);
    ck_assert_uint_eq(step(&rig, 0u), THREE);
    ck_assert_uint_eq(step(&rig, 999u), THREE);
    ck_assert_uint_eq(step(&rig, 1u), THREE);
    ck_assert_uint_eq(step(&rig, 100000u), THREE);
}
END_TEST

static uint16_t mask_with(uint16_t others_mv, uint16_t high_mv)
{
    struct rig rig;

    start(&rig);
    measured_cells(&rig.m, others_mv);
    measured_cell(&rig.m, 3u, high_mv);
    return step(&rig, 0u);
}

START_TEST(bleeding_begins_at_3400_mv_and_30_mv_of_difference)
{
    ck_assert_uint_eq(mask_with(3360u, 3399u), 0u);
    ck_assert_uint_eq(mask_with(3360u, 3400u), 1u << 3);
    ck_assert_uint_eq(mask_with(3400u, 3429u), 0u);
    ck_assert_uint_eq(mask_with(3400u, 3430u), 1u << 3);
}
END_TEST

START_TEST(bleeding_goes_on_until_no_cell_is_20_mv_above_the_lowest)
{
    struct rig rig;

    start_bleeding(&rig);
    measured_cell(&rig.m, 3u, 3421u);
    measured_cell(&rig.m, 8u, 3420u);
    measured_cell(&rig.m, 13u, 3429u);
    ck_assert_uint_eq(step(&rig, 1000u), (1u << 3) | (1u << 13));
    measured_cell(&rig.m, 3u, 3420u);
    ck_assert_uint_eq(step(&rig, 1000u), 1u << 13);
    measured_cell(&rig.m, 13u, 3420u);
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    measured_cell(&rig.m, 13u, 3429u); /* not enough to begin anew */
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    measured_cell(&rig.m, 13u, 3430u);
    ck_assert_uint_eq(step(&rig, 1000u), 1u << 13);
}
END_TEST

START_TEST(bleeding_ends_when_the_highest_cell_falls_below_3400_mv)
{
    struct rig rig;

    start_bleeding(&rig);
    measured_cells(&rig.m, 3340u);
    measured_cell(&rig.m, 3u, 3400u);
    ck_assert_uint_eq(step(&rig, 1000u), 1u << 3);
    measured_cell(&rig.m, 3u, 3399u);
    ck_assert_uint_eq(step(&rig, 1u), 0u);
}
END_TEST

START_TEST(a_selection_stays_for_1_s)
{
    struct rig rig;

    start_bleeding(&rig);
    measured_cell(&rig.m, 5u, 3460u);
    ck_assert_uint_eq(step(&rig, 999u), THREE);
    ck_assert_uint_eq(step(&rig, 1u), THREE | (1u << 5));
}
END_TEST

START_TEST(a_selection_stays_for_1_s_across_the_wrap)
{
    struct rig rig;

    start(&rig);
    rig.in.now_ms = UINT32_MAX - 400u;
    ck_assert_uint_eq(step(&rig, 0u), THREE);
    measured_cell(&rig.m, 5u, 3460u);
    ck_assert_uint_eq(step(&rig, 999u), THREE);
    ck_assert_uint_eq(step(&rig, 1u), THREE | (1u << 5));
}
END_TEST

START_TEST(a_restart_within_the_second_waits_for_its_end)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.in.permitted = false;
    ck_assert_uint_eq(step(&rig, 100u), 0u);
    rig.in.permitted = true;
    ck_assert_uint_eq(step(&rig, 899u), 0u);
    ck_assert_uint_eq(step(&rig, 1u), THREE);
}
END_TEST

START_TEST(it_stops_in_the_step_in_which_the_charger_is_gone)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.in.charger_present = false; /* the direction follows 2 s later */
    ck_assert_uint_eq(step(&rig, 100u), 0u);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig, 2000u), 0u);
}
END_TEST

START_TEST(a_present_charger_is_enough_without_current)
{
    struct rig rig;

    start(&rig);
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig, 0u), THREE);
}
END_TEST

START_TEST(static_balancing_works_at_rest_and_only_there)
{
    struct rig rig;

    start(&rig);
    rig.in.charger_present = false;
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig, 0u), 0u);
    rig.params.v[LBMS_PARAM_BALANCE_STATIC_ENABLE] = 1;
    ck_assert_uint_eq(step(&rig, 1u), THREE);
    rig.in.flow = LBMS_FLOW_DISCHARGE;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
}
END_TEST

/* FULL was entered at 10 s, and no charger can be seen. */
static void start_full(struct rig *rig)
{
    start(rig);
    rig->in.state = LBMS_STATE_FULL;
    rig->in.charger_present = false;
    rig->in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(rig, 0u), THREE);
}

START_TEST(after_full_it_goes_on_for_4_hours)
{
    struct rig rig;

    start_full(&rig);
    rig.in.uptime_s = 10u + 14399u;
    ck_assert_uint_eq(step(&rig, 14399000u), THREE);
    rig.in.uptime_s++;
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    rig.in.uptime_s = 5000000u; /* longer than a millisecond counter lasts */
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    rig.in.charger_present = true;
    ck_assert_uint_eq(step(&rig, 1000u), THREE); /* no limit with a charger */
}
END_TEST

START_TEST(the_4_hours_count_from_each_entry_of_full)
{
    struct rig rig;

    start_full(&rig);
    rig.in.uptime_s += 14400u;
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    rig.in.state = 0u;
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    rig.in.state = LBMS_STATE_FULL;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.in.uptime_s += 14399u;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.in.uptime_s += 1u;
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
}
END_TEST

START_TEST(the_4_hours_run_while_a_charger_is_present)
{
    struct rig rig;

    start_full(&rig);
    rig.in.charger_present = true;
    rig.in.uptime_s += 14400u;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.in.charger_present = false;
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
}
END_TEST

START_TEST(the_mode_has_the_last_word)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.in.permitted = false;
    rig.in.state = LBMS_STATE_FULL;
    rig.params.v[LBMS_PARAM_BALANCE_STATIC_ENABLE] = 1;
    rig.in.flow = LBMS_FLOW_IDLE;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
}
END_TEST

START_TEST(the_environment_must_be_below_60_degc_and_known)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.m.ambient_dc = 599;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.m.ambient_dc = 600;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
    rig.m.ambient_dc = 250;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.m.valid &= (uint16_t)~LBMS_VALID_AMBIENT;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
}
END_TEST

START_TEST(a_charge_current_above_30_a_or_an_unknown_one_stops_it)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.m.current_ma = 30000;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.m.current_ma = 30001;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
    rig.m.current_ma = 0;
    ck_assert_uint_eq(step(&rig, 1000u), THREE);
    rig.m.valid &= (uint16_t)~LBMS_VALID_CURRENT;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
}
END_TEST

START_TEST(a_cell_that_cannot_be_believed_stops_it)
{
    struct rig rig;

    start_bleeding(&rig);
    measured_lose_cell(&rig.m, 0u);
    ck_assert_uint_eq(step(&rig, 1u), 0u);
    start(&rig);
    rig.m.valid = 0u;
    ck_assert_uint_eq(step(&rig, 0u), 0u);
}
END_TEST

START_TEST(faults_of_the_measurement_and_under_voltage_stop_it_and_others_do_not)
{
    const uint32_t faults = LBMS_MASK(LBMS_FAULT_SAMPLING) | LBMS_MASK(LBMS_FAULT_CURRENT) |
                            LBMS_MASK(LBMS_FAULT_NTC) | LBMS_MASK(LBMS_FAULT_SELF_TEST);
    const uint32_t protections = LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV);
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 32u; i++) {
        start_bleeding(&rig);
        rig.in.faults = LBMS_MASK(i);
        ck_assert_uint_eq(step(&rig, 1u), ((faults & LBMS_MASK(i)) != 0u) ? 0u : THREE);
        start_bleeding(&rig);
        rig.in.protections = LBMS_MASK(i);
        ck_assert_uint_eq(step(&rig, 1u), ((protections & LBMS_MASK(i)) != 0u) ? 0u : THREE);
    }
}
END_TEST

START_TEST(bleeding_pauses_when_the_cells_were_measured_400_ms_ago)
{
    struct rig rig;

    start_bleeding(&rig);
    rig.in.clean_age_ms = 399u;
    ck_assert_uint_eq(step(&rig, 399u), THREE);
    rig.in.clean_age_ms = 400u;
    ck_assert_uint_eq(step(&rig, 1u), 0u);
    rig.in.clean_age_ms = 499u; /* still no conversion without bleeding */
    ck_assert_uint_eq(step(&rig, 99u), 0u);
    rig.in.clean_age_ms = 10u;
    ck_assert_uint_eq(step(&rig, 1u), THREE);
}
END_TEST

START_TEST(nothing_is_selected_from_spoilt_voltages)
{
    struct rig rig;

    start(&rig);
    rig.in.clean_age_ms = UINT32_MAX; /* before the first conversion */
    ck_assert_uint_eq(step(&rig, 0u), 0u);
    ck_assert_uint_eq(rig.balance.selected, 0u);
    start_bleeding(&rig);
    rig.in.clean_age_ms = 400u;
    measured_cell(&rig.m, 5u, 3460u);
    ck_assert_uint_eq(step(&rig, 1000u), 0u);
    ck_assert_uint_eq(rig.balance.selected, THREE);
}
END_TEST

SUITE("battery/balance", CASE("R-BAL-01", cells_above_the_others_are_bled_while_charging),
      CASE("R-BAL-02", bleeding_begins_at_3400_mv_and_30_mv_of_difference),
      CASE("R-BAL-02", bleeding_goes_on_until_no_cell_is_20_mv_above_the_lowest),
      CASE("R-BAL-02", bleeding_ends_when_the_highest_cell_falls_below_3400_mv),
      CASE("", a_selection_stays_for_1_s), CASE("", a_selection_stays_for_1_s_across_the_wrap),
      CASE("", a_restart_within_the_second_waits_for_its_end),
      CASE("R-BAL-01", it_stops_in_the_step_in_which_the_charger_is_gone),
      CASE("R-BAL-01", a_present_charger_is_enough_without_current),
      CASE("R-BAL-01", static_balancing_works_at_rest_and_only_there),
      CASE("R-BAL-01", after_full_it_goes_on_for_4_hours),
      CASE("", the_4_hours_count_from_each_entry_of_full),
      CASE("R-BAL-01", the_4_hours_run_while_a_charger_is_present),
      CASE("R-BAL-01", the_mode_has_the_last_word),
      CASE("R-BAL-02", the_environment_must_be_below_60_degc_and_known),
      CASE("R-BAL-02", a_charge_current_above_30_a_or_an_unknown_one_stops_it),
      CASE("R-PROT-01", a_cell_that_cannot_be_believed_stops_it),
      CASE("R-BAL-02", faults_of_the_measurement_and_under_voltage_stop_it_and_others_do_not),
      CASE("R-BAL-02", bleeding_pauses_when_the_cells_were_measured_400_ms_ago),
      CASE("R-BAL-02", nothing_is_selected_from_spoilt_voltages))
