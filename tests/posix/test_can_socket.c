/*
 * The SocketCAN back-end without a CAN interface: a pair of local sockets takes the place of the raw socket, and the
 * test plays the kernel. What needs the kernel itself (opening, binding, a real bus) cannot be tested this way.
 */
#include "losun_bms_port/posix_can.h"

#include "losun_bms/base/status.h"
#include "support/suite.h"

#if defined(__linux__)

#include <fcntl.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* An open port whose bus is the result. */
static int open_pair(struct lbms_posix_can *can)
{
    const struct lbms_posix_can_options options = {.target = "log:/dev/null"};
    int pair[2];

    ck_assert_int_eq(lbms_posix_can_open(can, &options, 0u), LBMS_OK);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair), 0);
    (void)close(can->fd);
    can->fd = pair[0];
    can->kind = LBMS_POSIX_CAN_SOCKET;
    strcpy(can->name, "can7");
    return pair[1];
}

static void bus_send(int bus, canid_t id, const char *data, uint8_t length)
{
    struct can_frame frame;

    memset(&frame, 0, sizeof(frame));
    frame.can_id = id;
    frame.can_dlc = length;
    memcpy(frame.data, data, (length <= 8u) ? length : 8u);
    ck_assert_int_eq((int)send(bus, &frame, sizeof(frame), 0), (int)sizeof(frame));
}

START_TEST(frames_are_translated_both_ways)
{
    const struct lbms_can_frame out[] = {{0x351u, 3u, {1, 2, 3}}, {0x18FF50E5u | LBMS_CAN_EXTENDED, 8u, {9}}};
    struct lbms_posix_can can;
    struct lbms_can_frame in;
    struct can_frame sent;
    const int bus = open_pair(&can);

    ck_assert_int_eq(lbms_posix_can_fd(&can), can.fd);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &out[0]), LBMS_OK);
    ck_assert_int_eq((int)recv(bus, &sent, sizeof(sent), 0), (int)sizeof(sent));
    ck_assert_uint_eq(sent.can_id, 0x351u);
    ck_assert_uint_eq(sent.can_dlc, 3u);
    ck_assert_mem_eq(sent.data, "\x01\x02\x03", 3u);
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &out[1]), LBMS_OK);
    ck_assert_int_eq((int)recv(bus, &sent, sizeof(sent), 0), (int)sizeof(sent));
    ck_assert_uint_eq(sent.can_id, 0x18FF50E5u | CAN_EFF_FLAG);
    ck_assert_uint_eq(can.frames_out, 2u);

    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_AGAIN);
    bus_send(bus, 0x305u | CAN_RTR_FLAG, "", 0u);
    bus_send(bus, 0x306u, "12345678", 9u); /* no such length */
    bus_send(bus, 0x305u, "ab", 2u);
    bus_send(bus, 0x1ABCDEF0u | CAN_EFF_FLAG, "12345678", 8u);
    ck_assert_int_eq((int)send(bus, "short", 5u, 0), 5);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_OK);
    ck_assert_uint_eq(in.id, 0x305u);
    ck_assert_uint_eq(in.length, 2u);
    ck_assert_mem_eq(in.data, "ab\0\0\0\0\0\0", 8u);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_OK);
    ck_assert_uint_eq(in.id, 0x1ABCDEF0u | LBMS_CAN_EXTENDED);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_AGAIN);
    ck_assert_uint_eq(can.remote, 1u);
    ck_assert_uint_eq(can.damaged, 2u);
    ck_assert_uint_eq(can.frames_in, 2u);
    (void)close(bus);
    lbms_posix_can_close(&can);
}
END_TEST

static int state_after(struct lbms_posix_can *can, int bus, canid_t kind, char controller)
{
    char data[8] = {0};
    struct lbms_can_frame none;

    data[1] = controller;
    bus_send(bus, kind | CAN_ERR_FLAG, data, 8u);
    ck_assert_int_eq(lbms_posix_can_read(can, 0u, &none), LBMS_AGAIN);
    return lbms_posix_can_state(can, 0u, false);
}

