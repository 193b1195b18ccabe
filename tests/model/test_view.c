/* What a pack tells of itself: values that agree with its display, and which cell or sensor is meant by an alarm. */
#include "losun_bms/model/view.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/sample.h"
#include "support/measured.h"
#include "support/suite.h"

struct rig {
    struct lbms_snapshot snapshot;
    struct lbms_params params;
    struct lbms_health health;
    struct lbms_view view;
};

static void rig_init(struct rig *r)
{
    memset(r, 0, sizeof(*r));
    lbms_params_defaults(&r->params, &lbms_product_ls_btn0_p0548100);
    lbms_health_defaults(&r->health);
    r->snapshot.m = measured_rested();
    r->snapshot.soc.soc_bp = 6755u;
    r->snapshot.soc.capacity_mah = 100500;
    r->snapshot.mode = LBMS_MODE_STANDBY;
    r->view.own = &r->snapshot;
    r->view.system = &r->snapshot;
    r->view.product = &lbms_product_ls_btn0_p0548100;
    r->view.params = &r->params;
    r->view.health = &r->health;
}

START_TEST(remaining_divided_by_full_is_the_displayed_soc)
{
    struct rig r;
    struct lbms_pack_values v;
    unsigned soc;
    int32_t full;

    rig_init(&r);
    for (full = 5000; full <= 300000; full += 4990) {
        for (soc = 0; soc <= 10000u; soc += 37u) {
            double expected;

            r.snapshot.soc.capacity_mah = full;
            r.snapshot.soc.soc_bp = (uint16_t)soc;
            lbms_view_values(&r.view, &v, false);
            expected = (double)(full / 10 * 10) * soc / 10000.0;
            ck_assert(v.remaining_mah - expected <= 5.001 && expected - v.remaining_mah <= 5.001);
            ck_assert_int_eq(v.remaining_mah % 10, 0);
        }
    }
    r.snapshot.soc.soc_bp = 10000u;
    lbms_view_values(&r.view, &v, false);
    ck_assert_int_eq(v.remaining_mah, full > 0 ? r.snapshot.soc.capacity_mah / 10 * 10 : 0);
    r.snapshot.soc.capacity_mah = -5;
    lbms_view_values(&r.view, &v, false);
    ck_assert_int_eq(v.remaining_mah, 0);
}
END_TEST

START_TEST(values_are_those_of_the_measurement)
{
    struct rig r;
    struct lbms_pack_values v;

    rig_init(&r);
    r.snapshot.m.cell_mv[5] = 3333u;
    r.snapshot.m.ntc_dc[2] = 111;
    r.snapshot.m.mosfet_dc = 222;
    r.snapshot.m.ambient_dc = 333;
    r.snapshot.m.current_ma = -777;
    r.health.v[LBMS_HEALTH_CYCLES] = 12;
    lbms_view_values(&r.view, &v, false);
    ck_assert_uint_eq(v.cells, 16u);
    ck_assert_uint_eq(v.temps, 6u);
    ck_assert_uint_eq(v.cell_mv[5], 3333u);
    ck_assert_int_eq(v.temp_dc[2], 111);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_MOSFET], 222);
    ck_assert_int_eq(v.temp_dc[LBMS_PACK_AMBIENT], 333);
    ck_assert_int_eq(v.current_ma, -777);
    ck_assert_int_eq(v.pack_mv, RESTED_PACK_MV);
    ck_assert_int_eq(v.full_mah, 100500);
    ck_assert_int_eq(v.design_mah, 100000);
    ck_assert_uint_eq(v.cycles, 12u);
    ck_assert(!v.extended);
    r.health.v[LBMS_HEALTH_CYCLES] = 70000;
    lbms_view_values(&r.view, &v, false);
    ck_assert_uint_eq(v.cycles, 65535u);
    r.view.health = NULL;
    lbms_view_values(&r.view, &v, false);
    ck_assert_uint_eq(v.cycles, 0u);
}
END_TEST

