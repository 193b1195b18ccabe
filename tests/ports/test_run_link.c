/* The serial ports on a board: requests through lbms_run(), storing, access, counters, baud rates, sleep. */
#include "losun_bms/run_link.h"

#include <stdio.h>
#include <string.h>

#include "losun_bms/link/pace/codec.h"
#include "ports_rig.h"
#include "support/suite.h"

static struct ports_rig rig;

START_TEST(a_question_on_rs232_is_answered_within_35_ms)
{
    ports_rig_start(&rig, 0u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "~25004600E00201FD37");
    ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 35u);
    ck_assert_uint_eq(strlen(ports_rig_ask(&rig, LBMS_PORT_RS232, "~25004642E00201FD31")), 139u);
    ck_assert_int_eq(strncmp(rig.out[0], "~25004600F07A0001100CE40CE4", 27), 0); /* 3300 mV */
}
END_TEST

START_TEST(a_question_on_rs485_is_answered_after_5_to_35_ms)
{
    ports_rig_start(&rig, 2u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~250246900000FDA4"), "~25024600E00201FD35");
    ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 5u);
    ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 35u);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_PARALLEL, "~250246900000FDA4"), "~25024600E00201FD35");
}
END_TEST

START_TEST(the_master_does_not_answer_on_its_own_bus)
{
    ports_rig_start(&rig, 1u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_PARALLEL, "~250146900000FDA5"), "");
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~250146900000FDA5"), "~25014600E00201FD36");
}
END_TEST

/* Nobody waits for replies here; what came with the first request is not lost. */
START_TEST(two_requests_in_one_piece_are_both_answered)
{
    static const char both[] = "~250046900000FDA6\r~250046B80000FD95\r";

    ports_rig_start(&rig, 0u, false);
    rig.out_size[LBMS_PORT_RS232] = 0;
    ports_rig_send(&rig, LBMS_PORT_RS232, both, sizeof(both) - 1u);
    rig.in_ms[LBMS_PORT_RS232] -= 100u; /* they are there already */
    ports_rig_run(&rig, 200u);
    rig.out[LBMS_PORT_RS232][rig.out_size[LBMS_PORT_RS232]] = '\0';
    ck_assert_str_eq(rig.out[LBMS_PORT_RS232], "~25004600E00201FD37\r~25004600E00200FD38\r");
}
END_TEST

START_TEST(all_ports_work_at_once)
{
    unsigned port;
    unsigned n;

    ports_rig_start(&rig, 3u, false);
    rig.takes = 1u;
    for (n = 0; n < 20u; n++) {
        for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
            static const char text[] = "~25034642E00203FD2C\r";

            ports_rig_send(&rig, port, text, sizeof(text) - 1u);
            rig.in_ms[port] += port + n; /* not quite at once */
            rig.out_size[port] = 0;
        }
        ports_rig_run(&rig, 500u);
        for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
            ck_assert_uint_eq(rig.out_size[port], 140u);
            ck_assert_mem_eq(rig.out[port], rig.out[0], 140u);
        }
    }
    for (port = 0; port < LBMS_SERIAL_PORTS; port++) {
        ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[port].frames, 20u);
        ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[port].malformed, 0u);
    }
}
END_TEST

START_TEST(a_parameter_is_acknowledged_when_it_is_on_the_flash)
{
    ports_rig_start(&rig, 0u, true);
    /* cell over-voltage: alarm 3590 */
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xD0, "010E060E420D340A"), 0x00u);
    ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 20u);
    ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 400u);
    ck_assert_int_eq(lbms_store_compare_params(&rig.keeper.store, &rig.b.bms.core.params), LBMS_OK);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3590);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046D10000FD9A"),
                     "~25004600F010010E060E420D340AFA35");
    ports_rig_end(&rig);
}
END_TEST

