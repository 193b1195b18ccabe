#include "losun_bms_port/posix_can.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "scratch.h"
#include "support/suite.h"

static const struct lbms_can_frame limits = {0x351u, 8u, {0x38, 0x02, 0xF4, 0x01, 0x0E, 0x01, 0xC8, 0x01}};

static int open_can(struct lbms_posix_can *can, const char *target)
{
    const struct lbms_posix_can_options options = {.target = target, .wall_s = 1700000000u};

    return lbms_posix_can_open(can, &options, 0u);
}

static void expect_report(struct lbms_posix_can *can, const char *part)
{
    const char *text = lbms_posix_can_report(can);

    ck_assert_msg(text != NULL, "no report, but '%s' was expected", part);
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
}

static void drop_reports(struct lbms_posix_can *can)
{
    while (lbms_posix_can_report(can) != NULL) {
    }
}

/* Bytes pass a PTY in pieces: reads until a frame is whole, or nothing more comes. */
static int read_frame(struct lbms_posix_can *can, uint32_t now_ms, struct lbms_can_frame *frame)
{
    int status = lbms_posix_can_read(can, now_ms, frame);

    while (status == LBMS_AGAIN && wait_readable(can->serial.fd)) {
        status = lbms_posix_can_read(can, now_ms, frame);
    }
    return status;
}

static void send_text(int fd, const char *text)
{
    client_send(fd, text, strlen(text));
}

/* Sends commands to the port, which must contain no frame, and waits for exactly this answer. */
static void command(struct lbms_posix_can *can, int client, const char *text, const char *answer)
{
    struct lbms_can_frame frame;
    char got[64];
    size_t done = 0u;
    unsigned tries;

    send_text(client, text);
    for (tries = 0u; tries < 1000u && done < strlen(answer); tries++) {
        struct pollfd line = {.fd = client, .events = POLLIN, .revents = 0};

        ck_assert_int_eq(lbms_posix_can_read(can, 0u, &frame), LBMS_AGAIN);
        if (poll(&line, 1u, 1) > 0) {
            const ssize_t n = read(client, &got[done], sizeof(got) - 1u - done);

            ck_assert_int_gt((int)n, 0);
            done += (size_t)n;
        }
    }
    got[done] = '\0';
    ck_assert_str_eq(got, answer);
}

/* Reads until that many characters have been taken in, which contain no frame. */
static void take_in(struct lbms_posix_can *can, const char *text, int from)
{
    struct lbms_can_frame frame;
    unsigned tries;

    send_text(from, text);
    for (tries = 0u; tries < 10u; tries++) {
        (void)poll(NULL, 0u, 1);
        ck_assert_int_eq(lbms_posix_can_read(can, 0u, &frame), LBMS_AGAIN);
    }
}

/* ---- adapter at a PTY ------------------------------------------------------------------------------------- */

static int open_adapter(struct lbms_posix_can *can)
{
    int client;

    ck_assert_int_eq(open_can(can, scratch_target("slcan:pty:", "can")), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_state(can, 0u, false), LBMS_CAN_WARNING); /* nobody acknowledges */
    client = client_open(scratch_path("can"));
    command(can, client, "\r\rC\rV\rS6\rO\r", "\r\r\rV1010\r\r\r");
    ck_assert_int_eq(lbms_posix_can_state(can, 0u, false), LBMS_CAN_OK);
    drop_reports(can);
    return client;
}

