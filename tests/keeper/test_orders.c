/* What the store carries out for a command: calibration, serial numbers, cleared records; and what becomes of it. */
#include <string.h>

#include "keeper_rig.h"
#include "support/suite.h"

static void boot(void)
{
    keeper_rig_cut();
    bench_run(&b, 8000u);
}

static void start(void)
{
    keeper_rig_board(&keeper_rig_flash);
    boot();
}

static int calibrate(uint8_t what, int32_t truth)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_CALIBRATE;
    command.origin = LBMS_PORT_RS232;
    command.count = 1u;
    command.item[0].id = what;
    command.item[0].value = truth;
    return bench_command(&b, &command);
}

static int set_serial(uint8_t which, const char *serial)
{
    struct lbms_command command;
    unsigned i;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_SERIAL;
    command.count = LBMS_SERIAL_SIZE / 4u;
    for (i = 0u; serial[i] != '\0'; i++) {
        const uint32_t character = (uint32_t)(uint8_t)serial[i];

        command.item[i / 4u].value =
            (int32_t)((uint32_t)command.item[i / 4u].value | (character << (8u * (i % 4u))));
    }
    command.item[0].id = which;
    return bench_command(&b, &command);
}

static int clear_records(void)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_CLEAR_RECORDS;
    command.origin = LBMS_PORT_RS232;
    return bench_command(&b, &command);
}

static int set_three(uint8_t kind, int32_t first, int32_t second, int32_t third)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = kind;
    command.origin = LBMS_PORT_RS232;
    command.count = 3u;
    command.item[0].value = first;
    command.item[1].value = second;
    command.item[2].value = third;
    return bench_command(&b, &command);
}

static const struct lbms_record *newest(void)
{
    static struct lbms_record record;

    bench_run(&b, 200u); /* the record follows the value */
    ck_assert_int_eq(lbms_store_read_record(&keeper.store, 0u, &record), LBMS_OK);
    return &record;
}

START_TEST(a_calibration_is_in_use_at_once_and_after_a_power_cut)
{
    start();
    bench_current(&b, 150); /* idle, with an error of the sensor */
    bench_run(&b, 1000u);
    ck_assert_int_eq(b.bms.core.snapshot.m.current_ma, 150);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_ZERO, 0), LBMS_OK);
    bench_run(&b, 200u);
    ck_assert_int_eq(b.bms.core.snapshot.m.current_ma, 0);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_CALIBRATED);
    ck_assert_uint_eq(newest()->code, LBMS_CALIBRATE_ZERO);
    boot();
    ck_assert_int_eq(b.bms.core.snapshot.m.current_ma, 0);
    ck_assert_int_eq(keeper.production.calibration.offset_ma, -150);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_PACK, b.sample.pack_mv + 500), LBMS_OK);
    ck_assert_int_eq(newest()->value, b.sample.pack_mv + 500);
    ck_assert_int_eq(b.bms.core.snapshot.m.pack_mv, b.sample.pack_mv + 500);
    ck_assert_int_eq(b.bms.core.snapshot.m.current_ma, 0);
    keeper_rig_end();
}
END_TEST

START_TEST(a_refused_calibration_changes_nothing_and_is_not_recorded)
{
    uint32_t before;

    start();
    bench_run(&b, 1000u);
    before = lbms_log_count(&keeper.store.log);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_PACK, b.sample.pack_mv + 3000), LBMS_ERR_RANGE);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_CHARGE, 1000), LBMS_ERR_RANGE);
    ck_assert_int_eq(calibrate(99u, 1000), LBMS_ERR_ARGUMENT);
    bench_run(&b, 1000u);
    ck_assert_uint_eq(lbms_log_count(&keeper.store.log), before);
    ck_assert_int_eq(b.bms.core.snapshot.m.pack_mv, b.sample.pack_mv);
    ck_assert_int_eq(keeper.production.calibration.pack_gain, LBMS_GAIN_ONE);
    keeper_rig_end();
}
END_TEST

START_TEST(a_calibration_that_cannot_be_stored_says_so)
{
    start();
    (void)lbms_posix_flash_bad(&values, 0u, true);
    (void)lbms_posix_flash_bad(&values, 1u, true);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_PACK, b.sample.pack_mv + 500), LBMS_ERR_IO);
    lbms_posix_flash_close(&values);
    lbms_posix_flash_close(&records);
}
END_TEST

