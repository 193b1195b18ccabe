/* The whole library on the simulated pack: cells with physics, a charger, a load, faults. What counts here is what happens
 * to the cells, not what the library says. */
#include "support/suite.h"

#include "losun_bms/run.h"
#include "plant/board.h"

#include <math.h>

struct system {
    struct plant_board_config config;
    struct plant_board board;
    struct lbms bms;
};

static void prepare(struct system *s, double soc)
{
    plant_board_defaults(&s->config);
    s->config.pack.soc = soc;
}

static void start(struct system *s)
{
    struct lbms_restored restored;

    plant_board_init(&s->board, &s->config);
    lbms_restored_defaults(&restored);
    restored.life.valid = true;
    restored.life.charge_mas = (int32_t)(plant_pack_soc(&s->board.pack) * 3.6e8);
    ck_assert_int_eq(lbms_init(&s->bms, &s->board.hal, &lbms_product_ls_btn0_p0548100, &restored), LBMS_OK);
}

static void run_s(struct system *s, double seconds)
{
    const double end_s = plant_board_time_s(&s->board) + seconds;

    while (plant_board_time_s(&s->board) < end_s) {
        (void)plant_board_advance(&s->board, lbms_run(&s->bms));
    }
}

static double highest_cell_v(const struct system *s)
{
    double v = 0.0;
    unsigned i;

    for (i = 0u; i < PLANT_CELLS; i++) {
        v = fmax(v, s->board.pack.cell_v[i]);
    }
    return v;
}

static double lowest_cell_v(const struct system *s)
{
    double v = 9.0;
    unsigned i;

    for (i = 0u; i < PLANT_CELLS; i++) {
        v = fmin(v, s->board.pack.cell_v[i]);
    }
    return v;
}

START_TEST(a_charger_without_a_voltage_limit_cannot_over_charge_a_cell)
{
    static struct system s;
    double worst_v = 0.0;
    unsigned i;

    prepare(&s, 0.97);
    start(&s);
    run_s(&s, 10.0);
    s.board.world.charger.v_max = 65.0;
    plant_world_current(&s.board.world, 40.0);
    for (i = 0u; i < 7200u; i++) {
        run_s(&s, 1.0);
        worst_v = fmax(worst_v, highest_cell_v(&s));
    }
    ck_assert_double_lt(worst_v, 3.75); /* 3.65 V, a second of delay, and sensor errors, at 40 A */
    ck_assert_double_lt(fabs(s.board.pack.current_a), 0.01);
    ck_assert((lbms_snapshot(&s.bms)->protections &
               (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))) != 0u);
    /* 65 V behind the open charge path is a protection of its own */
    ck_assert((lbms_snapshot(&s.bms)->protections & LBMS_MASK(LBMS_BIT_CHARGER_OV)) != 0u);
    ck_assert_uint_eq(lbms_snapshot(&s.bms)->mode, LBMS_MODE_PROTECT);
    ck_assert((lbms_snapshot(&s.bms)->state & LBMS_STATE_FULL) != 0u);

    /* Then a load may draw at once. */
    plant_world_current(&s.board.world, -30.0);
    run_s(&s, 5.0);
    ck_assert_double_lt(s.board.pack.current_a, -29.0);
    ck_assert_uint_eq(s.board.switches.closed, LBMS_SWITCHES_MAIN);
}
END_TEST

