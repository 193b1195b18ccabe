#include "losun_bms_port/posix_serial.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/ports.h"
#include "scratch.h"
#include "support/suite.h"

static int open_port(struct lbms_posix_serial *serial, const char *target)
{
    const struct lbms_posix_serial_options options = {.target = target};

    return lbms_posix_serial_open(serial, &options, 0u);
}

static void expect_report(struct lbms_posix_serial *serial, const char *part)
{
    const char *text = lbms_posix_serial_report(serial);

    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, part) != NULL, "'%s' is not in '%s'", part, text);
    ck_assert_ptr_null(strchr(text, '\n'));
    ck_assert_ptr_null(lbms_posix_serial_report(serial)); /* once */
}

/* Reads what the other end has sent: exactly this text. */
static void expect_bytes(struct lbms_posix_serial *serial, const char *text)
{
    uint8_t got[256];
    size_t done = 0u;

    while (done < strlen(text) && wait_readable(serial->fd)) {
        const int n = lbms_posix_serial_read(serial, 0u, &got[done], sizeof(got) - 1u - done);

        ck_assert_int_ge(n, 0);
        done += (size_t)n;
    }
    got[done] = 0u;
    ck_assert_str_eq((const char *)got, text);
}

static int send_text(struct lbms_posix_serial *serial, uint32_t now_ms, const char *text)
{
    return lbms_posix_serial_write(serial, now_ms, (const uint8_t *)text, strlen(text));
}

/* ---- PTY -------------------------------------------------------------------------------------------------- */

START_TEST(bytes_pass_a_pty_both_ways_unchanged)
{
    static const uint8_t all[] = {0x00, 0x03, 0x04, 0x0A, 0x0D, 0x11, 0x13, 0x1A, 0x7F, 0x80, 0xFF};
    struct lbms_posix_serial serial;
    uint8_t got[sizeof(all)];
    int client;

    ck_assert_int_eq(open_port(&serial, "pty"), LBMS_OK);
    client = client_open(serial.name);
    client_send(client, all, sizeof(all));
    ck_assert(wait_readable(serial.fd));
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, got, sizeof(got)), (int)sizeof(all));
    ck_assert_mem_eq(got, all, sizeof(all));
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, got, sizeof(got)), 0);
    ck_assert_int_eq(lbms_posix_serial_write(&serial, 0u, all, sizeof(all)), (int)sizeof(all));
    ck_assert(wait_readable(client));
    ck_assert_int_eq((int)read(client, got, sizeof(got)), (int)sizeof(all));
    ck_assert_mem_eq(got, all, sizeof(all));
    client_expect_nothing(client); /* no echo */
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(the_link_leads_to_the_pty_and_goes_at_close)
{
    const char *link = scratch_path("port");
    struct lbms_posix_serial serial;
    char leads_to[256];
    ssize_t length;
    int client;

    ck_assert_int_eq(open_port(&serial, scratch_target("pty:", "port")), LBMS_OK);
    ck_assert_str_eq(serial.link, link);
    length = readlink(link, leads_to, sizeof(leads_to) - 1u);
    ck_assert_int_gt((int)length, 0);
    leads_to[length] = '\0';
    ck_assert_str_eq(leads_to, serial.name);
    client = client_open(link);
    client_send(client, "hello", 5u);
    expect_bytes(&serial, "hello");
    (void)close(client);
    lbms_posix_serial_close(&serial);
    ck_assert_int_ne(access(link, F_OK), 0);
    ck_assert_int_lt((int)readlink(link, leads_to, sizeof(leads_to)), 0);
    lbms_posix_serial_close(&serial);
    ck_assert_int_eq(send_text(&serial, 0u, "x"), LBMS_ERR_STATE);
}
END_TEST

START_TEST(a_stale_link_is_replaced_but_never_a_file)
{
    const char *link = scratch_path("port");
    const char *file = scratch_path("file");
    struct lbms_posix_serial serial;
    char content[16];

    ck_assert_int_eq(symlink("/nowhere/at/all", link), 0);
    ck_assert_int_eq(open_port(&serial, scratch_target("pty:", "port")), LBMS_OK);
    ck_assert_int_eq(access(link, F_OK), 0);
    lbms_posix_serial_close(&serial);

    scratch_write(file, "precious", 8u);
    ck_assert_int_eq(open_port(&serial, scratch_target("pty:", "file")), LBMS_ERR_STATE);
    ck_assert_int_eq(serial.fd, -1);
    expect_report(&serial, "file exists and is no symbolic link");
    lbms_posix_serial_close(&serial);
    ck_assert_int_eq(scratch_read(file, content, sizeof(content)), 8);
    ck_assert_mem_eq(content, "precious", 8u);
}
END_TEST

