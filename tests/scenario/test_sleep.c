/* Given an awake or a sleeping pack, when its button, switch, charger or empty cells say so, then ... */
#include "support/bench.h"
#include "support/suite.h"

#include <string.h>

/* A pack asleep by its button, on a board that stays awake itself (its sleep entry is not fitted). */
static void asleep(struct bench *b)
{
    bench_board(b);
    b->hal.sleep = NULL;
    (void)bench_boot(b);
    bench_run(b, 10000u);
    bench_button(b, 4000u);
    bench_run(b, 3000u);
    ck_assert_uint_eq(bench_mode(b), LBMS_MODE_SHUTDOWN);
}

START_TEST(the_button_between_3_and_6_s_puts_it_to_sleep)
{
    struct bench b;

    bench_start(&b);
    bench_button(&b, 2900u);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    bench_button(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STOPPING);
    ck_assert(bench_all_open(&b));
    bench_run(&b, 1500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_BUTTON);
    ck_assert_uint_eq(b.lights, 0u);
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(the_button_held_for_6_s_resets_once)
{
    struct bench b;

    bench_start(&b);
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 5900u);
    ck_assert_uint_eq(b.reset_calls, 0u);
    bench_run(&b, 300u);
    ck_assert_uint_eq(b.reset_calls, 1u);
    bench_run(&b, 20000u);
    ck_assert_uint_eq(b.reset_calls, 1u);
    /* After the reset the same press means nothing. */
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 20000u);
    ck_assert_uint_eq(b.reset_calls, 1u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(the_button_wakes_it_on_release_between_3_and_6_s_and_when_held_for_6_s)
{
    struct bench b;

    asleep(&b);
    bench_button(&b, 2900u);
    bench_run(&b, 1000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    bench_button(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    bench_run(&b, 6000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));

    asleep(&b);
    bench_press(&b, LBMS_KEY_BUTTON);
    bench_run(&b, 5900u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    bench_run(&b, 300u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
    bench_run(&b, 60000u);
    ck_assert_uint_eq(b.reset_calls, 0u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(a_charger_above_48_v_wakes_it_after_a_second)
{
    struct bench b;

    asleep(&b);
    b.external_mv = 48000;
    bench_run_s(&b, 60u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    b.external_mv = 48001;
    bench_run(&b, 900u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    bench_run(&b, 400u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STARTING);
}
END_TEST

START_TEST(an_empty_pack_sleeps_after_30_s_unless_it_is_being_charged)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 2550u);
    bench_run(&b, 1200u); /* protection */
    ck_assert(bench_protection(&b, LBMS_BIT_CELL_UV));
    bench_run(&b, 29800u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_PROTECT);
    bench_run(&b, 2000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);

    bench_start(&b);
    bench_cells(&b, 2550u);
    bench_run(&b, 20000u);
    bench_current(&b, 500);
    bench_run(&b, 20000u);
    bench_current(&b, 0);
    bench_run(&b, 29000u); /* the time starts anew */
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_PROTECT);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(an_empty_pack_on_a_live_bus_stays_awake_with_its_charge_path_closed)
{
    struct bench b;
    unsigned closed_s = 0u;
    unsigned i;

    bench_start(&b);
    bench_cells(&b, 2550u);
    b.external_mv = 41000;
    bench_run(&b, 32000u);
    for (i = 0u; i < 300u; i++) {
        bench_run(&b, 1000u);
        ck_assert_uint_ne(bench_mode(&b), LBMS_MODE_SHUTDOWN);
        ck_assert(!bench_discharge_closed(&b));
        closed_s += bench_charge_closed(&b) ? 1u : 0u;
    }
    ck_assert_uint_ge(closed_s, 280u); /* open only for the tests, one in about a minute and a half */
    b.external_mv = 0;
    bench_run_s(&b, 95u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(external_voltage_refuses_the_button_and_the_paths_close_again)
{
    struct bench b;

    bench_start(&b);
    b.external_mv = 10000;
    bench_button(&b, 4000u);
    bench_run(&b, 9500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STOPPING);
    ck_assert(bench_all_open(&b));
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    b.external_mv = 9999;
    bench_button(&b, 4000u);
    bench_run(&b, 2000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(the_host_can_send_it_to_sleep_only_while_it_is_awake)
{
    struct bench b;
    struct lbms_command command;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SLEEP;
    bench_board(&b);
    b.hal.sleep = NULL;
    (void)bench_boot(&b);
    ck_assert_int_eq(bench_command(&b, &command), LBMS_ERR_STATE); /* starting */
    bench_run(&b, 10000u);
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    bench_run(&b, 1000u);
    ck_assert(bench_all_open(&b));
    bench_run(&b, 2000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_HOST);
    ck_assert_int_eq(bench_command(&b, &command), LBMS_ERR_STATE);
}
END_TEST

START_TEST(the_weak_current_switch_opens_both_paths_within_100_ms)
{
    struct bench b;

    bench_start(&b);
    bench_run(&b, 37u);
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    (void)lbms_run(&b.bms); /* as the interrupt of the input would */
    bench_run(&b, 99u);
    ck_assert(bench_all_open(&b));
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_OFF_SWITCH);
    ck_assert_uint_eq(b.lights & LBMS_LIGHT_ON, 0u);
    bench_press(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 2000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(with_the_switch_off_it_sleeps_after_30_s_and_only_the_switch_connects_it)
{
    struct bench b;
    unsigned i;

    bench_board(&b);
    b.hal.sleep = NULL;
    (void)bench_boot(&b);
    bench_run(&b, 10000u);
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 29500u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_OFF_SWITCH);
    bench_run(&b, 3000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_SWITCH);
    ck_assert_uint_eq(b.bms.outputs.sleep.wake_sources & LBMS_WAKE_CHARGER, 0u);
    b.external_mv = 54000;
    bench_run_s(&b, 60u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    b.external_mv = 0;
    bench_button(&b, 4000u); /* answers for 30 s, and closes nothing */
    for (i = 0u; i < 280u; i++) {
        bench_run(&b, 100u);
        ck_assert(bench_all_open(&b));
        ck_assert_uint_ne(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    }
    bench_run(&b, 4000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->sleep_reason, LBMS_SLEEP_SWITCH);
    bench_press(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 6000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(the_switch_works_in_fault_and_protect_too)
{
    struct bench b;

    bench_start(&b);
    bench_cells(&b, 2550u);
    bench_run(&b, 3000u);
    ck_assert(bench_charge_closed(&b));
    bench_release(&b, LBMS_KEY_WEAK_SWITCH);
    bench_run(&b, 200u);
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(continuing_in_ram_and_restarting_after_a_sleep_decide_alike)
{
    struct bench kept;
    struct bench lost;
    unsigned i;

    /* The same sleep on two boards; one keeps its memory, the other starts anew with what was retained. */
    asleep(&kept);
    kept.hal.retain(&kept, &kept.retained, sizeof(kept.retained));
    asleep(&lost);
    lbms_core_save(&lost.bms.core, &lost.restored);
    lost.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    lost.restored.boot.wake_reason = LBMS_WAKE_BUTTON;
    bench_press(&kept, LBMS_KEY_BUTTON);
    bench_press(&lost, LBMS_KEY_BUTTON);
    ck_assert_int_eq(bench_boot(&lost), LBMS_OK);
    for (i = 0u; i < 60u; i++) {
        if (i == 40u) {
            bench_release(&kept, LBMS_KEY_BUTTON);
            bench_release(&lost, LBMS_KEY_BUTTON);
        }
        bench_run(&kept, 100u);
        bench_run(&lost, 100u);
        ck_assert_uint_eq(bench_mode(&lost), bench_mode(&kept));
    }
    ck_assert_uint_eq(bench_mode(&kept), LBMS_MODE_STARTING);
    bench_run(&kept, 6000u);
    bench_run(&lost, 6000u);
    ck_assert_uint_eq(lost.switches.closed, kept.switches.closed);
    ck_assert(bench_discharge_closed(&kept));
}
END_TEST

START_TEST(a_charger_seen_while_the_afe_slept_does_not_find_old_values)
{
    struct bench b;

    asleep(&b);
    b.samples_stopped = true;
    bench_run_s(&b, 3600u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->faults, 0u); /* a sleeping AFE is silent */
    bench_button(&b, 4000u);
    b.samples_stopped = false;
    bench_run(&b, 6000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&b));
}
END_TEST

SUITE("scenario/sleep", CASE("R-SLP-02 R-SLP-08 R-SW-01", the_button_between_3_and_6_s_puts_it_to_sleep),
      CASE("R-SW-03", the_button_held_for_6_s_resets_once),
      CASE("R-SW-01 R-WAKE-02", the_button_wakes_it_on_release_between_3_and_6_s_and_when_held_for_6_s),
      CASE("R-WAKE-01", a_charger_above_48_v_wakes_it_after_a_second),
      CASE("R-SLP-01", an_empty_pack_sleeps_after_30_s_unless_it_is_being_charged),
      CASE("R-SLP-06", an_empty_pack_on_a_live_bus_stays_awake_with_its_charge_path_closed),
      CASE("R-SLP-06", external_voltage_refuses_the_button_and_the_paths_close_again),
      CASE("R-SLP-05", the_host_can_send_it_to_sleep_only_while_it_is_awake),
      CASE("R-WSW-01 R-WSW-02 R-IND-04", the_weak_current_switch_opens_both_paths_within_100_ms),
      CASE("R-WSW-02 R-WSW-03 R-WSW-04 R-WAKE-08",
           with_the_switch_off_it_sleeps_after_30_s_and_only_the_switch_connects_it),
      CASE("R-WSW-07", the_switch_works_in_fault_and_protect_too),
      CASE("R-SLP-07", continuing_in_ram_and_restarting_after_a_sleep_decide_alike),
      CASE("R-WAKE-09", a_charger_seen_while_the_afe_slept_does_not_find_old_values))
