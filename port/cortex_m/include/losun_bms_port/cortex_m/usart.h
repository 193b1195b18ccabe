/**
 * @file
 * A serial port with rings in both directions, driven by interrupts, with the driver enable of an RS-485
 * line.
 *
 * The interrupt moves bytes between the rings and the interface and drops the driver enable when the last
 * stop bit has left. Should the interface stall, lbms_cm_usart_watch() gives up after a bounded time, so that
 * a dead interface never holds the bus.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_USART_H
#define LOSUN_BMS_PORT_CORTEX_M_USART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/ring.h"
#include "losun_bms_port/cortex_m/gpio.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes of each ring. */
#define LBMS_CM_USART_RX_SIZE 256u
#define LBMS_CM_USART_TX_SIZE 256u

/** Where a serial interface lives in its chip. */
struct lbms_cm_usart_place {
    uintptr_t base;      /**< register block */
    uintptr_t enable;    /**< address of its clock-enable register */
    uint32_t enable_bit; /**< mask in that register */
    uint8_t number;      /**< in its name: 1 = USART1, 4 = UART4 */
    uint8_t irq;         /**< interrupt number */
    bool apb2;           /**< clocked by APB2, not APB1 */
};

/** How often something went wrong; counters wrap. */
struct lbms_cm_usart_errors {
    volatile uint16_t line;    /**< bytes dropped: parity, framing, noise */
    volatile uint16_t overrun; /**< bytes lost in the interface */
    uint16_t stalled;          /**< transmissions given up by lbms_cm_usart_watch() */
};

/** One serial port. Allocated by the caller; must not be moved after lbms_cm_usart_init(). */
struct lbms_cm_usart {
    const struct lbms_cm_usart_place *place;
    const struct lbms_cm_gpio *gpio; /**< for the driver enable */
    const struct lbms_cm_pin *de;    /**< NULL: no RS-485 */
    volatile bool *event;            /**< set to true when a byte was received */
    uint32_t pclk_hz;
    uint32_t baud;
    struct lbms_ring rx, tx;
    struct lbms_cm_usart_errors errors;
    volatile bool driving; /**< the driver enable is on */
    uint16_t watched;      /**< tx.tail when progress was last seen */
    uint32_t progress_ms;  /**< and when that was */
    uint8_t rx_memory[LBMS_CM_USART_RX_SIZE];
    uint8_t tx_memory[LBMS_CM_USART_TX_SIZE];
};

/**
 * Value of the baud-rate register, rounded to the nearest.
 *
 * @param pclk_hz  clock of the interface, Hz
 * @param baud     bit/s
 * @param brr      receives the value
 * @return LBMS_OK; LBMS_ERR_RANGE: not within 2 % of any value that the register can hold
 * Context: any.
 */
int lbms_cm_usart_brr(uint32_t pclk_hz, uint32_t baud, uint32_t *brr);

/**
 * Prepare a port; nothing is sent or received before lbms_cm_usart_setup().
 *
 * @param usart    memory of the port
 * @param place    interface; its clock is switched on
 * @param pclk_hz  clock of the interface, Hz
 * @param gpio     pins of the chip
 * @param de       driver enable, configured; NULL for a line that needs none
 * @param event    set to true at each received byte
 * Context: start-up.
 */
void lbms_cm_usart_init(struct lbms_cm_usart *usart, const struct lbms_cm_usart_place *place,
                        uint32_t pclk_hz, const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *de,
                        volatile bool *event);

/**
 * Set speed and format and start to receive. Bytes that were received before stay in the ring.
 *
 * @param usart   prepared
 * @param baud    bit/s
 * @param format  enum lbms_serial_format
 * @return LBMS_OK; LBMS_ERR_RANGE: speed or format not possible, nothing changed; LBMS_ERR_STATE: still
 *         sending, try again
 * Context: main.
 */
int lbms_cm_usart_setup(struct lbms_cm_usart *usart, uint32_t baud, uint8_t format);

/**
 * Queue bytes for sending. Turns the RS-485 driver on.
 *
 * @param usart  set up
 * @param data   bytes to send
 * @param size   number of bytes
 * @return number of bytes taken, 0..size
 * Context: main.
 */
size_t lbms_cm_usart_write(struct lbms_cm_usart *usart, const uint8_t *data, size_t size);

/**
 * Take received bytes.
 *
 * @param usart  set up
 * @param data   room for size bytes
 * @param size   most bytes to take
 * @return number of bytes, 0 = none
 * Context: main.
 */
size_t lbms_cm_usart_read(struct lbms_cm_usart *usart, uint8_t *data, size_t size);

/**
 * Give up a transmission that makes no progress: empty the ring, drop the driver enable.
 *
 * @param usart   set up
 * @param now_ms  monotonic time, ms
 * Context: main, from time to time.
 */
void lbms_cm_usart_watch(struct lbms_cm_usart *usart, uint32_t now_ms);

/**
 * Whether everything has left, the last stop bit included.
 *
 * @param usart  set up
 * @return true: nothing in the ring or on the line
 * Context: main.
 */
bool lbms_cm_usart_idle(const struct lbms_cm_usart *usart);

/** Handle the interrupt of a port; usart may be NULL: not in use. Context: the interrupt of the port. */
void lbms_cm_usart_interrupt(struct lbms_cm_usart *usart);

#ifdef __cplusplus
}
#endif

#endif
