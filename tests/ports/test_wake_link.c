/* A pack asleep whose RS232 port somebody talks to: activity wakes the processor, only a valid frame wakes the pack. */
#include <string.h>

#include "losun_bms/base/timer.h"
#include "ports_rig.h"
#include "support/suite.h"

static struct ports_rig rig;

/* What happens while the processor is stopped: nothing until then, or a host that begins to send. */
static struct {
    uint32_t end_ms;   /* of the test, which ends the sleep without a reason */
    uint32_t send_ms;  /* when the host sends */
    const char *text;  /* NULL: it never does */
    size_t lost;       /* characters that are gone before the processor can receive */
    unsigned by_rs232; /* sleeps that it ended */
} world;

static int board_sleep(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke)
{
    struct ports_rig *r = (struct ports_rig *)ctx;
    const bool armed = (sleep->wake_sources & LBMS_WAKE_RS232) != 0u;
    uint32_t until_ms = world.end_ms;

    r->b.slept = *sleep;
    r->b.sleep_calls++;
    memset(woke, 0, sizeof(*woke));
    if ((world.text != NULL) && !lbms_reached_ms(r->b.now_ms, world.send_ms)) {
        until_ms = armed ? world.send_ms : until_ms;
    } else if (world.text != NULL) {
        until_ms = r->b.now_ms;
    } else {
        /* only the end */
    }
    if (!lbms_reached_ms(r->b.now_ms, until_ms)) {
        woke->seconds_asleep = (until_ms - r->b.now_ms) / 1000u;
        r->b.now_ms = until_ms;
        r->b.next_sample_ms = until_ms;
    }
    if (armed && (world.text != NULL) && lbms_reached_ms(r->b.now_ms, world.send_ms)) {
        ports_rig_send(r, LBMS_PORT_RS232, world.text, strlen(world.text));
        r->in_at[LBMS_PORT_RS232] = world.lost;
        r->in_ms[LBMS_PORT_RS232] += (uint32_t)world.lost;
        world.text = NULL;
        world.by_rs232++;
        woke->wake_reason = LBMS_WAKE_RS232;
    }
    return LBMS_OK;
}

/* Until this time; a sleep ends there too. */
static void run_to(uint32_t end_ms)
{
    world.end_ms = end_ms;
    while (!lbms_reached_ms(rig.b.now_ms, end_ms)) {
        ports_rig_run(&rig, 10u);
    }
}

static void run_on(uint32_t ms)
{
    run_to(rig.b.now_ms + ms);
}

/* The host begins to send so long from now. */
static void host_sends(uint32_t in_ms, const char *text, size_t lost)
{
    world.send_ms = rig.b.now_ms + in_ms;
    world.text = text;
    world.lost = lost;
}

/* Awake, as by lbms_run(), until low power is asked for; then the processor stops. */
static void asleep_by(void (*how)(void))
{
    memset(&world, 0, sizeof(world));
    ports_rig_start(&rig, 0u, false);
    rig.b.hal.sleep = board_sleep;
    how();
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_ge(rig.b.sleep_calls, 1u);
    ck_assert_uint_ne(rig.b.slept.wake_sources & LBMS_WAKE_RS232, 0u);
    rig.out_size[LBMS_PORT_RS232] = 0u;
}

static void by_the_host(void)
{
    (void)ports_rig_ask(&rig, LBMS_PORT_RS232, "~2500469C0000FD93");
    run_on(10000u);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_HOST);
}

static void by_an_empty_cell(void)
{
    bench_cells(&rig.b, 2550u);
    run_on(10000u);
    run_on(30000u);
    bench_cells(&rig.b, 2750u);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
}

static void by_its_switch(void)
{
    bench_release(&rig.b, LBMS_KEY_WEAK_SWITCH);
    run_on(40000u);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_SWITCH);
}

/* "Which version?", answered by any pack with this address. */
#define QUESTION "~250046900000FDA6\r"
#define ANSWER   "~25004600E00201FD37\r"

/* Asks once more after this time; true when an answer came. */
static bool asked_again(uint32_t after_ms)
{
    run_on(after_ms);
    rig.out_size[LBMS_PORT_RS232] = 0u;
    ports_rig_send(&rig, LBMS_PORT_RS232, QUESTION, strlen(QUESTION));
    ports_rig_run(&rig, 150u);
    return (rig.out_size[LBMS_PORT_RS232] == strlen(ANSWER)) &&
           (memcmp(rig.out[LBMS_PORT_RS232], ANSWER, strlen(ANSWER)) == 0);
}

START_TEST(the_first_frame_may_be_lost_and_the_next_one_within_3_s_wakes_the_pack)
{
    asleep_by(by_the_host);
    host_sends(3600000u, QUESTION, 6u);
    run_on(3600100u);
    ck_assert_uint_eq(world.by_rs232, 1u);
    ck_assert_uint_eq(rig.out_size[LBMS_PORT_RS232], 0u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    ck_assert(asked_again(2700u));
    run_on(200u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STARTING);
    run_on(7000u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STANDBY);
    ck_assert(bench_charge_closed(&rig.b) && bench_discharge_closed(&rig.b));
}
END_TEST

START_TEST(a_frame_that_came_in_whole_wakes_the_pack_at_once)
{
    asleep_by(by_the_host);
    rig.out_size[LBMS_PORT_RS232] = 0u;
    host_sends(1000u, QUESTION, 0u);
    run_on(1500u);
    ck_assert_uint_eq(rig.out_size[LBMS_PORT_RS232], strlen(ANSWER));
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STARTING);
}
END_TEST

