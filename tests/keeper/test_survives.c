/* Records of what begins and ends, their order without a clock, and all that restored or lost parameters leave alone. */
#include <string.h>

#include "keeper_rig.h"
#include "support/suite.h"

static void start(bool clock)
{
    keeper_rig_board(&keeper_rig_flash);
    b.wall_s = 1800000000u;
    b.wall_set = clock;
    keeper_rig_boot();
    bench_run(&b, 10000u);
}

/* The newest record of a kind and code; its age, or -1 when there is none. */
static int find(uint8_t kind, uint8_t code, struct lbms_record *record)
{
    int i;

    for (i = 0; lbms_store_read_record(&keeper.store, (uint32_t)i, record) == LBMS_OK; i++) {
        if ((record->kind == kind) && (record->code == code)) {
            return i;
        }
    }
    return -1;
}

static int command_of(uint8_t kind)
{
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = kind;
    command.origin = LBMS_PORT_RS485;
    return bench_command(&b, &command);
}

START_TEST(an_alarm_is_recorded_when_it_begins_and_when_it_ends)
{
    struct lbms_record r;
    int began, ended;

    start(true);
    bench_cell(&b, 4u, 3605u);
    bench_run(&b, 3000u);
    bench_cell(&b, 4u, 3300u);
    bench_run(&b, 3000u);
    began = find(LBMS_RECORD_ALARM, LBMS_BIT_CELL_OV, &r);
    ck_assert_int_ge(began, 0);
    ck_assert_int_eq(r.value, 3605);
    ck_assert_int_eq(r.threshold, 3600);
    ck_assert_uint_eq(r.cell, 4u);
    ended = find(LBMS_RECORD_ALARM_END, LBMS_BIT_CELL_OV, &r);
    ck_assert_int_ge(ended, 0);
    ck_assert_int_lt(ended, began); /* newest first */
    ck_assert_int_eq(r.value, 3300);
    keeper_rig_end();
}
END_TEST

START_TEST(a_lock_is_recorded_when_it_begins_and_when_it_ends)
{
    struct lbms_record r;
    unsigned trip;

    start(true);
    for (trip = 0u; trip < 5u; trip++) {
        bench_current(&b, -120000);
        bench_cell(&b, 1u, (uint16_t)(3301u - (trip & 1u))); /* voltages that stand still would be a fault */
        bench_run(&b, 1500u);
        bench_current(&b, 0);
        bench_cell(&b, 2u, (uint16_t)(3301u - (trip & 1u)));
        bench_run(&b, 62000u);
    }
    ck_assert_int_ge(find(LBMS_RECORD_LOCK, LBMS_BIT_DISCHARGE_OC, &r), 0);
    ck_assert_int_eq(find(LBMS_RECORD_LOCK_END, LBMS_BIT_DISCHARGE_OC, &r), -1);
    bench_current(&b, 20000); /* a charger ends it */
    bench_run(&b, 20000u);
    ck_assert_uint_eq(b.bms.core.snapshot.locks, 0u);
    ck_assert_int_ge(find(LBMS_RECORD_LOCK_END, LBMS_BIT_DISCHARGE_OC, &r), 0);
    keeper_rig_end();
}
END_TEST

START_TEST(without_a_clock_the_number_tells_the_order_through_restarts)
{
    struct lbms_record older, newer;
    uint32_t i;

    start(false);
    bench_run_s(&b, 100u);
    keeper_rig_cut();
    bench_run(&b, 5000u);
    keeper_rig_cut();
    bench_run(&b, 5000u);
    ck_assert_uint_ge(lbms_log_count(&keeper.store.log), 3u);
    for (i = 1u; i < lbms_log_count(&keeper.store.log); i++) {
        ck_assert_int_eq(lbms_store_read_record(&keeper.store, i - 1u, &newer), LBMS_OK);
        ck_assert_int_eq(lbms_store_read_record(&keeper.store, i, &older), LBMS_OK);
        ck_assert_uint_eq(newer.number, older.number + 1u);
        ck_assert(!newer.wall && !older.wall);
    }
    keeper_rig_end();
}
END_TEST

START_TEST(restored_defaults_keep_capacity_cycles_calibration_and_clock)
{
    struct lbms_production production;
    struct lbms_gauge *gauge = &b.bms.core.gauge;
    uint32_t records_before;
    uint32_t cycles;
    int32_t capacity_mah;

    start(true);
    lbms_production_defaults(&production);
    production.calibration.offset_ma = -120;
    production.calibration.pack_gain = 1002000;
    ck_assert_int_eq(lbms_keeper_produce(&keeper, &production, true), LBMS_OK);
    gauge->capacity.capacity_mah = 93000; /* as a life of it would have taught */
    gauge->throughput.totals.cycles = 321u;
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_BUZZER_ENABLE, 1), LBMS_OK);
    lbms_keeper_finish(&keeper, &b.bms.core);
    records_before = lbms_log_count(&keeper.store.log);
    ck_assert_int_eq(command_of(LBMS_COMMAND_RESTORE_DEFAULTS), LBMS_OK);
    bench_run(&b, 1000u);
    capacity_mah = gauge->capacity.capacity_mah;
    cycles = gauge->throughput.totals.cycles;
    ck_assert_int_eq(capacity_mah, 93000);
    ck_assert_uint_eq(cycles, 321u);
    keeper_rig_cut();
    ck_assert_int_eq(gauge->capacity.capacity_mah, 93000);
    ck_assert_uint_eq(gauge->throughput.totals.cycles, 321u);
    ck_assert_int_eq(keeper.production.calibration.offset_ma, -120);
    ck_assert_int_eq(keeper.production.calibration.pack_gain, 1002000);
    ck_assert_uint_gt(lbms_log_count(&keeper.store.log), records_before);
    ck_assert(b.wall_set);
    ck_assert_uint_eq(b.wall_s, 1800000000u); /* nobody has set it */
    keeper_rig_end();
}
END_TEST

/* Nothing readable: the newest set is out of order, and so is the one before. */
START_TEST(without_any_good_set_the_defaults_are_used_and_a_record_tells)
{
    struct lbms_record r;
    struct lbms_params bad;
    unsigned i, polls;

    start(true);
    lbms_params_defaults(&bad, &lbms_product_ls_btn0_p0548100);
    for (i = 0u; i < 2u; i++) {
        bad.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3700 + (int32_t)i; /* above the protection */
        lbms_store_save_params(&keeper.store, &bad);
        for (polls = 0u; polls < 2000u; polls++) {
            (void)lbms_store_poll(&keeper.store, true);
        }
        ck_assert_int_eq(lbms_store_saved(&keeper.store, LBMS_STORE_PARAMS), LBMS_OK);
    }
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3600);
    bench_run(&b, 10000u);
    ck_assert_int_ge(find(LBMS_RECORD_MEMORY, LBMS_MEMORY_DEFAULT_PARAMS, &r), 0);
    ck_assert(!bench_fault(&b, LBMS_FAULT_SELF_TEST));
    keeper_rig_end();
}
END_TEST

SUITE("keeper/survives", CASE("R-PRM-05", an_alarm_is_recorded_when_it_begins_and_when_it_ends),
      CASE("R-PRM-05", a_lock_is_recorded_when_it_begins_and_when_it_ends),
      CASE("R-PRM-05", without_a_clock_the_number_tells_the_order_through_restarts),
      CASE("R-PRM-02 R-PRM-03", restored_defaults_keep_capacity_cycles_calibration_and_clock),
      CASE("R-PRM-04", without_any_good_set_the_defaults_are_used_and_a_record_tells))