START_TEST(a_parameter_outside_of_its_range_changes_nothing)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xD0, "010E100E740D340A"),
                      0x09u); /* 3700 mV */
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV], 3650);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[0].refused, 0u); /* told with the next characters */
    ports_rig_run(&rig, 200u);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[0].refused, 1u);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(restored_defaults_survive_a_power_loss)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xB7, "1E"), 0x00u);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_RECORD_INTERVAL_S], 1800);
    ports_rig_run(&rig, 1000u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xA4, ""), 0x00u);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_RECORD_INTERVAL_S], 0);
    memset(&rig.keeper, 0xA5, sizeof(rig.keeper));
    lbms_restored_defaults(&rig.b.restored);
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 1000u);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_RECORD_INTERVAL_S], 0);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(records_are_read_through_the_port)
{
    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(strlen(ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, 0xA1, "0000"))),
                      161u);
    /* the only record: the start; 2027-01-15 */
    ck_assert_int_eq(strncmp(rig.out[0], "~2500460070901B010F", 16), 0);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, 0xA1, "0001")),
                     "~250046000000FDAF");
    ports_rig_end(&rig);
    ports_rig_start(&rig, 0u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, ports_rig_request(0u, 0xA1, "0000")),
                     "~250046000000FDAF");
}
END_TEST

START_TEST(the_clock_is_set)
{
    ports_rig_start(&rig, 0u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046B2400C1808140E0F25FAFC"),
                     "~250046000000FDAF");
    ck_assert_uint_eq(rig.b.wall_s, 1724163337u);
    ports_rig_run(&rig, 200u);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046B10000FD9C"),
                     "~25004600400C1808140E0F25FB10");
}
END_TEST

START_TEST(paths_are_forced_off_and_on)
{
    ports_rig_start(&rig, 0u, false);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~2500469AE00201FD1D"), "~25004600E00204FD34");
    ck_assert(!bench_charge_closed(&rig.b) && bench_discharge_closed(&rig.b));
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~2500469BE00201FD1C"), "~25004609E00204FD2B");
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS485, 0u, 0x9A, "00"), 0x00u);
    ports_rig_run(&rig, 1000u);
    ck_assert(bench_charge_closed(&rig.b));
}
END_TEST

START_TEST(the_pack_replies_and_then_sleeps)
{
    ports_rig_start(&rig, 2u, false);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 2u, 0x9C, ""), 0x00u);
    ports_rig_run(&rig, 5000u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_SHUTDOWN);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS485, 2u, 0x90, ""), 0x100u); /* silent asleep */
}
END_TEST

START_TEST(two_ports_that_write_at_once_both_get_their_reply)
{
    ports_rig_start(&rig, 2u, true);
    rig.out_size[0] = 0;
    rig.out_size[1] = 0;
    ports_rig_send(&rig, LBMS_PORT_RS232, ports_rig_request(2u, 0xB7, "1E"), 19u);
    ports_rig_send(&rig, LBMS_PORT_RS232, "\r", 1u);
    ports_rig_send(&rig, LBMS_PORT_RS485, ports_rig_request(2u, 0x99, "0D"), 19u); /* buzzer on */
    ports_rig_send(&rig, LBMS_PORT_RS485, "\r", 1u);
    ports_rig_run(&rig, 500u);
    ck_assert_int_eq(strncmp(rig.out[0], "~25024600", 9), 0);
    ck_assert_int_eq(strncmp(rig.out[1], "~25024600", 9), 0);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_RECORD_INTERVAL_S], 1800);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_BUZZER_ENABLE], 1);
    ports_rig_end(&rig);
}
END_TEST

/* A store in which nothing gets done. */
START_TEST(what_cannot_be_stored_in_time_is_refused)
{
    static const unsigned cid2[] = {0xBD, 0xB3, 0xB7};
    static const char *const info[] = {"0123", "", "1E"};
    unsigned i;

    for (i = 0; i < 3u; i++) {
        uint32_t end_ms;

        ports_rig_start(&rig, 0u, true);
        lbms_access_presence(&rig.link.access, rig.b.now_ms);
        rig.out_size[0] = 0;
        ports_rig_send(&rig, LBMS_PORT_RS232, ports_rig_request(0u, cid2[i], info[i]),
                       strlen(ports_rig_request(0u, cid2[i], info[i])));
        ports_rig_send(&rig, LBMS_PORT_RS232, "\r", 1u);
        ports_rig_run(&rig, (uint32_t)rig.in_size[0] - 1u);
        for (end_ms = rig.b.now_ms + 600u; rig.b.now_ms != end_ms && rig.out_size[0] == 0;) {
            rig.keeper.store.wanted |= 0x3Fu; /* again and again */
            ports_rig_run(&rig, 1u);
        }
        ck_assert_int_eq(strncmp(rig.out[0], "~25004609", 9), 0);
        ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 400u);
        ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS232), 410u);
        ports_rig_end(&rig);
    }
}
END_TEST

