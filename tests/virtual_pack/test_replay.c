/* Record and replay: the same inputs give the same decisions, bit for bit; a bad file is found out. */
#include <stdio.h>
#include <string.h>

#include "losun_bms/trace/trace.h"
#include "support/command.h"
#include "support/suite.h"

#define FILE_MAX (4u * 1024u * 1024u)

static uint8_t image[FILE_MAX];
static uint8_t copy[FILE_MAX];

/* A run in which everything happens: protection, sleep, wake-up, reset, faults, parameters. */
static size_t record(void)
{
    command(
        "$VP --headless --soc 2 --demand -3000W --at 15m:demand=2000W --at 25m:button=7s --at 30m:switch=off "
        "--at 32m:switch=on --fault cell3=open@34m --fault none@35m --at 36m:button=4s --at 37m:button=4s "
        "--at 37.5m:dip=3 --param uv_sleep_s=20 --seed 3 --duration 40m --record a.lbt");
    ck_assert_int_eq(ran.status, 0);
    return file_read("a.lbt", image, sizeof(image));
}

START_TEST(replay_is_bit_identical)
{
    (void)record();
    command("$REPLAY a.lbt");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(ran.err, "");
    ck_assert(says(ran.out, "protection begins: cell under-voltage"));
    ck_assert(says(ran.out, "woken by charger"));
    ck_assert(says(last_line(ran.out), "replayed "));
    ck_assert(says(last_line(ran.out), " steps: identical"));
}
END_TEST

/* A reset of the pack starts the core anew inside one recording. */
START_TEST(a_recording_may_hold_several_starts)
{
    const char *second;

    (void)record();
    command("$REPLAY a.lbt | grep 'the core starts'");
    ck_assert_uint_eq(lines(ran.out), 2);
    second = strchr(ran.out, '\n');
    ck_assert_ptr_nonnull(second);
    ck_assert(says(second, "0d 00:25:06."));
}
END_TEST

START_TEST(replay_prints_all_steps_or_stops_early)
{
    (void)record();
    command("$REPLAY --until 50 --all --csv steps.csv a.lbt");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(last_line(ran.out), "replayed 50 steps: identical");
    ck_assert(says(ran.out, "step 50  "));
    command("wc -l < steps.csv");
    ck_assert(says(ran.out, "51"));
}
END_TEST

/* Rewrites the recording with a wrong digest at one step. */
static size_t falsify(size_t length, unsigned long step, uint32_t wrong)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    struct lbms_trace reader;
    struct lbms_trace writer;
    struct lbms_restored restored;
    size_t at = (size_t)lbms_trace_open(&reader, product, &restored, image, length);
    size_t out = (size_t)lbms_trace_begin(&writer, product, &restored, copy, sizeof(copy));
    unsigned long i;

    for (i = 1; i <= 2u * step; i++) {
        struct lbms_inputs inputs;
        uint32_t digest;
        const int used = lbms_trace_read(&reader, &inputs, &digest, image + at, length - at);

        ck_assert_int_gt(used, 0);
        at += (size_t)used;
        digest ^= (i == step) ? wrong : 0u;
        out += (size_t)lbms_trace_step(&writer, &inputs, digest, copy + out, sizeof(copy) - out);
    }
    return out;
}

START_TEST(another_decision_is_found)
{
    const size_t length = record();

    file_write("same.lbt", copy, falsify(length, 77, 0u));
    command("$REPLAY same.lbt");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(last_line(ran.out), "replayed 154 steps: identical");
    file_write("other.lbt", copy, falsify(length, 77, 1u));
    command("$REPLAY other.lbt");
    ck_assert_int_eq(ran.status, 1);
    ck_assert_str_eq(last_line(ran.out), "step 77 differs");
}
END_TEST

static void expect_refusal(const char *arguments, const char *culprit)
{
    command("$REPLAY %s", arguments);
    if (ran.status != 2 || lines(ran.err) != 1 || !says(ran.err, culprit)) {
        ck_abort_msg("'%s': status %d, error '%s'", arguments, ran.status, ran.err);
    }
}

START_TEST(a_damaged_recording_is_refused)
{
    const size_t length = record();
    size_t i;

    for (i = 0; i < 40; i++) {
        const size_t place = i * (length / 40);

        memcpy(copy, image, length);
        copy[place] ^= 0x10u;
        file_write("bad.lbt", copy, length);
        expect_refusal("bad.lbt", "bad.lbt: ");
    }
}
END_TEST

/* As after a power failure: what is there counts. */
START_TEST(a_cut_recording_is_replayed_as_far_as_it_goes)
{
    (void)record();
    file_write("cut.lbt", image, 5001);
    command("$REPLAY cut.lbt");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "cut.lbt: ends inside a record"));
    ck_assert(says(last_line(ran.out), " steps: identical"));
    file_write("short.lbt", image, 20);
    expect_refusal("short.lbt", "short.lbt");
}
END_TEST

START_TEST(bad_command_lines_are_refused)
{
    file_write("empty.lbt", "", 0);
    file_write("text.lbt", "time_s,power_W\n", 15);
    expect_refusal("", "which recording");
    expect_refusal("empty.lbt", "empty.lbt");
    expect_refusal("text.lbt", "text.lbt");
    expect_refusal("missing.lbt", "missing.lbt");
    expect_refusal(".", ".");
    expect_refusal("a.lbt b.lbt", "b.lbt");
    expect_refusal("--bogus", "--bogus");
    expect_refusal("--until", "--until");
    expect_refusal("--until 0 a.lbt", "--until");
    expect_refusal("--csv", "--csv");
    (void)record();
    expect_refusal("a.lbt --csv nowhere/a.csv", "nowhere/a.csv");
    command("$REPLAY --help && $REPLAY --version");
    ck_assert_int_eq(ran.status, 0);
}
END_TEST

SUITE("virtual_pack/replay", CASE("", replay_is_bit_identical), CASE("", a_recording_may_hold_several_starts),
      CASE("", replay_prints_all_steps_or_stops_early), CASE("", another_decision_is_found),
      CASE("", a_damaged_recording_is_refused), CASE("", a_cut_recording_is_replayed_as_far_as_it_goes),
      CASE("", bad_command_lines_are_refused))
