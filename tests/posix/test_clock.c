#include "losun_bms_port/posix_clock.h"

#include <time.h>

#include "losun_bms/base/status.h"
#include "support/suite.h"

START_TEST(monotonic_time_does_not_go_back)
{
    uint32_t last_ms = lbms_posix_now_ms();
    unsigned i;

    for (i = 0u; i < 1000u; i++) {
        const uint32_t now_ms = lbms_posix_now_ms();

        ck_assert_uint_lt((uint32_t)(now_ms - last_ms), 10000u);
        last_ms = now_ms;
    }
}
END_TEST

START_TEST(an_unset_clock_shows_the_time_of_the_system)
{
    const struct lbms_posix_clock clock = {0};
    const time_t before = time(NULL);
    uint32_t seconds = 0u;

    ck_assert_int_eq(lbms_posix_wall_get(&clock, &seconds), LBMS_OK);
    ck_assert_int_ge((long long)seconds, (long long)before);
    ck_assert_int_le((long long)seconds, (long long)time(NULL) + 1); /* time() may lag by a tick */
}
END_TEST

START_TEST(setting_moves_the_pack_and_not_the_system)
{
    struct lbms_posix_clock clock = {0};
    const time_t before = time(NULL);
    uint32_t seconds = 0u;

    ck_assert_int_eq(lbms_posix_wall_set(&clock, 1000000000u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_wall_get(&clock, &seconds), LBMS_OK);
    ck_assert_uint_ge(seconds, 1000000000u);
    ck_assert_uint_le(seconds, 1000000010u);
    ck_assert_int_ge((long long)time(NULL), (long long)before);
    ck_assert_int_le((long long)time(NULL), (long long)before + 10);
    ck_assert_int_eq(lbms_posix_wall_set(&clock, 4000000000u), LBMS_OK);
    ck_assert_int_eq(lbms_posix_wall_get(&clock, &seconds), LBMS_OK);
    ck_assert_uint_ge(seconds, 4000000000u);
}
END_TEST

START_TEST(a_time_that_cannot_be_is_no_time)
{
    struct lbms_posix_clock clock = {0};
    uint32_t seconds = 7u;

    ck_assert_int_eq(lbms_posix_wall_set(&clock, 3600u), LBMS_OK); /* 1970: a clock that was never set */
    ck_assert_int_eq(lbms_posix_wall_get(&clock, &seconds), LBMS_ERR_STATE);
    clock.offset_s = INT64_C(1) << 33; /* beyond 32 bits */
    ck_assert_int_eq(lbms_posix_wall_get(&clock, &seconds), LBMS_ERR_STATE);
    ck_assert_uint_eq(seconds, 7u);
}
END_TEST

SUITE("posix/clock", CASE("", monotonic_time_does_not_go_back),
      CASE("", an_unset_clock_shows_the_time_of_the_system),
      CASE("", setting_moves_the_pack_and_not_the_system), CASE("", a_time_that_cannot_be_is_no_time))
