#include "losun_bms_port/cortex_m/port.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_shared.h"
#include "losun_bms_port/cortex_m/retained.h"
#include "losun_bms_port/cortex_m/time.h"
#include "losun_bms_port/cortex_m/watchdog.h"

const struct lbms_cm_pin *lbms_cm_find_pin(const struct lbms_cm_board *board, uint8_t role, int index)
{
    uint8_t i;

    for (i = 0u; i < board->pin_count; i++) {
        if ((board->pins[i].role == role) && ((index < 0) || ((int)board->pins[i].index == index))) {
            return &board->pins[i];
        }
    }
    return NULL;
}

/* The first error stays; what comes after it is done all the same. */
static void keep_first(int *status, int next)
{
    if (*status == LBMS_OK) {
        *status = next;
    }
}

static void start_clocks(struct lbms_cm *port)
{
    const struct lbms_cm_board *board = port->board;
    const uint32_t crystal_us = (board->crystal_us != 0u) ? board->crystal_us : LBMS_CM_CRYSTAL_US;

    port->clock_status =
        port->chip->clock_start(&port->chip->clock_places, board->hse_hz, crystal_us, &port->clocks);
    if (board->hclk_hz != 0u) {
        port->clocks.hclk_hz = board->hclk_hz;
    }
}

static int start_pins(const struct lbms_cm *port)
{
    int status = LBMS_OK;
    uint8_t i;

    if (port->chip->prepare != NULL) {
        port->chip->prepare();
    }
    for (i = 0u; i < port->board->pin_count; i++) {
        keep_first(&status, lbms_cm_pin_configure(&port->chip->gpio, &port->board->pins[i]));
    }
    return status;
}

static int start_serial(struct lbms_cm *port, unsigned index)
{
    const struct lbms_cm_serial *wiring = &port->board->serial[index];
    const int found = lbms_cm_chip_usart(port->chip, wiring->usart);
    const struct lbms_cm_usart_place *place;

    if (wiring->usart == 0u) {
        return LBMS_OK;
    }
    if (found < 0) {
        return LBMS_ERR_RANGE;
    }
    place = &port->chip->usarts[found];
    lbms_cm_usart_init(&port->serial[index], place,
                       place->apb2 ? port->clocks.pclk2_hz : port->clocks.pclk1_hz, &port->chip->gpio,
                       lbms_cm_find_pin(port->board, LBMS_CM_DE, (int)index), &port->event);
    port->chip->usart_users[found] = &port->serial[index];
    return lbms_cm_usart_setup(&port->serial[index], wiring->baud, wiring->format);
}

static int start_watchdog(const struct lbms_cm *port)
{
    struct lbms_cm_watchdog_setting setting;
    int status;

    if (port->board->watchdog_ms == 0u) {
        return LBMS_OK;
    }
    status = lbms_cm_watchdog_setting(port->chip->lsi_hz, port->board->watchdog_ms, &setting);
    if (status == LBMS_OK) {
        lbms_cm_watchdog_start(port->chip->iwdg, &setting);
    }
    return status;
}

/* One of the chip's own areas, unless the program has brought another flash. */
static int start_flash(const struct lbms_cm *port, const struct lbms_cm_flash_area *area,
                       struct lbms_cm_flash *driver, const struct lbms_flash **used)
{
    const uint32_t watchdog_ms = port->board->watchdog_ms;
    int status;

    if ((*used != NULL) || (port->chip->flash.kind == NULL)) {
        return LBMS_OK;
    }
    status = lbms_cm_flash_init(driver, &port->chip->flash, area, port->clocks.hclk_hz,
                                (watchdog_ms != 0u) ? port->chip->iwdg : 0u, watchdog_ms);
    if (status == LBMS_OK) {
        *used = &driver->flash;
    }
    return status;
}

/* Why the chip started; the flags are cleared so that the next start finds its own. */
static uint32_t take_reset_flags(uintptr_t address)
{
    volatile uint32_t *csr = (volatile uint32_t *)address;
    const uint32_t flags = *csr;

    *csr = flags | LBMS_CM_RCC_CSR_RMVF;
    return flags;
}

int lbms_cm_start(struct lbms_cm *port, const struct lbms_cm_chip *chip, const struct lbms_cm_board *board,
                  const struct lbms_cm_devices *devices)
{
    int status = LBMS_OK;
    unsigned i;

    memset(port, 0, sizeof(*port));
    port->chip = chip;
    port->board = board;
    if (devices != NULL) {
        port->devices = *devices;
    }
    port->csr = take_reset_flags(chip->csr);
    start_clocks(port);
    keep_first(&status, lbms_cm_time_start(port->clocks.hclk_hz, 0u));
    keep_first(&status, start_pins(port));
    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        keep_first(&status, start_serial(port, i));
    }
    keep_first(&status, start_flash(port, &chip->flash.values, &port->values, &port->devices.flash));
    keep_first(&status, start_flash(port, &chip->flash.log, &port->log, &port->devices.log_flash));
    lbms_cm_fill_hal(port);
    keep_first(&status, start_watchdog(port));
    return status;
}

bool lbms_cm_boot(struct lbms_cm *port, struct lbms_restored *restored)
{
    return lbms_cm_restore(lbms_cm_retained(), port->csr, restored);
}

static void watch_serial(struct lbms_cm *port, uint32_t now_ms)
{
    unsigned i;

    for (i = 0u; i < LBMS_SERIAL_PORTS; i++) {
        if (port->serial[i].baud != 0u) {
            lbms_cm_usart_watch(&port->serial[i], now_ms);
        }
    }
}

/*
 * The event is looked at with interrupts masked, and the core stops while they still are: an interrupt
 * between the two becomes pending and ends the stop at once. It runs when the mask is lifted.
 */
void lbms_cm_wait(struct lbms_cm *port, uint32_t ms)
{
    const uint32_t start_ms = lbms_cm_now_ms();
    bool over = false;

    while (!over) {
        const uint32_t primask = lbms_cm_irq_save();
        const uint32_t now_ms = lbms_cm_now_ms();
        const uint32_t passed_ms = lbms_elapsed_ms(now_ms, start_ms);

        over = port->event || (passed_ms >= ms);
        if (over) {
            port->event = false;
        } else {
            lbms_cm_time_doze(ms - passed_ms);
        }
        lbms_cm_irq_restore(primask);
        watch_serial(port, now_ms);
    }
}