START_TEST(commands_wait_while_samples_are_taken_for_a_calibration)
{
    struct lbms_command command;
    int sequence[2];
    unsigned ms;

    start();
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_CALIBRATE;
    command.item[0].id = LBMS_CALIBRATE_ZERO;
    sequence[0] = lbms_command(&b.bms, &command);
    command.kind = LBMS_COMMAND_FORCE_OFF;
    command.item[0].value = 0;
    sequence[1] = lbms_command(&b.bms, &command);
    for (ms = 0u; b.bms.core.snapshot.result_sequence != sequence[0]; ms++) {
        ck_assert_uint_lt(ms, 10000u);
        ck_assert_int_ne(b.bms.core.snapshot.result_sequence, sequence[1]);
        bench_run(&b, 1u);
    }
    ck_assert_uint_gt(ms, 1000u); /* 16 samples, one each 100 ms, and the writing */
    bench_run(&b, 200u);
    ck_assert_int_eq(b.bms.core.snapshot.result_sequence, sequence[1]);
    keeper_rig_end();
}
END_TEST

START_TEST(a_serial_number_is_written_once_and_remains)
{
    start();
    ck_assert_int_eq(set_serial(LBMS_SERIAL_PACK, "LS100-2026-000042"), LBMS_OK);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_PRODUCTION);
    ck_assert_uint_eq(newest()->code, LBMS_SERIAL_PACK);
    ck_assert_int_eq(set_serial(LBMS_SERIAL_BOARD, "12345678901234567890"), LBMS_OK);
    ck_assert_int_eq(set_serial(LBMS_SERIAL_PACK, "LS100-2026-000043"), LBMS_ERR_STATE);
    ck_assert_int_eq(set_serial(LBMS_SERIAL_PACK, "LS100-2026-000042"), LBMS_OK); /* the same again */
    ck_assert_int_eq(set_serial(2u, "LS100"), LBMS_ERR_ARGUMENT);
    boot();
    ck_assert_str_eq(keeper.production.identity.pack_serial, "LS100-2026-000042");
    ck_assert_mem_eq(keeper.production.identity.board_serial, "12345678901234567890", LBMS_SERIAL_SIZE);
    keeper_rig_end();
}
END_TEST

START_TEST(cleared_records_are_gone_but_for_the_one_that_says_so)
{
    start();
    ck_assert_uint_ge(lbms_log_count(&keeper.store.log), 1u);
    ck_assert_int_eq(clear_records(), LBMS_OK);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_CLEARED);
    ck_assert_uint_eq(newest()->code, LBMS_PORT_RS232);
    ck_assert_uint_eq(lbms_log_count(&keeper.store.log), 1u);
    boot();
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_START);
    ck_assert_uint_eq(lbms_log_count(&keeper.store.log), 2u);
    keeper_rig_end();
}
END_TEST

START_TEST(without_a_store_a_calibration_lasts_until_the_next_start)
{
    bench_board(&b);
    boot();
    lbms_keep(&b.bms, NULL);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_PACK, b.sample.pack_mv + 500), LBMS_OK);
    bench_run(&b, 200u);
    ck_assert_int_eq(b.bms.core.snapshot.m.pack_mv, b.sample.pack_mv + 500);
    ck_assert_int_eq(set_serial(LBMS_SERIAL_PACK, "LS100"), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(clear_records(), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, 1, 0, 0), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CAPACITY, 60000, 96000, 100000), LBMS_ERR_UNSUPPORTED);
    boot();
    ck_assert_int_eq(b.bms.core.snapshot.m.pack_mv, b.sample.pack_mv);
}
END_TEST

START_TEST(a_calibration_outlives_a_reset_in_retained_memory)
{
    struct lbms_restored restored;

    bench_board(&b);
    boot();
    lbms_keep(&b.bms, NULL);
    ck_assert_int_eq(calibrate(LBMS_CALIBRATE_PACK, b.sample.pack_mv + 500), LBMS_OK);
    lbms_core_save(&b.bms.core, &restored);
    b.restored = restored;
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert_int_eq(b.bms.core.snapshot.m.pack_mv, b.sample.pack_mv + 500);
}
END_TEST

START_TEST(capacities_are_parameters_state_and_charge_and_all_of_them_remain)
{
    start();
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CAPACITY, 60000, 96000, 110000), LBMS_OK);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_CAPACITY);
    ck_assert_int_eq(newest()->value, 60000);
    ck_assert_int_eq(newest()->threshold, 96000);
    boot();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH], 110000);
    ck_assert_int_eq(b.bms.core.snapshot.health.capacity_mah, 96000);
    ck_assert_uint_eq(b.bms.core.snapshot.soc.soc_bp, 6250u);
    keeper_rig_end();
}
END_TEST