START_TEST(without_a_valid_frame_the_processor_stops_again_after_3_s)
{
    /* without its first character, with a wrong sum, with a wrong length, noise */
    static const struct {
        const char *text;
        size_t lost;
    } useless[] = {{QUESTION, 1u},
                   {"~250046900000FDA7\r", 0u},
                   {"~25004690E002FD8F\r", 0u},
                   {"\xff\x10~\r~~25\r", 0u},
                   {"U", 0u}};
    unsigned i;

    asleep_by(by_the_host);
    for (i = 0u; i < (sizeof(useless) / sizeof(useless[0])); i++) {
        const unsigned sleeps = rig.b.sleep_calls;

        host_sends(60000u, useless[i].text, useless[i].lost);
        run_on(60000u + 2900u);
        ck_assert_uint_eq(rig.b.sleep_calls, sleeps + 1u);
        run_on(300u);
        ck_assert_uint_eq(rig.b.sleep_calls, sleeps + 2u);
        ck_assert_uint_eq(world.by_rs232, i + 1u);
        ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
        ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_HOST);
        ck_assert(bench_all_open(&rig.b));
        ck_assert_uint_eq(rig.b.lights, 0u);
    }
}
END_TEST

START_TEST(a_frame_after_more_than_3_s_is_a_first_one_again)
{
    asleep_by(by_the_host);
    host_sends(60000u, QUESTION, 6u);
    run_on(60000u);
    host_sends(3200u, QUESTION, 6u);
    run_on(3500u);
    ck_assert_uint_eq(world.by_rs232, 2u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    ck_assert(asked_again(1000u));
    run_on(200u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STARTING);
}
END_TEST

START_TEST(the_buses_do_not_wake_a_pack)
{
    asleep_by(by_the_host);
    host_sends(60000u, "U", 0u); /* the processor is awake for 3 s */
    run_on(60100u);
    ports_rig_send(&rig, LBMS_PORT_RS485, QUESTION, strlen(QUESTION));
    ports_rig_send(&rig, LBMS_PORT_PARALLEL, QUESTION, strlen(QUESTION));
    run_on(1000u);
    ck_assert_uint_eq(rig.out_size[LBMS_PORT_RS485] + rig.out_size[LBMS_PORT_PARALLEL], 0u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
}
END_TEST

START_TEST(an_empty_pack_answers_for_30_s_with_its_discharge_path_open_and_only_six_times)
{
    unsigned n;

    asleep_by(by_an_empty_cell);
    for (n = 0u; n < 6u; n++) {
        unsigned tenths;

        ck_assert_uint_ne(rig.b.slept.wake_sources & LBMS_WAKE_RS232, 0u);
        host_sends(20000u, QUESTION, 0u);
        run_on(20200u);
        ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STARTING);
        for (tenths = 0u; tenths < 295u; tenths++) {
            ck_assert(!bench_discharge_closed(&rig.b));
            ck_assert_uint_ne(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
            run_on(100u);
        }
        ck_assert(asked_again(0u)); /* more questions do not make it longer */
        run_on(2000u);
        ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
        ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_OVER_DISCHARGE);
        run_on(4000u); /* until the processor stops */
    }
    ck_assert_uint_eq(rig.b.slept.wake_sources & LBMS_WAKE_RS232, 0u);
}
END_TEST

START_TEST(a_pack_that_saves_its_last_charge_answers_on_rs232_only)
{
    ports_rig_start(&rig, 0u, false);
    bench_cells(&rig.b, 2550u);
    rig.b.external_mv = 41000;
    ports_rig_run(&rig, 500000u);
    ck_assert_str_ne(ports_rig_ask(&rig, LBMS_PORT_RS485, "~250046900000FDA6"), "");
    ports_rig_run(&rig, 250000u);
    while ((lbms_snapshot(&rig.b.bms)->state & LBMS_STATE_REDUCED) == 0u) {
        ports_rig_run(&rig, 100u);
    }
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~250046900000FDA6"), "");
    ck_assert_str_ne(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "");
}
END_TEST

START_TEST(a_pack_whose_switch_is_off_answers_for_30_s_and_closes_nothing)
{
    unsigned tenths;

    asleep_by(by_its_switch);
    host_sends(60000u, QUESTION, 0u);
    run_on(60200u);
    ck_assert_uint_ne(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    for (tenths = 0u; tenths < 280u; tenths++) {
        ck_assert(bench_all_open(&rig.b));
        ck_assert_uint_ne(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
        run_on(100u);
    }
    ck_assert(asked_again(0u));
    run_on(10000u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->sleep_reason, LBMS_SLEEP_SWITCH);
}
END_TEST

SUITE("ports/wake_link",
      CASE("R-WAKE-03", the_first_frame_may_be_lost_and_the_next_one_within_3_s_wakes_the_pack),
      CASE("R-WAKE-03", a_frame_that_came_in_whole_wakes_the_pack_at_once),
      CASE("R-WAKE-03", without_a_valid_frame_the_processor_stops_again_after_3_s),
      CASE("R-WAKE-03", a_frame_after_more_than_3_s_is_a_first_one_again),
      CASE("R-WAKE-03 R-SLP-08", the_buses_do_not_wake_a_pack),
      CASE("R-WAKE-03", an_empty_pack_answers_for_30_s_with_its_discharge_path_open_and_only_six_times),
      CASE("R-SLP-09", a_pack_that_saves_its_last_charge_answers_on_rs232_only),
      CASE("R-WSW-04", a_pack_whose_switch_is_off_answers_for_30_s_and_closes_nothing))
