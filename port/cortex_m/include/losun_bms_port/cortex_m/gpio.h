/**
 * @file
 * Pins: one row each in a board's pin table, and the two generations of pin hardware.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_GPIO_H
#define LOSUN_BMS_PORT_CORTEX_M_GPIO_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a pin is for; `index` of the row says which one of them. */
enum lbms_cm_role {
    LBMS_CM_PARKED = 0, /**< held at its inactive level, nobody changes it; index unused */
    LBMS_CM_TX,         /**< index = enum lbms_port */
    LBMS_CM_RX,         /**< index = enum lbms_port */
    LBMS_CM_DE,         /**< RS-485 driver enable; index = enum lbms_port */
    LBMS_CM_KEY,        /**< index = bit number in enum lbms_key; several rows of one key are OR-ed */
    LBMS_CM_DIP,        /**< index = bit of the address, 0..3 */
    LBMS_CM_LIGHT,      /**< index = bit number in enum lbms_light */
    LBMS_CM_BUZZER,     /**< index unused */
    LBMS_CM_CONTACT,    /**< index = dry contact, 0 = contact 1 */
    LBMS_CM_HEATER      /**< index unused */
};

/** How the pin works. */
enum lbms_cm_pin_mode {
    LBMS_CM_ANALOG = 0,          /**< off */
    LBMS_CM_INPUT = 1,           /**< floating */
    LBMS_CM_INPUT_UP = 2,        /**< with pull-up */
    LBMS_CM_INPUT_DOWN = 3,      /**< with pull-down */
    LBMS_CM_OUTPUT = 4,          /**< push-pull, slow edges */
    LBMS_CM_OUTPUT_DRAIN = 5,    /**< open drain, slow edges */
    LBMS_CM_ALTERNATE_OUT = 6,   /**< driven by a peripheral, push-pull */
    LBMS_CM_ALTERNATE_DRAIN = 7, /**< driven by a peripheral, open drain */
    LBMS_CM_ALTERNATE_IN = 8     /**< read by a peripheral, with pull-up */
};

/** One row of the pin table. */
struct lbms_cm_pin {
    uint8_t role;      /**< enum lbms_cm_role */
    uint8_t index;     /**< which one, see enum lbms_cm_role */
    char port;         /**< 'A' .. */
    uint8_t number;    /**< 0..15 */
    uint8_t mode;      /**< enum lbms_cm_pin_mode */
    uint8_t alternate; /**< number of the alternate function; the F1 generation has none and ignores it */
    bool active_low;   /**< on, pressed, closed = low level */
};

/** A generation of pin hardware. */
struct lbms_cm_gpio_kind {
    /** Set mode and alternate function of pin `number` of the port at `base`; the level is set before. */
    void (*configure)(uintptr_t base, const struct lbms_cm_pin *pin);
    uint8_t idr_offset;  /**< input levels, bytes from the base */
    uint8_t bsrr_offset; /**< bit n sets, bit 16 + n clears */
};

/** CRL and CRH: STM32F1, GD32F10x, GD32F30x. */
extern const struct lbms_cm_gpio_kind lbms_cm_gpio_f1;
/** MODER and its companions: STM32F4. */
extern const struct lbms_cm_gpio_kind lbms_cm_gpio_f4;

/** The pins of one chip. */
struct lbms_cm_gpio {
    const struct lbms_cm_gpio_kind *kind;
    uintptr_t base;      /**< of port A */
    uint32_t step;       /**< bytes to the next port */
    uint8_t ports;       /**< number of ports, from A */
    uintptr_t enable;    /**< address of the clock-enable register */
    uint8_t enable_from; /**< its bit for port A; the next ports follow */
};

/**
 * Switch on the clock of a port and configure a pin. Outputs get their inactive level first, so they never
 * pulse.
 *
 * @param gpio  pins of the chip
 * @param pin   row of the pin table
 * @return LBMS_OK; LBMS_ERR_RANGE: the chip has no such pin
 * Context: start-up.
 */
int lbms_cm_pin_configure(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin);

/**
 * Set an output.
 *
 * @param gpio  pins of the chip
 * @param pin   row of the pin table, configured as an output
 * @param on    true: its active level
 * Context: any, also an interrupt.
 */
void lbms_cm_pin_write(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin, bool on);

/**
 * Read an input.
 *
 * @param gpio  pins of the chip
 * @param pin   row of the pin table
 * @return true at its active level
 * Context: any, also an interrupt.
 */
bool lbms_cm_pin_read(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin);

#ifdef __cplusplus
}
#endif

#endif
