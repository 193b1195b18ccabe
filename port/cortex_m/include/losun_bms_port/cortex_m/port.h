/**
 * @file
 * A struct lbms_hal for an STM32 or GD32: the chip, the board's wiring as tables, and the drivers that the
 * program brings.
 *
 *     static struct lbms_cm port;
 *     struct lbms_restored restored;
 *
 *     lbms_cm_start(&port, &lbms_stm32f405, &my_board, &my_devices);
 *     lbms_cm_boot(&port, &restored);
 *     lbms_init(&bms, &port.hal, &lbms_product_ls_btn0_p0548100, &restored);
 *     for (;;) { lbms_cm_wait(&port, lbms_run(&bms)); }
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_PORT_H
#define LOSUN_BMS_PORT_CORTEX_M_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/hal.h"
#include "losun_bms_port/cortex_m/chip.h"
#include "losun_bms_port/cortex_m/clock.h"
#include "losun_bms_port/cortex_m/gpio.h"
#include "losun_bms_port/cortex_m/usart.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One serial port of the board; its pins are rows of the pin table. */
struct lbms_cm_serial {
    uint8_t usart;  /**< number in the name of the interface: 2 = USART2; 0 = not fitted */
    uint8_t format; /**< enum lbms_serial_format, at start */
    uint32_t baud;  /**< bit/s, at start */
};

/** The wiring of a board. Constant. */
struct lbms_cm_board {
    const char *name;
    uint32_t hse_hz;      /**< crystal, Hz; 0 = none */
    uint32_t crystal_us;  /**< longest wait for it; 0 = LBMS_CM_CRYSTAL_US */
    uint32_t watchdog_ms; /**< nominal time of the watchdog; 0 = not used */
    const struct lbms_cm_pin *pins;
    uint8_t pin_count;
    struct lbms_cm_serial serial[LBMS_SERIAL_PORTS]; /**< by enum lbms_port */
    /**
     * Core clock that the time base assumes, Hz; 0 = what the clock start reports, right on every real chip.
     * For emulators, whose core clock does not follow the clock registers.
     */
    uint32_t hclk_hz;
};

/** Driver of the analog front end. */
struct lbms_cm_afe {
    void *ctx;
    int (*sample)(void *ctx, struct lbms_sample *sample);         /**< as lbms_hal.sample */
    int (*switches)(void *ctx, const struct lbms_switches *want); /**< as lbms_hal.switches */
    /** As lbms_hal.afe_configure; NULL: thresholds cannot be set. */
    int (*configure)(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got);
    int (*balance)(void *ctx, uint16_t mask); /**< as lbms_hal.balance; NULL: cannot balance */
};

/** Driver of the CAN controller; all entries as in struct lbms_hal. */
struct lbms_cm_can {
    void *ctx;
    int (*read)(void *ctx, struct lbms_can_frame *frame);
    int (*write)(void *ctx, const struct lbms_can_frame *frame);
    int (*state)(void *ctx, bool recover);
    int (*setup)(void *ctx, uint32_t bitrate);
};

/** Real-time clock and low power; entries as in struct lbms_hal, each may be NULL. */
struct lbms_cm_power {
    void *ctx;
    int (*wall_get)(void *ctx, uint32_t *seconds);
    int (*wall_set)(void *ctx, uint32_t seconds);
    int (*sleep)(void *ctx, const struct lbms_sleep *sleep, struct lbms_boot *woke);
};

/** Keys and address switch that are not on pins of the chip, as lbms_hal.controls. */
struct lbms_cm_panel {
    void *ctx;
    int (*controls)(void *ctx, uint16_t *keys, uint8_t *dip);
};

/**
 * What the program brings. NULL = not fitted: the entries of the HAL that need it are NULL, but see below.
 */
