#include "losun_bms_port/cortex_m/time.h"

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_core.h"

/* The timer counts core clock / 8. */
#define DIVIDER       8u
#define HCLK_MAX_HZ   200000000u
#define PERIOD_MAX_MS 500u
/* Polls until the counter has left 0: it stays there for one of its ticks, 8 core clocks. */
#define POLLS 64u

static struct lbms_cm_ticks sum; /* up to the beginning of the running period */
static uint32_t running;         /* ticks of the period that the counter is in */
static uint32_t following;       /* ticks of the next one: what RVR holds, plus 1 */
static uint32_t longest;         /* ticks of a period when nobody waits */

void SysTick_Handler(void);

/*
 * Ticks since the running period began. Reading needs care: the counter passes through 0, and the end of the
 * period may come between two reads. Interrupts are off, so `pending` changes at most once.
 */
static uint32_t counted(void)
{
    uint32_t pending = 0u;
    uint32_t left = 0u;
    unsigned poll;

    for (poll = 0u; poll < POLLS; poll++) {
        pending = LBMS_CM_SCB->ICSR & LBMS_CM_SCB_ICSR_PENDSTSET;
        left = LBMS_CM_SYST->CVR;
        if ((left != 0u) && (pending == (LBMS_CM_SCB->ICSR & LBMS_CM_SCB_ICSR_PENDSTSET))) {
            break;
        }
    }
    return lbms_cm_ticks_counted(left, pending != 0u, running, following);
}

/* Begins a period now. What the counter had done is added; the few clocks in here are lost, about 0.2 us. */
static void begin_period(uint32_t ticks)
{
    lbms_cm_ticks_add(&sum, counted());
    LBMS_CM_SYST->RVR = ticks - 1u;
    LBMS_CM_SYST->CVR = 0u; /* any write: the counter takes RVR at its next tick */
    LBMS_CM_SCB->ICSR = LBMS_CM_SCB_ICSR_PENDSTCLR;
    running = ticks;
    following = ticks; /* until the interrupt at its end */
}

int lbms_cm_time_start(uint32_t hclk_hz, uint32_t start_ms)
{
    if ((hclk_hz == 0u) || (hclk_hz > HCLK_MAX_HZ) || ((hclk_hz % (DIVIDER * 1000u)) != 0u)) {
        return LBMS_ERR_RANGE;
    }
    sum.ms = start_ms;
    sum.rest = 0u;
    sum.per_ms = hclk_hz / (DIVIDER * 1000u);
    longest = sum.per_ms * PERIOD_MAX_MS;
    running = longest;
    following = longest;
    LBMS_CM_SYST->CSR = 0u;
    LBMS_CM_SYST->RVR = longest - 1u;
    LBMS_CM_SYST->CVR = 0u;
    LBMS_CM_SCB->ICSR = LBMS_CM_SCB_ICSR_PENDSTCLR;
    LBMS_CM_SYST->CSR = LBMS_CM_SYST_CSR_ENABLE | LBMS_CM_SYST_CSR_TICKINT;
    return LBMS_OK;
}

uint32_t lbms_cm_now_ms(void)
{
    const uint32_t primask = lbms_cm_irq_save();
    struct lbms_cm_ticks now = sum;

    lbms_cm_ticks_add(&now, counted());
    lbms_cm_irq_restore(primask);
    return now.ms;
}

void lbms_cm_time_doze(uint32_t ms)
{
    const uint32_t passed = counted();
    struct lbms_cm_ticks now = sum;
    uint32_t wanted;

    lbms_cm_ticks_add(&now, passed);
    wanted = lbms_cm_ticks_until(&now, ms, longest);
    if ((passed < running) && ((running - passed) != wanted)) {
        begin_period(wanted);
    }
    lbms_cm_wait_for_interrupt();
}

void lbms_cm_time_missed(uint32_t ends)
{
    uint32_t i;

    for (i = 0u; i < ends; i++) {
        lbms_cm_ticks_add(&sum, running);
        running = following; /* the counter has begun it already */
    }
    if ((ends > 0u) && (following != longest)) {
        LBMS_CM_SYST->RVR = longest - 1u;
        following = longest;
    }
}

void lbms_cm_time_interrupt(void)
{
    lbms_cm_time_missed(1u);
}

LBMS_CM_WEAK LBMS_CM_USED void SysTick_Handler(void)
{
    lbms_cm_time_interrupt();
}

uint32_t lbms_cm_calibrated_hclk_hz(void)
{
    const uint32_t tenms = LBMS_CM_SYST->CALIB & LBMS_CM_SYST_MAX;

    return (tenms == 0u) ? 0u : ((tenms + 1u) * DIVIDER * 100u);
}
