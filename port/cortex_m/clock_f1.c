/* Clock start of the F1 map: HSI 8 MHz -> HSE -> PLL; STM32F103 72 MHz, GD32F30x 120 MHz; APB1 half of it. */
#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/clock.h"
#include "losun_bms_port/cortex_m/registers_f1.h"
#include "losun_bms_port/cortex_m/registers_shared.h"

#define MHZ      1000000u
#define TICKS_US (LBMS_F1_HSI_HZ / MHZ)

/* What differs between the members of the family. */
struct variant {
    uint32_t pll_hz;
    uint32_t factor_max;
    bool wait_states;      /* STM32: the flash needs two */
    bool high_driver;      /* GD32F30x: the regulator needs help */
    bool one_less_above16; /* GD32F30x: factors above 16 are coded as factor - 1, below as factor - 2 */
};

static const struct variant stm32f103 = {72000000u, 16u, true, false, false};
static const struct variant gd32f30x = {120000000u, 63u, false, true, true};

/* PLL bits of RCC_CFGR, 0 when no setting gives the frequency exactly. Prefers the crystal undivided. */
static uint32_t pll_bits(const struct variant *variant, uint32_t hse_hz)
{
    uint32_t divider;

    for (divider = 1u; divider <= 2u; divider++) {
        const uint32_t in_hz = hse_hz / divider;
        const uint32_t factor = (in_hz > 0u) ? (variant->pll_hz / in_hz) : 0u;
        uint32_t code;
        uint32_t bits;

        if ((factor < 2u) || (factor > variant->factor_max) || ((factor * in_hz) != variant->pll_hz)) {
            continue;
        }
        code = (variant->one_less_above16 && (factor > 16u)) ? (factor - 1u) : (factor - 2u);
        bits = LBMS_F1_RCC_CFGR_PLLSRC_HSE | ((code & 0xFu) << LBMS_F1_RCC_CFGR_PLLMUL_POS);
        bits |= ((code & 0x10u) != 0u) ? LBMS_F1_RCC_CFGR_PLLMUL4 : 0u;
        bits |= (divider == 2u) ? LBMS_F1_RCC_CFGR_PLLXTPRE : 0u;
        return bits;
    }
    return 0u;
}

/* GD32F30x above 108 MHz. */
static int high_driver_mode(const struct lbms_cm_clock_places *places)
{
    struct lbms_f1_pwr *pwr = (struct lbms_f1_pwr *)places->pwr;
    int status;

    pwr->CR |= LBMS_GD32F30X_PWR_CR_HDEN;
    status = lbms_cm_await((uintptr_t)&pwr->CSR, LBMS_GD32F30X_PWR_CSR_HDRF, LBMS_GD32F30X_PWR_CSR_HDRF,
                           LBMS_CM_PLL_US * TICKS_US);
    if (status == LBMS_OK) {
        pwr->CR |= LBMS_GD32F30X_PWR_CR_HDS;
        status = lbms_cm_await((uintptr_t)&pwr->CSR, LBMS_GD32F30X_PWR_CSR_HDSRF, LBMS_GD32F30X_PWR_CSR_HDSRF,
                               LBMS_CM_PLL_US * TICKS_US);
    }
    return status;
}

static void start_pll(const struct lbms_cm_clock_places *places, const struct variant *variant, uint32_t pll)
{
    struct lbms_f1_rcc *rcc = (struct lbms_f1_rcc *)places->rcc;
    struct lbms_f1_flash *flash = (struct lbms_f1_flash *)places->flash;
    struct lbms_f1_pwr *pwr = (struct lbms_f1_pwr *)places->pwr;

    rcc->APB1ENR |= LBMS_CM_RCC_APB1ENR_PWREN;
    if (variant->high_driver) {
        pwr->CR |= LBMS_GD32F30X_PWR_CR_LDOVS;
    }
    if (variant->wait_states) {
        flash->ACR = LBMS_F1_FLASH_ACR_LATENCY_2 | LBMS_F1_FLASH_ACR_PRFTBE;
    }
    rcc->CFGR = pll | LBMS_F1_RCC_CFGR_PPRE1_DIV2 | LBMS_F1_RCC_CFGR_ADCPRE_DIV6;
    rcc->CR |= LBMS_CM_RCC_CR_PLLON;
}

static int run(const struct lbms_cm_clock_places *places, const struct variant *variant, uint32_t pll,
               uint32_t crystal_us)
{
    struct lbms_f1_rcc *rcc = (struct lbms_f1_rcc *)places->rcc;
    int status;

    rcc->CR |= LBMS_CM_RCC_CR_HSEON;
    status = lbms_cm_await((uintptr_t)&rcc->CR, LBMS_CM_RCC_CR_HSERDY, LBMS_CM_RCC_CR_HSERDY,
                           crystal_us * TICKS_US);
    if (status != LBMS_OK) {
        return status;
    }
    start_pll(places, variant, pll);
    status = lbms_cm_await((uintptr_t)&rcc->CR, LBMS_CM_RCC_CR_PLLRDY, LBMS_CM_RCC_CR_PLLRDY,
                           LBMS_CM_PLL_US * TICKS_US);
    if ((status == LBMS_OK) && variant->high_driver) {
        status = high_driver_mode(places);
    }
    if (status != LBMS_OK) {
        return status;
    }
    rcc->CFGR |= LBMS_CM_RCC_CFGR_SW_PLL;
    return lbms_cm_await((uintptr_t)&rcc->CFGR, LBMS_CM_RCC_CFGR_SWS_MASK, LBMS_CM_RCC_CFGR_SWS_PLL,
                         LBMS_CM_PLL_US * TICKS_US);
}

static int start(const struct lbms_cm_clock_places *places, const struct variant *variant, uint32_t hse_hz,
                 uint32_t crystal_us, struct lbms_cm_clocks *clocks)
{
    struct lbms_f1_rcc *rcc = (struct lbms_f1_rcc *)places->rcc;
    const uint32_t pll = pll_bits(variant, hse_hz);
    int status = LBMS_ERR_UNSUPPORTED;

    lbms_cm_stopwatch_start();
    if (pll != 0u) {
        status = run(places, variant, pll, crystal_us);
    }
    clocks->crystal = status == LBMS_OK;
    if (clocks->crystal) {
        rcc->CR |= LBMS_CM_RCC_CR_CSSON; /* a crystal that dies later is an NMI, and so a recorded restart */
        clocks->hclk_hz = variant->pll_hz;
        clocks->pclk1_hz = variant->pll_hz / 2u;
        clocks->pclk2_hz = variant->pll_hz;
    } else {
        rcc->CFGR = 0u;
        rcc->CR &= ~(LBMS_CM_RCC_CR_PLLON | LBMS_CM_RCC_CR_HSEON);
        clocks->hclk_hz = LBMS_F1_HSI_HZ;
        clocks->pclk1_hz = LBMS_F1_HSI_HZ;
        clocks->pclk2_hz = LBMS_F1_HSI_HZ;
    }
    return status;
}

int lbms_f1_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                        struct lbms_cm_clocks *clocks)
{
    return start(places, &stm32f103, hse_hz, crystal_us, clocks);
}

int lbms_gd32f30x_clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                              struct lbms_cm_clocks *clocks)
{
    return start(places, &gd32f30x, hse_hz, crystal_us, clocks);
}
