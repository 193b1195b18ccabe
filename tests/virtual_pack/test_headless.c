/* Runs without a terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/suite.h"

START_TEST(help_and_version_are_printed)
{
    command("$VP --help");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "--profile FILE"));
    command("$VP --version");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "virtual_pack 0."));
}
END_TEST

START_TEST(a_solar_day_is_told_hour_by_hour)
{
    command("$VP --headless --profile $PROFILES/solar_day.csv --soc 45");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(ran.err, "");
    ck_assert(says(ran.out, "mode STANDBY -> DISCHARGING"));
    ck_assert(says(ran.out, "switches closed: charge, discharge"));
    ck_assert(says(ran.out, "0d 23:00:00.0  = DISCHARGING"));
    ck_assert(says(ran.out, "summary of 1d 00:00:00.0"));
}
END_TEST

START_TEST(the_same_seed_gives_the_same_run)
{
    command("for i in 1 2; do $VP --headless --demand -2000W --duration 1h --seed 7 | grep -v 'real time' > "
            "$i; done; "
            "$VP --headless --demand -2000W --duration 1h --seed 8 | grep -v 'real time' > 3; cmp 1 2 && ! "
            "cmp -s 1 3");
    ck_assert_int_eq(ran.status, 0);
}
END_TEST

START_TEST(an_empty_pack_protects_itself_sleeps_and_is_woken_by_a_charger)
{
    command("$VP --headless --soc 3 --demand -3000W --at 20m:demand=2000W --duration 30m");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "protection begins: cell under-voltage, cell "));
    ck_assert(says(ran.out, "sleep begins: reason OVER-DISCHARGE"));
    ck_assert(says(ran.out, "woken by charger"));
    ck_assert(says(ran.out, "protection ends: cell under-voltage"));
    ck_assert(says(ran.out, "mode PROTECT -> CHARGING"));
}
END_TEST

/* It starts with the voltage of the pack; one that ignores the limits charges far above what a pack asks for. */
START_TEST(an_inverter_charges_the_pack_and_a_cell_that_is_ahead_is_full_first)
{
    command(
        "$VP --headless --inverter-ignores --balanced --ahead 5:2 --soc 90 --demand 4000W --duration 30m");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "-> CHARGING"));
    ck_assert(says(ran.out, "protection begins: cell over-voltage, cell 5 "));
}
END_TEST

START_TEST(actions_happen_at_their_time)
{
    command("$VP --headless --at 2m:button=7s --at 10s:button=4s --at 1m:button=4s --at 3m:switch=off "
            "--fault cell3=open@4m --fault none@5m --at 6m:quit --duration 1h");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "0d 00:00:10.0  * button=4s\n"));
    ck_assert(says(ran.out, "mode STANDBY -> STOPPING"));
    ck_assert(says(ran.out, "woken by button"));
    ck_assert(says(ran.out, "reset: the processor starts anew"));
    ck_assert(says(ran.out, "mode STANDBY -> OFF-SWITCH"));
    ck_assert(says(ran.out, "0d 00:04:00.0  * fault=cell3=open\n"));
    ck_assert(says(ran.out, "summary of 0d 00:06:00.0"));
}
END_TEST

/* The number behind these words; -1: they do not stand there. */
static double number_after(const char *words)
{
    const char *at = strstr(ran.out, words);

    return (at != NULL) ? strtod(at + strlen(words), NULL) : -1.0;
}

/* Ten conversions a second awake; asleep the processor runs for 3 s each time, and stops. */
START_TEST(the_duty_of_the_processor_is_told)
{
    double hours;

    command("$VP --headless --duration 1h");
    ck_assert_double_eq_tol(number_after(", standby "), 10.0, 0.05);
    ck_assert(!says(ran.out, "processor on"));
    command("$VP --headless --at 10s:button=4s --duration 20h");
    ck_assert_double_ge(number_after("; asleep "), 99.9);
    ck_assert_double_le(number_after("% of the time, "), 40.0 / 20.0);
    ck_assert_double_eq_tol(number_after("processor on "), 3.0 / 20.0, 0.02);
    /* asleep when it is empty, and after each of six automatic windows */
    command("$VP --headless --soc 1 --demand -500W --duration 26h");
    hours = 26.0 * number_after("; asleep ") / 100.0;
    ck_assert_double_eq_tol(number_after("processor on "), 7.0 * 3.0 / hours, 0.05);
}
END_TEST

