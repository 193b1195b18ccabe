/* Clock starts on registers in memory: what is ready is set before, and nothing changes while one waits. */
#include "losun_bms_port/cortex_m/clock.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_f1.h"
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "rig.h"
#include "support/suite.h"

#define HSE_READY  (LBMS_CM_RCC_CR_HSERDY)
#define PLL_READY  (LBMS_CM_RCC_CR_HSERDY | LBMS_CM_RCC_CR_PLLRDY)
#define SWITCHED   LBMS_CM_RCC_CFGR_SWS_PLL
#define CRYSTAL_US 10000u

static struct lbms_f4_rcc f4_rcc;
static struct lbms_f4_flash f4_flash;
static struct lbms_f4_pwr f4_pwr;
static struct lbms_f1_rcc f1_rcc;
static struct lbms_f1_flash f1_flash;
static struct lbms_f1_pwr f1_pwr;
static struct lbms_cm_clocks clocks;

static void (*chip)(void); /* rig.at_look of the next start */

static int start_f4(uint32_t ready, uint32_t hse_hz)
{
    const struct lbms_cm_clock_places places = {(uintptr_t)&f4_rcc, (uintptr_t)&f4_flash, (uintptr_t)&f4_pwr};

    rig_reset();
    rig.at_look = chip;
    memset(&f4_rcc, 0, sizeof(f4_rcc));
    f4_rcc.CR = LBMS_CM_RCC_CR_HSION | ready;
    return lbms_f4_clock_start(&places, hse_hz, CRYSTAL_US, &clocks);
}

static int start_f1(lbms_cm_clock_start start, uint32_t ready, uint32_t hse_hz)
{
    const struct lbms_cm_clock_places places = {(uintptr_t)&f1_rcc, (uintptr_t)&f1_flash, (uintptr_t)&f1_pwr};

    rig_reset();
    rig.at_look = chip;
    memset(&f1_rcc, 0, sizeof(f1_rcc));
    memset(&f1_flash, 0, sizeof(f1_flash));
    memset(&f1_pwr, 0, sizeof(f1_pwr));
    f1_rcc.CR = LBMS_CM_RCC_CR_HSION | ready;
    f1_pwr.CSR = LBMS_GD32F30X_PWR_CSR_HDRF | LBMS_GD32F30X_PWR_CSR_HDSRF;
    return start(&places, hse_hz, CRYSTAL_US, &clocks);
}

/* A chip on which everything that is switched on is ready at the next look. */
static void all_well(void)
{
    f4_rcc.CR |= (f4_rcc.CR & LBMS_CM_RCC_CR_HSEON) << 1;
    f4_rcc.CR |= (f4_rcc.CR & LBMS_CM_RCC_CR_PLLON) << 1;
    f4_rcc.CFGR |= (f4_rcc.CFGR & LBMS_CM_RCC_CFGR_SW_PLL) << 2;
    f1_rcc.CR |= (f1_rcc.CR & LBMS_CM_RCC_CR_HSEON) << 1;
    f1_rcc.CR |= (f1_rcc.CR & LBMS_CM_RCC_CR_PLLON) << 1;
    f1_rcc.CFGR |= (f1_rcc.CFGR & LBMS_CM_RCC_CFGR_SW_PLL) << 2;
}

static void fast(uint32_t hclk_hz, uint32_t pclk1_hz, uint32_t pclk2_hz)
{
    ck_assert(clocks.crystal);
    ck_assert_uint_eq(clocks.hclk_hz, hclk_hz);
    ck_assert_uint_eq(clocks.pclk1_hz, pclk1_hz);
    ck_assert_uint_eq(clocks.pclk2_hz, pclk2_hz);
}

static void internal(uint32_t hz)
{
    ck_assert(!clocks.crystal);
    ck_assert_uint_eq(clocks.hclk_hz, hz);
    ck_assert_uint_eq(clocks.pclk1_hz, hz);
    ck_assert_uint_eq(clocks.pclk2_hz, hz);
}

