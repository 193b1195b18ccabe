/* What the pack does not forget: the whole library on a board with flash, whose supply can be cut at any time. */
#include <string.h>

#include "keeper_rig.h"
#include "support/suite.h"

static void start_with(uint16_t erase_ms)
{
    struct keeper_rig_flash flash = keeper_rig_flash;

    flash.erase_ms = erase_ms;
    keeper_rig_board(&flash);
    b.wall_s = 1800000000u;
    b.wall_set = true;
    keeper_rig_boot();
    bench_run(&b, 10000u);
}

static void start(void)
{
    start_with(40u);
}

/* The newest record of a kind; its age, or -1 when there is none. */
static int find(uint8_t kind, struct lbms_record *record)
{
    int i;

    for (i = 0;; i++) {
        const int status = lbms_store_read_record(&keeper.store, (uint32_t)i, record);

        if (status == LBMS_ERR_MISSING) {
            return -1;
        }
        if (status == LBMS_OK && record->kind == kind) {
            return i;
        }
    }
}

START_TEST(a_parameter_write_is_answered_when_it_is_on_the_flash)
{
    struct lbms_command command;
    int sequence;
    unsigned i;

    start();
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.count = 1u;
    command.item[0].id = LBMS_PARAM_CELL_OV_ALARM_MV;
    command.item[0].value = 3560;
    sequence = lbms_command(&b.bms, &command);
    for (i = 0u; b.bms.core.snapshot.result_sequence != sequence; i++) {
        ck_assert_uint_lt(i, 1000u);
        bench_run(&b, 1u);
        if (b.bms.core.snapshot.result_sequence != sequence) {
            ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3560); /* in force already */
        }
    }
    ck_assert_uint_gt(i, 50u); /* some 110 units have been programmed meanwhile, one a millisecond */
    ck_assert_int_eq(b.bms.core.snapshot.result, LBMS_OK);
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3560);
    keeper_rig_end();
}
END_TEST

START_TEST(commands_wait_for_each_other_and_a_refused_one_is_answered_at_once)
{
    struct lbms_command command;
    int sequence[3];
    unsigned i;

    start();
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.count = 1u;
    command.item[0].id = LBMS_PARAM_CELL_OV_ALARM_MV;
    for (i = 0u; i < 3u; i++) {
        command.item[0].value = (i == 1u) ? 9999 : 3540 + (int32_t)i;
        sequence[i] = lbms_command(&b.bms, &command);
    }
    for (i = 0u; i < 3u; i++) {
        unsigned ms;

        for (ms = 0u; b.bms.core.snapshot.result_sequence != sequence[i]; ms++) {
            ck_assert_uint_lt(ms, 1000u);
            (void)lbms_run(&b.bms); /* no time passes: nobody waits for a period of the step */
        }
        ck_assert_int_eq(b.bms.core.snapshot.result, (i == 1u) ? LBMS_ERR_RANGE : LBMS_OK);
    }
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3542);
    keeper_rig_end();
}
END_TEST

START_TEST(a_flash_that_takes_nothing_makes_the_write_fail)
{
    start();
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3560), LBMS_OK);
    (void)lbms_posix_flash_bad(&values, 0u, true);
    (void)lbms_posix_flash_bad(&values, 1u, true);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3570), LBMS_ERR_IO);
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3560);
    lbms_posix_flash_close(&values);
    lbms_posix_flash_close(&records);
}
END_TEST

START_TEST(without_flash_a_write_is_answered_at_once)
{
    struct lbms_restored restored;

    bench_board(&b);
    keeper_rig_boot();
    bench_run(&b, 10000u);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3560), LBMS_OK);
    lbms_restored_defaults(&restored);
    ck_assert_int_eq(lbms_keeper_open(&keeper, &b.hal, &lbms_product_ls_btn0_p0548100, &restored), LBMS_OK);
    ck_assert(!restored.params_valid);
    lbms_keep(&b.bms, NULL);
    bench_run(&b, 1000u);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3570), LBMS_OK);
}
END_TEST