START_TEST(the_extended_values_come_from_the_health_record_and_the_system)
{
    struct rig r;
    struct lbms_snapshot system;
    struct lbms_pack_values v;

    rig_init(&r);
    system = r.snapshot;
    system.soc.capacity_mah = 200000;
    system.soc.soc_bp = 5000u;
    r.view.system = &system;
    r.health.v[LBMS_HEALTH_SOH_BP] = 9876;
    r.health.v[LBMS_HEALTH_CHARGED_MAH] = 123456;
    r.health.v[LBMS_HEALTH_DISCHARGED_MAH] = 65432;
    r.snapshot.m.terminal_mv = 51000;
    lbms_view_values(&r.view, &v, true);
    ck_assert(v.extended);
    ck_assert_uint_eq(v.soc_pct, 68u); /* 67.55 */
    ck_assert_uint_eq(v.soh_pct, 98u);
    ck_assert_int_eq(v.charged_mah, 123456);
    ck_assert_int_eq(v.discharged_mah, 65432);
    ck_assert_int_eq(v.port_mv, 51000);
    ck_assert_int_eq(v.system_mah, 200000);
    ck_assert_int_eq(v.system_left_mah, 100000);
    r.view.health = NULL;
    lbms_view_values(&r.view, &v, true);
    ck_assert_uint_eq(v.soh_pct, 100u);
    ck_assert_int_eq(v.charged_mah, 0);
}
END_TEST

START_TEST(functions_come_from_parameters_and_commands)
{
    struct rig r;

    rig_init(&r);
    ck_assert_uint_eq(lbms_view_functions(&r.view), LBMS_PACK_LIMITER | LBMS_PACK_LED_ALARM);
    r.params.v[LBMS_PARAM_BUZZER_ENABLE] = 1;
    r.params.v[LBMS_PARAM_LIMITER_GEAR_LOW] = 1;
    r.params.v[LBMS_PARAM_LIMITER_ENABLE] = 0;
    r.params.v[LBMS_PARAM_LED_ALARM_ENABLE] = 0;
    r.snapshot.forced_off = LBMS_PATH_DISCHARGE;
    ck_assert_uint_eq(lbms_view_functions(&r.view),
                      LBMS_PACK_BUZZER | LBMS_PACK_GEAR_LOW | LBMS_PACK_DISCHARGE_OFF);
    r.snapshot.forced_off = LBMS_PATH_CHARGE;
    r.params.v[LBMS_PARAM_BUZZER_ENABLE] = 0;
    r.params.v[LBMS_PARAM_LIMITER_GEAR_LOW] = 0;
    ck_assert_uint_eq(lbms_view_functions(&r.view), LBMS_PACK_CHARGE_OFF);
}
END_TEST

START_TEST(a_quiet_pack_marks_nothing)
{
    struct rig r;
    struct lbms_pack_state s;

    rig_init(&r);
    r.snapshot.m.cell_mv[3] = 4000u; /* no alarm yet: its delay runs */
    r.snapshot.m.ntc_dc[0] = 900;
    lbms_view_state(&r.view, &s);
    ck_assert_uint_eq(s.cells_high | s.cells_low | s.cells_lost, 0u);
    ck_assert_uint_eq(s.temps_high | s.temps_low | s.temps_lost, 0u);
    ck_assert(!s.stopping);
}
END_TEST

START_TEST(a_cell_is_marked_until_it_is_back_by_the_hysteresis)
{
    struct rig r;
    struct lbms_pack_state s;
    const int hysteresis = 50; /* mV, the default */

    rig_init(&r);
    ck_assert_int_eq(r.params.v[LBMS_PARAM_ALARM_HYST_CELL_MV], hysteresis);
    r.snapshot.alarms = LBMS_MASK(LBMS_BIT_CELL_OV);
    r.snapshot.m.cell_mv[0] = (uint16_t)(3600 - hysteresis);
    r.snapshot.m.cell_mv[1] = (uint16_t)(3600 - hysteresis + 1);
    r.snapshot.m.cell_mv[2] = 2000u;
    r.snapshot.m.cell_mv[3] = 4000u;
    r.snapshot.m.cells_valid = 0xFFF7u;
    lbms_view_state(&r.view, &s);
    ck_assert_uint_eq(s.cells_high, 1u << 1);
    ck_assert_uint_eq(s.cells_low, 0u);
    ck_assert_uint_eq(s.cells_lost, 1u << 3);

    r.snapshot.alarms = 0u;
    r.snapshot.protections = LBMS_MASK(LBMS_BIT_CELL_UV);
    r.snapshot.m.cell_mv[0] = (uint16_t)(2800 + hysteresis);
    r.snapshot.m.cell_mv[1] = (uint16_t)(2800 + hysteresis - 1);
    lbms_view_state(&r.view, &s);
    ck_assert_uint_eq(s.cells_high, 0u);
    ck_assert_uint_eq(s.cells_low, (1u << 1) | (1u << 2));
}
END_TEST