START_TEST(a_client_opens_the_channel_and_frames_pass_both_ways)
{
    struct lbms_posix_can can;
    struct lbms_can_frame frame;
    const int client = open_adapter(&can);

    ck_assert_int_eq(lbms_posix_can_write(&can, 10u, &limits), LBMS_OK);
    client_expect(client, "t35183802F4010E01C801\r");
    send_text(client, "t30580000000000000000\rT18FF50E51AA\rr3510\rt3");
    ck_assert_int_eq(read_frame(&can, 20u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x305u);
    ck_assert_uint_eq(frame.length, 8u);
    ck_assert_int_eq(read_frame(&can, 20u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x18FF50E5u | LBMS_CAN_EXTENDED);
    command(&can, client, "", "\r\r\r");
    ck_assert_uint_eq(can.remote, 1u);
    send_text(client, "061FF\r"); /* the rest of the line begun before */
    ck_assert_int_eq(read_frame(&can, 20u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x306u);
    ck_assert_uint_eq(can.frames_in, 3u);
    ck_assert_uint_eq(can.frames_out, 1u);
    (void)close(client);
    lbms_posix_can_close(&can);
    ck_assert_int_ne(access(scratch_path("can"), F_OK), 0);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &frame), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_posix_can_setup(&can, 0u, 500000u), LBMS_ERR_STATE);
}
END_TEST

START_TEST(nothing_is_delivered_before_open_and_after_close)
{
    struct lbms_posix_can can;
    int client;

    ck_assert_int_eq(open_can(&can, "slcan:pty"), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK); /* no client at all */
    client = client_open(can.name);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK); /* not opened */
    ck_assert_uint_eq(can.lost, 2u);
    client_expect_nothing(client);
    command(&can, client, "t0070\r", "\a");
    command(&can, client, "O\r", "\r");
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect(client, "t35183802F4010E01C801\r");
    command(&can, client, "C\r", "\r");
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect_nothing(client);
    ck_assert_uint_eq(can.lost, 3u);
    (void)close(client);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_new_client_finds_a_closed_channel_and_no_old_frames)
{
    struct lbms_posix_can can;
    struct lbms_can_frame frame;
    int client = open_adapter(&can);

    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    send_text(client, "t00"); /* half a line */
    (void)close(client);
    ck_assert_int_eq(read_frame(&can, 0u, &frame), LBMS_AGAIN);
    expect_report(&can, "the client has closed it");
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_WARNING);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client = client_open(can.name);
    lbms_posix_can_poll(&can, 0u);
    expect_report(&can, "a client has opened it");
    client_expect_nothing(client);
    command(&can, client, "O\r", "\r");
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    (void)close(client);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_client_at_another_bit_rate_hears_nothing_and_is_reported_once)
{
    struct lbms_posix_can can;
    int client;

    ck_assert_int_eq(open_can(&can, "slcan:pty"), LBMS_OK);
    client = client_open(can.name);
    lbms_posix_can_poll(&can, 0u);
    drop_reports(&can);
    command(&can, client, "S5\rO\rF\rt0070\r", "\r\rF80\r\r");
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect_nothing(client);
    ck_assert_uint_eq(can.lost, 1u);
    ck_assert_uint_eq(can.damaged, 1u);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_WARNING);
    expect_report(&can, "the client uses 250000 bit/s, the pack 500000");
    ck_assert_ptr_null(lbms_posix_can_report(&can));
    ck_assert_int_eq(lbms_posix_can_setup(&can, 0u, 250000u), LBMS_OK); /* the pack follows */
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect(client, "t35183802F4010E01C801\r");
    ck_assert_int_eq(lbms_posix_can_setup(&can, 0u, 123u), LBMS_ERR_RANGE);
    (void)close(client);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_client_that_does_not_read_fills_the_queue_and_frames_stay_whole)
{
    struct lbms_posix_can can;
    struct lbms_can_frame frame = limits;
    const int client = open_adapter(&can);
    char text[LBMS_SLCAN_TEXT_SIZE];
    unsigned sent = 0u, refused = 0u, i;

    while (refused < 20u && sent < 100000u) {
        frame.data[0] = (uint8_t)sent;
        frame.data[1] = (uint8_t)(sent >> 8);
        if (lbms_posix_can_write(&can, 0u, &frame) == LBMS_OK) {
            sent++;
            refused = 0u;
        } else {
            refused++;
        }
    }
    ck_assert_uint_eq(refused, 20u);
    ck_assert_uint_gt(sent, 40u);
    for (i = 0u; i < sent; i++) {
        frame.data[0] = (uint8_t)i;
        frame.data[1] = (uint8_t)(i >> 8);
        (void)lbms_slcan_encode(&frame, text);
        lbms_posix_can_poll(&can, 0u);
        client_expect(client, text);
    }
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect(client, "t35183802F4010E01C801\r");
    (void)close(client);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(garbage_from_a_client_is_counted_and_the_next_line_works)
{
    struct lbms_posix_can can;
    struct lbms_can_frame frame;
    const int client = open_adapter(&can);
    uint32_t random = 99u, damaged;
    uint8_t block[64];
    unsigned round, i;

    for (round = 0u; round < 200u; round++) {
        for (i = 0u; i < sizeof(block); i++) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            block[i] = (uint8_t)(random >> 24);
        }
        client_send(client, block, sizeof(block));
        (void)wait_readable(can.serial.fd);
        while (lbms_posix_can_read(&can, 0u, &frame) == LBMS_OK) {
            ck_assert_uint_le(frame.length, 8u);
        }
        while (read(client, block, sizeof(block)) > 0) {
        }
    }
    ck_assert_uint_gt(can.damaged, 0u);
    send_text(client, "\rC\rS6\rO\r");
    take_in(&can, "", client);
    damaged = can.damaged;
    send_text(client, "t12311A\r");
    ck_assert_int_eq(read_frame(&can, 0u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x123u);
    ck_assert_uint_eq(can.damaged, damaged);
    (void)close(client);
    lbms_posix_can_close(&can);
}
END_TEST

/* ---- host of an adapter at a tty -------------------------------------------------------------------------- */

START_TEST(a_real_adapter_is_set_up_and_frames_pass_both_ways)
{
    const char *device = scratch_path("tty");
    const int adapter = device_make(device);
    struct lbms_posix_can can;
    struct lbms_can_frame frame;

    ck_assert_int_eq(open_can(&can, scratch_target("slcan:", "tty")), LBMS_OK);
    ck_assert_str_eq(can.name, device);
    client_expect(adapter, "\r\rC\rS6\rO\r");
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    client_expect(adapter, "t35183802F4010E01C801\r");
    send_text(adapter, "\r\r\a\r\rz\rV1013\rt30581122334455667788\rr3050\rtjunk\rT0000000501\r");
    ck_assert_int_eq(read_frame(&can, 0u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x305u);
    ck_assert_uint_eq(frame.data[7], 0x88u);
    take_in(&can, "", adapter);
    ck_assert_uint_eq(can.remote, 1u);
    ck_assert_uint_eq(can.damaged, 3u); /* version, junk, and a length that does not fit */
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    ck_assert_int_eq(lbms_posix_can_setup(&can, 0u, 250000u), LBMS_OK);
    client_expect(adapter, "\r\rC\rS5\rO\r");
    lbms_posix_can_close(&can);
    client_expect(adapter, "C\r");
    device_remove(adapter, device);
}
END_TEST

START_TEST(an_adapter_that_refuses_everything_counts_as_bus_off_and_is_opened_again)
{
    const char *device = scratch_path("tty");
    const int adapter = device_make(device);
    struct lbms_posix_can can;

    ck_assert_int_eq(open_can(&can, scratch_target("slcan:", "tty")), LBMS_OK);
    client_expect(adapter, "\r\rC\rS6\rO\r");
    take_in(&can, "\a", adapter);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, true), LBMS_CAN_WARNING);
    client_expect_nothing(adapter); /* a warning is no reason to recover */
    take_in(&can, "\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a", adapter);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_BUS_OFF);
    expect_report(&can, "refuses everything");
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, true), LBMS_CAN_BUS_OFF);
    client_expect(adapter, "\r\rC\rS6\rO\r");
    take_in(&can, "\r\r\r\r\r", adapter);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    ck_assert_ptr_null(lbms_posix_can_report(&can));
    lbms_posix_can_close(&can);
    device_remove(adapter, device);
}
END_TEST

