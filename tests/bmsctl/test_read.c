/* bmsctl against the virtual pack over a pseudo-terminal: what it tells. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"
#include "support/suite.h"

START_TEST(every_question_is_answered)
{
    start("");
    pause_ms(1500); /* the pack has measured */
    ck_assert_int_eq(ctl("status"), 0);
    ck_assert(says("voltage") && says("protections                none"));
    ck_assert_int_eq(ctl("status --json"), 0);
    ck_assert(says("\"soc\": 50.0"));
    ck_assert_int_eq(ctl("cells --csv"), 0);
    ck_assert(says("name,value,unit,state,balancing") && says("cell 16,3.") && says("environment,"));
    ck_assert_int_eq(ctl("watch --count 2 --json"), 0);
    ck_assert_int_eq(ctl("info"), 0);
    ck_assert(says("LS-BTN0-P0548100") && says("losun_bms virtual pack"));
    ck_assert_int_eq(ctl("switches"), 0);
    ck_assert(says("charge_forced_off          off"));
    ck_assert_int_eq(ctl("health"), 0);
    ck_assert(says("cycles                     0") && says("trips: cell over-voltage"));
    ck_assert(says("soh                        100.00 %") && says("deep_discharge_date        never"));
    ck_assert(says("self_discharge_first       unknown") && says("full_asleep_time           unknown"));
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert(says("started"));
    ck_assert_int_eq(ctl("clock"), 0);
    ck_assert(says("clock"));
    ck_assert_int_eq(ctl("access"), 0);
    ck_assert(says("parameters"));
    ck_assert_int_eq(ctl("--capture c.txt report r"), 0);
    ck_file("c.txt", " > 7E3235");
    ck_assert_ptr_nonnull(strstr(out, " < 7E3235"));
    stop();
}
END_TEST

/* The start sequence, pre-charge and the inverter take their time. */
static void expect_flow(const char *options, const char *line)
{
    unsigned tries;

    start(options);
    for (tries = 0; tries < 15u; tries++) {
        pause_ms(2000);
        ck_assert_int_eq(ctl("status"), 0);
        if (says(line)) {
            break;
        }
    }
    ck_assert(says(line));
    stop();
}

START_TEST(the_flow_is_that_of_the_current)
{
    expect_flow("--demand 2000W", "flow                       charging");
    expect_flow("--demand -2000W", "flow                       discharging");
}
END_TEST

START_TEST(history_tells_value_and_limit_in_words_and_in_columns)
{
    start("--soc 3");
    pause_ms(4000);
    ck_assert_int_eq(ctl("history"), 0);
    ck_assert(says("SOC low alarm: 3.0 %, limit 5.0 %") && says("charge the pack"));
    ck_assert_int_eq(ctl("history --csv"), 0);
    ck_assert(says(",advice,cell,value,limit,unit") && says(",charge the pack,,3.0,5.0,%"));
    ck_assert_int_eq(ctl("history --json"), 0);
    ck_assert(says("\"value\": 3.0, \"limit\": 5.0, \"unit\": \"%\""));
    stop();
}
END_TEST

START_TEST(the_report_tells_everything_in_two_files)
{
    static const char *const page[] = {"<h1>Battery report",
                                       "LS-BTN0-P0548100",
                                       "losun_bms virtual pack",
                                       "<svg ",
                                       "3.29",
                                       "class=\"changed\"><td>buzzer_enable",
                                       "1 of them are not",
                                       "parameters written: buzzer_enable = 1",
                                       "trips: cell over-voltage",
                                       "equivalent_cycles",
                                       "requests, 0 repeated",
                                       "<td>RS232<td>",
                                       "7E323530303436433130303030464439420D",
                                       "</html>"};
    static const char *const file[] = {"\"product\": \"LS-BTN0-P0548100\"",
                                       "\"buzzer_enable\": {\"value\": 1, \"default\": 0",
                                       "\"what\": \"parameters written: buzzer_enable = 1\"",
                                       "\"cell over-voltage\": 0",
                                       "\"frames\": ",
                                       "\"raw\": ["};
    size_t i;

    start("");
    pause_ms(1500);
    ck_assert_int_eq(ctl("params set buzzer_enable 1"), 0);
    pause_ms(500); /* the record follows the value */
    ck_assert_int_eq(ctl("report r"), 0);
    for (i = 0; i < sizeof(page) / sizeof(page[0]); i++) {
        ck_file("r.html", page[i]);
    }
    for (i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
        ck_file("r.json", file[i]);
    }
    ck_assert_int_eq(system("python3 -c 'import json; json.load(open(\"r.json\"))'"), 0);
    ck_assert_int_eq(ctl("report"), 2);
    ck_assert_int_eq(ctl("report /no/such/folder/r"), 2);
    stop();
}
END_TEST

