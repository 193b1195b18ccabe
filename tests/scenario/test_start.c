/* Given a board that has just got power, then ... */
#include "support/bench.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

START_TEST(the_lights_run_from_run_to_l1_for_half_a_second_each_and_then_both_switches_close)
{
    static const uint16_t order[] = {LBMS_LIGHT_RUN, LBMS_LIGHT_ALM, 1u << 5, 1u << 4,
                                     1u << 3,        1u << 2,        1u << 1, 1u};
    struct bench b;
    unsigned i;

    bench_board(&b);
    (void)bench_boot(&b);
    bench_run(&b, 10u);
    for (i = 0u; i < 8u; i++) {
        bench_run(&b, 20u);
        ck_assert_uint_eq(b.lights & 0xFFu, order[i]);
        ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
        ck_assert(bench_all_open(&b));
        bench_run(&b, 460u);
        ck_assert_uint_eq(b.lights & 0xFFu, order[i]);
        bench_run(&b, 20u);
    }
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(the_port_is_precharged_before_the_discharge_switch_closes)
{
    struct bench b;
    unsigned precharged_ms = 0u;

    bench_board(&b);
    (void)bench_boot(&b);
    b.longest_wait_ms = 10u;
    while (!bench_discharge_closed(&b) && (b.now_ms < 20000u)) {
        bench_run(&b, 10u);
        if ((b.switches.closed & LBMS_SWITCH_PRECHARGE) != 0u) {
            precharged_ms += 10u;
        }
    }
    ck_assert(bench_discharge_closed(&b));
    ck_assert_uint_gt(precharged_ms, 0u);
    ck_assert_uint_eq(b.switches.closed & LBMS_SWITCH_PRECHARGE, 0u);
}
END_TEST

START_TEST(a_shorted_port_never_gets_the_discharge_switch_and_becomes_an_output_fault)
{
    struct bench b;

    bench_board(&b);
    b.bus_shorted = true;
    (void)bench_boot(&b);
    bench_run(&b, 4000u + 3000u + 30000u + 3000u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_OUTPUT)); /* two of three tries */
    bench_run(&b, 40000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_OUTPUT));
    ck_assert(bench_all_open(&b));
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FAULT);
    bench_run_s(&b, 3600u);
    ck_assert(bench_all_open(&b)); /* waits for the user or a charger */

    b.bus_shorted = false;
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 2000u);
    bench_press(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 5000u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_OUTPUT));
    ck_assert(bench_discharge_closed(&b));
}
END_TEST

START_TEST(a_charger_ends_an_output_fault)
{
    struct bench b;

    bench_board(&b);
    b.bus_shorted = true;
    (void)bench_boot(&b);
    bench_run(&b, 120000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_OUTPUT));
    b.bus_shorted = false;
    b.external_mv = 54000;
    bench_run(&b, 5000u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_OUTPUT));
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(without_any_sample_nothing_ever_closes)
{
    struct bench b;

    bench_board(&b);
    b.samples_stopped = true;
    (void)bench_boot(&b);
    bench_run(&b, 1900u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u); /* the AFE may need a moment */
    bench_run_s(&b, 60u);
    ck_assert(bench_fault(&b, LBMS_FAULT_SAMPLING));
    ck_assert(bench_fault(&b, LBMS_FAULT_CURRENT));
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_FAULT);
    ck_assert(bench_all_open(&b));
    b.samples_stopped = false;
    bench_run(&b, 9500u);
    ck_assert(bench_all_open(&b)); /* ten good seconds are asked for */
    bench_run(&b, 2000u);
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(starting_lasts_until_every_value_is_known)
{
    struct bench b;

    bench_board(&b);
    b.restored.params_valid = true;
    lbms_params_defaults(&b.restored.params, &lbms_product_ls_btn0_p0548100);
    b.restored.params.v[LBMS_PARAM_LED_STEP_MS] = 100; /* a start sequence of 0.8 s */
    b.samples_stopped = true;
    (void)bench_boot(&b);
    bench_run(&b, 1800u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    b.samples_stopped = false;
    bench_run(&b, 200u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(the_address_is_latched_and_a_later_change_only_asks_for_a_restart)
{
    struct bench b;

    bench_board(&b);
    b.dip = 5u;
    (void)bench_boot(&b);
    bench_run(&b, 6000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 5u);
    ck_assert(!lbms_snapshot(&b.bms)->dip_changed);
    b.dip = 6u;
    bench_run(&b, 1000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 5u);
    ck_assert(lbms_snapshot(&b.bms)->dip_changed);
    (void)bench_boot(&b);
    bench_run(&b, 6000u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->address, 6u);
}
END_TEST

/* A pack that knows its SOC: 50 % to within 1 %. */
static void start_known(struct bench *b)
{
    bench_board(b);
    b->restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    b->restored.life.valid = true;
    b->restored.life.charge_mas = 180000000;
    b->restored.learned.valid = true;
    b->restored.learned.shown_bp = 5000u;
    b->restored.learned.sd_bp = 100u;
    (void)bench_boot(b);
    bench_run(b, 10000u);
}

START_TEST(charge_and_parameters_survive_a_restart)
{
    struct bench b;
    uint16_t soc_bp;

    start_known(&b);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_UV_SLEEP_S, 44), LBMS_OK);
    bench_current(&b, 50000);
    bench_cells(&b, 3375u); /* as cells at 50 to 60 % are with this current */
    bench_run_s(&b, 720u);  /* 10 Ah */
    bench_current(&b, 0);
    bench_run(&b, 1000u);
    soc_bp = lbms_snapshot(&b.bms)->soc.soc_bp;
    ck_assert_uint_ge(soc_bp, 5950u);
    ck_assert_uint_le(soc_bp, 6050u);
    lbms_core_save(&b.bms.core, &b.restored);
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 6000u);
    ck_assert_int_le(abs((int)lbms_snapshot(&b.bms)->soc.soc_bp - (int)soc_bp), 20); /* 1 % a minute */
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_UV_SLEEP_S], 44);
}
END_TEST

