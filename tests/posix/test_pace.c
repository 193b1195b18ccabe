#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/ports.h"
#include "losun_bms_port/posix_serial.h"
#include "scratch.h"
#include "support/suite.h"

static void open_paced(struct lbms_posix_serial *serial, uint8_t format, uint32_t now_ms)
{
    const struct lbms_posix_serial_options options = {
        .target = "pty", .baud = 9600u, .format = format, .paced = true};

    ck_assert_int_eq(lbms_posix_serial_open(serial, &options, now_ms), LBMS_OK);
}

/* The client gets exactly so many bytes, in as many pieces as the system likes. */
static void expect_count(int client, size_t count)
{
    uint8_t data[512];
    size_t done = 0u;

    while (done < count && wait_readable(client)) {
        const ssize_t got = read(client, data, sizeof(data));

        ck_assert_int_gt((int)got, 0);
        done += (size_t)got;
    }
    ck_assert_uint_eq(done, count);
    client_expect_nothing(client);
}

START_TEST(sent_bytes_leave_at_the_baud_rate)
{
    struct lbms_posix_serial serial;
    uint8_t block[500];
    int client;

    memset(block, 'x', sizeof(block));
    open_paced(&serial, LBMS_SERIAL_8N1, 1000u);
    client = client_open(serial.name);
    lbms_posix_serial_poll(&serial, 5000u); /* silence before does not count */
    ck_assert_int_eq(lbms_posix_serial_write(&serial, 5000u, block, sizeof(block)), 500);
    lbms_posix_serial_poll(&serial, 5001u);
    client_expect_nothing(client); /* a byte takes 1.04 ms */
    lbms_posix_serial_poll(&serial, 5002u);
    expect_count(client, 1u);
    lbms_posix_serial_poll(&serial, 5100u);
    expect_count(client, 95u); /* 96 in 100 ms */
    lbms_posix_serial_poll(&serial, 5520u);
    expect_count(client, 403u); /* 499 in 520 ms */
    lbms_posix_serial_poll(&serial, 5521u);
    expect_count(client, 1u);
    lbms_posix_serial_poll(&serial, 9000u);
    client_expect_nothing(client);
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(received_bytes_come_at_the_baud_rate)
{
    struct lbms_posix_serial serial;
    uint8_t data[64];
    int client;

    open_paced(&serial, LBMS_SERIAL_8E1, UINT32_MAX - 9u); /* 11 bits a byte, and the clock wraps */
    client = client_open(serial.name);
    client_send(client, "0123456789", 10u);
    ck_assert(wait_readable(serial.fd));
    ck_assert_int_eq(lbms_posix_serial_read(&serial, UINT32_MAX - 9u, data, sizeof(data)), 0);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, UINT32_MAX - 8u, data, sizeof(data)), 0);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, UINT32_MAX - 7u, data, sizeof(data)), 1);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 7); /* 8.7 in 10 ms */
    ck_assert_mem_eq(data, "1234567", 7u);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 1000u, data, 1u), 1);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 1000u, data, sizeof(data)), 1);
    ck_assert_uint_eq(data[0], '9');
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(bytes_left_waiting_do_not_hurry_later_ones)
{
    struct lbms_posix_serial serial;
    uint8_t data[64];
    int client;

    open_paced(&serial, LBMS_SERIAL_8N1, 0u);
    client = client_open(serial.name);
    client_send(client, "abc", 3u);
    ck_assert(wait_readable(serial.fd));
    lbms_posix_serial_poll(&serial, 0u);
    lbms_posix_serial_poll(&serial, 60000u);
    client_send(client, "defg", 4u);
    ck_assert(wait_readable(serial.fd));
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 60000u, data, sizeof(data)), 3);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 60003u, data, sizeof(data)), 2);
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(the_queue_of_a_paced_line_is_limited_and_order_is_kept)
{
    struct lbms_posix_serial serial;
    uint8_t block[LBMS_POSIX_PACE_SIZE];
    uint8_t got[LBMS_POSIX_PACE_SIZE];
    size_t i, round, done;
    int client;

    for (i = 0u; i < sizeof(block); i++) {
        block[i] = (uint8_t)(i * 7u);
    }
    open_paced(&serial, LBMS_SERIAL_8N1, 0u);
    client = client_open(serial.name);
    for (round = 0u; round < 3u; round++) {
        const uint32_t start_ms = (uint32_t)round * 10000u;

        ck_assert_int_eq(lbms_posix_serial_write(&serial, start_ms, block, 1500u), 1500);
        ck_assert_int_eq(lbms_posix_serial_write(&serial, start_ms, block, 1500u), 548);
        ck_assert_int_eq(lbms_posix_serial_write(&serial, start_ms, block, 1u), 0);
        lbms_posix_serial_poll(&serial, start_ms + 5000u);
        for (done = 0u; done < 2048u && wait_readable(client);) {
            const ssize_t n = read(client, &got[done], sizeof(got) - done);

            ck_assert_int_gt((int)n, 0);
            done += (size_t)n;
        }
        ck_assert_uint_eq(done, 2048u);
        ck_assert_mem_eq(got, block, 1500u);
        ck_assert_mem_eq(&got[1500], block, 548u);
    }
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(what_waits_for_a_client_that_leaves_is_forgotten)
{
    struct lbms_posix_serial serial;
    int client;

    open_paced(&serial, LBMS_SERIAL_8N1, 0u);
    client = client_open(serial.name);
    ck_assert_int_eq(lbms_posix_serial_write(&serial, 0u, (const uint8_t *)"0123456789", 10u), 10);
    (void)close(client);
    lbms_posix_serial_poll(&serial, 5u);
    client = client_open(serial.name);
    lbms_posix_serial_poll(&serial, 1000u);
    client_expect_nothing(client);
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

SUITE("posix/pace", CASE("", sent_bytes_leave_at_the_baud_rate),
      CASE("", received_bytes_come_at_the_baud_rate), CASE("", bytes_left_waiting_do_not_hurry_later_ones),
      CASE("", the_queue_of_a_paced_line_is_limited_and_order_is_kept),
      CASE("", what_waits_for_a_client_that_leaves_is_forgotten))
