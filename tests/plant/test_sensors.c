#include "plant/sensors.h"

#include <math.h>
#include <string.h>

#include "rig.h"
#include "support/suite.h"

#define STUCK_SAMPLES 20

struct bench {
    struct rig rig;
    struct plant_sensors sensors;
    struct lbms_sample sample;
    uint32_t now_ms;
};

static void start_with(struct bench *b, const struct plant_sensors_config *config)
{
    memset(b, 0, sizeof(*b));
    rig_start(&b->rig, 0.5);
    plant_sensors_init(&b->sensors, config);
}

static void start(struct bench *b)
{
    struct plant_sensors_config config;

    plant_sensors_ideal(&config);
    config.temp_every = 1u;
    start_with(b, &config);
}

static void sample(struct bench *b)
{
    rig_run(&b->rig, 0.1);
    b->now_ms += 100u;
    plant_sensors_convert(&b->sensors, &b->rig.pack, b->now_ms, &b->sample);
}

static void inject(struct bench *b, const char *text)
{
    struct plant_fault fault;

    ck_assert_int_eq(plant_fault_parse(text, &fault, NULL, 0u), 0);
    ck_assert_int_eq(plant_sensors_fault(&b->sensors, &fault), 0);
}

static double cell_mv(const struct bench *b, int number)
{
    return b->rig.pack.cell_v[number - 1] * 1000.0;
}

static int read_mv(const struct bench *b, int number)
{
    return b->sample.cell_mv[number - 1];
}

START_TEST(ideal_sensors_read_the_pack_to_their_resolution)
{
    struct bench b;
    int n;

    start(&b);
    plant_world_current(&b.rig.world, -40.0);
    sample(&b);
    sample(&b);
    ck_assert_uint_eq(b.sample.at_ms, 200u);
    for (n = 1; n <= 16; n++) {
        ck_assert_double_eq_tol(read_mv(&b, n), cell_mv(&b, n), 0.6);
    }
    ck_assert_double_eq_tol(b.sample.pack_mv, b.rig.pack.stack_v * 1000.0, 10.5);
    ck_assert_double_eq_tol(b.sample.terminal_mv, b.rig.pack.terminal_v * 1000.0, 10.5);
    ck_assert_double_eq_tol(b.sample.current_ma, b.rig.pack.current_a * 1000.0, 19.0);
    ck_assert_int_eq(b.sample.ntc_dc[2], 250);
    ck_assert_int_eq(b.sample.mosfet_dc, 250);
    ck_assert_int_eq(b.sample.ambient_dc, 250);
    ck_assert_uint_eq(b.sample.balance_mask, 0u);
}
END_TEST

START_TEST(current_is_the_mean_since_the_last_conversion)
{
    struct bench b;

    start(&b);
    plant_world_current(&b.rig.world, -10.0);
    sample(&b);
    rig_run(&b.rig, 0.1);
    plant_world_current(&b.rig.world, -50.0);
    b.now_ms += 100u;
    sample(&b); /* 200 ms since the last one, half of them at 50 A */
    ck_assert_double_eq_tol(b.sample.current_ma, -30000.0 - 1000.0 * b.rig.pack.terminal_v / 500.0, 40.0);
}
END_TEST

START_TEST(readings_are_multiples_of_the_converter_step)
{
    struct bench b;
    int i;

    start(&b);
    for (i = 1; i < 50; i++) {
        plant_world_current(&b.rig.world, -(double)i);
        sample(&b);
        ck_assert_int_eq(b.sample.pack_mv % 20, 0);
        ck_assert_double_eq_tol(b.sample.current_ma, 37.3 * round(b.sample.current_ma / 37.3), 0.51);
    }
}
END_TEST

