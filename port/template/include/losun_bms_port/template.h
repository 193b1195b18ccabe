/**
 * @file
 * An empty port: the start of yours.
 *
 * Copy the folder, replace "template" by the name of your board, and fill the functions of lbms_port_template.c in the
 * order of docs/porting.md. It compiles for any C99 compiler, without an operating system and without a vendor
 * header. As it stands, nothing is connected: samples never come, so the pack keeps all switches open.
 *
 *     static struct lbms_template board;
 *     static struct lbms_template_retained kept; // in memory that start-up code does not clear
 *     static struct lbms pack;
 *
 *     int main(void)
 *     {
 *         struct lbms_restored restored;
 *
 *         lbms_template_init(&board, &kept);
 *         lbms_template_restore(&board, &restored);
 *         (void)lbms_init(&pack, &board.hal, &lbms_product_ls_btn0_p0548100, &restored);
 *         for (;;) {
 *             lbms_template_wait(&board, lbms_run(&pack));
 *         }
 *     }
 */
#ifndef LOSUN_BMS_PORT_TEMPLATE_H
#define LOSUN_BMS_PORT_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/ring.h"
#include "losun_bms/hal.h"
#include "losun_bms/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes that a serial port can hold in each direction; a power of two, longer than the longest frame. */
#define LBMS_TEMPLATE_RING_SIZE 256u

/** Mark of the program in retained memory: what another version has kept may have another layout. */
#define LBMS_TEMPLATE_VERSION \
    ((uint32_t)(LBMS_VERSION_MAJOR * 1000000 + LBMS_VERSION_MINOR * 1000 + LBMS_VERSION_PATCH))

/** Memory that survives sleep and reset. Place it where the start-up code neither clears nor fills (docs/porting.md). */
struct lbms_template_retained {
    uint32_t version; /**< LBMS_TEMPLATE_VERSION of the program that wrote it */
    uint32_t crc;     /**< over data; anything else means: nothing kept */
    struct lbms_restored data;
};

/** One serial port: bytes between its interrupt and the runner. */
struct lbms_template_serial {
    struct lbms_ring received, to_send;
    uint8_t received_memory[LBMS_TEMPLATE_RING_SIZE], to_send_memory[LBMS_TEMPLATE_RING_SIZE];
};

/** The board. Allocated by the caller, usually static. */
struct lbms_template {
    struct lbms_hal hal; /**< hand this to lbms_init() */
    struct lbms_flash flash;
    struct lbms_template_retained *retained;
    struct lbms_template_serial serial[LBMS_SERIAL_PORTS];
    volatile uint32_t now_ms; /**< written by the tick interrupt only */
};

/**
 * Prepare the board: open all switches first, then clocks, watchdog, rings and the HAL.
 *
 * @param board     memory of the board, need not be cleared
 * @param retained  memory that survives a reset; NULL = the board has none
 * Context: main, first of all, with interrupts still off.
 */
void lbms_template_init(struct lbms_template *board, struct lbms_template_retained *retained);

/**
 * Find out why the processor has started, and what was kept.
 *
 * @param board     prepared board
 * @param restored  out: argument of lbms_init()
 * Context: main, before lbms_init().
 */
void lbms_template_restore(struct lbms_template *board, struct lbms_restored *restored);

/**
 * Wait until the time is over or an interrupt has brought something.
 *
 * @param board       prepared board
 * @param timeout_ms  result of lbms_run()
 * Context: main.
 */
void lbms_template_wait(struct lbms_template *board, uint32_t timeout_ms);

/** One millisecond has passed. Context: the tick interrupt. */
void lbms_template_tick(struct lbms_template *board);

/** A byte has come in. Context: the receive interrupt of that port. */
void lbms_template_received(struct lbms_template *board, unsigned port, uint8_t byte);

/**
 * The transmitter of a port can take a byte.
 *
 * @return 0..255: send this; -1: nothing left, switch the transmit interrupt off (RS485: release the bus when the
 *         last bit has left the shift register, which is later)
 * Context: the transmit interrupt of that port.
 */
int lbms_template_next_to_send(struct lbms_template *board, unsigned port);

#ifdef __cplusplus
}
#endif

#endif