START_TEST(a_refused_request_leaves_a_record_once_a_minute)
{
    struct lbms_record record;
    unsigned n;

    ports_rig_start(&rig, 0u, true);
    for (n = 0; n < 5u; n++) {
        ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS485, 0u, 0xA4, ""), 0x09u);
        ports_rig_run(&rig, 1000u);
    }
    ck_assert_int_eq(lbms_store_read_record(&rig.keeper.store, 0u, &record), LBMS_OK);
    ck_assert_uint_eq(record.kind, LBMS_RECORD_REFUSED);
    ck_assert_uint_eq(record.code, 0xA4u);
    ck_assert_int_eq(record.value, LBMS_PORT_RS485);
    ck_assert_int_eq(lbms_store_read_record(&rig.keeper.store, 1u, &record), LBMS_OK);
    ck_assert_uint_eq(record.kind, LBMS_RECORD_START);
    ports_rig_run(&rig, 60000u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xF2, "0131"), 0x09u);
    ports_rig_run(&rig, 1000u);
    ck_assert_int_eq(lbms_store_read_record(&rig.keeper.store, 0u, &record), LBMS_OK);
    ck_assert_uint_eq(record.code, 0xF2u);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(a_refusal_without_store_is_harmless)
{
    ports_rig_start(&rig, 0u, false);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS485, 0u, 0xA4, ""), 0x09u);
    ck_assert_uint_eq(rig.link.pace[LBMS_PORT_RS485].denied, 0u);
}
END_TEST