START_TEST(noise_offset_and_gain_are_as_configured)
{
    struct bench b;
    struct plant_sensors_config config;
    double sum = 0.0;
    double squares = 0.0;
    double current = 0.0;
    const int count = 4000;
    int i;

    plant_sensors_worst(&config);
    config.seed = 5u;
    start_with(&b, &config);
    /* worst case: every error has the size of its spread */
    ck_assert_double_eq(fabs(b.sensors.current.gain), 0.01);
    ck_assert_double_eq(fabs(b.sensors.current.offset), 200.0);
    ck_assert_double_eq(fabs(b.sensors.ntc[1].offset), 20.0);
    ck_assert(fabs(b.sensors.cell[3].offset) == 7.0 || fabs(b.sensors.cell[3].offset) == 3.0);
    plant_world_current(&b.rig.world, -40.0);
    sample(&b);
    for (i = 0; i < count; i++) {
        double error;

        sample(&b);
        error = read_mv(&b, 4) - cell_mv(&b, 4);
        sum += error;
        squares += error * error;
        current += b.sample.current_ma - b.rig.pack.current_a * 1000.0 * (1.0 + b.sensors.current.gain);
    }
    sum /= count;
    ck_assert_double_eq_tol(sum, b.sensors.cell[3].offset, 0.1);
    /* 1 mV noise, and the rounding to 1 mV */
    ck_assert_double_eq_tol(sqrt(squares / count - sum * sum), sqrt(1.0 + 1.0 / 12.0 + 0.02 / 12.0), 0.05);
    ck_assert_double_eq_tol(current / count, b.sensors.current.offset, 35.0);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_readings)
{
    static struct bench a;
    static struct bench b;
    struct plant_sensors_config config;
    int i;

    plant_sensors_typical(&config);
    config.seed = 9u;
    start_with(&a, &config);
    start_with(&b, &config);
    for (i = 0; i < 100; i++) {
        sample(&a);
        sample(&b);
        ck_assert_mem_eq(&a.sample, &b.sample, sizeof(a.sample));
    }
    config.seed = 10u;
    start_with(&b, &config);
    ck_assert_double_ne(a.sensors.cell[0].offset, b.sensors.cell[0].offset);
}
END_TEST

START_TEST(temperatures_are_renewed_once_a_second)
{
    struct bench b;
    struct plant_sensors_config config;
    int i;

    plant_sensors_ideal(&config);
    start_with(&b, &config);
    sample(&b);
    b.rig.pack.cell[1].temp_c = 40.0;
    for (i = 0; i < 9; i++) {
        sample(&b);
        ck_assert_int_eq(b.sample.ntc_dc[0], 250);
    }
    sample(&b);
    ck_assert_double_eq_tol(b.sample.ntc_dc[0], 400.0, 2.0);
}
END_TEST

START_TEST(bleeding_shows_in_the_sample_where_it_is_not_paused)
{
    struct bench b;

    start(&b);
    b.rig.pack.balance_mask = 0x0004u;
    sample(&b);
    ck_assert_uint_eq(b.sample.balance_mask, 0u);
    ck_assert_double_eq_tol(read_mv(&b, 3), cell_mv(&b, 3), 0.6);
    b.sensors.config.pause_balance = false;
    sample(&b);
    ck_assert_uint_eq(b.sample.balance_mask, 0x0004u);
    ck_assert_double_eq_tol(read_mv(&b, 3), cell_mv(&b, 3) - 30.0, 0.6);
    ck_assert_double_eq_tol(read_mv(&b, 4), cell_mv(&b, 4), 0.6);
}
END_TEST

