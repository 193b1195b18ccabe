/* Service on the serial ports: who may, what is stored before the reply, what nobody learns. */
#include <stdio.h>
#include <string.h>

#include "losun_bms/battery/calibration.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/run_link.h"
#include "ports_rig.h"
#include "support/suite.h"

static struct ports_rig rig;

START_TEST(capacities_are_written_and_outlive_a_loss_of_power)
{
    const char *const wanted = "~25004600400C177025802710FB30"; /* 60.00, 96.00, 100.00 Ah */
    unsigned round;

    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA7, "177025802710"), 0x09u); /* not opened */
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, 0xA7, "177025802710")),
                     "~250046000000FDAF");
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_STATE), LBMS_OK);
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_CHARGE), LBMS_OK);
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_PARAMS), LBMS_OK);
    for (round = 0; round < 2u; round++) {
        ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046A60000FD98"), wanted);
        ck_assert_uint_eq(rig.b.bms.core.snapshot.soc.soc_bp, 6250u);
        ports_rig_again(&rig);
    }
    ports_rig_end(&rig);
}
END_TEST

START_TEST(capacities_that_contradict_each_other_change_nothing)
{
    static const char *const wrong[] = {
        "177117702710", /* more remaining than full */
        "0BB80BB82710", /* full below 40 % of the design */
        "177030D42710", /* and above 120 % */
        "177025800000", /* no design */
        "000000002710", /* no full */
    };
    size_t i;

    ports_rig_start(&rig, 0u, true);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char before[40];

        (void)snprintf(before, sizeof(before), "%s",
                       ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046A60000FD98"));
        ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA7, wrong[i]), 0x09u);
        ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046A60000FD98"), before);
        ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_DESIGN_CAPACITY_MAH], 100000);
    }
    /* the limits themselves */
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA7, "0FA00FA02710"), 0x00u);
    ports_rig_run(&rig, 1000u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA7, "00002EE02710"), 0x00u);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(a_calibration_is_answered_when_it_is_stored)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xAA, "10E1"), 0x09u); /* not opened */
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    bench_current(&rig.b, 150); /* idle, with an error of the sensor */
    ports_rig_run(&rig, 1000u);
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAA, "10E1")), "~250046000000FDAF");
    ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 1000u); /* samples come every 100 ms */
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_PRODUCTION), LBMS_OK);
    ck_assert_int_eq(rig.keeper.production.calibration.offset_ma, -150);
    ports_rig_run(&rig, 1000u);
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAD, "0000")),
                     "~250046090000FDA6"); /* not near 0 V */
    ck_assert_int_eq(rig.keeper.production.calibration.pack_gain, LBMS_GAIN_ONE);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA9, "0BB8"),
                      0x09u); /* no reference voltage */
    ports_rig_end(&rig);
}
END_TEST

START_TEST(a_calibration_of_the_current_needs_a_current_near_the_true_one)
{
    ports_rig_start(&rig, 0u, true);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    bench_current(&rig.b, -19600);
    ports_rig_run(&rig, 2000u);
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAB, "0000")),
                     "~250046090000FDA6"); /* too small */
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAB, "0031")),
                     "~250046090000FDA6"); /* 4.9 A */
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAB, "07D0")),
                     "~250046090000FDA6"); /* 20 A in 10 mA */
    ck_assert_int_eq(rig.keeper.production.calibration.discharge_gain, LBMS_GAIN_ONE);
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAB, "00C8")),
                     "~250046000000FDAF"); /* 20.0 A */
    ck_assert_int_ge(rig.keeper.production.calibration.discharge_gain, LBMS_GAIN_ONE / 100 * 102);
    ck_assert_int_eq(rig.keeper.production.calibration.charge_gain, LBMS_GAIN_ONE);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(samples_that_do_not_come_end_a_calibration)
{
    ports_rig_start(&rig, 0u, true);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    rig.b.samples_stopped = true;
    ck_assert_str_eq(ports_rig_ask_long(&rig, ports_rig_request(0u, 0xAA, "10E1")), "~250046090000FDA6");
    ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), LBMS_CALIBRATE_MS);
    ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), LBMS_PACE_CALIBRATION_MS);
    ck_assert_uint_ge(LBMS_PACE_CALIBRATION_MS, LBMS_CALIBRATE_MS + LBMS_PACE_RESULT_MS);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(cleared_records_are_gone_when_the_reply_comes)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(strlen(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046A1C0040000FCC6")), 17u + 144u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xB3, ""), 0x09u); /* not opened */
    ports_rig_run(&rig, 1000u);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, 0xB3, "")),
                     "~250046000000FDAF");
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_CLEARED), LBMS_OK);
    ports_rig_run(&rig, 1000u); /* what is left tells that they were cleared */
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046A1C0040001FCC5"), "~250046000000FDAF");
    ports_rig_end(&rig);
}
END_TEST

