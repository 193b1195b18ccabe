#include "losun_bms/model/restored.h"

#include <string.h>

#include "support/suite.h"

START_TEST(a_virgin_board_has_nothing_stored_and_was_just_powered)
{
    struct lbms_restored restored;
    unsigned i;

    memset(&restored, 0xEE, sizeof(restored));
    memset(&restored.params_valid, 1, sizeof(restored.params_valid));
    memset(&restored.life.valid, 1, sizeof(restored.life.valid));
    memset(&restored.boot.crash.valid, 1, sizeof(restored.boot.crash.valid));
    lbms_restored_defaults(&restored);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
    ck_assert_uint_eq(restored.boot.wake_reason, 0u);
    ck_assert_uint_eq(restored.boot.seconds_asleep, 0u);
    ck_assert(!restored.boot.crash.valid);
    ck_assert(!restored.params_valid);
    ck_assert(!restored.life.valid);
    ck_assert_int_eq(restored.life.charge_mas, 0);
    ck_assert_uint_eq(restored.sleep_reason, LBMS_SLEEP_NONE);
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        ck_assert_int_eq(restored.params.v[i], 0);
    }
}
END_TEST

SUITE("model/restored", CASE("", a_virgin_board_has_nothing_stored_and_was_just_powered))