START_TEST(an_adapter_that_is_unplugged_and_comes_back_is_set_up_again)
{
    const char *device = scratch_path("tty");
    int adapter = device_make(device);
    struct lbms_posix_can can;
    struct lbms_can_frame frame;

    ck_assert_int_eq(open_can(&can, scratch_target("slcan:", "tty")), LBMS_OK);
    client_expect(adapter, "\r\rC\rS6\rO\r");
    device_remove(adapter, device);
    ck_assert_int_eq(lbms_posix_can_read(&can, 100u, &frame), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_can_state(&can, 100u, false), LBMS_CAN_ABSENT);
    expect_report(&can, "the device has gone");
    ck_assert_int_eq(lbms_posix_can_write(&can, 200u, &limits), LBMS_ERR_IO);
    adapter = device_make(device);
    ck_assert_int_eq(lbms_posix_can_state(&can, 1100u, false), LBMS_CAN_OK);
    expect_report(&can, "the device is back");
    client_expect(adapter, "\r\rC\rS6\rO\r");
    ck_assert_int_eq(lbms_posix_can_write(&can, 1200u, &limits), LBMS_OK);
    client_expect(adapter, "t35183802F4010E01C801\r");
    device_remove(adapter, device);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(host_and_adapter_of_this_port_understand_each_other)
{
    struct lbms_posix_can pack, host;
    struct lbms_can_frame frame;
    unsigned i;

    ck_assert_int_eq(open_can(&pack, scratch_target("slcan:pty:", "can")), LBMS_OK);
    ck_assert_int_eq(open_can(&host, scratch_target("slcan:", "can")), LBMS_OK);
    for (i = 0u; i < 100u && lbms_posix_can_state(&pack, 0u, false) != LBMS_CAN_OK; i++) {
        ck_assert_int_eq(read_frame(&pack, 0u, &frame), LBMS_AGAIN);
    }
    ck_assert_int_eq(lbms_posix_can_write(&pack, 0u, &limits), LBMS_OK);
    for (i = 0u; i < 100u; i++) {
        if (read_frame(&host, 0u, &frame) == LBMS_OK) {
            break;
        }
    }
    ck_assert_uint_eq(frame.id, limits.id);
    ck_assert_mem_eq(frame.data, limits.data, 8u);
    ck_assert_int_eq(lbms_posix_can_write(&host, 0u, &limits), LBMS_OK);
    ck_assert_int_eq(read_frame(&pack, 0u, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, limits.id);
    lbms_posix_can_close(&host);
    lbms_posix_can_close(&pack);
}
END_TEST

SUITE("posix/can", CASE("", a_client_opens_the_channel_and_frames_pass_both_ways),
      CASE("", nothing_is_delivered_before_open_and_after_close),
      CASE("", a_new_client_finds_a_closed_channel_and_no_old_frames),
      CASE("", a_client_at_another_bit_rate_hears_nothing_and_is_reported_once),
      CASE("", a_client_that_does_not_read_fills_the_queue_and_frames_stay_whole),
      CASE("", garbage_from_a_client_is_counted_and_the_next_line_works),
      CASE("", a_real_adapter_is_set_up_and_frames_pass_both_ways),
      CASE("", an_adapter_that_refuses_everything_counts_as_bus_off_and_is_opened_again),
      CASE("", an_adapter_that_is_unplugged_and_comes_back_is_set_up_again),
      CASE("", host_and_adapter_of_this_port_understand_each_other))