START_TEST(defaults_are_restored_and_nothing_else_is_lost)
{
    struct lbms_command command;
    struct lbms_production production;
    struct lbms_record record;
    int32_t charge_mas;

    start();
    lbms_production_defaults(&production);
    memcpy(production.identity.pack_serial, "LS-42", 5u);
    production.identity.manufactured_s = 1790000000u;
    ck_assert_int_eq(lbms_keeper_produce(&keeper, &production, false), LBMS_ERR_ACCESS);
    ck_assert_int_eq(lbms_keeper_produce(&keeper, &production, true), LBMS_OK);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3560), LBMS_OK);
    bench_current(&b, -20000);
    bench_run_s(&b, 600u);
    charge_mas = lbms_gauge_charge_mas(&b.bms.core.gauge);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESTORE_DEFAULTS;
    command.origin = LBMS_PORT_RS485;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    bench_run(&b, 500u); /* the record follows the value */
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3600);
    ck_assert_int_le(charge_mas - lbms_gauge_charge_mas(&b.bms.core.gauge),
                     720000); /* 0.2 % of 100 Ah: 0.1 %, and the step */
    ck_assert_int_ge(charge_mas - lbms_gauge_charge_mas(&b.bms.core.gauge), -720000);
    ck_assert_mem_eq(keeper.production.identity.pack_serial, "LS-42", 6u);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_MANUFACTURED_DATE], 1790000000);
    ck_assert_int_ge(find(LBMS_RECORD_DEFAULTS, &record), 0);
    ck_assert_uint_eq(record.code, LBMS_PORT_RS485);
    ck_assert_int_ge(find(LBMS_RECORD_PARAMETER, &record), 1);
    ck_assert_uint_eq(record.code, LBMS_PARAM_CELL_OV_ALARM_MV);
    ck_assert_int_eq(record.value, 3560);
    ck_assert_int_eq(record.threshold, 1);
    keeper_rig_end();
}
END_TEST

START_TEST(a_power_cut_costs_at_most_0_1_percent_of_charge)
{
    uint32_t random = 1u;
    unsigned i;

    start();
    for (i = 0u; i < 40u; i++) {
        int32_t before;

        random = random * 1103515245u + 12345u;
        bench_current(&b, (i % 2u == 0u) ? -90000 : 60000);
        bench_run(&b, 20000u + (random >> 16));
        before = lbms_gauge_charge_mas(&b.bms.core.gauge);
        keeper_rig_cut();
        ck_assert(b.restored.life.valid);
        /* one step and the time of the writing come on top: 100 ms and a few ms of 90 A */
        ck_assert_int_le(before - lbms_gauge_charge_mas(&b.bms.core.gauge), 360000 + 18000 + 36000);
        ck_assert_int_ge(before - lbms_gauge_charge_mas(&b.bms.core.gauge), -360000 - 18000);
        bench_current(&b, 0);
        bench_run(&b, 8000u);
    }
    keeper_rig_end();
}
END_TEST

START_TEST(a_trip_is_recorded_with_value_level_cell_and_measurement)
{
    struct lbms_record r;
    int alarm, trip;

    start();
    bench_cells(&b, 3450u);
    bench_cell(&b, 5u, 3661u);
    bench_current(&b, 30000);
    bench_run(&b, 3000u);
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_OV));
    alarm = find(LBMS_RECORD_ALARM, &r);
    ck_assert_int_ge(alarm, 0);
    ck_assert_uint_eq(r.code, LBMS_BIT_CELL_OV);
    ck_assert_int_eq(r.threshold, 3600);
    trip = find(LBMS_RECORD_PROTECTION, &r);
    ck_assert_int_ge(trip, 0);
    ck_assert_uint_eq(r.code, LBMS_BIT_CELL_OV);
    ck_assert_int_eq(r.value, 3661);
    ck_assert_int_eq(r.threshold, 3650);
    ck_assert_uint_eq(r.cell, 5u);
    ck_assert_uint_eq(r.cell_mv[5], 3661u);
    ck_assert_uint_eq(r.cell_mv[4], 3450u);
    ck_assert_int_eq(r.current_ma, 30000);
    ck_assert_int_eq(r.ntc_dc[0], 250);
    ck_assert_int_eq(r.mosfet_dc, 300);
    ck_assert_int_eq(r.ambient_dc, 280);
    ck_assert(r.wall);
    ck_assert_uint_eq(r.time_s, 1800000000u);
    ck_assert_int_eq(keeper.health.trips[LBMS_BIT_CELL_OV], 1);

    bench_current(&b, -5000);
    bench_cells(&b, 3300u);
    bench_run(&b, 20000u);
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_OV));
    ck_assert_int_ge(find(LBMS_RECORD_PROTECTION_END, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_BIT_CELL_OV);
    ck_assert_int_eq(r.threshold, 3380);
    keeper_rig_end();
}
END_TEST