struct lbms_cm_devices {
    /**
     * Without a front end there are no samples and no switches: `sample` reports LBMS_ERR_UNSUPPORTED,
     * `switches` accepts that everything stays open and refuses anything else.
     */
    const struct lbms_cm_afe *afe;
    const struct lbms_cm_can *can;
    const struct lbms_cm_power *power;
    const struct lbms_cm_panel *panel;  /**< NULL: keys and address switch are rows of the pin table */
    const struct lbms_flash *flash;     /**< of the values; NULL: an area of the chip's own flash */
    const struct lbms_flash *log_flash; /**< of the event records; likewise */
};

/** The running port. Allocated by the caller; must not be moved after lbms_cm_start(). */
struct lbms_cm {
    struct lbms_hal hal; /**< hand this to lbms_init() */
    const struct lbms_cm_chip *chip;
    const struct lbms_cm_board *board;
    struct lbms_cm_devices devices;
    struct lbms_cm_clocks clocks;
    int clock_status; /**< result of the clock start: LBMS_OK, or the pack runs from the internal oscillator */
    uint32_t csr;     /**< reset flags as found at start */
    volatile bool event; /**< an interrupt calls for lbms_run() */
    struct lbms_cm_usart serial[LBMS_SERIAL_PORTS];
    struct lbms_cm_flash values, log; /**< the chip's own flash, when no other was named */
};

/**
 * Start chip and board: clocks, time base, pins, serial ports, watchdog; and fill in the HAL.
 *
 * A crystal that does not start is no error here: clock_status tells. Outputs are at their inactive level
 * afterwards.
 *
 * @param port     memory, need not be cleared
 * @param chip     chip; constant
 * @param board    wiring; constant
 * @param devices  drivers; copied, what it points to must stay valid; NULL: none fitted
 * @return LBMS_OK; LBMS_ERR_RANGE: a row of the tables names a pin, interface, speed or time that the chip
 *         has not, or a watchdog that a flash erase would outlast: the chip's flash is not used then. Everything else
 *         works, so that the fault can be reported
 * Context: main, once.
 */
int lbms_cm_start(struct lbms_cm *port, const struct lbms_cm_chip *chip, const struct lbms_cm_board *board,
                  const struct lbms_cm_devices *devices);

/**
 * What survived the last power-down or reset, as the argument of lbms_init().
 *
 * @param port      started
 * @param restored  receives it; without retained data the defaults and the boot facts
 * @return true when data was retained
 * Context: main, once.
 */
bool lbms_cm_boot(struct lbms_cm *port, struct lbms_restored *restored);

/**
 * Sleep until a byte was received or a time has passed. No wake-up between lbms_run() and this call is lost.
 *
 * @param port  started
 * @param ms    longest wait, 0..1000
 * Context: main.
 */
void lbms_cm_wait(struct lbms_cm *port, uint32_t ms);

/**
 * Names of the HAL entries that are not fitted on this board, for a report.
 *
 * @param port   started
 * @param index  0 ..
 * @return the index-th name; NULL: no more
 * Context: any.
 */
const char *lbms_cm_not_fitted(const struct lbms_cm *port, unsigned index);

/*
 * Parts of lbms_cm_start(), not for programs.
 */

/** Fill in the HAL. Context: start-up. */
void lbms_cm_fill_hal(struct lbms_cm *port);

/** Keys and address switch from the pin table, as lbms_hal.controls; ctx is the port. Context: main. */
int lbms_cm_controls(void *ctx, uint16_t *keys, uint8_t *dip);
/** As lbms_hal.lights, from the pin table; ctx is the port. Context: main. */
int lbms_cm_lights(void *ctx, uint16_t lights, bool buzzer);
/** As lbms_hal.contacts, from the pin table; ctx is the port. Context: main. */
int lbms_cm_contacts(void *ctx, uint8_t closed, bool heater);

/**
 * Find a row of the pin table.
 *
 * @param board  wiring
 * @param role   enum lbms_cm_role
 * @param index  index of the row; -1: any
 * @return the row, NULL: there is none
 * Context: any.
 */
const struct lbms_cm_pin *lbms_cm_find_pin(const struct lbms_cm_board *board, uint8_t role, int index);

#ifdef __cplusplus
}
#endif

#endif
