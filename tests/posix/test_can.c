#include "losun_bms_port/posix_can.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
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
    (void)close(adapter);
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
    (void)close(adapter);
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
    (void)close(adapter);
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
    (void)close(adapter);
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

/* ---- log -------------------------------------------------------------------------------------------------- */

START_TEST(a_log_line_is_what_candump_writes)
{
    const struct lbms_can_frame extended = {0xF5u | LBMS_CAN_EXTENDED, 1u, {0x0A}};
    const struct lbms_can_frame empty = {0x7u, 0u, {0}};
    char text[LBMS_CANLOG_LINE_SIZE];

    ck_assert_uint_eq(lbms_canlog_line(text, UINT64_C(1700000000000), "can0", &limits), 46u);
    ck_assert_str_eq(text, "(1700000000.000000) can0 351#3802F4010E01C801\n");
    (void)lbms_canlog_line(text, UINT64_C(1700000001005), "vcan1", &extended);
    ck_assert_str_eq(text, "(1700000001.005000) vcan1 000000F5#0A\n");
    (void)lbms_canlog_line(text, UINT64_C(1), "can0", &empty);
    ck_assert_str_eq(text, "(0.001000) can0 007#\n");
    ck_assert_uint_lt(lbms_canlog_line(text, UINT64_MAX, "a name that is longer than sixteen", &limits),
                      LBMS_CANLOG_LINE_SIZE);
}
END_TEST

START_TEST(a_log_holds_the_frames_with_the_time_of_the_caller)
{
    const char *file = scratch_path("can.log");
    struct lbms_posix_can can;
    struct lbms_can_frame frame;
    char text[256];
    int length;

    ck_assert_int_eq(open_can(&can, scratch_target("log:", "can.log")), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 100u, &limits), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_read(&can, UINT32_C(4000000000), &frame), LBMS_AGAIN);
    ck_assert_int_eq(lbms_posix_can_write(&can, 4u, &limits), LBMS_OK); /* the milliseconds have wrapped */
    ck_assert_int_eq(lbms_posix_can_setup(&can, 4u, 250000u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_fd(&can), -1);
    lbms_posix_can_close(&can);
    length = scratch_read(file, text, sizeof(text) - 1u);
    ck_assert_int_gt(length, 0);
    text[length] = '\0';
    ck_assert_str_eq(text, "(1700000000.100000) can0 351#3802F4010E01C801\n"
                           "(1704294967.300000) can0 351#3802F4010E01C801\n");
}
END_TEST

START_TEST(a_full_disk_is_reported_once_and_the_pack_goes_on)
{
    struct lbms_posix_can can;

    ck_assert_int_eq(open_can(&can, "log:/dev/full"), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_ERR_IO);
    expect_report(&can, "/dev/full: cannot be written: No space left");
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_ABSENT);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_ERR_IO);
    ck_assert_ptr_null(lbms_posix_can_report(&can));
    ck_assert_uint_eq(can.lost, 2u);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_disk_that_fills_up_within_a_line_leaves_a_readable_log)
{
    const char *file = scratch_path("can.log");
    const struct rlimit small = {50u, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
    struct lbms_posix_can can;
    char text[256];
    int length;

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(open_can(&can, scratch_target("log:", "can.log")), LBMS_OK);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 1u, &limits), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_can_write(&can, 2u, &limits), LBMS_ERR_IO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &large), 0);
    expect_report(&can, "cannot be written: File too large");
    ck_assert_int_eq(lbms_posix_can_write(&can, 3u, &limits), LBMS_OK);
    expect_report(&can, "is written again");
    ck_assert_int_eq(lbms_posix_can_state(&can, 3u, false), LBMS_CAN_OK);
    lbms_posix_can_close(&can);
    length = scratch_read(file, text, sizeof(text) - 1u);
    text[(length > 0) ? length : 0] = '\0';
    ck_assert_str_eq(text, "(1700000000.000000) can0 351#3802F4010E01C801\n"
                           "(1700000000.001000) can0 351#3802F4010E01C801\n"
                           "(1700000000.003000) can0 351#3802F4010E01C801\n");
}
END_TEST