START_TEST(a_link_that_somebody_else_took_over_stays)
{
    const char *link = scratch_path("port");
    struct lbms_posix_serial serial;
    char leads_to[64];

    ck_assert_int_eq(open_port(&serial, scratch_target("pty:", "port")), LBMS_OK);
    ck_assert_int_eq(unlink(link), 0);
    ck_assert_int_eq(symlink("/other", link), 0);
    lbms_posix_serial_close(&serial);
    ck_assert_int_eq((int)readlink(link, leads_to, sizeof(leads_to)), 6);
}
END_TEST

START_TEST(without_a_client_nothing_comes_and_what_is_sent_is_lost)
{
    struct lbms_posix_serial serial;
    uint8_t data[8];
    int client;

    ck_assert_int_eq(open_port(&serial, "pty"), LBMS_OK);
    ck_assert_int_eq(serial.state, LBMS_POSIX_WAITING);
    ck_assert_int_eq(lbms_posix_serial_fd(&serial), -1);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 0);
    ck_assert_int_eq(send_text(&serial, 0u, "to nobody"), 9);
    ck_assert_uint_eq(serial.lost_bytes, 9u);
    ck_assert_ptr_null(lbms_posix_serial_report(&serial));

    client = client_open(serial.name);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 0);
    expect_report(&serial, "a client has opened it");
    ck_assert_int_eq(serial.state, LBMS_POSIX_OPEN);
    ck_assert_int_eq(lbms_posix_serial_fd(&serial), serial.fd);
    client_expect_nothing(client);
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(clients_come_and_go_and_get_only_their_own_bytes)
{
    struct lbms_posix_serial serial;
    uint8_t data[8];
    int client;

    ck_assert_int_eq(open_port(&serial, scratch_target("pty:", "port")), LBMS_OK);
    client = client_open(serial.link);
    lbms_posix_serial_poll(&serial, 0u);
    expect_report(&serial, "port: a client has opened it");
    ck_assert_int_eq(send_text(&serial, 0u, "for the first"), 13); /* which does not read it */
    client_send(client, "last words", 10u);
    (void)close(client);
    expect_bytes(&serial, "last words");
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 0);
    expect_report(&serial, "port: the client has closed it");
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 0);
    ck_assert_ptr_null(lbms_posix_serial_report(&serial)); /* reported once */

    client = client_open(serial.link);
    ck_assert_int_eq(send_text(&serial, 0u, "for the second"), 14);
    expect_report(&serial, "a client has opened it");
    client_expect(client, "for the second");
    client_send(client, "here", 4u);
    expect_bytes(&serial, "here");
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(a_client_that_does_not_read_makes_short_writes_and_one_report)
{
    struct lbms_posix_serial serial;
    uint8_t block[4096];
    uint8_t sink[65536];
    long total = 0;
    int client, written, refused = 0, i;

    memset(block, 'x', sizeof(block));
    ck_assert_int_eq(open_port(&serial, "pty"), LBMS_OK);
    client = client_open(serial.name);
    lbms_posix_serial_poll(&serial, 0u);
    (void)lbms_posix_serial_report(&serial);
    for (i = 0; i < 1000 && refused < 5; i++) { /* a job of the system may still make room */
        written = lbms_posix_serial_write(&serial, 0u, block, sizeof(block));
        ck_assert_int_ge(written, 0);
        total += written;
        refused = (written == 0) ? refused + 1 : 0;
        (void)poll(NULL, 0u, (written == 0) ? 1 : 0);
    }
    ck_assert_int_eq(refused, 5);
    ck_assert_int_ge(total, 1024);
    ck_assert_int_eq(serial.state, LBMS_POSIX_STALLED);
    expect_report(&serial, "does not read");
    ck_assert_int_eq(send_text(&serial, 0u, "more"), 0);
    ck_assert_ptr_null(lbms_posix_serial_report(&serial));

    while (total > 0 && wait_readable(client)) { /* now it reads */
        const ssize_t n = read(client, sink, sizeof(sink));

        ck_assert_int_gt((int)n, 0);
        total -= n;
    }
    ck_assert_int_eq(total, 0);
    for (i = 0; i < 1000 && send_text(&serial, 0u, "again") != 5; i++) {
        (void)wait_readable(client);
    }
    ck_assert_int_eq(serial.state, LBMS_POSIX_OPEN);
    client_expect(client, "again");
    (void)close(client);
    lbms_posix_serial_close(&serial);
}
END_TEST

/* ---- tty -------------------------------------------------------------------------------------------------- */