START_TEST(restore_defaults_brings_back_every_parameter_and_keeps_the_charge)
{
    struct bench b;
    struct lbms_command command;
    struct lbms_params defaults;
    uint16_t soc_bp;

    start_known(&b);
    bench_current(&b, -50000);
    bench_cells(&b, 3215u);
    bench_run_s(&b, 720u);
    bench_current(&b, 0);
    bench_run(&b, 1000u);
    soc_bp = lbms_snapshot(&b.bms)->soc.soc_bp;
    ck_assert_uint_lt(soc_bp, 4300u);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_UV_SLEEP_S, 44), LBMS_OK);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_LED_PROFILE, 1), LBMS_OK);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESTORE_DEFAULTS;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    lbms_params_defaults(&defaults, &lbms_product_ls_btn0_p0548100);
    ck_assert_mem_eq(&defaults, &b.bms.core.params, sizeof(defaults));
    ck_assert_int_le(abs((int)lbms_snapshot(&b.bms)->soc.soc_bp - (int)soc_bp), 5);
}
END_TEST

START_TEST(no_parameter_write_leaves_the_envelope)
{
    struct bench b;
    struct lbms_command command;

    bench_start(&b);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_PROTECT_MV, 3651), LBMS_ERR_RANGE);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_PACK_OV_PROTECT_MV, 58401), LBMS_ERR_RANGE);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_PACK_UV_PROTECT_MV, 45599), LBMS_ERR_RANGE);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_SAMPLE_STALE_MS, 2001), LBMS_ERR_RANGE);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3370),
                     LBMS_ERR_ORDER); /* below its release */
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_COUNT, 1), LBMS_ERR_ARGUMENT);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.count = LBMS_COMMAND_ITEMS + 1u;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV], 3650);
}
END_TEST

SUITE("scenario/start",
      CASE("R-SW-02", the_lights_run_from_run_to_l1_for_half_a_second_each_and_then_both_switches_close),
      CASE("R-SW-02", the_port_is_precharged_before_the_discharge_switch_closes),
      CASE("R-PROT-07", a_shorted_port_never_gets_the_discharge_switch_and_becomes_an_output_fault),
      CASE("R-PROT-07", a_charger_ends_an_output_fault),
      CASE("R-PROT-01 R-WAKE-09", without_any_sample_nothing_ever_closes),
      CASE("R-WAKE-09", starting_lasts_until_every_value_is_known),
      CASE("R-DIP-04", the_address_is_latched_and_a_later_change_only_asks_for_a_restart),
      CASE("R-PRM-01", charge_and_parameters_survive_a_restart),
      CASE("R-PRM-02 R-PRM-03", restore_defaults_brings_back_every_parameter_and_keeps_the_charge),
      CASE("R-TECH-03 R-TECH-04", no_parameter_write_leaves_the_envelope))