/* Every row has as many fields as the first one; result = rows behind it. */
static unsigned check_table(char *text)
{
    unsigned wanted = 0;
    unsigned rows = 0;
    char *line;
    char *rest = text;

    while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
        unsigned commas = 0;
        const char *p;

        for (p = line; *p != '\0'; p++) {
            commas += *p == ',';
        }
        wanted = (rows == 0) ? commas : wanted;
        ck_assert_uint_eq(commas, wanted);
        rows++;
    }
    return rows - 1;
}

START_TEST(values_are_written_as_a_table)
{
    static char text[200000];

    command("$VP --headless --soc 1 --demand -2000W --duration 10m --csv a.csv --csv-period 5");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "csv: a.csv"));
    text[file_read("a.csv", text, sizeof(text) - 1)] = '\0';
    ck_assert_int_eq(strncmp(text, "time_s,mode,mode_name,current_A,", 32), 0);
    ck_assert_uint_eq(check_table(text), 120);
}
END_TEST

START_TEST(a_plot_is_drawn_as_png_and_svg)
{
    unsigned char head[8];

    command("command -v gnuplot");
    if (ran.status != 0) {
        return;
    }
    command("$VP --headless --demand -2000W --duration 10m --plot a.png && "
            "$VP --headless --demand -2000W --duration 10m --csv 'b c.csv' --plot \"b'c.svg\"");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(ran.err, "");
    ck_assert_uint_eq(file_read("a.png", head, sizeof(head)), 8);
    ck_assert_int_eq(memcmp(head + 1, "PNG", 3), 0);
    ck_assert_uint_eq(file_read("b'c.svg", head, sizeof(head)), 8);
    ck_assert_int_eq(memcmp(head, "<?xml", 5), 0);
    command("ls ${TMPDIR:-/tmp} | grep '^virtual_pack[.]'"); /* the table behind a.png */
    ck_assert_str_eq(ran.out, "");
}
END_TEST

START_TEST(a_full_disk_is_reported_once_and_the_pack_runs_on)
{
    command("$VP --headless --duration 2h --csv /dev/full --csv-period 1");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "--csv: /dev/full: No space left"));
    ck_assert(says(ran.out, "summary of 0d 02:00:00.0"));
    command("$VP --headless --duration 1h --record /dev/full");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "--record: /dev/full: No space left"));
    ck_assert(says(ran.out, "summary of 0d 01:00:00.0"));
    command("$VP --headless --duration 1h --csv a.csv > /dev/full");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "standard output: No space left"));
    ck_assert(file_exists("a.csv"));
}
END_TEST

/* head has read enough: nobody is left to whom the rest could be told. */
START_TEST(a_reader_who_leaves_ends_the_run)
{
    command("$VP --headless --demand 3000W --duration 1000d | head -n 2");
    ck_assert_uint_eq(lines(ran.out), 2);
    ck_assert_str_eq(ran.err, "");
}
END_TEST

static void stop_by(const char *name)
{
    command(
        "$VP --headless --speed 20 --duration 1d --csv a.csv --record a.lbt --nvm a.bin --rs232 pty:link & "
        "sleep 1; test -L link || exit 9; kill -%s $!; wait $!",
        name);
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "summary of 0d 00:00:"));
    ck_assert_str_eq(ran.err, "");
    ck_assert(!file_exists("link"));
    command("$REPLAY a.lbt");
    ck_assert_int_eq(ran.status, 0);
    command("$VP --headless --duration 1m --nvm a.bin");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_str_eq(ran.err, "");
}

START_TEST(signals_end_the_run_cleanly)
{
    stop_by("INT");
    stop_by("TERM");
    stop_by("HUP");
}
END_TEST

START_TEST(ports_are_printed_and_a_client_may_come_and_go)
{
    command("$VP --headless --speed 20 --duration 30 --rs232 pty:l1 --rs485 pty --parallel pty:l3 --can "
            "slcan:pty:l4 & "
            "sleep 0.5; echo hello > l1; cat l3 & sleep 0.2; kill $!; wait %%1");
    ck_assert_int_eq(ran.status, 0);
    ck_assert(says(ran.out, "rs232: /dev/pts/"));
    ck_assert(says(ran.out, "(link l1)"));
    ck_assert(says(ran.out, "rs485: /dev/pts/"));
    ck_assert(says(ran.out, "parallel: /dev/pts/"));
    ck_assert(says(ran.out, "can: /dev/pts/"));
    ck_assert(says(ran.out, "summary of 0d 00:00:30.0"));
    ck_assert(!file_exists("l1") && !file_exists("l3") && !file_exists("l4"));
}
END_TEST