START_TEST(a_log_into_a_pipe_without_reader_raises_no_signal)
{
    const char *fifo = scratch_path("fifo");
    struct lbms_posix_can can;
    int reader;

    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(open_can(&can, scratch_target("log:", "fifo")), LBMS_ERR_IO); /* and does not wait */
    reader = open(fifo, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
    ck_assert_int_eq(open_can(&can, scratch_target("log:", "fifo")), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_OK);
    (void)close(reader);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_ERR_IO); /* SIGPIPE would end the test */
    expect_report(&can, "Broken pipe");
    lbms_posix_can_close(&can);
}
END_TEST

/* ---- targets ---------------------------------------------------------------------------------------------- */

START_TEST(targets_that_cannot_be_are_named)
{
    struct lbms_posix_can_options options = {.target = "slcan:pty", .bitrate = 333333u};
    struct lbms_posix_can can;

    ck_assert_int_eq(open_can(&can, "vcan0"), LBMS_ERR_ARGUMENT);
    expect_report(&can, "can 'vcan0': unknown");
    ck_assert_int_eq(open_can(&can, NULL), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(open_can(&can, "slcan:"), LBMS_ERR_ARGUMENT);
    expect_report(&can, "name of the device is missing");
    ck_assert_int_eq(open_can(&can, "slcan:/dev/no-such-device"), LBMS_ERR_IO);
    expect_report(&can, "/dev/no-such-device");
    ck_assert_int_eq(open_can(&can, "log:"), LBMS_ERR_ARGUMENT);
    expect_report(&can, "name of the file is missing");
    ck_assert_int_eq(open_can(&can, "log:/no/such/folder/file"), LBMS_ERR_IO);
    expect_report(&can, "/no/such/folder/file");
    ck_assert_int_eq(open_can(&can, "socketcan:"), LBMS_ERR_ARGUMENT);
    expect_report(&can, "name of the interface");
    ck_assert_int_eq(open_can(&can, "socketcan:a-name-that-is-too-long"), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_posix_can_open(&can, &options, 0u), LBMS_ERR_RANGE);
    expect_report(&can, "bit rate 333333 is not supported");
    ck_assert_uint_eq(can.kind, LBMS_POSIX_CAN_NONE);
    lbms_posix_can_close(&can);
}
END_TEST

/* Without CAN in the kernel, or without this interface: one line that tells which, and no crash. */
START_TEST(a_socketcan_interface_that_is_not_there_is_named)
{
    struct lbms_posix_can can;
    const int status = open_can(&can, "socketcan:lbmsnone");

    ck_assert(status == LBMS_ERR_UNSUPPORTED || status == LBMS_ERR_IO);
    expect_report(&can, (status == LBMS_ERR_UNSUPPORTED) ? "no SocketCAN" : "no such interface");
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &limits), LBMS_ERR_STATE);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_frame_that_is_too_long_is_refused)
{
    struct lbms_can_frame frame = limits;
    struct lbms_posix_can can;

    frame.length = 9u;
    ck_assert_int_eq(open_can(&can, scratch_target("log:", "can.log")), LBMS_OK);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &frame), LBMS_ERR_ARGUMENT);
    lbms_posix_can_close(&can);
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
      CASE("", host_and_adapter_of_this_port_understand_each_other),
      CASE("", a_log_line_is_what_candump_writes),
      CASE("", a_log_holds_the_frames_with_the_time_of_the_caller),
      CASE("", a_full_disk_is_reported_once_and_the_pack_goes_on),
      CASE("", a_disk_that_fills_up_within_a_line_leaves_a_readable_log),
      CASE("", a_log_into_a_pipe_without_reader_raises_no_signal), CASE("", targets_that_cannot_be_are_named),
      CASE("", a_socketcan_interface_that_is_not_there_is_named),
      CASE("", a_frame_that_is_too_long_is_refused))