START_TEST(temperatures_are_marked_by_the_window_that_is_left)
{
    static const struct {
        uint8_t bit;
        int16_t cell_dc, mosfet_dc, ambient_dc;
        uint8_t high, low;
    } rows[] = {{LBMS_BIT_CHARGE_OT, 1000, 1200, 1200, 0x0F, 0x00},
                {LBMS_BIT_DISCHARGE_OT, 1000, 1200, 1200, 0x0F, 0x00},
                {LBMS_BIT_CHARGE_UT, -400, -400, -400, 0x00, 0x0F},
                {LBMS_BIT_DISCHARGE_UT, -400, -400, -400, 0x00, 0x0F},
                {LBMS_BIT_MOSFET_OT, 1000, 1200, 1200, 0x10, 0x00},
                {LBMS_BIT_AMBIENT_OT, 1000, 1200, 1200, 0x20, 0x00},
                {LBMS_BIT_AMBIENT_UT, -400, -400, -400, 0x00, 0x20}};
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig r;
        struct lbms_pack_state s;
        unsigned k;

        rig_init(&r);
        r.snapshot.alarms = LBMS_MASK(rows[i].bit);
        for (k = 0; k < LBMS_NTCS; k++) {
            r.snapshot.m.ntc_dc[k] = rows[i].cell_dc;
        }
        r.snapshot.m.mosfet_dc = rows[i].mosfet_dc;
        r.snapshot.m.ambient_dc = rows[i].ambient_dc;
        lbms_view_state(&r.view, &s);
        ck_assert_uint_eq(s.temps_high, rows[i].high);
        ck_assert_uint_eq(s.temps_low, rows[i].low);
    }
}
END_TEST

START_TEST(sensors_that_cannot_be_believed_are_lost)
{
    struct rig r;
    struct lbms_pack_state s;

    rig_init(&r);
    r.snapshot.alarms = LBMS_MASK(LBMS_BIT_CHARGE_OT) | LBMS_MASK(LBMS_BIT_MOSFET_OT);
    r.snapshot.m.ntc_dc[1] = 1000;
    r.snapshot.m.ntcs_valid = 0x0Du;
    r.snapshot.m.valid = (uint16_t)(r.snapshot.m.valid & ~(unsigned)(LBMS_VALID_MOSFET | LBMS_VALID_AMBIENT));
    lbms_view_state(&r.view, &s);
    ck_assert_uint_eq(s.temps_lost, 0x32u);
    ck_assert_uint_eq(s.temps_high, 0u);
}
END_TEST

START_TEST(the_rest_of_the_state_is_passed_on)
{
    struct rig r;
    struct lbms_pack_state s;

    rig_init(&r);
    r.snapshot.faults = LBMS_MASK(LBMS_FAULT_NTC);
    r.snapshot.state = LBMS_STATE_HEATING;
    r.snapshot.balance_mask = 0x4001u;
    r.snapshot.m.closed = LBMS_SWITCH_LIMITER;
    r.snapshot.flow = LBMS_FLOW_CHARGE;
    r.snapshot.charger_present = true;
    r.snapshot.mode = LBMS_MODE_STOPPING;
    lbms_view_state(&r.view, &s);
    ck_assert_uint_eq(s.faults, LBMS_MASK(LBMS_FAULT_NTC));
    ck_assert_uint_eq(s.state, LBMS_STATE_HEATING);
    ck_assert_uint_eq(s.balance_mask, 0x4001u);
    ck_assert_uint_eq(s.closed, LBMS_SWITCH_LIMITER);
    ck_assert_uint_eq(s.flow, LBMS_FLOW_CHARGE);
    ck_assert(s.charger_present);
    ck_assert(s.stopping);
}
END_TEST

SUITE("model/view", CASE("R-COM-07", remaining_divided_by_full_is_the_displayed_soc),
      CASE("", values_are_those_of_the_measurement),
      CASE("", the_extended_values_come_from_the_health_record_and_the_system),
      CASE("", functions_come_from_parameters_and_commands), CASE("", a_quiet_pack_marks_nothing),
      CASE("", a_cell_is_marked_until_it_is_back_by_the_hysteresis),
      CASE("", temperatures_are_marked_by_the_window_that_is_left),
      CASE("", sensors_that_cannot_be_believed_are_lost), CASE("", the_rest_of_the_state_is_passed_on))
