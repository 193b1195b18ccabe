/* bmsctl against the virtual pack over lines that are slow or bad. */
#include "rig.h"
#include "support/suite.h"

START_TEST(a_line_at_9600_bit_s_is_fast_enough)
{
    start("--paced");
    ck_assert_int_eq(ctl("cells"), 0);
    ck_assert_int_eq(ctl("params diff"), 0);
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert_int_eq(ctl("params set buzzer_enable 1"), 0);
    stop();
}
END_TEST

START_TEST(one_wrong_byte_in_a_hundred_is_survived)
{
    static const struct proxy_rule rule = {20, 100, 0, NULL};
    const char *port;
    unsigned n;

    start("");
    port = start_proxy(&rule);
    for (n = 0; n < 5u; n++) { /* a reply of 140 characters arrives whole in a quarter of all cases */
        ck_assert_int_eq(ctl_on(port, "--tries 40 --timeout 200 cells"), 0);
        ck_assert(says("cell 16"));
        ck_assert(says("3.29"));
    }
    stop();
}
END_TEST

START_TEST(a_lost_first_frame_is_sent_again)
{
    static const struct proxy_rule rule = {20, 0, 0, NULL};
    const char *port;

    start("");
    pause_ms(1000);
    port = start_proxy(&rule);
    ck_assert_int_eq(ctl_on(port, "--tries 1 --timeout 300 cells"), 3);
    ck_assert_int_eq(ctl_on(port, "cells"), 0);
    stop();
    start("");
    port = start_proxy(&rule);
    ck_assert_int_eq(ctl_on(port, "params set buzzer_enable 1"), 0); /* with the usual three tries */
    ck_assert_int_eq(ctl("params get buzzer_enable --csv"), 0);
    ck_assert(says("buzzer_enable,1,"));
    stop();
}
END_TEST

/* It comes when the request has been sent again, so that there are two of them. */
START_TEST(a_late_reply_is_not_taken_for_that_of_the_next_request)
{
    static const struct proxy_rule rule = {0, 0, 500, NULL};
    const char *port;

    start("");
    pause_ms(1000);
    port = start_proxy(&rule);
    ck_assert_int_eq(ctl_on(port, "--timeout 300 info --csv"), 0);
    ck_assert(says("product,LS-BTN0-P0548100,") && says("firmware,losun_bms virtual pack,") &&
              says("board_serial,,"));
    stop();
}
END_TEST

SUITE("bmsctl/line", CASE("R-COM-01", a_line_at_9600_bit_s_is_fast_enough),
      CASE("R-COM-09", one_wrong_byte_in_a_hundred_is_survived),
      CASE("R-COM-09", a_lost_first_frame_is_sent_again),
      CASE("R-COM-09", a_late_reply_is_not_taken_for_that_of_the_next_request))