START_TEST(low_values_are_recorded_with_their_own_sign)
{
    struct lbms_record r;

    start();
    bench_cell(&b, 9u, 2590u);
    bench_current(&b, -60000);
    bench_run(&b, 3000u);
    ck_assert_int_ge(find(LBMS_RECORD_PROTECTION, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_BIT_CELL_UV);
    ck_assert_int_eq(r.value, 2590);
    ck_assert_int_eq(r.threshold, 2600);
    ck_assert_uint_eq(r.cell, 9u);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_DEEP_DISCHARGES], 1);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_DEEP_DISCHARGE_DATE], 1800000000);
    bench_cells(&b, 3300u);
    bench_current(&b, -130000);
    bench_run(&b, 60000u);
    keeper_rig_end();
}
END_TEST

START_TEST(a_current_is_recorded_as_it_was_when_it_tripped)
{
    struct lbms_record r;

    start();
    bench_current(&b, -130000);
    while (!bench_protection(&b, LBMS_BIT_DISCHARGE_OC)) {
        bench_run(&b, 50u);
    }
    bench_current(&b, 0);
    bench_run(&b, 3000u);
    ck_assert_int_ge(find(LBMS_RECORD_PROTECTION, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_BIT_DISCHARGE_OC);
    ck_assert_int_eq(r.value, 130000);
    ck_assert_int_eq(r.threshold, 110000);
    ck_assert_int_eq(r.current_ma, -130000);
    ck_assert_uint_eq(r.cell, LBMS_RECORD_NO_CELL);
    keeper_rig_end();
}
END_TEST

START_TEST(a_fault_is_recorded_by_the_row_that_found_it)
{
    struct lbms_record r;

    start();
    b.sample.ntc_dc[2] = LBMS_TEMP_OPEN;
    bench_run(&b, 5000u);
    ck_assert_int_ge(find(LBMS_RECORD_FAULT, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_FAULT_NTC);
    ck_assert_int_eq(r.value, 0); /* of a condition there is none */
    b.sample.ntc_dc[2] = 250;
    bench_run(&b, 30000u);
    ck_assert_int_ge(find(LBMS_RECORD_FAULT_END, &r), 0);
    bench_cell(&b, 3u, 2290u); /* cells too far apart: the second row of the cell fault */
    bench_run(&b, 12000u);
    ck_assert_int_ge(find(LBMS_RECORD_FAULT, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_FAULT_CELL);
    ck_assert_int_eq(r.value, 1010);
    ck_assert_int_eq(r.threshold, 1000);
    keeper_rig_end();
}
END_TEST

START_TEST(locks_and_latched_faults_outlive_the_supply)
{
    start();
    bench_cell(&b, 0u, 1900u); /* a dead cell */
    bench_run(&b, 10000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    bench_cell(&b, 0u, 3300u);
    keeper_rig_cut();
    bench_run(&b, 5000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_CELL));
    ck_assert(bench_all_open(&b));
    keeper_rig_end();
}
END_TEST

START_TEST(start_sleep_wake_up_and_clock_are_recorded)
{
    struct lbms_command command;
    struct lbms_record r;

    start();
    ck_assert_int_ge(find(LBMS_RECORD_START, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_RESET_POWER_ON);
    ck_assert_int_eq(r.pack_mv, 16 * 3300); /* with the first measurement */

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_CLOCK;
    command.item[0].value = 1800003600;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert_int_ge(find(LBMS_RECORD_CLOCK, &r), 0);
    ck_assert_int_eq(r.value, 3600);
    b.wall_set = false;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert_int_ge(find(LBMS_RECORD_CLOCK, &r), 0);
    ck_assert_int_eq(r.value, 0); /* there was none to move */
    ck_assert(!r.wall);           /* so the record has the uptime */
    ck_assert_uint_lt(r.time_s, 100u);

    b.woke.wake_reason = LBMS_WAKE_BUTTON;
    b.woke.seconds_asleep = 7200u;
    command.kind = LBMS_COMMAND_SLEEP;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    while (b.sleep_calls == 0u) {
        bench_run(&b, 100u);
    }
    bench_run(&b, 2000u);
    ck_assert_int_ge(find(LBMS_RECORD_SLEEP, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_SLEEP_HOST);
    ck_assert_int_ge(find(LBMS_RECORD_WAKE_UP, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_WAKE_BUTTON);
    ck_assert_int_ge(r.value, 7200);
    ck_assert_int_le(r.value, 7201);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_WAKE_UPS], 1);
    keeper_rig_end();
}
END_TEST

/* How many records there are of a kind. */
static unsigned count(uint8_t kind)
{
    struct lbms_record r;
    uint32_t index;
    unsigned found = 0u;

    for (index = 0u; lbms_store_read_record(&keeper.store, index, &r) == LBMS_OK; index++) {
        found += (r.kind == kind) ? 1u : 0u;
    }
    return found;
}

START_TEST(a_users_wish_to_sleep_that_is_cancelled_is_recorded_and_the_packs_own_is_not)
{
    struct lbms_record r;

    start();
    b.external_mv = 20000;
    bench_button(&b, 4000u);
    bench_run(&b, 9000u);
    ck_assert_uint_eq(count(LBMS_RECORD_SLEEP_CANCELLED), 0u);
    bench_run(&b, 2000u); /* 10 s after the release */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert_uint_eq(count(LBMS_RECORD_SLEEP_CANCELLED), 1u);
    ck_assert_int_ge(find(LBMS_RECORD_SLEEP_CANCELLED, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_SLEEP_BUTTON);
    bench_cell(&b, 2u, 3149u); /* now the pack itself wants to, after 5 min */
    bench_run_s(&b, 400u);
    ck_assert_uint_ne(lbms_snapshot(&b.bms)->state & LBMS_STATE_SLEEP_REFUSED, 0u);
    ck_assert_uint_eq(count(LBMS_RECORD_SLEEP_CANCELLED), 1u);
    keeper_rig_end();
}
END_TEST

START_TEST(a_button_held_for_more_than_30_s_is_recorded_once)
{
    start();
    b.hal.reset = NULL;
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 29900u);
    ck_assert_uint_eq(count(LBMS_RECORD_BUTTON_STUCK), 0u);
    bench_run(&b, 600u);
    ck_assert_uint_eq(count(LBMS_RECORD_BUTTON_STUCK), 1u);
    bench_run_s(&b, 60u);
    bench_release(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 1000u);
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 31000u);
    ck_assert_uint_eq(count(LBMS_RECORD_BUTTON_STUCK), 2u);
    keeper_rig_end();
}
END_TEST

START_TEST(everything_is_on_the_flash_before_the_pack_sleeps)
{
    struct lbms_command command;
    int32_t charge_mas;

    start();
    bench_current(&b, -10000);
    bench_run(&b, 15000u); /* less than 0.1 % */
    bench_current(&b, 0);
    bench_run(&b, 200u);
    charge_mas = lbms_gauge_charge_mas(&b.bms.core.gauge);
    b.fail_sleep = LBMS_ERR_STATE; /* the board refuses: it is asked again with every step */
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SLEEP;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    while (b.sleep_calls < 50u) {
        bench_run(&b, 100u);
    }
    ck_assert_uint_lt(values.operations, 3000u); /* and does not save all with every step */
    keeper_rig_cut();
    ck_assert_int_eq(lbms_gauge_charge_mas(&b.bms.core.gauge), charge_mas);
    ck_assert_uint_eq(b.restored.sleep_reason, LBMS_SLEEP_HOST);
    ck_assert_int_gt(keeper.health.v[LBMS_HEALTH_OPERATING_S], 20);
    keeper_rig_end();
}
END_TEST

START_TEST(everything_is_on_the_flash_before_a_reset)
{
    struct lbms_command command;
    int32_t charge_mas;

    start();
    bench_current(&b, -10000);
    bench_run(&b, 15000u);
    bench_current(&b, 0);
    bench_run(&b, 200u);
    charge_mas = lbms_gauge_charge_mas(&b.bms.core.gauge);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESET;
    (void)lbms_command(&b.bms, &command);
    while (b.reset_calls == 0u) {
        (void)lbms_run(&b.bms);
    }
    keeper_rig_cut();
    ck_assert_int_eq(lbms_gauge_charge_mas(&b.bms.core.gauge), charge_mas);
    keeper_rig_end();
}
END_TEST

START_TEST(lifetime_data_are_saved_every_four_hours)
{
    int32_t seconds;

    start();
    bench_run_s(&b, 14300u);
    keeper_rig_cut();
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_OPERATING_S], 0);
    bench_run_s(&b, 14410u);
    keeper_rig_cut();
    seconds = keeper.health.v[LBMS_HEALTH_OPERATING_S];
    ck_assert_int_ge(seconds, 14400 - 1);
    ck_assert_int_le(seconds, 14400 + 1);
    keeper_rig_end();
}
END_TEST

START_TEST(unexpected_resets_and_timed_wake_ups_are_counted)
{
    struct lbms_record r;

    start();
    lbms_restored_defaults(&b.restored);
    b.restored.boot.reset_cause = LBMS_RESET_WATCHDOG;
    keeper_rig_boot();
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_RESETS], 1);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_WAKE_UPS], 0);
    b.restored.boot.reset_cause = LBMS_RESET_BROWN_OUT;
    keeper_rig_boot();
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_RESETS], 1);
    b.restored.boot.reset_cause = LBMS_RESET_CRASH;
    keeper_rig_boot();
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_RESETS], 1);
    b.restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    keeper_rig_boot();
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_RESETS], 0);
    lbms_restored_defaults(&b.restored);
    b.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    b.restored.boot.wake_reason = LBMS_WAKE_TIMER;
    b.restored.boot.seconds_asleep = 3600u;
    keeper_rig_boot();
    bench_run(&b, 5000u);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_RESETS], 0); /* not saved in between */
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_WAKE_UPS], 1);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_AUTO_WAKE_TRIES], 1);
    ck_assert_int_ge(find(LBMS_RECORD_WAKE_UP, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_WAKE_TIMER);
    ck_assert_int_eq(r.value, 3600);
    keeper_rig_end();
}
END_TEST

