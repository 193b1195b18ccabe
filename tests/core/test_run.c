/* The runner: what it reads, when it steps, what it applies, and what it does when the board fails. */
#include "support/bench.h"
#include "support/suite.h"

#include <string.h>

START_TEST(every_required_entry_is_missed_by_its_name)
{
    struct bench b;

    ck_assert_str_eq(lbms_hal_missing(NULL), "hal");
    bench_board(&b);
    ck_assert_ptr_null(lbms_hal_missing(&b.hal));
    bench_board(&b);
    b.hal.now_ms = NULL;
    ck_assert_str_eq(lbms_hal_missing(&b.hal), "now_ms");
    ck_assert_int_eq(bench_boot(&b), LBMS_ERR_MISSING);
    bench_board(&b);
    b.hal.sample = NULL;
    ck_assert_str_eq(lbms_hal_missing(&b.hal), "sample");
    bench_board(&b);
    b.hal.switches = NULL;
    ck_assert_str_eq(lbms_hal_missing(&b.hal), "switches");
    bench_board(&b);
    b.hal.controls = NULL;
    ck_assert_str_eq(lbms_hal_missing(&b.hal), "controls");
    bench_board(&b);
    b.hal.watchdog = NULL;
    ck_assert_str_eq(lbms_hal_missing(&b.hal), "watchdog");
    ck_assert_int_eq(bench_boot(&b), LBMS_ERR_MISSING);
}
END_TEST

START_TEST(null_arguments_are_refused)
{
    struct bench b;

    bench_board(&b);
    ck_assert_int_eq(lbms_init(NULL, &b.hal, &lbms_product_ls_btn0_p0548100, &b.restored), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_init(&b.bms, NULL, &lbms_product_ls_btn0_p0548100, &b.restored), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_init(&b.bms, &b.hal, NULL, &b.restored), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_init(&b.bms, &b.hal, &lbms_product_ls_btn0_p0548100, NULL), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_core_init(NULL, &lbms_product_ls_btn0_p0548100, &b.restored), LBMS_ERR_ARGUMENT);
}
END_TEST

START_TEST(a_board_with_the_required_entries_alone_runs)
{
    struct bench b;

    bench_board(&b);
    b.hal.afe_configure = NULL;
    b.hal.balance = NULL;
    b.hal.lights = NULL;
    b.hal.contacts = NULL;
    b.hal.wall_get = NULL;
    b.hal.wall_set = NULL;
    b.hal.retain = NULL;
    b.hal.sleep = NULL;
    b.hal.reset = NULL;
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    bench_run(&b, 10000u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
    ck_assert(!b.bms.inputs.wall_valid);
    /* Neither sleep nor reset nor a clock is there: asking for them does no harm. */
    bench_button(&b, 4000u);
    bench_run(&b, 10000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
    ck_assert(bench_all_open(&b));
    bench_button(&b, 4000u);
    bench_run(&b, 10000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
    bench_button(&b, 7000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_STANDBY);
}
END_TEST

START_TEST(init_opens_all_switches_before_anything_else)
{
    struct bench b;

    bench_board(&b);
    b.switches.closed = 0xFFu;
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    ck_assert_uint_eq(b.switch_calls, 1u);
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(stored_parameters_are_used_or_refused_whole)
{
    struct bench b;

    bench_board(&b);
    b.restored.params_valid = true;
    lbms_params_defaults(&b.restored.params, &lbms_product_ls_btn0_p0548100);
    b.restored.params.v[LBMS_PARAM_UV_SLEEP_S] = 77;
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_UV_SLEEP_S], 77);

    b.restored.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV] = 3651;
    ck_assert_int_eq(bench_boot(&b), LBMS_ERR_RANGE);
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_UV_SLEEP_S], 30);
    bench_run(&b, 10000u);
    ck_assert(bench_charge_closed(&b));
}
END_TEST