START_TEST(a_tty_is_set_to_raw_mode_and_rate_and_put_back)
{
    const char *device = scratch_path("tty");
    const int other = device_make(device);
    struct lbms_posix_serial serial;
    struct termios before, during, after;
    int look;

    look = client_open(device);
    ck_assert_int_eq(tcgetattr(look, &before), 0);
    ck_assert_uint_ne(before.c_lflag & (tcflag_t)ICANON, 0u);
    ck_assert_int_eq(open_port(&serial, device), LBMS_OK);
    ck_assert_int_eq(serial.state, LBMS_POSIX_OPEN);
    ck_assert_int_eq(tcgetattr(look, &during), 0);
    ck_assert_uint_eq(cfgetospeed(&during), B9600);
    ck_assert_uint_eq(during.c_lflag & (tcflag_t)(ICANON | ECHO | ISIG), 0u);
    ck_assert_uint_eq(during.c_iflag & (tcflag_t)(ICRNL | IXON), 0u);
    ck_assert_int_eq(lbms_posix_serial_setup(&serial, 115200u, LBMS_SERIAL_8N2), LBMS_OK);
    ck_assert_int_eq(tcgetattr(look, &during), 0);
    ck_assert_uint_eq(cfgetospeed(&during), B115200);
    ck_assert_uint_ne(during.c_cflag & (tcflag_t)CSTOPB, 0u);
    client_send(other, "in\r", 3u);
    expect_bytes(&serial, "in\r");
    ck_assert_int_eq(send_text(&serial, 0u, "out\n"), 4);
    client_expect(other, "out\n");
    lbms_posix_serial_close(&serial);
    ck_assert_int_eq(tcgetattr(look, &after), 0);
    ck_assert_uint_eq(after.c_lflag, before.c_lflag);
    ck_assert_uint_eq(cfgetospeed(&after), cfgetospeed(&before));
    (void)close(look);
    device_remove(other, device);
}
END_TEST

START_TEST(all_rates_and_formats_of_the_list_are_accepted)
{
    static const uint32_t rates[] = {1200u, 2400u, 4800u, 9600u, 19200u, 38400u, 57600u, 115200u};
    const char *device = scratch_path("tty");
    const int other = device_make(device);
    struct lbms_posix_serial serial;
    unsigned i;
    uint8_t format;

    ck_assert_int_eq(open_port(&serial, device), LBMS_OK);
    for (i = 0u; i < sizeof(rates) / sizeof(rates[0]); i++) {
        for (format = LBMS_SERIAL_8N1; format <= LBMS_SERIAL_8N2; format++) {
            ck_assert_int_eq(lbms_posix_serial_setup(&serial, rates[i], format), LBMS_OK);
        }
    }
    ck_assert_ptr_null(lbms_posix_serial_report(&serial));
    lbms_posix_serial_close(&serial);
    device_remove(other, device);
}
END_TEST

