/* What survives a reset: causes, crash record, what the core kept; and that nothing damaged is believed. */
#include "losun_bms_port/cortex_m/retained.h"

#include <string.h>

#include "losun_bms/model/product.h"
#include "losun_bms_port/cortex_m/registers_shared.h"
#include "support/suite.h"

#define PIN  LBMS_CM_RCC_CSR_PINRSTF
#define POR  LBMS_CM_RCC_CSR_PORRSTF
#define BOR  LBMS_CM_RCC_CSR_BORRSTF
#define SFT  LBMS_CM_RCC_CSR_SFTRSTF
#define IWDG LBMS_CM_RCC_CSR_IWDGRSTF
#define WWDG LBMS_CM_RCC_CSR_WWDGRSTF
#define LPWR LBMS_CM_RCC_CSR_LPWRRSTF

static struct lbms_cm_retained memory;
static struct lbms_restored restored;

static void power_on(uint8_t content)
{
    memset(&memory, content, sizeof(memory));
}

static void keep(int32_t charge_mas)
{
    struct lbms_restored data;

    lbms_restored_defaults(&data);
    data.params_valid = true;
    lbms_params_defaults(&data.params, &lbms_product_ls_btn0_p0548100);
    data.life.valid = true;
    data.life.charge_mas = charge_mas;
    ck_assert_int_eq(lbms_cm_retain(&memory, &data, sizeof(data)), LBMS_OK);
}

START_TEST(flags_and_notes_give_the_cause)
{
    ck_assert_uint_eq(lbms_cm_reset_cause(POR | PIN, false, -1), LBMS_RESET_POWER_ON);
    ck_assert_uint_eq(lbms_cm_reset_cause(POR | PIN | BOR, false, -1), LBMS_RESET_POWER_ON);
    ck_assert_uint_eq(lbms_cm_reset_cause(BOR | PIN, false, -1), LBMS_RESET_BROWN_OUT);
    ck_assert_uint_eq(lbms_cm_reset_cause(PIN, false, -1), LBMS_RESET_PIN);
    ck_assert_uint_eq(lbms_cm_reset_cause(IWDG | PIN, false, -1), LBMS_RESET_WATCHDOG);
    ck_assert_uint_eq(lbms_cm_reset_cause(WWDG | PIN, false, -1), LBMS_RESET_WATCHDOG);
    ck_assert_uint_eq(lbms_cm_reset_cause(SFT | PIN, false, -1), LBMS_RESET_SOFTWARE);
    ck_assert_uint_eq(lbms_cm_reset_cause(LPWR | PIN, false, -1), LBMS_RESET_SOFTWARE);
    ck_assert_uint_eq(lbms_cm_reset_cause(SFT | PIN, true, LBMS_RESET_CRASH), LBMS_RESET_CRASH);
    ck_assert_uint_eq(lbms_cm_reset_cause(IWDG | PIN, true, -1), LBMS_RESET_CRASH);
    ck_assert_uint_eq(lbms_cm_reset_cause(POR, true, LBMS_RESET_CRASH), LBMS_RESET_POWER_ON);
    ck_assert_uint_eq(lbms_cm_reset_cause(SFT, false, LBMS_RESET_WAKE_UP), LBMS_RESET_WAKE_UP);
    ck_assert_uint_eq(lbms_cm_reset_cause(IWDG, false, LBMS_RESET_SOFTWARE), LBMS_RESET_WATCHDOG);
    ck_assert_uint_eq(lbms_cm_reset_cause(0u, false, LBMS_RESET_WATCHDOG), LBMS_RESET_WATCHDOG);
    ck_assert_uint_eq(lbms_cm_reset_cause(0u, false, -1), LBMS_RESET_POWER_ON);
}
END_TEST

START_TEST(memory_after_power_on_holds_nothing_that_is_believed)
{
    unsigned content;

    for (content = 0u; content < 256u; content++) {
        power_on((uint8_t)content);
        ck_assert(!lbms_cm_restore(&memory, 0u, &restored));
        ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
        ck_assert(!restored.boot.crash.valid && !restored.params_valid && !restored.life.valid);
    }
}
END_TEST