START_TEST(the_button_held_from_the_start_on_opens_the_level)
{
    ports_rig_board(&rig, 0u, false);
    bench_press(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 2990u);
    ck_assert(!rig.link.access.open);
    ports_rig_run(&rig, 120u);
    ck_assert(rig.link.access.open);
    bench_release(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_run(&rig, 10000u);
    ck_assert_uint_eq(bench_mode(&rig.b), LBMS_MODE_STANDBY);
    ck_assert(rig.link.access.open);
}
END_TEST

START_TEST(the_button_released_or_pressed_later_opens_nothing)
{
    ports_rig_board(&rig, 0u, false);
    bench_press(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 2500u);
    bench_release(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_run(&rig, 200u);
    bench_press(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_run(&rig, 2900u);
    bench_release(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_run(&rig, 5000u);
    ck_assert(!rig.link.access.open);
}
END_TEST

START_TEST(the_button_that_wakes_a_pack_opens_nothing)
{
    ports_rig_board(&rig, 0u, false);
    rig.b.restored.boot.reset_cause = LBMS_RESET_WAKE_UP;
    rig.b.restored.boot.wake_reason = LBMS_WAKE_BUTTON;
    bench_press(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 4000u);
    bench_release(&rig.b, LBMS_KEY_BUTTON);
    ports_rig_run(&rig, 5000u);
    ck_assert(!rig.link.access.open);
}
END_TEST

START_TEST(damage_is_counted_in_the_snapshot)
{
    const struct lbms_port_counters *port;

    ports_rig_start(&rig, 0u, false);
    (void)ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA7");
    (void)ports_rig_ask(&rig, LBMS_PORT_RS232, "~25004~250046900000FDA6");
    (void)ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046660000FDA3");
    ports_rig_run(&rig, 300u);
    port = &lbms_snapshot(&rig.b.bms)->port[LBMS_PORT_RS232];
    ck_assert_uint_eq(port->damaged, 1u);
    ck_assert_uint_eq(port->malformed, 1u);
    ck_assert_uint_eq(port->frames, 2u);
    ck_assert_uint_eq(port->refused, 2u);
}
END_TEST

START_TEST(a_valid_frame_is_communication_for_the_pack)
{
    ports_rig_start(&rig, 2u, false);
    rig.b.bms.inputs.ports_seen = 0u;
    rig.out_size[1] = 0;
    ports_rig_send(&rig, LBMS_PORT_RS485, "~250246900000FDA4\r", 18u);
    while (rig.out_size[1] == 0) {
        rig.b.now_ms++;
        (void)lbms_run_link(&rig.link, &rig.b.bms, 100u);
    }
    ck_assert_uint_eq(rig.b.bms.inputs.ports_seen, 1u << LBMS_PORT_RS485);
}
END_TEST

START_TEST(the_baud_rate_changes_after_the_reply)
{
    char info[13];
    uint32_t since_ms;

    ports_rig_start(&rig, 0u, true);
    ck_assert_uint_eq(rig.baud[0], 9600u);
    ck_assert_uint_eq(rig.baud[1], 9600u);
    ck_assert_uint_eq(rig.setups, 3u);
    (void)snprintf(info, sizeof(info), "%04X%08X", (unsigned)LBMS_PARAM_RS232_BAUD, 19200u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xF1, info), 0x00u);
    ck_assert_uint_eq(rig.baud[0], 9600u);
    since_ms = rig.b.now_ms;
    while (rig.baud[0] == 9600u) {
        ports_rig_run(&rig, 10u);
        ck_assert_uint_le(rig.b.now_ms - since_ms, 600u);
    }
    ck_assert_uint_ge(rig.b.now_ms - since_ms, 300u);
    ck_assert_uint_eq(rig.baud[0], 19200u);
    ck_assert_uint_eq(rig.setups, 4u);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(a_board_without_ports_or_with_broken_ones_runs)
{
    ports_rig_start(&rig, 0u, false);
    rig.fail_write = LBMS_ERR_IO;
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "");
    ck_assert_uint_ge(rig.link.errors, 1u);
    rig.fail_write = 0;
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "~25004600E00201FD37");
    rig.fail_read = LBMS_ERR_IO;
    rig.link.errors = UINT16_MAX - 1u;
    ports_rig_run(&rig, 1000u);
    ck_assert_uint_eq(rig.link.errors, UINT16_MAX);
    rig.fail_read = 0;
    rig.b.hal.serial_write = NULL;
    ck_assert_uint_eq(lbms_run_link(&rig.link, &rig.b.bms, 77u), 77u);
    rig.b.hal.serial_read = NULL;
    ck_assert_uint_eq(lbms_run_link(&rig.link, &rig.b.bms, 77u), 77u);
    ports_rig_board(&rig, 0u, false);
    rig.b.hal.serial_setup = NULL;
    ports_rig_boot(&rig);
    lbms_run_link_init(&rig.link, NULL);
    ports_rig_run(&rig, 10000u);
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "~25004600E00201FD37");
}
END_TEST

START_TEST(a_port_that_takes_nothing_is_asked_again)
{
    ports_rig_start(&rig, 0u, false);
    rig.takes = 0u;
    ports_rig_send(&rig, LBMS_PORT_RS232, "~250046900000FDA6\r", 18u);
    ports_rig_run(&rig, 100u);
    ck_assert_uint_eq(rig.out_size[0], 0u);
    rig.takes = 3u;
    ports_rig_run(&rig, 100u);
    ck_assert_uint_eq(rig.out_size[0], 20u);
}
END_TEST

START_TEST(layouts_and_protocols_are_the_integrators_choice)
{
    ports_rig_board(&rig, 0u, true);
    rig.config.values_layout = LBMS_PACE_VALUES_EXTENDED;
    rig.config.state_extension = 1u;
    rig.config.can_protocols = 1u << 7;
    rig.config.rs485_protocols = 1u << 0;
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 10000u);
    ck_assert_uint_eq(strlen(ports_rig_ask(&rig, LBMS_PORT_RS232, "~25004642E00201FD31")), 167u);
    ck_assert_uint_eq(strlen(ports_rig_ask(&rig, LBMS_PORT_RS485, "~25004642E00200FD32")), 139u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xEC, "070001"), 0x00u);
    ports_rig_run(&rig, 1000u);
    ck_assert_uint_eq(ports_rig_rtn(&rig, LBMS_PORT_RS232, 0u, 0xEC, "010001"), 0x09u);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(noise_without_end_does_not_hold_up_the_pack)
{
    uint32_t random = 5u;
    unsigned steps = rig.b.watchdog_fed;
    unsigned n;

    ports_rig_start(&rig, 0u, false);
    steps = rig.b.watchdog_fed;
    for (n = 0; n < 100u; n++) {
        char noise[100];
        unsigned i;

        for (i = 0; i < sizeof(noise); i++) {
            random = random * UINT32_C(1664525) + UINT32_C(1013904223);
            noise[i] = (char)(random >> 24);
        }
        ports_rig_send(&rig, LBMS_PORT_RS232, noise, sizeof(noise));
        ports_rig_send(&rig, LBMS_PORT_RS485, noise, sizeof(noise));
        ports_rig_run(&rig, 110u);
    }
    ck_assert_uint_ge(rig.b.watchdog_fed - steps, 100u);
    ck_assert(bench_charge_closed(&rig.b) && bench_discharge_closed(&rig.b));
    ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS232, "~250046900000FDA6"), "~25004600E00201FD37");
}
END_TEST

