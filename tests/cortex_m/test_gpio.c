/* Pins of both generations on registers in memory. */
#include "losun_bms_port/cortex_m/gpio.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_f1.h"
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "support/suite.h"

#define PORTS 2u

static struct lbms_f1_gpio f1[PORTS];
static struct lbms_f4_gpio f4[PORTS];
static uint32_t enable;

static struct lbms_cm_gpio of_f1(void)
{
    const struct lbms_cm_gpio gpio = {
        &lbms_cm_gpio_f1, (uintptr_t)&f1[0], sizeof(f1[0]), PORTS, (uintptr_t)&enable, 2u};

    memset(f1, 0, sizeof(f1));
    f1[1].CRL = 0x44444444u; /* as after reset */
    f1[1].CRH = 0x44444444u;
    enable = 0u;
    return gpio;
}

static struct lbms_cm_gpio of_f4(void)
{
    const struct lbms_cm_gpio gpio = {
        &lbms_cm_gpio_f4, (uintptr_t)&f4[0], sizeof(f4[0]), PORTS, (uintptr_t)&enable, 0u};

    memset(f4, 0, sizeof(f4));
    enable = 0u;
    return gpio;
}

static struct lbms_cm_pin pin_b(uint8_t number, uint8_t mode, uint8_t alternate, bool active_low)
{
    const struct lbms_cm_pin pin = {LBMS_CM_PARKED, 0u, 'B', number, mode, alternate, active_low};

    return pin;
}

/* Four bits of CRL or CRH after pin B`number` was configured. */
static uint32_t f1_bits(uint8_t number, uint8_t mode)
{
    const struct lbms_cm_gpio gpio = of_f1();
    const struct lbms_cm_pin pin = pin_b(number, mode, 0u, false);
    const uint32_t shift = (number % 8u) * 4u;

    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &pin), LBMS_OK);
    ck_assert_uint_eq(f1[1].CRL & ((number < 8u) ? ~(0xFu << shift) : UINT32_MAX),
                      0x44444444u & ((number < 8u) ? ~(0xFu << shift) : UINT32_MAX));
    return (((number < 8u) ? f1[1].CRL : f1[1].CRH) >> shift) & 0xFu;
}

START_TEST(the_modes_of_the_f1_generation)
{
    ck_assert_uint_eq(f1_bits(0u, LBMS_CM_ANALOG), 0x0u);
    ck_assert_uint_eq(f1_bits(7u, LBMS_CM_INPUT), 0x4u);
    ck_assert_uint_eq(f1_bits(8u, LBMS_CM_INPUT_UP), 0x8u);
    ck_assert_uint_eq(f1[1].BSRR, 1u << 8);
    ck_assert_uint_eq(f1_bits(9u, LBMS_CM_INPUT_DOWN), 0x8u);
    ck_assert_uint_eq(f1[1].BSRR, 1u << 25);
    ck_assert_uint_eq(f1_bits(15u, LBMS_CM_OUTPUT), 0x2u);
    ck_assert_uint_eq(f1_bits(3u, LBMS_CM_OUTPUT_DRAIN), 0x6u);
    ck_assert_uint_eq(f1_bits(10u, LBMS_CM_ALTERNATE_OUT), 0x9u);
    ck_assert_uint_eq(f1_bits(10u, LBMS_CM_ALTERNATE_DRAIN), 0xDu);
    ck_assert_uint_eq(f1_bits(11u, LBMS_CM_ALTERNATE_IN), 0x8u);
    ck_assert_uint_eq(f1[1].BSRR, 1u << 11);
    ck_assert_uint_eq(enable, 1u << 3); /* port B */
}
END_TEST