START_TEST(what_the_core_kept_comes_back_every_time_until_power_is_lost)
{
    power_on(0xA5u);
    keep(123456789);
    ck_assert(lbms_cm_restore(&memory, SFT, &restored));
    ck_assert(restored.params_valid && restored.life.valid);
    ck_assert_int_eq(restored.life.charge_mas, 123456789);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_PROTECT_MV], 3650);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_SOFTWARE);
    ck_assert(lbms_cm_restore(&memory, IWDG, &restored));
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_WATCHDOG);
    keep(-1);
    ck_assert(lbms_cm_restore(&memory, SFT, &restored));
    ck_assert_int_eq(restored.life.charge_mas, -1);
}
END_TEST

START_TEST(only_a_whole_set_is_kept)
{
    uint8_t data[sizeof(struct lbms_restored) + 1u];

    memset(data, 0, sizeof(data));
    power_on(0u);
    ck_assert_int_eq(lbms_cm_retain(&memory, data, sizeof(data)), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_cm_retain(&memory, data, 0u), LBMS_ERR_ARGUMENT);
    ck_assert(!lbms_cm_restore(&memory, 0u, &restored));
}
END_TEST

START_TEST(no_flipped_bit_of_what_was_kept_is_overlooked)
{
    uint8_t *bytes = (uint8_t *)&memory.kept;
    size_t i;

    power_on(0u);
    keep(1000000);
    for (i = 0u; i < sizeof(memory.kept); i++) {
        bytes[i] ^= (uint8_t)(1u << (i % 8u));
        ck_assert(!lbms_cm_restore(&memory, 0u, &restored));
        bytes[i] ^= (uint8_t)(1u << (i % 8u));
    }
    ck_assert(lbms_cm_restore(&memory, 0u, &restored));
}
END_TEST

START_TEST(a_crash_is_reported_once)
{
    struct lbms_crash crash;

    memset(&crash, 0, sizeof(crash));
    crash.kind = 5u;
    crash.pc = 0x08020124u;
    crash.lr = 0x08020ABDu;
    crash.status = 0x8200u;
    crash.address = 0x10000000u;
    power_on(0u);
    keep(42);
    lbms_cm_retain_crash(&memory, &crash);
    lbms_cm_retain_cause(&memory, LBMS_RESET_CRASH);
    ck_assert(lbms_cm_restore(&memory, SFT, &restored));
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_CRASH);
    ck_assert(restored.boot.crash.valid);
    ck_assert_uint_eq(restored.boot.crash.kind, 5u);
    ck_assert_uint_eq(restored.boot.crash.pc, 0x08020124u);
    ck_assert_uint_eq(restored.boot.crash.lr, 0x08020ABDu);
    ck_assert_uint_eq(restored.boot.crash.status, 0x8200u);
    ck_assert_uint_eq(restored.boot.crash.address, 0x10000000u);
    ck_assert_int_eq(restored.life.charge_mas, 42);
    ck_assert(lbms_cm_restore(&memory, PIN, &restored));
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_PIN);
    ck_assert(!restored.boot.crash.valid);
}
END_TEST

START_TEST(a_damaged_note_is_no_note)
{
    power_on(0u);
    lbms_cm_retain_cause(&memory, LBMS_RESET_WATCHDOG);
    memory.note.cause ^= 1u;
    (void)lbms_cm_restore(&memory, 0u, &restored);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
    lbms_cm_retain_cause(&memory, 200u); /* no cause of this version */
    (void)lbms_cm_restore(&memory, 0u, &restored);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
}
END_TEST

START_TEST(a_note_is_used_up)
{
    power_on(0u);
    lbms_cm_retain_cause(&memory, LBMS_RESET_WATCHDOG);
    (void)lbms_cm_restore(&memory, 0u, &restored);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_WATCHDOG);
    (void)lbms_cm_restore(&memory, 0u, &restored);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
}
END_TEST

SUITE("cortex_m/retained", CASE("", flags_and_notes_give_the_cause),
      CASE("", memory_after_power_on_holds_nothing_that_is_believed),
      CASE("", what_the_core_kept_comes_back_every_time_until_power_is_lost),
      CASE("", only_a_whole_set_is_kept), CASE("", no_flipped_bit_of_what_was_kept_is_overlooked),
      CASE("", a_crash_is_reported_once), CASE("", a_damaged_note_is_no_note), CASE("", a_note_is_used_up))