START_TEST(it_steps_every_100_ms_and_says_how_long_it_can_wait)
{
    struct bench b;
    uint32_t wait_ms;
    uint32_t i;
    unsigned steps = 0u;

    bench_start(&b);
    for (i = 0u; i <= 1000u; i++) { /* this instant has had its step already */
        const unsigned before = b.switch_calls;

        wait_ms = lbms_run(&b.bms);
        ck_assert_uint_le(wait_ms, LBMS_STEP_MS);
        steps += b.switch_calls - before;
        b.now_ms += 1u;
    }
    ck_assert_uint_eq(steps, 10u);
}
END_TEST

START_TEST(a_flashing_light_brings_the_next_step_forward)
{
    struct bench b;
    unsigned i;

    bench_start(&b);
    bench_current(&b, 20000);
    bench_run(&b, 5000u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_CHARGING);
    for (i = 0u; i < 50u; i++) { /* the wait never passes an edge of the 500 ms flash */
        const uint32_t to_edge_ms = b.bms.outputs.next_ms;
        const uint32_t wait_ms = lbms_run(&b.bms);

        ck_assert_uint_le(wait_ms, LBMS_STEP_MS);
        ck_assert(wait_ms <= to_edge_ms || b.bms.last_step_ms == b.now_ms);
        b.now_ms += wait_ms;
    }
}
END_TEST

START_TEST(a_key_steps_at_once)
{
    struct bench b;
    unsigned before;

    bench_start(&b);
    b.now_ms += 10u;
    before = b.switch_calls;
    (void)lbms_run(&b.bms);
    ck_assert_uint_eq(b.switch_calls, before);
    bench_press(&b, LBMS_KEY_MENU);
    (void)lbms_run(&b.bms);
    ck_assert_uint_eq(b.switch_calls, before + 1u);
}
END_TEST

START_TEST(an_alert_of_the_afe_steps_at_once)
{
    struct bench b;
    unsigned before;

    bench_start(&b);
    b.now_ms += 10u;
    b.next_sample_ms = b.now_ms;
    b.sample.afe_flags = LBMS_AFE_SHORT_CIRCUIT;
    before = b.switch_calls;
    (void)lbms_run(&b.bms);
    ck_assert_uint_eq(b.switch_calls, before + 1u);
    ck_assert_uint_eq(lbms_snapshot(&b.bms)->m.afe_flags, LBMS_AFE_SHORT_CIRCUIT);
}
END_TEST

START_TEST(a_command_steps_at_once_and_one_step_carries_out_one)
{
    struct bench b;
    struct lbms_command command;
    unsigned before;
    int first;
    int second;

    bench_start(&b);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESTORE_DEFAULTS;
    b.now_ms += 10u;
    before = b.switch_calls;
    first = lbms_command(&b.bms, &command);
    command.kind = 99u;
    second = lbms_command(&b.bms, &command);
    ck_assert_int_eq(second, first + 1);
    ck_assert_uint_eq(lbms_run(&b.bms), 0u); /* call again at once: another one waits */
    ck_assert_uint_eq(b.switch_calls, before + 1u);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->result_sequence, first);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->result, LBMS_OK);
    (void)lbms_run(&b.bms);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->result_sequence, second);
    ck_assert_int_eq(lbms_snapshot(&b.bms)->result, LBMS_ERR_UNSUPPORTED);
}
END_TEST

START_TEST(commands_beyond_the_queue_are_refused_and_sequence_zero_is_never_used)
{
    struct bench b;
    struct lbms_command command;
    unsigned i;

    bench_start(&b);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESTORE_DEFAULTS;
    b.bms.next_sequence = UINT16_MAX;
    ck_assert_int_eq(lbms_command(&b.bms, &command), UINT16_MAX);
    ck_assert_int_eq(lbms_command(&b.bms, &command), 1);
    for (i = 2u; i < LBMS_COMMAND_QUEUE; i++) {
        ck_assert_int_gt(lbms_command(&b.bms, &command), 0);
    }
    ck_assert_int_eq(lbms_command(&b.bms, &command), LBMS_ERR_SPACE);
}
END_TEST

