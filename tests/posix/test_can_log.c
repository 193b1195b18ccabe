#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/posix_can.h"
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

SUITE("posix/can_log", CASE("", a_log_line_is_what_candump_writes),
      CASE("", a_log_holds_the_frames_with_the_time_of_the_caller),
      CASE("", a_full_disk_is_reported_once_and_the_pack_goes_on),
      CASE("", a_disk_that_fills_up_within_a_line_leaves_a_readable_log),
      CASE("", a_log_into_a_pipe_without_reader_raises_no_signal), CASE("", targets_that_cannot_be_are_named),
      CASE("", a_socketcan_interface_that_is_not_there_is_named),
      CASE("", a_frame_that_is_too_long_is_refused))
