/* bmsctl scan: the packs that it finds, and what it says when there is none. */
#include "rig.h"
#include "support/suite.h"

START_TEST(a_pack_on_rs232_answers_with_its_own_address)
{
    start("--address 3");
    pause_ms(2000); /* the address switch has been read */
    ck_assert_int_eq(ctl("scan"), 0);
    ck_assert(says("9600  PACE            3  LS-BTN0-P0548100"));
    ck_assert_int_eq(ctl("scan --json --baud 19200"), 0);
    ck_assert(says("\"baud\": 19200, \"protocol\": \"PACE\", \"address\": 3"));
    ck_assert_int_eq(ctl("--capture c.txt -b 9600 scan"), 0);
    ck_file("c.txt", " > 7E3235");
    stop();
}
END_TEST

START_TEST(a_pack_on_rs485_is_found_by_its_address_and_by_modbus)
{
    start("--address 5 --rs485 pty:q --param rs485_protocol=0");
    pause_ms(2000);
    ck_assert_int_eq(ctl_on("q", "scan -b 9600"), 0);
    ck_assert(says("9600  PACE            5  LS-BTN0-P0548100"));
    ck_assert(says("9600  Modbus          5  registers of PACE"));
    ck_assert_int_eq(ctl_on("q", "scan -b 9600 -a 4"), 3);
    stop();
}
END_TEST

START_TEST(silence_echo_noise_and_other_protocols_are_told_apart)
{
    static const struct {
        struct proxy_rule rule;
        const char *what, *meaning;
        int code;
    } rows[] = {
        {{0, 0, 0, "echo"}, "echo of the request", "RX and TX are connected", 4},
        {{0, 0, 0, "noise"}, "noise", "A and B are exchanged", 4},
        {{0, 0, 0, "hello\r"}, "readable characters, but no frame", "another protocol", 4},
        {{0, 0, 0, "~20024600C0040002FD0C\r"},
         "another dialect of these frames (VER 20)",
         "set the protocol of the pack to PACE",
         4},
        {{0, 0, 0, "~250046040000FDAB\r"}, "an error reply", "does not like the question", 4},
        {{0, 0, 0, ""}, "no pack found", "is the pack awake", 3},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *port;

        start("");
        port = start_proxy(&rows[i].rule);
        ck_assert_int_eq(ctl_on(port, "scan -b 9600 -a 2"), rows[i].code);
        ck_assert(says(rows[i].what));
        ck_assert(says(rows[i].meaning));
        stop();
    }
}
END_TEST

SUITE("bmsctl/scan", CASE("R-COM-07", a_pack_on_rs232_answers_with_its_own_address),
      CASE("R-COM-02", a_pack_on_rs485_is_found_by_its_address_and_by_modbus),
      CASE("", silence_echo_noise_and_other_protocols_are_told_apart))
