/*
 * The part of Check that the tests use, for a target without processes, files and printf: so that one source
 * of tests runs on the host and on the chip. On the host <check.h> is the real one; here this folder stands
 * in the include path.
 *
 * A failed assertion ends its test by a jump back to the runner (runner.c). Tests of one file share their
 * static variables.
 */
#ifndef LBMS_TESTS_TARGET_CHECK_H
#define LBMS_TESTS_TARGET_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One test, as START_TEST makes it. */
typedef struct {
    const char *name;
    void (*run)(void);
} TTest;

#define START_TEST(test_name)                                           \
    static void test_name##_fn(void);                                   \
    static const TTest test_name##_test = {#test_name, test_name##_fn}; \
    static const TTest *const test_name = &test_name##_test;            \
    static void test_name##_fn(void)

#define END_TEST

/* Where an assertion stands, and its text. */
struct check_place {
    const char *file;
    int line;
    const char *text;
};

#define CHECK_PLACE(text) (&(const struct check_place){__FILE__, __LINE__, (text)})

/* Ends the test when an assertion has failed; the values are printed as signed or unsigned numbers. */
void check_true(const struct check_place *place, bool good);
void check_int(const struct check_place *place, bool good, int64_t left, int64_t right);
void check_uint(const struct check_place *place, bool good, uint64_t left, uint64_t right);
/* The values are printed in millionths. */
void check_double(const struct check_place *place, bool good, double left, double right);
void check_message(const struct check_place *place, bool good, const char *format, ...);
void check_str(const struct check_place *place, bool equal, const char *left, const char *right);

#define CHECK_NUMBER(check, type, left, op, right)                                                        \
    do {                                                                                                  \
        const type check_left = (type)(left);                                                             \
        const type check_right = (type)(right);                                                           \
        check(CHECK_PLACE(#left " " #op " " #right), check_left op check_right, check_left, check_right); \
    } while (0)
#define CHECK_INT(left, op, right)    CHECK_NUMBER(check_int, int64_t, left, op, right)
#define CHECK_UINT(left, op, right)   CHECK_NUMBER(check_uint, uint64_t, left, op, right)
#define CHECK_DOUBLE(left, op, right) CHECK_NUMBER(check_double, double, left, op, right)

#define ck_assert(condition) check_true(CHECK_PLACE(#condition), (condition))
/* Of the formats of printf: %d %i %u %x %s %c, with the lengths l, z and none. */
#define ck_assert_msg(condition, ...)    check_message(CHECK_PLACE(#condition), (condition), __VA_ARGS__)
#define ck_assert_int_eq(left, right)    CHECK_INT(left, ==, right)
#define ck_assert_int_ne(left, right)    CHECK_INT(left, !=, right)
#define ck_assert_int_lt(left, right)    CHECK_INT(left, <, right)
#define ck_assert_int_le(left, right)    CHECK_INT(left, <=, right)
#define ck_assert_int_gt(left, right)    CHECK_INT(left, >, right)
#define ck_assert_int_ge(left, right)    CHECK_INT(left, >=, right)
#define ck_assert_uint_eq(left, right)   CHECK_UINT(left, ==, right)
#define ck_assert_uint_ne(left, right)   CHECK_UINT(left, !=, right)
#define ck_assert_uint_lt(left, right)   CHECK_UINT(left, <, right)
#define ck_assert_uint_le(left, right)   CHECK_UINT(left, <=, right)
#define ck_assert_uint_gt(left, right)   CHECK_UINT(left, >, right)
#define ck_assert_uint_ge(left, right)   CHECK_UINT(left, >=, right)
#define ck_assert_double_lt(left, right) CHECK_DOUBLE(left, <, right)
#define ck_assert_double_le(left, right) CHECK_DOUBLE(left, <=, right)
#define ck_assert_double_gt(left, right) CHECK_DOUBLE(left, >, right)
#define ck_assert_double_ge(left, right) CHECK_DOUBLE(left, >=, right)
#define ck_assert_double_eq_tol(left, right, tolerance)                                                   \
    do {                                                                                                  \
        const double check_left = (left);                                                                 \
        const double check_right = (right);                                                               \
        const double check_away = check_left - check_right;                                               \
        const double check_most = (tolerance);                                                            \
        check_double(CHECK_PLACE(#left " == " #right " +- " #tolerance),                                  \
                     (check_away <= check_most) && (-check_away <= check_most), check_left, check_right); \
    } while (0)
#define ck_assert_str_eq(left, right) check_str(CHECK_PLACE(#left " == " #right), true, (left), (right))
#define ck_assert_str_ne(left, right) check_str(CHECK_PLACE(#left " != " #right), false, (left), (right))
#define ck_assert_mem_eq(left, right, n) \
    check_true(CHECK_PLACE(#left " == " #right), memcmp((left), (right), (n)) == 0)
#define ck_assert_mem_ne(left, right, n) \
    check_true(CHECK_PLACE(#left " != " #right), memcmp((left), (right), (n)) != 0)
#define ck_assert_ptr_null(pointer)    check_true(CHECK_PLACE(#pointer " == NULL"), (pointer) == NULL)
#define ck_assert_ptr_nonnull(pointer) check_true(CHECK_PLACE(#pointer " != NULL"), (pointer) != NULL)
#define ck_assert_ptr_eq(left, right)  check_true(CHECK_PLACE(#left " == " #right), (left) == (right))
#define ck_assert_ptr_ne(left, right)  check_true(CHECK_PLACE(#left " != " #right), (left) != (right))
#define ck_abort_msg(...)              check_message(CHECK_PLACE("abort"), false, __VA_ARGS__)

#endif