START_TEST(a_wait_ends_by_time_or_by_polls_whatever_comes_first)
{
    uint32_t reg = 0u;

    rig_reset();
    ck_assert_int_eq(lbms_cm_await((uintptr_t)&reg, 1u, 0u, 100u), LBMS_OK);
    ck_assert_uint_eq(rig.looks, 1u);
    rig_reset();
    ck_assert_int_eq(lbms_cm_await((uintptr_t)&reg, 1u, 1u, 1000u), LBMS_ERR_TIMEOUT);
    ck_assert_uint_eq(rig.looks, 101u); /* 10 ticks each */
    rig_reset();
    rig.stopwatch_step = 0u; /* the stopwatch stands still */
    ck_assert_int_eq(lbms_cm_await((uintptr_t)&reg, 1u, 1u, 1000u), LBMS_ERR_TIMEOUT);
    ck_assert_uint_eq(rig.looks, 1001u);
}
END_TEST

START_TEST(a_wait_is_right_across_the_wrap_of_the_stopwatch)
{
    uint32_t reg = 0u;

    rig_reset();
    rig.stopwatch = 0xFFFFFFu - 500u;
    ck_assert_int_eq(lbms_cm_await((uintptr_t)&reg, 1u, 1u, 1000u), LBMS_ERR_TIMEOUT);
    ck_assert_uint_eq(rig.looks, 101u);
}
END_TEST

START_TEST(a_good_crystal_gives_the_f4_168_mhz)
{
    chip = all_well;
    ck_assert_int_eq(start_f4(0u, 8000000u), LBMS_OK);
    fast(168000000u, 42000000u, 84000000u);
    ck_assert_uint_eq(f4_rcc.CFGR, (5u << 10) | (4u << 13) | 0xAu); /* APB1 / 4, APB2 / 2, PLL */
    ck_assert((f4_rcc.CR & LBMS_CM_RCC_CR_CSSON) != 0u);
}
END_TEST

START_TEST(good_crystals_give_the_f1_72_mhz)
{
    chip = all_well;
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, 0u, 8000000u), LBMS_OK);
    fast(72000000u, 36000000u, 72000000u);
    ck_assert_uint_eq(f1_rcc.CFGR, (7u << 18) | (1u << 16) | (2u << 14) | (4u << 8) | 0xAu); /* x9 */
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, 0u, 12000000u), LBMS_OK);
    ck_assert_uint_eq(f1_rcc.CFGR & (0xFu << 18), 4u << 18); /* x6 */
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, 0u, 16000000u), LBMS_OK);
    ck_assert_uint_eq(f1_rcc.CFGR & (0x1Fu << 17), (7u << 18) | (1u << 17)); /* / 2, x9 */
    ck_assert((f1_rcc.CR & LBMS_CM_RCC_CR_CSSON) != 0u);
}
END_TEST

START_TEST(good_crystals_give_the_gd32f30x_120_mhz)
{
    chip = all_well;
    ck_assert_int_eq(start_f1(lbms_gd32f30x_clock_start, 0u, 8000000u), LBMS_OK);
    fast(120000000u, 60000000u, 120000000u);
    ck_assert_uint_eq(f1_rcc.CFGR & 0x083E0000u, 13u << 18); /* x15 */
    ck_assert_int_eq(start_f1(lbms_gd32f30x_clock_start, 0u, 4000000u), LBMS_OK);
    ck_assert_uint_eq(f1_rcc.CFGR & 0x083E0000u, (1u << 27) | (13u << 18)); /* x30: coded 29 */
    ck_assert_int_eq(start_f1(lbms_gd32f30x_clock_start, 0u, 16000000u), LBMS_OK);
    ck_assert_uint_eq(f1_rcc.CFGR & 0x083E0000u, (13u << 18) | (1u << 17)); /* / 2, x15 */
}
END_TEST

START_TEST(a_dead_crystal_leaves_the_f4_on_its_own_oscillator_in_bounded_time)
{
    ck_assert_int_eq(start_f4(0u, 8000000u), LBMS_ERR_TIMEOUT);
    internal(16000000u);
    ck_assert_uint_le(rig.stopwatch, CRYSTAL_US * 16u + 100u);
    ck_assert_uint_eq(f4_rcc.CR, LBMS_CM_RCC_CR_HSION);
    ck_assert_uint_eq(f4_rcc.CFGR, 0u);
}
END_TEST

START_TEST(a_dead_pll_leaves_the_f4_on_its_own_oscillator)
{
    ck_assert_int_eq(start_f4(HSE_READY, 8000000u), LBMS_ERR_TIMEOUT);
    internal(16000000u);
    ck_assert_uint_eq(f4_rcc.CR & (LBMS_CM_RCC_CR_PLLON | LBMS_CM_RCC_CR_HSEON), 0u);
    ck_assert_uint_eq(f4_rcc.CFGR, 0u);
}
END_TEST

