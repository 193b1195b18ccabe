#include "rig.h"

#include <string.h>

#include "flash_model.h"
#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/system.h"
#include "losun_bms_port/cortex_m/time.h"

struct rig rig;

static int clock_start(const struct lbms_cm_clock_places *places, uint32_t hse_hz, uint32_t crystal_us,
                       struct lbms_cm_clocks *clocks)
{
    (void)places;
    (void)crystal_us;
    clocks->crystal = rig.clock_status == LBMS_OK;
    clocks->hclk_hz = clocks->crystal ? (hse_hz * 10u) : 16000000u;
    clocks->pclk1_hz = clocks->hclk_hz / 2u;
    clocks->pclk2_hz = clocks->hclk_hz;
    return rig.clock_status;
}

static void prepare(void)
{
    rig.prepared = true;
}

void rig_reset(void)
{
    unsigned i;

    memset(&rig, 0, sizeof(rig));
    flash_model_reset(true);
    for (i = 0u; i < RIG_USARTS; i++) {
        rig.usart_regs[i].SR = LBMS_CM_USART_SR_TXE | LBMS_CM_USART_SR_TC;
        rig.places[i].base = (uintptr_t)&rig.usart_regs[i];
        rig.places[i].enable = (uintptr_t)&rig.usart_enable[i];
        rig.places[i].enable_bit = 1u << (4u + i);
        rig.places[i].number = (uint8_t)(i + 1u);
        rig.places[i].irq = (uint8_t)(37u + i);
        rig.places[i].apb2 = i == 0u;
    }
    rig.chip.name = "rig";
    rig.chip.clock_start = clock_start;
    rig.chip.gpio.kind = &lbms_cm_gpio_f4;
    rig.chip.gpio.base = (uintptr_t)&rig.gpio[0];
    rig.chip.gpio.step = sizeof(rig.gpio[0]);
    rig.chip.gpio.ports = RIG_PORTS;
    rig.chip.gpio.enable = (uintptr_t)&rig.gpio_enable;
    rig.chip.gpio.enable_from = 2u;
    rig.chip.prepare = prepare;
    rig.chip.usarts = rig.places;
    rig.chip.usart_users = rig.users;
    rig.chip.usart_count = RIG_USARTS;
    rig.chip.csr = (uintptr_t)&rig.csr;
    rig.chip.iwdg = (uintptr_t)&rig.iwdg;
    rig.chip.lsi_hz = 32000u;
    rig.stopwatch_step = 10u;
}

/*
 * ---- in place of the port's files that need a real core
 * ------------------------------------------------------
 */

struct lbms_cm_retained *lbms_cm_retained(void)
{
    return &rig.retained;
}

uint32_t lbms_cm_now_ms(void)
{
    return rig.now_ms;
}

int lbms_cm_time_start(uint32_t hclk_hz, uint32_t start_ms)
{
    rig.hclk_hz = hclk_hz;
    rig.now_ms = start_ms;
    return LBMS_OK;
}

void lbms_cm_time_doze(uint32_t ms)
{
    rig.dozes++;
    rig.doze_ms = ms;
    rig.now_ms += (ms > 20u) ? 20u : ms; /* an interrupt that means nothing */
    if (rig.wake != NULL) {
        *rig.wake = true;
    }
}

void lbms_cm_stopwatch_start(void)
{
    rig.stopwatch = 0u;
}

uint32_t lbms_cm_stopwatch_ticks(void)
{
    rig.looks++;
    if (rig.at_look != NULL) {
        rig.at_look();
    }
    rig.stopwatch += rig.stopwatch_step;
    return rig.stopwatch & 0xFFFFFFu;
}

void lbms_cm_irq_enable(uint8_t irq, uint8_t priority)
{
    (void)priority;
    rig.enabled[irq]++;
}

void lbms_cm_irq_trigger(uint8_t irq)
{
    rig.triggered[irq]++;
}

void lbms_cm_restart(uint8_t cause)
{
    rig.restarts++;
    rig.restart_cause = cause;
}