START_TEST(error_frames_tell_the_state_of_the_controller)
{
    struct lbms_posix_can can;
    const int bus = open_pair(&can);

    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_CRTL, CAN_ERR_CRTL_TX_WARNING), LBMS_CAN_OK);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_CRTL, CAN_ERR_CRTL_TX_PASSIVE), LBMS_CAN_WARNING);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_CRTL, CAN_ERR_CRTL_ACTIVE), LBMS_CAN_OK);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_CRTL, CAN_ERR_CRTL_RX_PASSIVE), LBMS_CAN_WARNING);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_BUSOFF, 0), LBMS_CAN_BUS_OFF);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_CRTL, CAN_ERR_CRTL_ACTIVE), LBMS_CAN_BUS_OFF);
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_TRX, 0), LBMS_CAN_BUS_OFF);
    ck_assert_ptr_null(lbms_posix_can_report(&can));
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, true), LBMS_CAN_BUS_OFF);
    ck_assert_ptr_nonnull(strstr(lbms_posix_can_report(&can), "ip link set can7 type can restart-ms"));
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, true), LBMS_CAN_BUS_OFF);
    ck_assert_ptr_null(lbms_posix_can_report(&can)); /* once */
    ck_assert_int_eq(state_after(&can, bus, CAN_ERR_RESTARTED, 0), LBMS_CAN_OK);
    ck_assert_int_eq(lbms_posix_can_setup(&can, 0u, 250000u), LBMS_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(lbms_posix_can_report(&can), "bitrate 250000"));
    (void)close(bus);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_full_queue_is_no_loss_and_a_flood_of_error_frames_does_not_keep_the_caller)
{
    const struct lbms_can_frame frame = {0x351u, 8u, {0}};
    struct lbms_posix_can can;
    struct lbms_can_frame in;
    const int bus = open_pair(&can);
    unsigned sent = 0u, i;

    while (lbms_posix_can_write(&can, 0u, &frame) == LBMS_OK && sent < 100000u) {
        sent++;
    }
    ck_assert_int_eq(lbms_posix_can_write(&can, 0u, &frame), LBMS_AGAIN);
    ck_assert_int_eq(lbms_posix_can_state(&can, 0u, false), LBMS_CAN_OK);
    for (i = 0u; i < 64u; i++) {
        bus_send(bus, CAN_ERR_FLAG | CAN_ERR_CRTL, "", 0u);
    }
    bus_send(bus, 0x305u, "", 0u);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_AGAIN);
    ck_assert_int_eq(lbms_posix_can_read(&can, 0u, &in), LBMS_OK);
    (void)close(bus);
    lbms_posix_can_close(&can);
}
END_TEST

START_TEST(a_lost_interface_is_reported_once_and_tried_again)
{
    const struct lbms_can_frame frame = {0x351u, 0u, {0}};
    struct lbms_posix_can can;
    struct lbms_can_frame in;
    const int bus = open_pair(&can);

    (void)close(bus);
    ck_assert_int_eq(lbms_posix_can_write(&can, 100u, &frame), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_can_state(&can, 100u, false), LBMS_CAN_ABSENT);
    ck_assert_ptr_nonnull(strstr(lbms_posix_can_report(&can), "socketcan can7: lost"));
    ck_assert_int_eq(lbms_posix_can_fd(&can), -1);
    ck_assert_int_eq(lbms_posix_can_read(&can, 200u, &in), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_can_write(&can, 1100u, &frame), LBMS_ERR_IO); /* no can7 here */
    ck_assert_ptr_null(lbms_posix_can_report(&can));
    lbms_posix_can_close(&can);
}
END_TEST

SUITE("posix/can_socket", CASE("", frames_are_translated_both_ways),
      CASE("", error_frames_tell_the_state_of_the_controller),
      CASE("", a_full_queue_is_no_loss_and_a_flood_of_error_frames_does_not_keep_the_caller),
      CASE("", a_lost_interface_is_reported_once_and_tried_again))

#else

START_TEST(other_systems_have_no_socketcan)
{
    const struct lbms_posix_can_options options = {.target = "socketcan:can0"};
    struct lbms_posix_can can;

    ck_assert_int_eq(lbms_posix_can_open(&can, &options, 0u), LBMS_ERR_UNSUPPORTED);
}
END_TEST

SUITE("posix/can_socket", CASE("", other_systems_have_no_socketcan))

#endif