START_TEST(the_modes_of_the_f4_generation)
{
    const struct lbms_cm_gpio gpio = of_f4();
    const struct lbms_cm_pin tx = pin_b(10u, LBMS_CM_ALTERNATE_OUT, 7u, false);
    const struct lbms_cm_pin rx = pin_b(3u, LBMS_CM_ALTERNATE_IN, 8u, false);
    const struct lbms_cm_pin key = pin_b(0u, LBMS_CM_INPUT_DOWN, 0u, false);
    const struct lbms_cm_pin drain = pin_b(15u, LBMS_CM_OUTPUT_DRAIN, 0u, false);
    const struct lbms_cm_pin off = pin_b(1u, LBMS_CM_ANALOG, 0u, false);

    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &tx), LBMS_OK);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &rx), LBMS_OK);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &key), LBMS_OK);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &drain), LBMS_OK);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &off), LBMS_OK);
    ck_assert_uint_eq(f4[1].MODER, (2u << 20) | (2u << 6) | (1u << 30) | (3u << 2));
    ck_assert_uint_eq(f4[1].AFRH, 7u << 8);
    ck_assert_uint_eq(f4[1].AFRL, 8u << 12);
    ck_assert_uint_eq(f4[1].PUPDR, (1u << 6) | (2u << 0));
    ck_assert_uint_eq(f4[1].OTYPER, 1u << 15);
    ck_assert_uint_eq(enable, 1u << 1);
}
END_TEST

START_TEST(an_output_has_its_inactive_level_before_it_drives)
{
    struct lbms_cm_gpio gpio = of_f4();
    const struct lbms_cm_pin high = pin_b(4u, LBMS_CM_OUTPUT, 0u, false);
    const struct lbms_cm_pin low = pin_b(4u, LBMS_CM_OUTPUT, 0u, true);

    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &high), LBMS_OK);
    ck_assert_uint_eq(f4[1].BSRR, 1u << 20);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &low), LBMS_OK);
    ck_assert_uint_eq(f4[1].BSRR, 1u << 4);
    gpio = of_f1();
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &low), LBMS_OK);
    ck_assert_uint_eq(f1[1].BSRR, 1u << 4);
}
END_TEST

START_TEST(on_means_the_active_level)
{
    const struct lbms_cm_gpio gpio = of_f4();
    const struct lbms_cm_pin high = pin_b(2u, LBMS_CM_OUTPUT, 0u, false);
    const struct lbms_cm_pin low = pin_b(2u, LBMS_CM_OUTPUT, 0u, true);

    lbms_cm_pin_write(&gpio, &high, true);
    ck_assert_uint_eq(f4[1].BSRR, 1u << 2);
    lbms_cm_pin_write(&gpio, &low, true);
    ck_assert_uint_eq(f4[1].BSRR, 1u << 18);
    f4[1].IDR = 1u << 2;
    ck_assert(lbms_cm_pin_read(&gpio, &high));
    ck_assert(!lbms_cm_pin_read(&gpio, &low));
    f4[1].IDR = 0xFFFFu & ~(1u << 2);
    ck_assert(!lbms_cm_pin_read(&gpio, &high));
    ck_assert(lbms_cm_pin_read(&gpio, &low));
}
END_TEST

START_TEST(pins_that_the_chip_has_not_are_refused)
{
    const struct lbms_cm_gpio gpio = of_f4();
    struct lbms_cm_pin pin = pin_b(16u, LBMS_CM_OUTPUT, 0u, false);

    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &pin), LBMS_ERR_RANGE);
    pin = pin_b(1u, LBMS_CM_ALTERNATE_IN + 1u, 0u, false);
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &pin), LBMS_ERR_RANGE);
    pin = pin_b(1u, LBMS_CM_OUTPUT, 0u, false);
    pin.port = 'C';
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &pin), LBMS_ERR_RANGE);
    pin.port = '\0';
    ck_assert_int_eq(lbms_cm_pin_configure(&gpio, &pin), LBMS_ERR_RANGE);
    ck_assert_uint_eq(enable, 0u);
}
END_TEST

SUITE("cortex_m/gpio", CASE("", the_modes_of_the_f1_generation), CASE("", the_modes_of_the_f4_generation),
      CASE("", an_output_has_its_inactive_level_before_it_drives), CASE("", on_means_the_active_level),
      CASE("", pins_that_the_chip_has_not_are_refused))
