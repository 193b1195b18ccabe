/*
 * A chip whose registers are ordinary memory, and what the port's own files would do on a real one: time,
 * interrupts, restart. All of it is set and read by the tests.
 */
#ifndef LBMS_TESTS_CORTEX_M_RIG_H
#define LBMS_TESTS_CORTEX_M_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms_port/cortex_m/chip.h"
#include "losun_bms_port/cortex_m/port.h"
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "losun_bms_port/cortex_m/registers_shared.h"
#include "losun_bms_port/cortex_m/retained.h"

#define RIG_PORTS  3u
#define RIG_USARTS 2u

struct rig {
    struct lbms_f4_gpio gpio[RIG_PORTS];
    struct lbms_cm_usart_regs usart_regs[RIG_USARTS];
    struct lbms_cm_iwdg_regs iwdg;
    uint32_t gpio_enable, usart_enable[RIG_USARTS], csr;
    struct lbms_cm_retained retained;
    struct lbms_cm_usart *users[RIG_USARTS];
    struct lbms_cm_usart_place places[RIG_USARTS];
    struct lbms_cm_chip chip;

    int clock_status; /* what the clock start returns */
    bool prepared;    /* chip.prepare was called */

    uint32_t now_ms;
    uint32_t hclk_hz;    /* given to the time base */
    unsigned dozes;      /* calls of lbms_cm_time_doze() */
    uint32_t doze_ms;    /* argument of the last one */
    volatile bool *wake; /* set true by a doze, as an interrupt would */

    uint32_t stopwatch; /* advances by stopwatch_step with each look */
    uint32_t stopwatch_step;
    unsigned looks;
    void (*at_look)(void); /* what the chip has done until then */

    unsigned triggered[256]; /* lbms_cm_irq_trigger() by interrupt */
    unsigned enabled[256];   /* lbms_cm_irq_enable() likewise */
    int restarts;
    uint8_t restart_cause;
};

extern struct rig rig;

/* A chip after reset: registers 0, all transmitters empty, a clock that starts. */
void rig_reset(void);

#endif