START_TEST(serial_numbers_need_the_level_and_can_be_written_once)
{
    static const char serial[] = "41424344454631323334202020202020202020";
    char info[41];

    (void)snprintf(info, sizeof(info), "%s20", serial);
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xC4, info), 0x09u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xF2, "01736563726574"), 0x00u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xC4, info), 0x00u);
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_PRODUCTION), LBMS_OK);
    ck_assert_str_eq(rig.keeper.production.identity.pack_serial, "ABCDEF1234");
    ports_rig_run(&rig, 1000u);
    info[1] = '2';
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xC4, info), 0x09u); /* another one */
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xC3, info), 0x00u); /* that of the board */
    ck_assert_str_eq(rig.keeper.production.identity.board_serial, "BBCDEF1234");
    ports_rig_end(&rig);
}
END_TEST

START_TEST(the_cycle_count_is_written)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xBD, "0123"), 0x09u); /* not opened */
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xBD, "0123"), 0x00u);
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_STATE), LBMS_OK);
    ports_rig_run(&rig, 5000u);
    ck_assert_int_eq(rig.keeper.health.v[LBMS_HEALTH_CYCLES], 0x123);
    ports_rig_again(&rig); /* after a loss of power */
    ports_rig_run(&rig, 5000u);
    ck_assert_int_eq(rig.keeper.health.v[LBMS_HEALTH_CYCLES], 0x123);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(what_the_keeper_stores_is_refused_without_one)
{
    ports_rig_start(&rig, 0u, false);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xBD, "0123"), 0x09u);
    ck_assert_uint_eq(
        ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xC3, "4142434445463132333420202020202020202020"), 0x09u);
    ports_rig_board(&rig, 0u, true);
    rig.values.flash.block_count = 0u; /* cannot be used */
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 10000u);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xBD, "0123"), 0x09u);
    rig.values.flash.block_count = 2u;
    ports_rig_end(&rig);
}
END_TEST

/* Each of them, also with the lock of the parameters. */
START_TEST(every_refused_service_command_leaves_a_record)
{
    static const struct {
        unsigned cid2;
        const char *info;
    } rows[] = {{0xA7, "138827102710"}, {0xA9, "0BB8"}, {0xAA, "10E1"}, {0xAB, "00C8"}, {0xAC, "00C8"},
                {0xAD, "CEC8"},         {0xB3, ""},     {0xBD, "0001"}, {0x99, "D0"}};
    size_t i;

    ports_rig_start(&rig, 0u, true);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lbms_record record;

        ports_rig_run(&rig, 61000u); /* at most one a minute */
        ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, rows[i].cid2, rows[i].info), 0x09u);
        ports_rig_run(&rig, 1000u);
        ck_assert_int_eq(lbms_store_read_record(&rig.keeper.store, 0u, &record), LBMS_OK);
        ck_assert_uint_eq(record.kind, LBMS_RECORD_REFUSED);
        ck_assert_uint_eq(record.code, rows[i].cid2);
        ck_assert_int_eq(record.value, LBMS_PORT_RS232);
    }
    ports_rig_end(&rig);
}
END_TEST

START_TEST(as_delivered_no_code_opens_the_level_but_the_button_does)
{
    static const char *const guesses[] = {"01", "0130303030", "01313233343536", "01736563726574"};
    size_t i;

    ports_rig_board(&rig, 0u, true);
    rig.config.key = NULL; /* as in the firmware of the examples */
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 10000u);
    for (i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
        ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xF2, guesses[i]), 0x09u);
        ports_rig_run(&rig, 1000u << (i + 1u));
    }
    ck_assert(!rig.link.access.open);
    rig.b.keys |= LBMS_KEY_BUTTON; /* held through a reset */
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 4000u);
    ck_assert(rig.link.access.open);
    ports_rig_end(&rig);
}
END_TEST

/* Neither the code nor its digest nor its salt. */
START_TEST(no_reply_tells_anything_of_the_code)
{
    char digest[2u * LBMS_SHA256_SIZE + 1u];
    char salt[9];
    unsigned cid2;
    unsigned i;

    ports_rig_start(&rig, 0u, true);
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    for (i = 0; i < LBMS_SHA256_SIZE; i++) {
        (void)snprintf(digest + 2u * i, 3u, "%02X", rig.key.digest[i]);
    }
    for (i = 0; i < 4u; i++) {
        (void)snprintf(salt + 2u * i, 3u, "%02X", rig.key.salt[i]);
    }
    digest[16] = '\0'; /* the beginning is enough */
    for (cid2 = 0x40u; cid2 <= 0xFFu; cid2++) {
        static const char *const infos[] = {"", "00", "01", "0000", "000010", "007010", "0001"};

        for (i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
            const char *reply;

            if (cid2 == 0x9Cu || cid2 == 0xF2u || (cid2 >= 0xA9u && cid2 <= 0xADu)) {
                /* sleep; the code itself; calibrations, which take seconds and tell nothing */
                continue;
            }
            reply = ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, cid2, infos[i]));
            ck_assert_ptr_null(strstr(reply, "736563726574"));
            ck_assert_ptr_null(strstr(reply, digest));
            ck_assert_ptr_null(strstr(reply, salt));
        }
    }
    ports_rig_end(&rig);
}
END_TEST

