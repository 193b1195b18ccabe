/* Clock start of the F4 map: HSI 16 MHz -> HSE -> PLL 168 MHz; APB1 42 MHz, APB2 84 MHz. */
#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/clock.h"
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "losun_bms_port/cortex_m/registers_shared.h"

#define MHZ         1000000u
#define TICKS_US    (LBMS_F4_HSI_HZ / MHZ)
#define PLL_N       336u /* 1 MHz in, 336 MHz, / 2 = 168 MHz, / 7 = 48 MHz */
#define PLL_Q       7u
#define PLL_HZ      168000000u
#define CRYSTAL_MIN 4u
#define CRYSTAL_MAX 26u

static void start_pll(const struct lbms_cm_clock_places *places, uint32_t crystal_mhz)
{
    struct lbms_f4_rcc *rcc = (struct lbms_f4_rcc *)places->rcc;
    struct lbms_f4_flash *flash = (struct lbms_f4_flash *)places->flash;
    struct lbms_f4_pwr *pwr = (struct lbms_f4_pwr *)places->pwr;

    rcc->APB1ENR |= LBMS_CM_RCC_APB1ENR_PWREN;
    pwr->CR |= LBMS_F4_PWR_CR_VOS;
    rcc->PLLCFGR = crystal_mhz | (PLL_N << LBMS_F4_RCC_PLLCFGR_N_POS) | LBMS_F4_RCC_PLLCFGR_SRC_HSE |
                   (PLL_Q << LBMS_F4_RCC_PLLCFGR_Q_POS);
    rcc->CR |= LBMS_CM_RCC_CR_PLLON;
    flash->ACR = LBMS_F4_FLASH_ACR_LATENCY_5 | LBMS_F4_FLASH_ACR_PRFTEN | LBMS_F4_FLASH_ACR_ICEN |
                 LBMS_F4_FLASH_ACR_DCEN;
    rcc->CFGR = LBMS_F4_RCC_CFGR_PPRE1_DIV4 | LBMS_F4_RCC_CFGR_PPRE2_DIV2;
}

static int run(const struct lbms_cm_clock_places *places, uint32_t crystal_mhz, uint32_t crystal_us)
{
    struct lbms_f4_rcc *rcc = (struct lbms_f4_rcc *)places->rcc;
    int status;

    rcc->CR |= LBMS_CM_RCC_CR_HSEON;
    status = lbms_cm_await((uintptr_t)&rcc->CR, LBMS_CM_RCC_CR_HSERDY, LBMS_CM_RCC_CR_HSERDY,
                           crystal_us * TICKS_US);
    if (status != LBMS_OK) {
        return status;
    }
    start_pll(places, crystal_mhz);
    status = lbms_cm_await((uintptr_t)&rcc->CR, LBMS_CM_RCC_CR_PLLRDY, LBMS_CM_RCC_CR_PLLRDY,
                           LBMS_CM_PLL_US * TICKS_US);
    if (status != LBMS_OK) {
        return status;
    }
    rcc->CFGR |= LBMS_CM_RCC_CFGR_SW_PLL;
    return lbms_cm_await((uintptr_t)&rcc->CFGR, LBMS_CM_RCC_CFGR_SWS_MASK, LBMS_CM_RCC_CFGR_SWS_PLL,
                         LBMS_CM_PLL_US * TICKS_US);
}

int lbms_f4_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                        struct lbms_cm_clocks *clocks)
{
    struct lbms_f4_rcc *rcc = (struct lbms_f4_rcc *)places->rcc;
    const uint32_t crystal_mhz = hse_hz / MHZ;
    int status = LBMS_ERR_UNSUPPORTED;

    lbms_cm_stopwatch_start();
    if (((hse_hz % MHZ) == 0u) && (crystal_mhz >= CRYSTAL_MIN) && (crystal_mhz <= CRYSTAL_MAX)) {
        status = run(places, crystal_mhz, crystal_us);
    }
    clocks->crystal = status == LBMS_OK;
    if (clocks->crystal) {
        rcc->CR |= LBMS_CM_RCC_CR_CSSON; /* a crystal that dies later is an NMI, and so a recorded restart */
        clocks->hclk_hz = PLL_HZ;
        clocks->pclk1_hz = PLL_HZ / 4u;
        clocks->pclk2_hz = PLL_HZ / 2u;
    } else {
        rcc->CFGR = 0u;
        rcc->CR &= ~(LBMS_CM_RCC_CR_PLLON | LBMS_CM_RCC_CR_HSEON);
        clocks->hclk_hz = LBMS_F4_HSI_HZ;
        clocks->pclk1_hz = LBMS_F4_HSI_HZ;
        clocks->pclk2_hz = LBMS_F4_HSI_HZ;
    }
    return status;
}
