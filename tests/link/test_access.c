/* The lock: codes, waiting, presence, and which level each port has. */
#include "losun_bms/link/access.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/product.h"
#include "support/suite.h"

static struct lbms_access_key key_of(const char *code)
{
    struct lbms_access_key key;
    unsigned i;

    for (i = 0; i < LBMS_ACCESS_SALT_SIZE; i++) {
        key.salt[i] = (uint8_t)i;
    }
    lbms_access_make_key(&key, code, strlen(code));
    return key;
}

START_TEST(the_digest_is_sha_256_of_salt_and_code)
{
    /* printf '000102030405060708090a0b0c0d0e0f' | xxd -r -p, then "service", through sha256sum */
    static const uint8_t expected[4] = {0xB8, 0x0C, 0x3D, 0x6F};
    const struct lbms_access_key key = key_of("service");

    ck_assert_mem_eq(key.digest, expected, sizeof(expected));
}
END_TEST

START_TEST(the_right_code_opens_and_ten_quiet_minutes_close)
{
    const struct lbms_access_key key = key_of("service");
    const uint32_t start_ms = UINT32_MAX - 1000u;
    struct lbms_access access;

    lbms_access_init(&access, &key);
    ck_assert(!access.open);
    ck_assert_int_eq(lbms_access_open(&access, "service", 7u, start_ms), LBMS_OK);
    ck_assert(access.open);
    lbms_access_step(&access, start_ms + 599999u);
    ck_assert(access.open);
    lbms_access_step(&access, start_ms + 600000u);
    ck_assert(!access.open);
}
END_TEST

START_TEST(a_wrong_code_makes_the_next_one_wait_longer_and_longer)
{
    const struct lbms_access_key key = key_of("service");
    struct lbms_access access;
    uint32_t now_ms = 5000u;
    uint32_t wait_s = 1u;
    unsigned n;

    lbms_access_init(&access, &key);
    for (n = 0; n < 16u; n++) {
        ck_assert_int_eq(lbms_access_open(&access, "Service", 7u, now_ms), LBMS_ERR_ACCESS);
        ck_assert_uint_eq(lbms_access_wait_s(&access, now_ms), wait_s);
        now_ms += wait_s * 1000u - 1u;
        ck_assert_uint_eq(lbms_access_wait_s(&access, now_ms), 1u);
        ck_assert_int_eq(lbms_access_open(&access, "service", 7u, now_ms), LBMS_ERR_TIMEOUT);
        now_ms += 1u;
        ck_assert_uint_eq(lbms_access_wait_s(&access, now_ms), 0u);
        wait_s = (wait_s < 4096u) ? wait_s * 2u : wait_s;
    }
    ck_assert_int_eq(lbms_access_open(&access, "service", 7u, now_ms), LBMS_OK);
    ck_assert_int_eq(lbms_access_open(&access, "servic", 6u, now_ms), LBMS_ERR_ACCESS);
    ck_assert_uint_eq(lbms_access_wait_s(&access, now_ms), 1u); /* counts anew */
}
END_TEST

START_TEST(without_a_code_no_code_opens)
{
    static const char empty[1];
    struct lbms_access access;

    lbms_access_init(&access, NULL);
    ck_assert_int_eq(lbms_access_open(&access, empty, 0u, 0u), LBMS_ERR_ACCESS);
    ck_assert(!access.open);
}
END_TEST

START_TEST(somebody_before_the_pack_opens_it_and_ends_waiting)
{
    const struct lbms_access_key key = key_of("service");
    struct lbms_access access;

    lbms_access_init(&access, &key);
    (void)lbms_access_open(&access, "x", 1u, 0u);
    lbms_access_presence(&access, 10u);
    ck_assert(access.open);
    ck_assert_uint_eq(lbms_access_wait_s(&access, 10u), 0u);
    lbms_access_close(&access);
    ck_assert(!access.open);
}
END_TEST

START_TEST(waiting_ends_for_good_even_if_nobody_tries)
{
    struct lbms_access access;

    lbms_access_init(&access, NULL);
    (void)lbms_access_open(&access, "x", 1u, 0u);
    lbms_access_step(&access, 2000u);
    ck_assert_uint_eq(lbms_access_wait_s(&access, 0u), 0u); /* the clock has wrapped */
}
END_TEST

START_TEST(the_level_depends_on_port_lock_and_parameter)
{
    struct lbms_access access;
    struct lbms_params params;

    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    lbms_access_init(&access, NULL);
    ck_assert_uint_eq(lbms_access_level(&access, &params, true),
                      LBMS_ACCESS_PARAMS); /* as field tools expect */
    ck_assert_uint_eq(lbms_access_level(&access, &params, false), LBMS_ACCESS_OPERATE);
    params.v[LBMS_PARAM_ACCESS_LOCK] = 1;
    ck_assert_uint_eq(lbms_access_level(&access, &params, true), LBMS_ACCESS_OPERATE);
    lbms_access_presence(&access, 0u);
    ck_assert_uint_eq(lbms_access_level(&access, &params, true), LBMS_ACCESS_SERVICE);
    ck_assert_uint_eq(lbms_access_level(&access, &params, false), LBMS_ACCESS_OPERATE);
}
END_TEST

SUITE("link/access", CASE("", the_digest_is_sha_256_of_salt_and_code),
      CASE("", the_right_code_opens_and_ten_quiet_minutes_close),
      CASE("", a_wrong_code_makes_the_next_one_wait_longer_and_longer),
      CASE("", without_a_code_no_code_opens), CASE("", somebody_before_the_pack_opens_it_and_ends_waiting),
      CASE("", waiting_ends_for_good_even_if_nobody_tries),
      CASE("", the_level_depends_on_port_lock_and_parameter))
