#include "plant/fault.h"

#include <string.h>

#include "support/suite.h"

static char error[PLANT_FAULT_ERROR_SIZE];

static struct plant_fault parsed(const char *text)
{
    struct plant_fault fault;

    memset(&fault, 0xEE, sizeof(fault));
    error[0] = '\0';
    ck_assert_msg(plant_fault_parse(text, &fault, error, sizeof(error)) == 0, "%s: %s", text, error);
    return fault;
}

static void refused(const char *text, const char *why)
{
    struct plant_fault fault;
    struct plant_fault before;

    memset(&fault, 0xEE, sizeof(fault));
    before = fault;
    error[0] = '\0';
    ck_assert_msg(plant_fault_parse(text, &fault, error, sizeof(error)) == -1, "%s was taken", text);
    ck_assert_mem_eq(&fault, &before, sizeof(fault));
    ck_assert_msg(strstr(error, why) != NULL, "%s: %s", text, error);
    ck_assert_ptr_null(strchr(error, '\n'));
    ck_assert_uint_lt(strlen(error) + 1u, sizeof(error)); /* not cut off */
    ck_assert_int_eq(plant_fault_parse(text, &fault, NULL, 0u), -1);
}

START_TEST(every_target_and_kind_survives_a_round_trip)
{
    static const char *const all[] = {
        "none",
        "cell1=ok",
        "cell3=stuck",
        "cell16=open",
        "cell7=offset:-25",
        "cell5=swap6",
        "cell2=leak:500",
        "cells=stuck",
        "cells=ok",
        "ntc1=open",
        "ntc4=short",
        "ntc2=stuck",
        "ntc3=offset:150",
        "ntc3=ok",
        "mosfet=open",
        "mosfet=short",
        "mosfet=offset:400",
        "mosfet=stuck",
        "ambient=open",
        "ambient=short",
        "ambient=offset:-400",
        "ambient=ok",
        "current=stuck",
        "current=offset:-500",
        "current=ok",
        "pack=stuck",
        "pack=offset:2000",
        "terminal=stuck",
        "terminal=offset:-3000",
        "samples=missing",
        "samples=stale",
        "samples=ok",
        "afe=silent",
        "afe=stale",
        "afe=reset",
        "afe=ok",
        "chg=welded",
        "chg=dead",
        "dsg=welded",
        "dsg=dead",
        "pre=welded",
        "pre=dead",
        "lim=welded",
        "lim=dead",
        "lim=ok",
    };
    size_t i;

    for (i = 0u; i < sizeof(all) / sizeof(all[0]); i++) {
        const struct plant_fault fault = parsed(all[i]);
        char text[40];

        ck_assert_int_eq(plant_fault_format(&fault, text, sizeof(text)), (int)strlen(all[i]));
        ck_assert_str_eq(text, all[i]);
    }
}
END_TEST

START_TEST(the_fields_are_what_was_written)
{
    struct plant_fault fault = parsed("cell5+swap6");

    ck_assert_int_eq(fault.target, PLANT_TARGET_CELL);
    ck_assert_int_eq(fault.kind, PLANT_FAULT_SWAP);
    ck_assert_uint_eq(fault.index, 4u);
    ck_assert_uint_eq(fault.other, 5u);
    fault = parsed("NTC2=Open");
    ck_assert_int_eq(fault.target, PLANT_TARGET_NTC);
    ck_assert_uint_eq(fault.index, 1u);
    fault = parsed("current=offset:+1500");
    ck_assert_int_eq(fault.value, 1500);
    fault = parsed("none");
    ck_assert_int_eq(fault.target, PLANT_TARGET_NONE);
    ck_assert_int_eq(fault.kind, PLANT_FAULT_OK);
}
END_TEST

START_TEST(a_wrong_text_is_refused_and_says_why)
{
    refused("", "not TARGET=WHAT");
    refused("cell3", "not TARGET=WHAT");
    refused("nonesuch=stuck", "unknown target");
    refused("cell0=stuck", "unknown target");
    refused("cell17=stuck", "unknown target");
    refused("cell=stuck", "unknown target");
    refused("cell3x=stuck", "unknown target");
    refused("ntc5=open", "unknown target");
    refused("cell3=welded", "cell3 takes stuck");
    refused("cell3=", "unknown kind");
    refused("cell3=stuckk", "unknown kind");
    refused("cell3=offset", "unknown kind");
    refused("cell3=offset:", "unknown kind");
    refused("cell3=offset:5mV", "unknown kind");
    refused("cell3=offset:99999999999999", "unknown kind");
    refused("cell3=leak:-5", "unknown kind");
    refused("cell3=swap3", "unknown kind");
    refused("cell3=swap17", "unknown kind");
    refused("cells=open", "cells takes stuck, ok");
    refused("ntc2=swap1", "ntc2 takes open");
    refused("chg=stuck", "chg takes welded, dead, ok");
    refused("samples=silent", "samples takes missing");
    refused("afe=missing", "afe takes silent");
    refused("none=ok", "unknown target");
    refused("cell3=stuck and a text that is longer than any fault can be, by far and in every respect",
            "not TARGET");
}
END_TEST

SUITE("plant/fault", CASE("", every_target_and_kind_survives_a_round_trip),
      CASE("", the_fields_are_what_was_written), CASE("", a_wrong_text_is_refused_and_says_why))