START_TEST(the_watchdog_starves_when_samples_stop_with_closed_switches)
{
    struct bench b;
    unsigned fed;

    bench_start(&b);
    fed = b.watchdog_fed;
    bench_run(&b, 1000u);
    ck_assert_uint_ge(b.watchdog_fed, fed + 10u);
    /* A board that takes no switch command must be restarted, however fresh its samples are. */
    b.fail_switches = LBMS_ERR_IO;
    bench_run(&b, 200u);
    fed = b.watchdog_fed;
    bench_run(&b, 5000u);
    ck_assert_uint_eq(b.watchdog_fed, fed);
    ck_assert_uint_gt(b.bms.errors.switches, 0u);
}
END_TEST

START_TEST(the_watchdog_is_fed_without_samples_once_the_switches_are_open)
{
    struct bench b;
    unsigned fed;

    bench_start(&b);
    b.samples_stopped = true;
    bench_run(&b, 5000u);
    ck_assert(bench_all_open(&b));
    fed = b.watchdog_fed;
    bench_run(&b, 1000u);
    ck_assert_uint_ge(b.watchdog_fed, fed + 10u);
}
END_TEST

START_TEST(errors_of_the_board_are_counted_and_the_pack_goes_on)
{
    struct bench b;
    struct lbms_command command;

    bench_start(&b);
    b.fail_controls = LBMS_ERR_IO;
    b.fail_watchdog = LBMS_ERR_IO;
    b.fail_balance = LBMS_ERR_IO;
    b.fail_lights = LBMS_ERR_IO;
    b.fail_contacts = LBMS_ERR_IO;
    b.fail_wall = LBMS_ERR_IO;
    bench_current(&b, 20000); /* makes the lights change */
    bench_run(&b, 5000u);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_CLOCK;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    ck_assert_uint_gt(b.bms.errors.controls, 0u);
    ck_assert_uint_gt(b.bms.errors.watchdog, 0u);
    ck_assert_uint_gt(b.bms.errors.balance, 0u);
    ck_assert_uint_gt(b.bms.errors.lights, 0u);
    ck_assert_uint_gt(b.bms.errors.clock, 0u);
    ck_assert_uint_eq(b.bms.errors.sample, 0u);
    b.fail_sample = LBMS_ERR_CHECKSUM;
    bench_run(&b, 1000u);
    ck_assert_uint_gt(b.bms.errors.sample, 0u);
    ck_assert(bench_charge_closed(&b)); /* one second without a sample is no loss yet */
}
END_TEST

START_TEST(error_counters_stop_at_their_maximum)
{
    struct bench b;

    bench_start(&b);
    b.fail_balance = LBMS_ERR_IO;
    b.bms.errors.balance = UINT16_MAX - 1u;
    bench_run(&b, 1000u);
    ck_assert_uint_eq(b.bms.errors.balance, UINT16_MAX);
}
END_TEST

START_TEST(hardware_thresholds_are_written_once_and_again_while_the_chip_has_others)
{
    struct bench b;
    unsigned calls;

    bench_start(&b);
    ck_assert_uint_eq(b.afe_calls, 1u);
    ck_assert_uint_eq(b.afe.cell_ov_mv, 3650u);
    ck_assert_int_eq(b.bms.inputs.afe_fit, LBMS_AFE_FITS);
    ck_assert_uint_eq(b.bms.inputs.afe_got.cell_ov_mv, 3650u);
    bench_run(&b, 60000u);
    ck_assert_uint_eq(b.afe_calls, 1u);

    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_DELAY_MS, 2000), LBMS_OK);
    ck_assert_uint_eq(b.afe_calls, 2u);
    ck_assert_uint_eq(b.afe.cell_ov_delay_ms, 3000u);

    b.sample.config_seq = 0u; /* the chip was reset */
    b.afe_ignores = true;
    calls = b.afe_calls;
    bench_run(&b, 10000u);
    ck_assert_uint_ge(b.afe_calls, calls + 9u); /* once a second */
    ck_assert_uint_le(b.afe_calls, calls + 11u);

    b.fail_afe = LBMS_ERR_IO;
    bench_run(&b, 3000u);
    ck_assert_int_eq(b.bms.inputs.afe_fit, LBMS_ERR_IO);
    ck_assert_uint_gt(b.bms.errors.afe, 0u);
}
END_TEST