START_TEST(a_load_without_a_voltage_limit_cannot_over_discharge_a_cell_and_the_empty_pack_sleeps)
{
    static struct system s;
    double worst_v = 9.0;
    unsigned i;

    prepare(&s, 0.05);
    s.config.sleep = PLANT_SLEEP_NOTE;
    start(&s);
    run_s(&s, 10.0);
    s.board.world.load.cutoff_v = 0.0;
    plant_world_current(&s.board.world, -50.0);
    for (i = 0u; (i < 3600u) && (lbms_snapshot(&s.bms)->mode != LBMS_MODE_SHUTDOWN); i++) {
        run_s(&s, 1.0);
        worst_v = fmin(worst_v, lowest_cell_v(&s));
    }
    ck_assert_uint_eq(lbms_snapshot(&s.bms)->mode, LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&s.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
    ck_assert_double_gt(worst_v, 2.4);
    ck_assert_double_lt(fabs(s.board.pack.current_a), 0.01);
    ck_assert_double_lt(fabs(s.board.pack.terminal_v), 10.0);
}
END_TEST

START_TEST(the_soc_follows_the_true_charge_with_ideal_sensors)
{
    static struct system s;
    double worst = 0.0;
    unsigned hour;

    prepare(&s, 0.5);
    plant_pack_uniform(&s.config.pack);
    plant_sensors_ideal(&s.config.sensors);
    start(&s);
    for (hour = 0u; hour < 48u; hour++) {
        plant_world_current(&s.board.world, ((hour % 4u) < 2u) ? 15.0 : -15.0);
        run_s(&s, 3600.0);
        worst = fmax(worst, fabs((plant_pack_soc(&s.board.pack) * 100.0) -
                                 ((double)lbms_snapshot(&s.bms)->soc.soc_bp / 100.0)));
    }
    ck_assert_double_lt(worst, 2.0); /* two days on the flat part of the curve, the start half unknown */
}
END_TEST

START_TEST(every_fault_of_the_measurement_ends_with_open_paths_or_true_values)
{
    static const char *const faults[] = {"samples=missing", "samples=stale", "afe=silent", "cell4=open"};
    unsigned i;

    for (i = 0u; i < (sizeof(faults) / sizeof(faults[0])); i++) {
        static struct system s;
        char error[PLANT_FAULT_ERROR_SIZE];

        prepare(&s, 0.6);
        start(&s);
        plant_world_current(&s.board.world, 20.0);
        run_s(&s, 30.0);
        ck_assert_double_gt(s.board.pack.current_a, 19.0);
        ck_assert_msg(plant_board_inject_text(&s.board, faults[i], error, sizeof(error)) == 0, "%s", error);
        run_s(&s, 5.0);
        ck_assert_msg(fabs(s.board.pack.current_a) < 0.01, "%s: %f A still flow", faults[i],
                      s.board.pack.current_a);
        ck_assert(lbms_snapshot(&s.bms)->faults != 0u);
        ck_assert_int_eq(plant_board_inject_text(&s.board, "none", error, sizeof(error)), 0);
        run_s(&s, 20.0);
        ck_assert_msg(s.board.pack.current_a > 19.0, "%s: does not come back", faults[i]);
    }
}
END_TEST

START_TEST(closing_onto_an_empty_inverter_never_surges)
{
    static struct system s;
    double worst_a = 0.0;
    unsigned i;

    prepare(&s, 0.6);
    start(&s);
    for (i = 0u; i < 1000u; i++) {
        run_s(&s, 0.01);
        worst_a = fmax(worst_a, fabs(s.board.pack.current_a));
    }
    ck_assert_uint_eq(s.board.switches.closed, LBMS_SWITCHES_MAIN);
    ck_assert_double_gt(s.board.world.bus_v, 50.0);
    ck_assert_double_lt(worst_a, 10.0);
}
END_TEST

START_TEST(an_empty_sleeping_pack_wakes_at_its_charger_and_charges)
{
    static struct system s;
    struct lbms_boot woke;
    struct lbms_restored restored;

    prepare(&s, 0.005);
    s.config.sleep = PLANT_SLEEP_NOTE;
    start(&s);
    run_s(&s, 8.0);
    plant_world_current(&s.board.world, -50.0);
    run_s(&s, 600.0);
    ck_assert(s.board.asleep);
    plant_world_current(&s.board.world, 0.0);
    ck_assert_int_eq(plant_board_sleep(&s.board, 3600000u, &woke), LBMS_AGAIN);

    /* The board lost its memory in the sleep: it starts anew with what was retained and its boot facts. */
    plant_world_current(&s.board.world, 20.0);
    ck_assert_int_eq(plant_board_sleep(&s.board, 3600000u, &woke), LBMS_OK);
    ck_assert_uint_eq(woke.wake_reason, LBMS_WAKE_CHARGER);
    lbms_core_save(&s.bms.core, &restored);
    restored.boot = woke;
    plant_board_restart(&s.board);
    ck_assert_int_eq(lbms_init(&s.bms, &s.board.hal, &lbms_product_ls_btn0_p0548100, &restored), LBMS_OK);
    run_s(&s, 30.0);
    /* 20 A are there, but an empty pack is charged gently: through the limiter */
    ck_assert_double_gt(s.board.pack.current_a, 9.0);
    ck_assert_double_lt(s.board.pack.current_a, 10.5);
    ck_assert((s.board.switches.closed & LBMS_SWITCH_LIMITER) != 0u);
    ck_assert_uint_eq(lbms_snapshot(&s.bms)->flow, LBMS_FLOW_CHARGE);
}
END_TEST

SUITE("scenario/closed_loop",
      CASE("R-PROT-03 R-TECH-04", a_charger_without_a_voltage_limit_cannot_over_charge_a_cell),
      CASE("R-PROT-02 R-SLP-01 R-SLP-08",
           a_load_without_a_voltage_limit_cannot_over_discharge_a_cell_and_the_empty_pack_sleeps),
      CASE("", the_soc_follows_the_true_charge_with_ideal_sensors),
      CASE("R-PROT-01 R-PROT-07", every_fault_of_the_measurement_ends_with_open_paths_or_true_values),
      CASE("", closing_onto_an_empty_inverter_never_surges),
      CASE("R-WAKE-01 R-SLP-07", an_empty_sleeping_pack_wakes_at_its_charger_and_charges))