/* The program at the other end of the line dies, and with it the device. */
START_TEST(a_device_that_disappears_is_reported_once)
{
    command(
        "$VP --headless --speed 20 --duration 60 --rs232 pty:device >/dev/null 2>&1 & other=$!; sleep 0.5; "
        "$VP --headless --speed 20 --duration 40 --rs485 tty:device & sleep 0.5; kill $other; wait "
        "$other; wait %%2");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "rs485: "));
    ck_assert(says(ran.err, "device"));
    ck_assert(says(ran.out, "summary of 0d 00:00:40.0"));
}
END_TEST

static double estimate_of(const char *text)
{
    const char *place = strstr(text, "estimate ");

    ck_assert_ptr_nonnull(place);
    return atof(place + 9);
}

/* Simulated seconds at the beginning of the line that says this. */
static double time_of(const char *text, const char *what)
{
    const char *place = strstr(text, what);
    unsigned d;
    unsigned h;
    unsigned m;
    double s;

    ck_assert_msg(place != NULL, "nobody says '%s'", what);
    while (place > text && place[-1] != '\n') {
        place--;
    }
    ck_assert_int_eq(sscanf(place, "%ud %u:%u:%lf", &d, &h, &m, &s), 4);
    return 86400.0 * d + 3600.0 * h + 60.0 * m + s;
}

START_TEST(the_memory_keeps_charge_and_parameters)
{
    double before;

    command("$VP --headless --nvm m.bin --demand -3000W --duration 30m --param uv_sleep_s=77");
    before = estimate_of(ran.out);
    ck_assert(before > 10.0 && before < 40.0);
    command("$VP --headless --nvm m.bin --duration 10 && $VP --headless --nvm m.bin --duration 10");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_double_eq_tol(estimate_of(ran.out), before, 0.5); /* 1 % a minute towards the estimate */
    command("$VP --headless --nvm m.bin --soc 3 --estimate 3 --demand -3000W --duration 30m");
    ck_assert_double_eq_tol(time_of(ran.out, "mode PROTECT -> STOPPING"),
                            time_of(ran.out, "protection begins: cell under-voltage") + 77.0, 0.15);
}
END_TEST

START_TEST(a_damaged_or_foreign_memory_is_reported_and_defaults_are_used)
{
    static unsigned char image[57344];
    char text[8];

    command("$VP --headless --nvm m.bin --duration 5m");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(file_read("m.bin", image, sizeof(image)), sizeof(image));
    memset(image, 0x5A, sizeof(image));
    file_write("m.bin", image, sizeof(image));
    command("$VP --headless --nvm m.bin --duration 5m");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "m.bin: damaged"));
    command("$VP --headless --nvm m.bin --duration 5m"); /* it was saved anew */
    ck_assert_str_eq(ran.err, "");

    file_write("letter", "not mine", 8);
    command("$VP --headless --nvm letter --duration 5m");
    ck_assert_int_eq(ran.status, 0);
    ck_assert_uint_eq(lines(ran.err), 1);
    ck_assert(says(ran.err, "letter"));
    ck_assert_uint_eq(file_read("letter", text, sizeof(text)), 8);
    ck_assert_int_eq(memcmp(text, "not mine", 8), 0);
}
END_TEST

SUITE("virtual_pack/headless", CASE("", help_and_version_are_printed),
      CASE("", a_solar_day_is_told_hour_by_hour), CASE("", the_same_seed_gives_the_same_run),
      CASE("", an_empty_pack_protects_itself_sleeps_and_is_woken_by_a_charger),
      CASE("", an_inverter_charges_the_pack_and_a_cell_that_is_ahead_is_full_first),
      CASE("", actions_happen_at_their_time), CASE("", the_duty_of_the_processor_is_told),
      CASE("", values_are_written_as_a_table), CASE("", a_plot_is_drawn_as_png_and_svg),
      CASE("", a_full_disk_is_reported_once_and_the_pack_runs_on), CASE("", a_reader_who_leaves_ends_the_run),
      CASE("", signals_end_the_run_cleanly), CASE("", ports_are_printed_and_a_client_may_come_and_go),
      CASE("", a_device_that_disappears_is_reported_once), CASE("", the_memory_keeps_charge_and_parameters),
      CASE("", a_damaged_or_foreign_memory_is_reported_and_defaults_are_used))