START_TEST(interval_records_come_when_they_are_wanted)
{
    struct lbms_record r;
    unsigned count = 0u;
    uint32_t i;

    start();
    ck_assert_int_eq(find(LBMS_RECORD_INTERVAL, &r), -1);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_RECORD_INTERVAL_S, 60), LBMS_OK);
    bench_run_s(&b, 605u);
    for (i = 0u; i < lbms_log_count(&keeper.store.log); i++) {
        ck_assert_int_eq(lbms_store_read_record(&keeper.store, i, &r), LBMS_OK);
        count += (r.kind == LBMS_RECORD_INTERVAL) ? 1u : 0u;
    }
    ck_assert_uint_ge(count, 10u);
    ck_assert_uint_le(count, 11u);
    keeper_rig_end();
}
END_TEST

START_TEST(parameters_that_changed_in_ram_open_the_paths_until_a_restart)
{
    struct lbms_record r;

    start();
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3560), LBMS_OK);
    bench_run_s(&b, 70u);
    ck_assert(!bench_all_open(&b));
    b.bms.core.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV] ^= 0x8; /* a bit of RAM */
    bench_run_s(&b, 62u);
    ck_assert(bench_fault(&b, LBMS_FAULT_SELF_TEST));
    ck_assert(bench_all_open(&b));
    ck_assert_int_ge(find(LBMS_RECORD_MEMORY, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_MEMORY_PARAMS_DIFFER);
    /* retained memory has the flipped bit too */
    lbms_core_save(&b.bms.core, &b.restored);
    b.restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    keeper_rig_boot();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV], 3650);
    bench_run(&b, 10000u);
    ck_assert(!bench_fault(&b, LBMS_FAULT_SELF_TEST));
    keeper_rig_end();
}
END_TEST

