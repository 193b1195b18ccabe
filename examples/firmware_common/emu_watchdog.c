/*
 * Emulator only: it has no watchdog, so the time base stands in. It looks at every end of a period, at most
 * half a second apart, and restarts the chip with the note that a real watchdog leaves in the reset flags.
 * The registers of the real one are written all the same.
 */
#include "firmware_common/emu.h"
#include "losun_bms/base/timer.h"
#include "losun_bms_port/cortex_m/system.h"
#include "losun_bms_port/cortex_m/time.h"

static struct {
    int (*feed_registers)(void *ctx);
    volatile uint32_t fed_ms;
    uint32_t limit_ms; /* 0 = not started */
} watchdog;

static int feed(void *ctx)
{
    watchdog.fed_ms = lbms_cm_now_ms();
    emu.fed++;
    return watchdog.feed_registers(ctx);
}

void emu_watchdog_feed(void)
{
    (void)feed(emu.port);
}

void emu_watchdog_start(struct lbms_cm *port)
{
    watchdog.feed_registers = port->hal.watchdog;
    watchdog.fed_ms = lbms_cm_now_ms();
    watchdog.limit_ms = port->board->watchdog_ms;
    port->hal.watchdog = feed;
}

/* In place of the port's own, which is weak. */
void SysTick_Handler(void);

void SysTick_Handler(void)
{
    lbms_cm_time_interrupt();
    if ((watchdog.limit_ms != 0u) &&
        (lbms_elapsed_ms(lbms_cm_now_ms(), watchdog.fed_ms) > watchdog.limit_ms)) {
        lbms_cm_restart((uint8_t)LBMS_RESET_WATCHDOG);
    }
}