START_TEST(capacities_that_are_refused_change_nothing_and_are_not_recorded)
{
    start();
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CAPACITY, 97000, 96000, 110000), LBMS_ERR_RANGE);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CAPACITY, 1, 2, 3), LBMS_ERR_RANGE); /* no such design */
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH], 100000);
    ck_assert_int_eq(b.bms.core.snapshot.health.capacity_mah, 100000);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_START);
    keeper_rig_end();
}
END_TEST

/* The end of the last erased bank belongs to parameters. */
START_TEST(capacities_that_find_no_room_say_so)
{
    start();
    while (lbms_store_room(&keeper.store) != LBMS_ROOM_NONE) {
        lbms_store_save_params(&keeper.store, &b.bms.core.params);
        while (lbms_store_saved(&keeper.store, LBMS_STORE_PARAMS) == LBMS_AGAIN) {
            (void)lbms_store_poll(&keeper.store, false);
        }
    }
    keeper.slow_erase = true;
    b.sample.cell_mv[0] = 0; /* not calm: nothing is erased now */
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CAPACITY, 60000, 96000, 100000), LBMS_ERR_SPACE);
    keeper_rig_end();
}
END_TEST

START_TEST(a_cycle_count_remains_and_is_recorded)
{
    start();
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, UINT16_MAX + 1, 0, 0), LBMS_ERR_RANGE);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, -1, 0, 0), LBMS_ERR_RANGE);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, UINT16_MAX, 0, 0), LBMS_OK);
    ck_assert_uint_eq(newest()->kind, LBMS_RECORD_CYCLES);
    ck_assert_int_eq(newest()->value, UINT16_MAX);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, 0, 0, 0), LBMS_OK);
    ck_assert_int_eq(set_three(LBMS_COMMAND_SET_CYCLES, 321, 0, 0), LBMS_OK);
    bench_run(&b, 2000u);
    ck_assert_int_eq(keeper.health.v[LBMS_HEALTH_CYCLES], 321);
    boot();
    ck_assert_uint_eq(b.bms.core.snapshot.health.totals.cycles, 321u);
    keeper_rig_end();
}
END_TEST

/* The runner keeps commands back meanwhile; one that comes all the same is refused, and the first one goes on. */
START_TEST(a_second_command_before_the_first_is_stored_is_refused)
{
    static struct lbms_inputs in;
    static struct lbms_outputs out;

    start();
    in = b.bms.inputs;
    in.has_command = true;
    in.command.kind = LBMS_COMMAND_CLEAR_RECORDS;
    in.command.sequence = 76u;
    in.store.order = LBMS_AGAIN;
    lbms_step(&b.bms.core, &in, &out);
    in.command.sequence = 77u;
    lbms_step(&b.bms.core, &in, &out);
    ck_assert_uint_eq(b.bms.core.snapshot.result_sequence, 77u);
    ck_assert_int_eq(b.bms.core.snapshot.result, LBMS_ERR_STATE);
    in.has_command = false;
    in.store.order = LBMS_OK;
    lbms_step(&b.bms.core, &in, &out);
    ck_assert_uint_eq(b.bms.core.snapshot.result_sequence, 76u);
    ck_assert_int_eq(b.bms.core.snapshot.result, LBMS_OK);
    keeper_rig_end();
}
END_TEST

SUITE("keeper/orders", CASE("R-PROT-10", a_calibration_is_in_use_at_once_and_after_a_power_cut),
      CASE("R-PROT-10", a_refused_calibration_changes_nothing_and_is_not_recorded),
      CASE("R-PRM-04", a_calibration_that_cannot_be_stored_says_so),
      CASE("", commands_wait_while_samples_are_taken_for_a_calibration),
      CASE("R-PRM-03", a_serial_number_is_written_once_and_remains),
      CASE("R-PRM-05", cleared_records_are_gone_but_for_the_one_that_says_so),
      CASE("", without_a_store_a_calibration_lasts_until_the_next_start),
      CASE("R-PROT-10", a_calibration_outlives_a_reset_in_retained_memory),
      CASE("R-PRM-04", capacities_are_parameters_state_and_charge_and_all_of_them_remain),
      CASE("", capacities_that_are_refused_change_nothing_and_are_not_recorded),
      CASE("R-PRM-04", capacities_that_find_no_room_say_so), CASE("", a_cycle_count_remains_and_is_recorded),
      CASE("", a_second_command_before_the_first_is_stored_is_refused))