START_TEST(lights_and_contacts_are_written_only_when_they_change)
{
    struct bench b;
    unsigned lights;

    bench_start(&b);
    lights = b.lights_calls;
    ck_assert_uint_eq(b.contacts_calls, 1u);
    bench_run(&b, 10000u); /* standby: steady lights */
    ck_assert_uint_eq(b.lights_calls, lights);
    bench_current(&b, 20000);
    bench_run(&b, 3000u);
    lights = b.lights_calls;
    bench_run(&b, 10000u); /* flash 2: two changes a second */
    ck_assert_uint_ge(b.lights_calls, lights + 19u);
    ck_assert_uint_le(b.lights_calls, lights + 21u);
}
END_TEST

START_TEST(uptime_counts_seconds_across_the_wrap_of_the_milliseconds)
{
    struct bench b;

    bench_board(&b);
    b.now_ms = UINT32_MAX - 29999u;
    (void)bench_boot(&b);
    bench_run(&b, 60000u);
    ck_assert_uint_eq(b.bms.inputs.uptime_s, 60u);
    ck_assert(bench_charge_closed(&b) && bench_discharge_closed(&b));
}
END_TEST

START_TEST(a_sleep_saves_asks_and_comes_back_with_its_reason)
{
    struct bench b;

    bench_start(&b);
    b.woke.wake_reason = LBMS_WAKE_CHARGER;
    b.woke.seconds_asleep = 5000000u; /* longer than the milliseconds can count */
    bench_button(&b, 4000u);
    bench_run(&b, 6000u);
    ck_assert_uint_ge(b.sleep_calls, 1u);
    ck_assert_uint_eq(b.slept.reason, LBMS_SLEEP_BUTTON);
    ck_assert_uint_eq(b.slept.wake_sources, LBMS_WAKE_BUTTON | LBMS_WAKE_CHARGER | LBMS_WAKE_SWITCH |
                                                LBMS_WAKE_RS232 | LBMS_WAKE_KEY);
    ck_assert_uint_eq(b.retain_calls, b.sleep_calls);
    ck_assert(b.retained.params_valid && b.retained.life.valid);
    ck_assert_uint_eq(b.retained.sleep_reason, LBMS_SLEEP_BUTTON);
    ck_assert_uint_ge(b.bms.inputs.uptime_s, 5000000u);
    ck_assert(bench_all_open(&b));
}
END_TEST