/* Registers 0 to 7 of pack 1, and how a client that reads them begins. */
static const char read_values[] = {0x01, 0x03, 0x00, 0x00, 0x00, 0x08, 0x44, 0x0C};

static void start_modbus(void)
{
    ports_rig_board(&rig, 1u, false);
    rig.b.restored.params_valid = true;
    lbms_params_defaults(&rig.b.restored.params, &lbms_product_ls_btn0_p0548100);
    rig.b.restored.params.v[LBMS_PARAM_RS485_PROTOCOL] = 0;
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 10000u);
}

START_TEST(modbus_and_ascii_share_the_rs485_port)
{
    unsigned n;

    start_modbus();
    for (n = 1; n < 5u; n++) {
        rig.out_size[1] = 0;
        ports_rig_send(&rig, LBMS_PORT_RS485, read_values, sizeof(read_values));
        ports_rig_run(&rig, 100u);
        ck_assert_uint_eq(rig.out_size[1], 21u);
        ck_assert_mem_eq(rig.out[1], "\x01\x03\x10", 3u);
        ck_assert_uint_ge(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 5u);
        ck_assert_uint_le(ports_rig_silence_ms(&rig, LBMS_PORT_RS485), 35u);
        ck_assert_str_eq(ports_rig_ask(&rig, LBMS_PORT_RS485, "~250146900000FDA5"), "~25014600E00201FD36");
        ports_rig_run(&rig, 100u);
        ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[LBMS_PORT_RS485].frames, 2u * n);
    }
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[LBMS_PORT_RS485].malformed, 0u);
    ck_assert_uint_eq(lbms_snapshot(&rig.b.bms)->port[LBMS_PORT_RS485].damaged, 0u);
}
END_TEST

START_TEST(modbus_writes_are_refused_on_the_bus)
{
    /* register 109, 3100 mV */
    static const char write[] = {0x01, 0x10, 0x00, 0x6D,       0x00,      0x01,
                                 0x02, 0x0C, 0x1C, (char)0xAA, (char)0x24};

    start_modbus();
    ports_rig_send(&rig, LBMS_PORT_RS485, write, sizeof(write));
    ports_rig_run(&rig, 100u);
    ck_assert_uint_eq(rig.out_size[1], 5u);
    ck_assert_mem_eq(rig.out[1], "\x01\x90\x03", 3u);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_SLEEP_CELL_MV], 3150);
    ck_assert_uint_eq(rig.link.modbus.denied, 0u);
    /* on the port of the service it is another thing */
    rig.link.modbus.config = &rig.link.pace_config[LBMS_PORT_RS232];
    rig.out_size[1] = 0;
    ports_rig_send(&rig, LBMS_PORT_RS485, write, sizeof(write));
    ports_rig_run(&rig, 100u);
    ck_assert_uint_eq(rig.out_size[1], 8u);
    ck_assert_int_eq(rig.b.bms.core.params.v[LBMS_PARAM_SLEEP_CELL_MV], 3100);
}
END_TEST