START_TEST(retained_memory_is_newer_than_the_flash)
{
    start();
    bench_run(&b, 2000u);
    lbms_keeper_finish(&keeper, &b.bms.core);
    lbms_restored_defaults(&b.restored);
    b.restored.boot.reset_cause = LBMS_RESET_WATCHDOG;
    b.restored.life.valid = true;
    b.restored.life.charge_mas = 77000000;
    b.restored.memory.valid = true;
    b.restored.memory.gentle_s = 55u;
    b.restored.params_valid = true; /* a board that had no store until now */
    lbms_params_defaults(&b.restored.params, &lbms_product_ls_btn0_p0548100);
    b.restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3555;
    keeper_rig_boot();
    /* 0.01 % of 100 Ah is its resolution */
    ck_assert_int_ge(lbms_gauge_charge_mas(&b.bms.core.gauge), 77000000 - 36000);
    ck_assert_int_le(lbms_gauge_charge_mas(&b.bms.core.gauge), 77000000 + 36000);
    ck_assert_uint_eq(b.restored.memory.gentle_s, 55u);
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3555);
    bench_run(&b, 10000u); /* and is saved */
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3555);
    keeper_rig_end();
}
END_TEST

/* Blocks of the values that are erased within this time. */
static unsigned erases_in(uint32_t ms)
{
    unsigned before = 0u;
    unsigned after = 0u;
    uint16_t i;

    for (i = 0u; i < 2u; i++) {
        before += values.erases[i];
    }
    bench_run(&b, ms);
    for (i = 0u; i < 2u; i++) {
        after += values.erases[i];
    }
    return after - before;
}

