/*
 * One way to write a test file.
 *
 *     #include "support/suite.h"
 *
 *     START_TEST(a_full_ring_refuses_the_next_byte) { ... ck_assert_int_eq(...); }
 *     END_TEST
 *
 *     SUITE("base/ring",
 *           CASE("", a_full_ring_refuses_the_next_byte),
 *           CASE("R-PROT-02 R-TECH-04", discharging_stops_below_45_6_v))
 *
 * The first argument of CASE names the requirements (docs/requirements.md) which the test proves;
 * tools/requirements.sh reads them. One file is one executable. Only the parts of Check that are
 * used through this header may be used in a test, so that the same file can run on a target.
 */
#ifndef LBMS_TESTS_SUITE_H
#define LBMS_TESTS_SUITE_H

#include <check.h>
#include <stddef.h>

struct suite_case {
    const char *requirements;
    const TTest *test;
};

#define CASE(requirements, test) \
    {                            \
        (requirements), (test)   \
    }

#define SUITE(suite_name, ...)                                                   \
    int main(void)                                                               \
    {                                                                            \
        const struct suite_case cases[] = {__VA_ARGS__};                         \
        return suite_run((suite_name), cases, sizeof(cases) / sizeof(cases[0])); \
    }

/* Runs the cases, prints Check's own summary; returns 0 when all have passed, else 1. */
int suite_run(const char *name, const struct suite_case *cases, size_t count);

#endif