START_TEST(a_serial_number_by_modbus_waits_for_the_flash)
{
    static char write[] = {0x01, 0x10, 0x00, (char)0xAA, 0x00, 0x0A, 0x14, 0x41,       0x42,      0,
                           0,    0,    0,    0,          0,    0,    0,    0,          0,         0,
                           0,    0,    0,    0,          0,    0,    0,    (char)0x8F, (char)0x92};

    ports_rig_board(&rig, 1u, true);
    rig.b.restored.params_valid = true;
    lbms_params_defaults(&rig.b.restored.params, &lbms_product_ls_btn0_p0548100);
    rig.b.restored.params.v[LBMS_PARAM_RS485_PROTOCOL] = 0;
    ports_rig_boot(&rig);
    ports_rig_run(&rig, 10000u);
    rig.link.modbus.config = &rig.link.pace_config[LBMS_PORT_RS232];
    lbms_access_presence(&rig.link.access, rig.b.now_ms);
    ports_rig_send(&rig, LBMS_PORT_RS485, write, sizeof(write));
    ports_rig_run(&rig, 500u);
    ck_assert_uint_eq(rig.out_size[1], 8u);
    ck_assert_str_eq(rig.keeper.production.identity.pack_serial, "AB");
    ck_assert_int_eq(lbms_store_saved(&rig.keeper.store, LBMS_STORE_PRODUCTION), LBMS_OK);
    ports_rig_end(&rig);
}
END_TEST

START_TEST(without_its_parameter_modbus_is_noise)
{
    ports_rig_start(&rig, 1u, false);
    ports_rig_send(&rig, LBMS_PORT_RS485, read_values, sizeof(read_values));
    ports_rig_run(&rig, 100u);
    ck_assert_uint_eq(rig.out_size[1], 0u);
}
END_TEST

SUITE("ports/run_link", CASE("R-COM-01 R-COM-07", a_question_on_rs232_is_answered_within_35_ms),
      CASE("R-COM-01 R-COM-02", a_question_on_rs485_is_answered_after_5_to_35_ms),
      CASE("R-COM-02", the_master_does_not_answer_on_its_own_bus),
      CASE("R-COM-09", two_requests_in_one_piece_are_both_answered), CASE("R-COM-01", all_ports_work_at_once),
      CASE("R-PRM-01 R-PRM-04", a_parameter_is_acknowledged_when_it_is_on_the_flash),
      CASE("", a_parameter_outside_of_its_range_changes_nothing),
      CASE("R-PRM-02", restored_defaults_survive_a_power_loss),
      CASE("R-PRM-05", records_are_read_through_the_port), CASE("", the_clock_is_set),
      CASE("", paths_are_forced_off_and_on), CASE("R-SLP-05 R-SLP-08", the_pack_replies_and_then_sleeps),
      CASE("R-COM-01", two_ports_that_write_at_once_both_get_their_reply),
      CASE("", what_cannot_be_stored_in_time_is_refused),
      CASE("", a_refused_request_leaves_a_record_once_a_minute),
      CASE("", a_refusal_without_store_is_harmless),
      CASE("", the_button_held_from_the_start_on_opens_the_level),
      CASE("", the_button_released_or_pressed_later_opens_nothing),
      CASE("", the_button_that_wakes_a_pack_opens_nothing),
      CASE("R-COM-09", damage_is_counted_in_the_snapshot),
      CASE("", a_valid_frame_is_communication_for_the_pack),
      CASE("R-COM-04", the_baud_rate_changes_after_the_reply),
      CASE("", a_board_without_ports_or_with_broken_ones_runs),
      CASE("", a_port_that_takes_nothing_is_asked_again),
      CASE("", layouts_and_protocols_are_the_integrators_choice),
      CASE("R-COM-09", noise_without_end_does_not_hold_up_the_pack),
      CASE("", modbus_and_ascii_share_the_rs485_port), CASE("", modbus_writes_are_refused_on_the_bus),
      CASE("", a_serial_number_by_modbus_waits_for_the_flash),
      CASE("", without_its_parameter_modbus_is_noise))