START_TEST(a_stuck_channel_keeps_its_last_value)
{
    struct bench b;
    struct lbms_sample before;

    start(&b);
    sample(&b);
    before = b.sample;
    inject(&b, "cell3=stuck");
    inject(&b, "current=stuck");
    inject(&b, "pack=stuck");
    inject(&b, "terminal=stuck");
    inject(&b, "ntc2=stuck");
    plant_world_current(&b.rig.world, -80.0);
    b.rig.pack.cell[5].temp_c = 45.0;
    b.rig.pack.cell[9].temp_c = 45.0;
    sample(&b);
    ck_assert_uint_eq(b.sample.cell_mv[2], before.cell_mv[2]);
    ck_assert_uint_lt(b.sample.cell_mv[3], before.cell_mv[3]);
    ck_assert_int_eq(b.sample.current_ma, before.current_ma);
    ck_assert_int_eq(b.sample.pack_mv, before.pack_mv);
    ck_assert_int_eq(b.sample.terminal_mv, before.terminal_mv);
    ck_assert_int_eq(b.sample.ntc_dc[1], before.ntc_dc[1]);
    ck_assert_int_gt(b.sample.ntc_dc[2], before.ntc_dc[2]);
    inject(&b, "cell3=ok");
    inject(&b, "current=ok");
    inject(&b, "ntc2=ok");
    sample(&b);
    ck_assert_uint_lt(b.sample.cell_mv[2], before.cell_mv[2]);
    ck_assert_int_lt(b.sample.current_ma, -79000);
    ck_assert_int_gt(b.sample.ntc_dc[1], before.ntc_dc[1]);
}
END_TEST

START_TEST(all_cells_and_the_pack_can_freeze)
{
    struct bench b;
    struct lbms_sample before;
    int i;

    start(&b);
    sample(&b);
    before = b.sample;
    inject(&b, "cells=stuck");
    plant_world_current(&b.rig.world, -80.0);
    for (i = 0; i < STUCK_SAMPLES; i++) {
        sample(&b);
        ck_assert_mem_eq(b.sample.cell_mv, before.cell_mv, sizeof(before.cell_mv));
        ck_assert_int_eq(b.sample.pack_mv, before.pack_mv);
    }
    ck_assert_int_lt(b.sample.current_ma, -79000);
    inject(&b, "cells=ok");
    sample(&b);
    ck_assert_uint_lt(b.sample.cell_mv[0], before.cell_mv[0]);
}
END_TEST

START_TEST(an_open_wire_reads_low_and_its_neighbour_high)
{
    struct bench b;
    int i;

    start(&b);
    sample(&b);
    inject(&b, "cell5=open");
    sample(&b);
    /* the two inputs still share the sum */
    ck_assert_double_eq_tol(read_mv(&b, 5) + read_mv(&b, 6), cell_mv(&b, 5) + cell_mv(&b, 6), 1.2);
    for (i = 0; i < 50; i++) {
        sample(&b);
    }
    ck_assert_int_lt(read_mv(&b, 5), 5);
    ck_assert_int_eq(read_mv(&b, 6), 5119); /* end of the converter */
    ck_assert_double_eq_tol(read_mv(&b, 4), cell_mv(&b, 4), 0.6);
    ck_assert_double_eq_tol(b.sample.pack_mv, b.rig.pack.stack_v * 1000.0, 10.5);
    inject(&b, "cell16=open");
    for (i = 0; i < 50; i++) {
        sample(&b);
    }
    ck_assert_int_lt(read_mv(&b, 16), 5);
    ck_assert_double_eq_tol(read_mv(&b, 15), cell_mv(&b, 15), 0.6);
    inject(&b, "cell5=ok");
    sample(&b);
    ck_assert_double_eq_tol(read_mv(&b, 5), cell_mv(&b, 5), 0.6);
}
END_TEST

START_TEST(swapped_cells_exchange_their_readings)
{
    struct bench b;

    start(&b);
    plant_cell_rest(&b.rig.pack.cell[4], &b.rig.pack.config.type, 0.2, 0.0);
    sample(&b);
    ck_assert_int_lt(read_mv(&b, 5), read_mv(&b, 6) - 30);
    inject(&b, "cell5+swap6");
    sample(&b);
    ck_assert_double_eq_tol(read_mv(&b, 5), cell_mv(&b, 6), 0.6);
    ck_assert_double_eq_tol(read_mv(&b, 6), cell_mv(&b, 5), 0.6);
}
END_TEST