/* 42H, state, parameters, history, clock, identity, our own; a write that is stored meanwhile. */
START_TEST(replies_begin_in_time_on_both_ports)
{
    static const struct {
        unsigned cid2;
        const char *info;
    } rows[] = {{0x42, "02"}, {0x44, "02"}, {0x90, ""}, {0xD1, ""},       {0xA1, "0000"}, {0xB1, ""},
                {0xC1, ""},   {0xC2, ""},   {0x60, ""}, {0xF0, "000010"}, {0xF3, "00"},   {0xF4, "0000"},
                {0xF5, ""},   {0x40, ""},   {0x42, ""}, {0xD0, "00"}};
    size_t i;
    unsigned n;

    ports_rig_start(&rig, 2u, true);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (n = 0; n < 10u; n++) { /* at different moments of the steps */
            ports_rig_run(&rig, 37u);
            (void)ports_rig_rtn(&rig, LBMS_PORT_RS232, 2u, rows[i].cid2, rows[i].info);
            ck_assert_uint_gt(rig.out_size[LBMS_PORT_RS232], 0u);
            ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 35u);
            ports_rig_run(&rig, 23u);
            (void)ports_rig_rtn(&rig, LBMS_PORT_RS485, 2u, rows[i].cid2, rows[i].info);
            ck_assert_uint_gt(rig.out_size[LBMS_PORT_RS485], 0u);
            ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 5u);
            ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 35u);
        }
    }
    ports_rig_end(&rig);
}
END_TEST

/* Two masters that begin at once: what comes is neither the one nor the other, and nothing happens. */
START_TEST(two_masters_at_once_do_no_harm_and_the_next_request_is_answered)
{
    const char *const one = "~25024699E0020DFD10\r"; /* buzzer on */
    const char *const two = "~2502469AE00201FD1B\r"; /* charging off */
    unsigned shift;

    ports_rig_start(&rig, 2u, true);
    for (shift = 0; shift < 20u; shift++) {
        char both[64];
        size_t size = 0;
        size_t i;

        for (i = 0; i < strlen(one) + shift; i++) { /* byte by byte in turn, the second one later */
            if (i < strlen(one)) {
                both[size++] = one[i];
            }
            if (i >= shift && i - shift < strlen(two) && shift < strlen(one) - 1u) {
                both[size++] = two[i - shift];
            }
        }
        rig.out_size[LBMS_PORT_RS485] = 0;
        ports_rig_send(&rig, LBMS_PORT_RS485, both, size);
        ports_rig_run(&rig, 500u);
        if (shift < strlen(one) - 1u) {
            ck_assert_uint_eq(rig.out_size[LBMS_PORT_RS485], 0u);
            ck_assert_uint_eq(rig.b.bms.core.forced_off, 0u);
            ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_BUZZER_ENABLE], 0);
        }
        ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS485, 2u, 0x90, ""), 0x00u);
    }
    ports_rig_end(&rig);
}
END_TEST

SUITE("ports/service", CASE("R-PRM-04", capacities_are_written_and_outlive_a_loss_of_power),
      CASE("", capacities_that_contradict_each_other_change_nothing),
      CASE("R-PROT-10 R-PRM-04", a_calibration_is_answered_when_it_is_stored),
      CASE("R-PROT-10", a_calibration_of_the_current_needs_a_current_near_the_true_one),
      CASE("", samples_that_do_not_come_end_a_calibration),
      CASE("R-PRM-04", cleared_records_are_gone_when_the_reply_comes),
      CASE("", serial_numbers_need_the_level_and_can_be_written_once), CASE("", the_cycle_count_is_written),
      CASE("", what_the_keeper_stores_is_refused_without_one),
      CASE("R-COM-09", every_refused_service_command_leaves_a_record),
      CASE("", as_delivered_no_code_opens_the_level_but_the_button_does),
      CASE("", no_reply_tells_anything_of_the_code), CASE("R-COM-01", replies_begin_in_time_on_both_ports),
      CASE("R-COM-09", two_masters_at_once_do_no_harm_and_the_next_request_is_answered))
