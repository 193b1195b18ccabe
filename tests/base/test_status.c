#include "losun_bms/base/status.h"

#include <limits.h>
#include <string.h>

#include "support/suite.h"

START_TEST(every_code_has_a_text_of_its_own)
{
    int a;
    int b;

    for (a = LBMS_ERR_TIMEOUT; a <= LBMS_AGAIN; a++) {
        ck_assert(strlen(lbms_status_text(a)) > 0u);
        ck_assert_str_ne(lbms_status_text(a), "unknown status");
        for (b = LBMS_ERR_TIMEOUT; b < a; b++) {
            ck_assert_str_ne(lbms_status_text(a), lbms_status_text(b));
        }
    }
}
END_TEST

START_TEST(success_is_done_and_a_refusal_names_its_reason)
{
    ck_assert_str_eq(lbms_status_text(LBMS_OK), "done");
    ck_assert_str_eq(lbms_status_text(LBMS_AGAIN), "call again later");
    ck_assert_str_eq(lbms_status_text(LBMS_ERR_CHECKSUM), "data damaged");
    ck_assert_str_eq(lbms_status_text(LBMS_ERR_TIMEOUT), "timeout");
}
END_TEST

START_TEST(any_other_number_is_an_unknown_status)
{
    /* 256 and -256 are LBMS_OK to code that squeezes the number into a byte. */
    const int others[] = {LBMS_AGAIN + 1, LBMS_ERR_TIMEOUT - 1, 256, -256, INT_MAX, INT_MIN};
    size_t i;

    for (i = 0u; i < sizeof(others) / sizeof(others[0]); i++) {
        ck_assert_str_eq(lbms_status_text(others[i]), "unknown status");
    }
}
END_TEST

SUITE("base/status", CASE("", every_code_has_a_text_of_its_own),
      CASE("", success_is_done_and_a_refusal_names_its_reason),
      CASE("", any_other_number_is_an_unknown_status))