START_TEST(a_refused_sleep_is_counted_and_asked_for_again)
{
    struct bench b;

    bench_start(&b);
    b.fail_sleep = LBMS_ERR_STATE;
    bench_button(&b, 4000u);
    bench_run(&b, 8000u);
    ck_assert_uint_gt(b.bms.errors.sleep, 1u);
    ck_assert_uint_eq(bench_mode(&b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(the_reset_command_saves_and_resets)
{
    struct bench b;
    struct lbms_command command;

    bench_start(&b);
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_RESET;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    ck_assert_uint_eq(b.reset_calls, 1u);
    ck_assert_uint_eq(b.retain_calls, 1u);
}
END_TEST

START_TEST(the_clock_command_sets_the_wall_clock)
{
    struct bench b;
    struct lbms_command command;

    bench_start(&b);
    ck_assert(!b.bms.inputs.wall_valid);
    ck_assert_uint_eq(b.bms.errors.clock, 0u); /* a clock that was never set is no error */
    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_CLOCK;
    command.count = 1u;
    command.item[0].value = 1700000000;
    ck_assert_int_eq(bench_command(&b, &command), LBMS_OK);
    bench_run(&b, 200u);
    ck_assert(b.bms.inputs.wall_valid);
    ck_assert_uint_eq(b.bms.inputs.wall_s, 1700000000u);
}
END_TEST

static unsigned observed;

static void observe(void *ctx, const struct lbms_inputs *inputs, const struct lbms_outputs *outputs,
                    const struct lbms_snapshot *snapshot)
{
    const struct bench *b = ctx;

    ck_assert_uint_eq(inputs->now_ms, b->now_ms);
    ck_assert_uint_eq(outputs->want.closed, snapshot->want.closed);
    observed++;
}

START_TEST(an_observer_sees_every_step_until_it_is_removed)
{
    struct bench b;
    unsigned before;

    bench_start(&b);
    observed = 0u;
    lbms_observe(&b.bms, observe, &b);
    before = b.switch_calls;
    bench_run(&b, 1000u);
    ck_assert_uint_eq(observed, b.switch_calls - before);
    ck_assert_uint_ge(observed, 10u);
    lbms_observe(&b.bms, NULL, NULL);
    bench_run(&b, 1000u);
    ck_assert_uint_lt(observed, b.switch_calls - before);
}
END_TEST

START_TEST(two_packs_in_one_program_do_not_know_of_each_other)
{
    static struct bench a;
    static struct bench b;

    bench_start(&a);
    bench_start(&b);
    bench_cell(&a, 3u, 3700u);
    bench_run(&a, 3000u);
    bench_run(&b, 3000u);
    ck_assert(bench_protection(&a, LBMS_BIT_CELL_OV));
    ck_assert(!bench_protection(&b, LBMS_BIT_CELL_OV));
    ck_assert(!bench_charge_closed(&a));
    ck_assert(bench_charge_closed(&b));
}
END_TEST

SUITE("core/run", CASE("", every_required_entry_is_missed_by_its_name), CASE("", null_arguments_are_refused),
      CASE("R-WSW-08", a_board_with_the_required_entries_alone_runs),
      CASE("R-PROT-09", init_opens_all_switches_before_anything_else),
      CASE("R-PRM-04", stored_parameters_are_used_or_refused_whole),
      CASE("", it_steps_every_100_ms_and_says_how_long_it_can_wait),
      CASE("", a_flashing_light_brings_the_next_step_forward), CASE("", a_key_steps_at_once),
      CASE("", an_alert_of_the_afe_steps_at_once),
      CASE("", a_command_steps_at_once_and_one_step_carries_out_one),
      CASE("", commands_beyond_the_queue_are_refused_and_sequence_zero_is_never_used),
      CASE("R-PROT-09", the_watchdog_starves_when_samples_stop_with_closed_switches),
      CASE("R-PROT-09", the_watchdog_is_fed_without_samples_once_the_switches_are_open),
      CASE("", errors_of_the_board_are_counted_and_the_pack_goes_on),
      CASE("", error_counters_stop_at_their_maximum),
      CASE("R-TECH-13", hardware_thresholds_are_written_once_and_again_while_the_chip_has_others),
      CASE("", lights_and_contacts_are_written_only_when_they_change),
      CASE("", uptime_counts_seconds_across_the_wrap_of_the_milliseconds),
      CASE("R-SLP-07", a_sleep_saves_asks_and_comes_back_with_its_reason),
      CASE("", a_refused_sleep_is_counted_and_asked_for_again), CASE("", the_reset_command_saves_and_resets),
      CASE("", the_clock_command_sets_the_wall_clock),
      CASE("", an_observer_sees_every_step_until_it_is_removed),
      CASE("", two_packs_in_one_program_do_not_know_of_each_other))