static unsigned erases(void)
{
    return erases_in(10000u);
}

/* So many saves that the other bank is in use now, and this one is to be erased. */
static void use_up_a_bank(void)
{
    const uint8_t bank = keeper.store.journal.bank;
    unsigned i;

    for (i = 0u; keeper.store.journal.bank == bank; i++) {
        ck_assert_uint_lt(i, 5000u);
        (void)lbms_store_save_charge(&keeper.store, (int32_t)i);
        while (lbms_store_poll(&keeper.store, false) == LBMS_AGAIN) {
        }
    }
}

START_TEST(a_slow_erase_waits_until_the_pack_is_safe_without_the_processor)
{
    unsigned before;

    start_with(300u);
    ck_assert_uint_eq(values.erases[0] + values.erases[1], 2u); /* while it started, with open paths */
    ck_assert(!bench_all_open(&b));
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    use_up_a_bank();
    ck_assert_uint_eq(erases(), 0u); /* current */
    bench_current(&b, 500);
    ck_assert_uint_eq(erases(), 0u);
    bench_cell(&b, 2u, 3605u); /* an alarm */
    bench_run(&b, 3000u);
    bench_current(&b, 0);
    ck_assert_uint_eq(erases(), 0u);
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    bench_cell(&b, 2u, 3300u);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(b.bms.core.snapshot.alarms, 0u);
    bench_current(&b, 499);
    ck_assert_uint_eq(erases(), 1u);
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    use_up_a_bank();
    ck_assert_uint_eq(erases(), 0u);
    before = values.erases[0] + values.erases[1];
    bench_button(&b, 4000u); /* to sleep, with open paths */
    bench_current(&b, 0);
    bench_run(&b, 10000u);
    ck_assert_uint_eq(values.erases[0] + values.erases[1], before + 1u);
    keeper_rig_end();
}
END_TEST

START_TEST(a_slow_erase_waits_for_the_protections_of_the_afe)
{
    start_with(300u);
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    use_up_a_bank();
    b.fail_afe = LBMS_ERR_IO;
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_SHORT_CIRCUIT_MA, 450000), LBMS_OK);
    bench_current(&b, 0);
    ck_assert_uint_eq(erases_in(400u), 0u); /* later, the fault opens the paths */
    ck_assert(!bench_all_open(&b));
    ck_assert_uint_eq(b.bms.core.snapshot.faults, 0u);
    b.fail_afe = LBMS_OK;
    ck_assert_uint_eq(erases(), 1u);
    keeper_rig_end();
}
END_TEST

START_TEST(a_slow_erase_waits_while_a_fault_lasts_or_the_afe_has_been_reset)
{
    start_with(300u);
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    use_up_a_bank();
    b.sample.ntc_dc[1] = LBMS_TEMP_OPEN; /* a fault that opens no path */
    bench_run(&b, 5000u);
    ck_assert(bench_fault(&b, LBMS_FAULT_NTC));
    ck_assert_uint_eq(b.bms.core.snapshot.alarms, 0u);
    bench_current(&b, 0);
    ck_assert_uint_eq(erases(), 0u);
    ck_assert(!bench_all_open(&b));
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    b.sample.ntc_dc[1] = 250;
    bench_run(&b, 15000u);
    ck_assert_uint_eq(b.bms.core.snapshot.faults, 0u);
    b.fail_afe = LBMS_ERR_IO; /* it has lost its configuration, and takes none */
    b.sample.config_seq = 0u;
    bench_run(&b, 200u);
    bench_current(&b, 0);
    ck_assert_uint_eq(erases_in(300u), 0u);
    ck_assert(!bench_all_open(&b));
    keeper_rig_end();
}
END_TEST