START_TEST(other_rates_and_formats_are_named_and_change_nothing)
{
    struct lbms_posix_serial_options options = {.target = "pty", .baud = 12345u};
    struct lbms_posix_serial serial;

    ck_assert_int_eq(lbms_posix_serial_open(&serial, &options, 0u), LBMS_ERR_RANGE);
    expect_report(&serial, "baud rate 12345 is not supported");
    ck_assert_int_eq(serial.state, LBMS_POSIX_CLOSED);
    options.baud = 0u;
    options.format = 4u;
    ck_assert_int_eq(lbms_posix_serial_open(&serial, &options, 0u), LBMS_ERR_RANGE);
    expect_report(&serial, "format number 4");
    options.format = LBMS_SERIAL_8E1;
    ck_assert_int_eq(lbms_posix_serial_open(&serial, &options, 0u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_serial_setup(&serial, 0u, LBMS_SERIAL_8N1), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_posix_serial_setup(&serial, 9600u, 200u), LBMS_ERR_RANGE);
    ck_assert_uint_eq(serial.baud, 9600u);
    ck_assert_uint_eq(serial.format, LBMS_SERIAL_8E1);
    lbms_posix_serial_close(&serial);
    ck_assert_int_eq(lbms_posix_serial_setup(&serial, 9600u, LBMS_SERIAL_8N1), LBMS_ERR_STATE);
}
END_TEST

START_TEST(what_is_no_serial_device_is_refused_with_its_name)
{
    const char *file = scratch_path("file");
    char too_long[400];
    struct lbms_posix_serial serial;

    ck_assert_int_eq(open_port(&serial, "/dev/does-not-exist"), LBMS_ERR_IO);
    expect_report(&serial, "/dev/does-not-exist: cannot be opened: No such file");
    scratch_write(file, "text", 4u);
    ck_assert_int_eq(open_port(&serial, file), LBMS_ERR_IO);
    expect_report(&serial, "is no serial device");
    ck_assert_int_eq(open_port(&serial, ""), LBMS_ERR_ARGUMENT);
    expect_report(&serial, "missing");
    ck_assert_int_eq(open_port(&serial, NULL), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(open_port(&serial, "pty:"), LBMS_ERR_ARGUMENT);
    expect_report(&serial, "name of the link is missing");
    ck_assert_int_eq(open_port(&serial, "pty:/no/such/folder/link"), LBMS_ERR_IO);
    expect_report(&serial, "/no/such/folder/link cannot be made");
    memset(too_long, 'x', sizeof(too_long));
    too_long[sizeof(too_long) - 1u] = '\0';
    ck_assert_int_eq(open_port(&serial, too_long), LBMS_ERR_ARGUMENT);
    memcpy(too_long, "pty:", 4u);
    ck_assert_int_eq(open_port(&serial, too_long), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(open_port(&serial, "/dev/bad\nname\x1b[31m"), LBMS_ERR_IO);
    expect_report(&serial, "/dev/bad?name?[31m");
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(a_device_that_disappears_is_reported_once_and_taken_up_again)
{
    const char *device = scratch_path("tty");
    int other = device_make(device);
    struct lbms_posix_serial serial;
    uint8_t data[8];

    ck_assert_int_eq(open_port(&serial, device), LBMS_OK);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 0u, data, sizeof(data)), 0);
    device_remove(other, device);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 500u, data, sizeof(data)), LBMS_ERR_IO);
    ck_assert_int_eq(serial.state, LBMS_POSIX_LOST);
    ck_assert_int_eq(lbms_posix_serial_fd(&serial), -1);
    expect_report(&serial, "tty: the device has gone");
    ck_assert_int_eq(send_text(&serial, 600u, "x"), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 1600u, data, sizeof(data)), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_serial_setup(&serial, 19200u, LBMS_SERIAL_8N1), LBMS_OK);
    ck_assert_ptr_null(lbms_posix_serial_report(&serial));

    other = device_make(device); /* back, but the last attempt was less than a second ago */
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 2599u, data, sizeof(data)), LBMS_ERR_IO);
    ck_assert_int_eq(lbms_posix_serial_read(&serial, 2600u, data, sizeof(data)), 0);
    expect_report(&serial, "tty: the device is back");
    ck_assert_uint_eq(serial.baud, 19200u);
    client_send(other, "hi", 2u);
    expect_bytes(&serial, "hi");
    device_remove(other, device);
    lbms_posix_serial_poll(&serial, 3000u); /* a program that only polls notices it as well */
    expect_report(&serial, "the device has gone");
    lbms_posix_serial_close(&serial);
}
END_TEST

START_TEST(a_write_notices_the_loss_too_and_the_clock_may_wrap)
{
    const char *device = scratch_path("tty");
    int other = device_make(device);
    struct lbms_posix_serial serial;

    ck_assert_int_eq(open_port(&serial, device), LBMS_OK);
    device_remove(other, device);
    ck_assert_int_eq(send_text(&serial, UINT32_MAX - 99u, "x"), LBMS_ERR_IO);
    expect_report(&serial, "the device has gone");
    other = device_make(device);
    ck_assert_int_eq(send_text(&serial, 899u, "x"), LBMS_ERR_IO);
    ck_assert_int_eq(send_text(&serial, 900u, "back"), 4);
    client_expect(other, "back");
    device_remove(other, device);
    lbms_posix_serial_close(&serial);
}
END_TEST

SUITE("posix/serial", CASE("", bytes_pass_a_pty_both_ways_unchanged),
      CASE("", the_link_leads_to_the_pty_and_goes_at_close),
      CASE("", a_stale_link_is_replaced_but_never_a_file),
      CASE("", a_link_that_somebody_else_took_over_stays),
      CASE("", without_a_client_nothing_comes_and_what_is_sent_is_lost),
      CASE("", clients_come_and_go_and_get_only_their_own_bytes),
      CASE("", a_client_that_does_not_read_makes_short_writes_and_one_report),
      CASE("", a_tty_is_set_to_raw_mode_and_rate_and_put_back),
      CASE("", all_rates_and_formats_of_the_list_are_accepted),
      CASE("", other_rates_and_formats_are_named_and_change_nothing),
      CASE("", what_is_no_serial_device_is_refused_with_its_name),
      CASE("", a_device_that_disappears_is_reported_once_and_taken_up_again),
      CASE("", a_write_notices_the_loss_too_and_the_clock_may_wrap))
