#include "plant/profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/suite.h"

static char error[PLANT_PROFILE_ERROR_SIZE];
static char path[64];

static void write_file(const char *text)
{
    FILE *file;
    int fd;

    (void)snprintf(path, sizeof(path), "/tmp/plant_profile_XXXXXX");
    fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static struct plant_profile taken(const char *text)
{
    struct plant_profile profile;

    write_file(text);
    error[0] = '\0';
    ck_assert_msg(plant_profile_load(&profile, path, error, sizeof(error)) == 0, "%s", error);
    (void)remove(path);
    return profile;
}

/* The error must be "<path><rest>". */
static void refused(const char *text, const char *rest)
{
    struct plant_profile profile;

    write_file(text);
    error[0] = '\0';
    ck_assert_int_eq(plant_profile_load(&profile, path, error, sizeof(error)), -1);
    ck_assert_int_eq(strncmp(error, path, strlen(path)), 0);
    ck_assert_str_eq(error + strlen(path), rest);
    ck_assert_int_eq(plant_profile_load(&profile, path, NULL, 0u), -1);
    ck_assert_ptr_null(profile.time_s);
    (void)remove(path);
}

START_TEST(current_holds_until_the_next_row)
{
    struct plant_profile p = taken("time_s,current_A\n0,1.5\n10,-2\n20,4\n30,0\n");

    ck_assert_int_eq(p.kind, PLANT_PROFILE_CURRENT);
    ck_assert_uint_eq(p.count, 4u);
    ck_assert_double_eq(plant_profile_duration_s(&p), 30.0);
    ck_assert_double_eq(plant_profile_value(&p, -0.1), 0.0);
    ck_assert_double_eq(plant_profile_value(&p, 0.0), 1.5);
    ck_assert_double_eq(plant_profile_value(&p, 9.99), 1.5);
    ck_assert_double_eq(plant_profile_value(&p, 10.0), -2.0);
    ck_assert_double_eq(plant_profile_value(&p, 29.9), 4.0);
    ck_assert_double_eq(plant_profile_value(&p, 30.0), 0.0);
    ck_assert(!plant_profile_ended(&p, 29.9));
    ck_assert(plant_profile_ended(&p, 30.0));
    plant_profile_free(&p);
    plant_profile_free(&p);
}
END_TEST

START_TEST(a_loop_begins_again)
{
    struct plant_profile p = taken("time_s,power_W\n100,1000\n110,-500\n130,7\n");

    ck_assert_int_eq(p.kind, PLANT_PROFILE_POWER);
    p.loop = true;
    ck_assert_double_eq(plant_profile_value(&p, 5.0), 1000.0);
    ck_assert_double_eq(plant_profile_value(&p, 29.0), -500.0);
    ck_assert_double_eq(plant_profile_value(&p, 30.0), 1000.0);
    ck_assert_double_eq(plant_profile_value(&p, 3000045.0), -500.0);
    ck_assert(!plant_profile_ended(&p, 1e9));
    plant_profile_free(&p);
}
END_TEST

START_TEST(values_are_scaled)
{
    struct plant_profile p = taken("time_s,current_A\n0,2.035\n1,0\n");

    p.scale = plant_profile_c_rate(2.035, 100.0);
    ck_assert_double_eq_tol(plant_profile_value(&p, 0.5), 100.0, 1e-9);
    plant_profile_free(&p);
}
END_TEST

START_TEST(columns_may_stand_in_any_order_among_others)
{
    struct plant_profile p = taken("\xEF\xBB\xBF voltage_V , temp_C,current_A,time_s,soc_ref,remark\r\n"
                                   "# a comment\r\n"
                                   "\r\n"
                                   "3.3,-5, 1e1,0,0.5,first\r\n"
                                   "3.3,12.5,-.5,60,0.5,\r\n"
                                   "3.3,12.5,0,61,,\r\n");

    ck_assert_uint_eq(p.count, 3u);
    ck_assert_double_eq(plant_profile_value(&p, 0.0), 10.0);
    ck_assert_double_eq(plant_profile_value(&p, 60.0), -0.5);
    ck_assert_double_eq(plant_profile_temp_c(&p, 59.0, 25.0), -5.0);
    ck_assert_double_eq(plant_profile_temp_c(&p, 1e6, 25.0), 12.5);
    plant_profile_free(&p);
    p = taken("time_s,current_A\n0,1\n1,1\n");
    ck_assert_double_eq(plant_profile_temp_c(&p, 0.0, 25.0), 25.0);
    plant_profile_free(&p);
}
END_TEST

START_TEST(the_last_line_needs_no_end)
{
    struct plant_profile p = taken("time_s,current_A\n0,1\n5,2");

    ck_assert_double_eq(plant_profile_duration_s(&p), 5.0);
    plant_profile_free(&p);
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    struct plant_profile p;

    ck_assert_int_eq(plant_profile_load(&p, "/nonexistent/day.csv", error, sizeof(error)), -1);
    ck_assert_str_eq(error, "/nonexistent/day.csv: cannot open: No such file or directory");
    ck_assert_int_eq(plant_profile_load(&p, "/tmp", error, sizeof(error)), -1);
    ck_assert_str_eq(error, "/tmp: cannot read: Is a directory");
}
END_TEST

START_TEST(a_bad_header_is_refused)
{
    refused("", ": empty: no header line");
    refused("\n# nothing\n", ":2: empty: no header line");
    refused("0,1\n1,1\n", ":1: no column time_s in the header (wanted: time_s,current_A or time_s,power_W)");
    refused("time_s\n0\n1\n", ":1: the header must have either current_A or power_W");
    refused("time_s,current_A,power_W\n0,1,1\n", ":1: the header must have either current_A or power_W");
    refused("time_s,current_A,time_s\n0,1,1\n", ":1: column time_s stands twice in the header");
}
END_TEST

START_TEST(a_bad_row_is_refused_with_its_line)
{
    refused("time_s,current_A\n", ":1: 0 data rows: at least 2 are needed");
    refused("time_s,current_A\n0,1\n", ":2: 1 data rows: at least 2 are needed");
    refused("time_s,current_A\n0,1\n1,x\n", ":3: current_A: \"x\" is not a number");
    refused("time_s,current_A\n0,1\n1,\n", ":3: current_A: \"\" is not a number");
    refused("time_s,current_A\n0,nan\n1,1\n", ":2: current_A: \"nan\" is not a number");
    refused("time_s,current_A\n0,1e999\n1,1\n", ":2: current_A: \"1e999\" is not a number");
    refused("time_s,current_A\n0,1\n1 s,1\n", ":3: time_s: \"1 s\" is not a number");
    refused("time_s,power_W\n0,0x10\n1,1\n", ":2: power_W: \"0x10\" is not a number");
    refused("time_s,current_A,temp_C\n0,1,25\n1,1,cold\n", ":3: temp_C: \"cold\" is not a number");
    refused("time_s,current_A\n5,1\n5,2\n", ":3: time_s 5 does not ascend (the row before: 5)");
    refused("time_s,current_A\n5,1\n6,2\n\n4,3\n", ":5: time_s 4 does not ascend (the row before: 6)");
    refused("time_s,current_A\n0,1\n1,2,3\n", ":3: 3 columns, the header has 2");
    refused("time_s,current_A\n0,1\n1\n", ":3: 1 columns, the header has 2");
}
END_TEST

START_TEST(an_endless_line_is_refused)
{
    static char text[3000];

    memset(text, '1', sizeof(text) - 1u);
    memcpy(text, "time_s,current_A\n0,", 19u);
    refused(text, ":2: line longer than 1022 characters");
}
END_TEST

static struct plant_profile shipped(const char *name)
{
    const char *source = getenv("LBMS_SOURCE_DIR");
    struct plant_profile profile;
    char file[1024];

    (void)snprintf(file, sizeof(file), "%s/examples/profiles/%s", (source != NULL) ? source : ".", name);
    ck_assert_msg(plant_profile_load(&profile, file, error, sizeof(error)) == 0, "%s", error);
    return profile;
}

/* Ampere hours (or watt hours) of a whole profile, separately charged and discharged. */
static void sums(const struct plant_profile *p, double *in, double *out)
{
    size_t i;

    *in = 0.0;
    *out = 0.0;
    for (i = 0u; i + 1u < p->count; i++) {
        const double part = p->value[i] * (p->time_s[i + 1u] - p->time_s[i]) / 3600.0;

        *in += (part > 0.0) ? part : 0.0;
        *out -= (part < 0.0) ? part : 0.0;
    }
}

START_TEST(the_shipped_records_hold_the_charge_of_their_sources)
{
    struct plant_profile p = shipped("a123_26650_dyn_25C.csv");
    double in;
    double out;

    /* 2.035 Ah from 100 to 1.4 %, state of charge of the source's reference */
    sums(&p, &in, &out);
    ck_assert_double_eq_tol(out - in, 2.035 * 0.986, 0.03);
    ck_assert_double_eq(plant_profile_duration_s(&p), 36879.0);
    plant_profile_free(&p);
    /* 1.2 Ah from 19.9 to 74 %, and from there to 21 % */
    p = shipped("apr18650_flat_25C_a.csv");
    sums(&p, &in, &out);
    ck_assert_double_eq_tol(in - out, 1.2 * (0.7402 - 0.1989), 0.03);
    ck_assert_double_eq(plant_profile_duration_s(&p), 45629.0);
    plant_profile_free(&p);
    p = shipped("apr18650_flat_25C_b.csv");
    sums(&p, &in, &out);
    ck_assert_double_eq_tol(in - out, 1.2 * (0.2103 - 0.7403), 0.03);
    plant_profile_free(&p);
}
END_TEST

START_TEST(the_solar_day_fits_a_pack_of_5_kwh)
{
    struct plant_profile p = shipped("solar_day.csv");
    double in;
    double out;

    ck_assert_int_eq(p.kind, PLANT_PROFILE_POWER);
    ck_assert_double_eq(plant_profile_duration_s(&p), 86400.0);
    sums(&p, &in, &out);
    ck_assert_double_gt(in, 5120.0); /* more sun than the pack takes */
    ck_assert_double_gt(out, 3000.0);
    ck_assert_double_lt(plant_profile_value(&p, 3.0 * 3600.0), -150.0);
    ck_assert_double_gt(plant_profile_value(&p, 13.0 * 3600.0), 2000.0);
    plant_profile_free(&p);
}
END_TEST

SUITE("plant/profile", CASE("", current_holds_until_the_next_row), CASE("", a_loop_begins_again),
      CASE("", values_are_scaled), CASE("", columns_may_stand_in_any_order_among_others),
      CASE("", the_last_line_needs_no_end), CASE("", a_missing_file_is_named),
      CASE("", a_bad_header_is_refused), CASE("", a_bad_row_is_refused_with_its_line),
      CASE("", an_endless_line_is_refused), CASE("", the_shipped_records_hold_the_charge_of_their_sources),
      CASE("", the_solar_day_fits_a_pack_of_5_kwh))