START_TEST(a_switch_that_does_not_happen_leaves_the_f4_on_its_own_oscillator)
{
    ck_assert_int_eq(start_f4(PLL_READY, 8000000u), LBMS_ERR_TIMEOUT);
    internal(16000000u);
    ck_assert_uint_eq(f4_rcc.CFGR, 0u);
    ck_assert_uint_le(rig.stopwatch, (LBMS_CM_PLL_US * 16u) + 200u);
}
END_TEST

START_TEST(the_f4_pll_is_set_for_168_mhz)
{
    (void)start_f4(PLL_READY, 8000000u);
    ck_assert_uint_eq(f4_rcc.PLLCFGR, 0x07405408u); /* Q 7, HSE, P 2, N 336, M 8 */
    ck_assert_uint_eq(f4_flash.ACR, 0x705u);
    ck_assert_uint_eq(f4_pwr.CR & LBMS_F4_PWR_CR_VOS, LBMS_F4_PWR_CR_VOS);
    (void)start_f4(PLL_READY, 25000000u);
    ck_assert_uint_eq(f4_rcc.PLLCFGR & 0x3Fu, 25u);
}
END_TEST

START_TEST(crystals_that_no_pll_setting_fits_are_not_even_started)
{
    ck_assert_int_eq(start_f4(PLL_READY, 0u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(start_f4(PLL_READY, 3000000u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(start_f4(PLL_READY, 27000000u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(start_f4(PLL_READY, 8500000u), LBMS_ERR_UNSUPPORTED);
    internal(16000000u);
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, PLL_READY, 0u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, PLL_READY, 10000000u), LBMS_ERR_UNSUPPORTED);
    ck_assert_int_eq(start_f1(lbms_gd32f30x_clock_start, PLL_READY, 7000000u), LBMS_ERR_UNSUPPORTED);
    internal(8000000u);
}
END_TEST

START_TEST(a_dead_crystal_leaves_the_f1_on_its_own_oscillator_in_bounded_time)
{
    ck_assert_int_eq(start_f1(lbms_f1_clock_start, 0u, 8000000u), LBMS_ERR_TIMEOUT);
    internal(8000000u);
    ck_assert_uint_le(rig.stopwatch, CRYSTAL_US * 8u + 100u);
    ck_assert_uint_eq(f1_rcc.CR, LBMS_CM_RCC_CR_HSION);
    ck_assert_int_eq(start_f1(lbms_gd32f30x_clock_start, HSE_READY, 8000000u), LBMS_ERR_TIMEOUT);
    internal(8000000u);
}
END_TEST

START_TEST(the_flash_waits_only_on_stm32_and_the_regulator_is_helped_only_on_gd32)
{
    (void)start_f1(lbms_f1_clock_start, PLL_READY, 8000000u);
    ck_assert_uint_eq(f1_flash.ACR, 0x12u);
    ck_assert_uint_eq(f1_pwr.CR, 0u);
    (void)start_f1(lbms_gd32f30x_clock_start, PLL_READY, 8000000u);
    ck_assert_uint_eq(f1_flash.ACR, 0u);
    ck_assert_uint_eq(f1_pwr.CR, 0x3C000u); /* LDOVS, HDEN, HDS */
}
END_TEST

SUITE("cortex_m/clock", CASE("", a_wait_ends_by_time_or_by_polls_whatever_comes_first),
      CASE("", a_wait_is_right_across_the_wrap_of_the_stopwatch),
      CASE("", a_good_crystal_gives_the_f4_168_mhz), CASE("", good_crystals_give_the_f1_72_mhz),
      CASE("", good_crystals_give_the_gd32f30x_120_mhz),
      CASE("", a_dead_crystal_leaves_the_f4_on_its_own_oscillator_in_bounded_time),
      CASE("", a_dead_pll_leaves_the_f4_on_its_own_oscillator),
      CASE("", a_switch_that_does_not_happen_leaves_the_f4_on_its_own_oscillator),
      CASE("", the_f4_pll_is_set_for_168_mhz),
      CASE("", crystals_that_no_pll_setting_fits_are_not_even_started),
      CASE("", a_dead_crystal_leaves_the_f1_on_its_own_oscillator_in_bounded_time),
      CASE("", the_flash_waits_only_on_stm32_and_the_regulator_is_helped_only_on_gd32))