START_TEST(offsets_are_added)
{
    struct bench b;

    start(&b);
    inject(&b, "cell1=offset:-120");
    inject(&b, "current=offset:3000");
    inject(&b, "pack=offset:2000");
    inject(&b, "terminal=offset:-5000");
    inject(&b, "ntc1=offset:200");
    inject(&b, "mosfet=offset:800");
    inject(&b, "ambient=offset:-450");
    sample(&b);
    ck_assert_double_eq_tol(read_mv(&b, 1), cell_mv(&b, 1) - 120.0, 0.6);
    ck_assert_double_eq_tol(b.sample.current_ma, b.rig.pack.current_a * 1000.0 + 3000.0, 19.0);
    ck_assert_double_eq_tol(b.sample.pack_mv, b.rig.pack.stack_v * 1000.0 + 2000.0, 10.5);
    ck_assert_double_eq_tol(b.sample.terminal_mv, b.rig.pack.terminal_v * 1000.0 - 5000.0, 10.5);
    ck_assert_int_eq(b.sample.ntc_dc[0], 450);
    ck_assert_int_eq(b.sample.mosfet_dc, 1050);
    ck_assert_int_eq(b.sample.ambient_dc, -200);
}
END_TEST

START_TEST(open_and_shorted_temperature_sensors_say_so)
{
    struct bench b;

    start(&b);
    inject(&b, "ntc2=open");
    inject(&b, "ntc4=short");
    inject(&b, "mosfet=open");
    inject(&b, "ambient=short");
    sample(&b);
    ck_assert_int_eq(b.sample.ntc_dc[1], LBMS_TEMP_OPEN);
    ck_assert_int_eq(b.sample.ntc_dc[3], LBMS_TEMP_SHORT);
    ck_assert_int_eq(b.sample.mosfet_dc, LBMS_TEMP_OPEN);
    ck_assert_int_eq(b.sample.ambient_dc, LBMS_TEMP_SHORT);
    ck_assert_int_eq(b.sample.ntc_dc[0], 250);
}
END_TEST

START_TEST(a_reversed_charger_reads_negative)
{
    struct bench b;

    start(&b);
    b.rig.pack.gates = 0u;
    b.rig.world.ext_on = true;
    b.rig.world.ext_v = -52.0;
    sample(&b);
    ck_assert_double_eq_tol(b.sample.terminal_mv, -52000.0, 30.0);
}
END_TEST

START_TEST(a_fault_of_another_part_is_refused)
{
    struct bench b;
    struct plant_fault fault;

    start(&b);
    ck_assert_int_eq(plant_fault_parse("chg=welded", &fault, NULL, 0u), 0);
    ck_assert_int_eq(plant_sensors_fault(&b.sensors, &fault), -1);
}
END_TEST

SUITE("plant/sensors", CASE("", ideal_sensors_read_the_pack_to_their_resolution),
      CASE("", current_is_the_mean_since_the_last_conversion),
      CASE("", readings_are_multiples_of_the_converter_step),
      CASE("", noise_offset_and_gain_are_as_configured), CASE("", the_same_seed_gives_the_same_readings),
      CASE("", temperatures_are_renewed_once_a_second),
      CASE("", bleeding_shows_in_the_sample_where_it_is_not_paused),
      CASE("", a_stuck_channel_keeps_its_last_value), CASE("", all_cells_and_the_pack_can_freeze),
      CASE("", an_open_wire_reads_low_and_its_neighbour_high),
      CASE("", swapped_cells_exchange_their_readings), CASE("", offsets_are_added),
      CASE("", open_and_shorted_temperature_sensors_say_so), CASE("", a_reversed_charger_reads_negative),
      CASE("", a_fault_of_another_part_is_refused))