START_TEST(a_capture_is_replayed_by_another_pack)
{
    static const char *const commands[] = {"cells --csv", "params --csv", "history --csv", "info --json"};
    static char before[4][sizeof(out)];
    char line[64];
    size_t i;

    start("");
    pause_ms(1500);
    for (i = 0; i < 4u; i++) {
        (void)snprintf(line, sizeof(line), "--capture c%zu.txt %s", i, commands[i]);
        ck_assert_int_eq(ctl(line), 0);
        memcpy(before[i], out, sizeof(out));
    }
    end_pack();
    ck_assert_int_eq(system("cat c?.txt >all.txt"), 0);
    launch("--soc 90 --ambient 5 --answer-from all.txt"); /* which tells nothing of itself */
    for (i = 0; i < 4u; i++) {
        ck_assert_int_eq(ctl(commands[i]), 0);
        ck_assert_str_eq(out, before[i]);
    }
    ck_assert_int_eq(ctl("--tries 1 --timeout 200 clock"), 3); /* nobody has asked that */
    stop();
}
END_TEST

START_TEST(what_is_wrong_has_its_own_exit_code)
{
    start("");
    ck_assert_int_eq(ctl("no-such-command"), 2);
    ck_assert_int_eq(ctl("--address 16 status"), 2);
    ck_assert_int_eq(ctl("--help"), 0);
    ck_assert(says("restore-defaults"));
    ck_assert_int_eq(ctl("--version"), 0);
    ck_assert_int_eq(ctl("access key 1234"), 0);
    ck_assert(says("struct lbms_access_key"));
    ck_assert_int_eq(ctl_on("/dev/null", "status"), 5);
    ck_assert_int_eq(ctl_on("./nothing", "status"), 5);
    (void)kill(rig_pack, SIGSTOP); /* nobody answers */
    ck_assert_int_eq(ctl("--tries 1 --timeout 50 status"), 3);
    ck_assert(says("no reply") && says("bmsctl scan"));
    (void)kill(rig_pack, SIGCONT);
    stop();
}
END_TEST

/* What --help lists must be in the manual page and in the completion. */
START_TEST(every_command_and_option_is_in_manual_and_completion)
{
    static char manual[sizeof(out)], completion[sizeof(out)];
    char path[512];
    char *line;
    char *rest = NULL;
    unsigned count = 0;

    start("");
    (void)snprintf(path, sizeof(path), "%s/docs/bmsctl.1", getenv("LBMS_SOURCE_DIR"));
    ck_file(path, ".TH BMSCTL");
    memcpy(manual, out, sizeof(out));
    (void)snprintf(path, sizeof(path), "%s/examples/bmsctl/bmsctl.bash", getenv("LBMS_SOURCE_DIR"));
    ck_file(path, "complete -F");
    memcpy(completion, out, sizeof(out));
    ck_assert_int_eq(ctl("--help"), 0);
    for (line = strtok_r(out, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char word[32], in_manual[64];
        char *option = strstr(line, "--");
        size_t i;
        size_t k = 0;

        if (line[0] != ' ' || (option == NULL && sscanf(line, "%31s", word) != 1)) {
            continue;
        }
        if (option != NULL && line[2] != ' ' && line[2] != '-') { /* a command that mentions an option */
            (void)sscanf(line, "%31s", word);
        } else if (option != NULL) {
            (void)sscanf(option, "%31[a-z-]", word);
        }
        for (i = 0; word[i] != '\0'; i++) { /* hyphens are \- there */
            if (word[i] == '-') {
                in_manual[k++] = '\\';
            }
            in_manual[k++] = word[i];
        }
        in_manual[k] = '\0';
        count++;
        ck_assert_msg(strstr(manual, in_manual) != NULL, "%s is not in the manual page", in_manual);
        ck_assert_msg(strstr(completion, word) != NULL, "%s is not completed", word);
    }
    ck_assert_uint_ge(count, 25u);
    stop();
}
END_TEST

SUITE("bmsctl/read", CASE("R-COM-07", every_question_is_answered),
      CASE("R-COM-07", the_flow_is_that_of_the_current),
      CASE("R-PRM-05", history_tells_value_and_limit_in_words_and_in_columns),
      CASE("R-COM-07", the_report_tells_everything_in_two_files),
      CASE("", a_capture_is_replayed_by_another_pack),
      CASE("", every_command_and_option_is_in_manual_and_completion),
      CASE("", what_is_wrong_has_its_own_exit_code))