START_TEST(a_slow_erase_waits_while_a_switch_does_not_open)
{
    start_with(300u);
    bench_current(&b, -5000);
    bench_run(&b, 1000u);
    use_up_a_bank();
    b.welded = LBMS_SWITCH_DISCHARGE;
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 4000u);
    bench_release(&b, LBMS_KEY_BUTTON);
    ck_assert_uint_eq(erases_in(800u), 0u);
    ck_assert(bench_all_open(&b)); /* commanded */
    keeper_rig_end();
}
END_TEST

START_TEST(a_fast_erase_waits_for_nothing)
{
    uint16_t ms;

    for (ms = 50u; ms <= 51u; ms++) {
        start_with(ms);
        bench_current(&b, -90000);
        bench_run(&b, 1000u);
        use_up_a_bank();
        ck_assert_uint_eq(erases(), (ms == 50u) ? 1u : 0u);
        keeper_rig_end();
    }
}
END_TEST

START_TEST(a_damaged_set_is_recorded_and_replaced)
{
    struct lbms_record r;
    uint32_t at;

    start();
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3550), LBMS_OK);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_PACK_OV_PROTECT_MV, 58000), LBMS_OK);
    /* a set out of order, as an older program with other rules may have left it */
    b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3700;
    lbms_store_save_params(&keeper.store, &b.bms.core.params);
    for (at = 0u; at < 1000u; at++) {
        (void)lbms_store_poll(&keeper.store, true);
    }
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3550);
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_PACK_OV_PROTECT_MV], 58000);
    bench_run(&b, 10000u);
    ck_assert_int_ge(find(LBMS_RECORD_MEMORY, &r), 0);
    ck_assert_uint_eq(r.code, LBMS_MEMORY_PREVIOUS_PARAMS);
    ck_assert(!bench_fault(&b, LBMS_FAULT_SELF_TEST));
    bench_run_s(&b, 70u); /* what is in use was saved anew */
    ck_assert(!bench_fault(&b, LBMS_FAULT_SELF_TEST));
    keeper_rig_cut();
    ck_assert_uint_eq(keeper.store.trouble, 0u);
    keeper_rig_end();
}
END_TEST

SUITE("keeper/keeper", CASE("R-PRM-01", a_parameter_write_is_answered_when_it_is_on_the_flash),
      CASE("", commands_wait_for_each_other_and_a_refused_one_is_answered_at_once),
      CASE("", a_flash_that_takes_nothing_makes_the_write_fail),
      CASE("", without_flash_a_write_is_answered_at_once),
      CASE("R-PRM-02 R-PRM-03", defaults_are_restored_and_nothing_else_is_lost),
      CASE("R-PRM-04", a_power_cut_costs_at_most_0_1_percent_of_charge),
      CASE("R-PRM-05", a_trip_is_recorded_with_value_level_cell_and_measurement),
      CASE("R-PRM-05", low_values_are_recorded_with_their_own_sign),
      CASE("R-PRM-05", a_current_is_recorded_as_it_was_when_it_tripped),
      CASE("R-PRM-05", a_fault_is_recorded_by_the_row_that_found_it),
      CASE("R-PRM-03", locks_and_latched_faults_outlive_the_supply),
      CASE("R-PRM-05", start_sleep_wake_up_and_clock_are_recorded),
      CASE("R-SLP-06 R-PRM-05", a_users_wish_to_sleep_that_is_cancelled_is_recorded_and_the_packs_own_is_not),
      CASE("R-IND-03 R-PRM-05", a_button_held_for_more_than_30_s_is_recorded_once),
      CASE("R-PRM-01", everything_is_on_the_flash_before_the_pack_sleeps),
      CASE("R-PRM-01", everything_is_on_the_flash_before_a_reset),
      CASE("", lifetime_data_are_saved_every_four_hours),
      CASE("", unexpected_resets_and_timed_wake_ups_are_counted),
      CASE("", interval_records_come_when_they_are_wanted),
      CASE("R-PRM-04", parameters_that_changed_in_ram_open_the_paths_until_a_restart),
      CASE("", retained_memory_is_newer_than_the_flash),
      CASE("", a_slow_erase_waits_until_the_pack_is_safe_without_the_processor),
      CASE("", a_slow_erase_waits_for_the_protections_of_the_afe),
      CASE("", a_slow_erase_waits_while_a_fault_lasts_or_the_afe_has_been_reset),
      CASE("", a_slow_erase_waits_while_a_switch_does_not_open), CASE("", a_fast_erase_waits_for_nothing),
      CASE("R-PRM-04", a_damaged_set_is_recorded_and_replaced))
