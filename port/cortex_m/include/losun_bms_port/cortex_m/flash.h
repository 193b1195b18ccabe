/**
 * @file
 * The chip's own flash as a struct lbms_flash: areas outside the program, erased and programmed while the program
 * waits in RAM.
 *
 * These chips have one bank: while it is erased or programmed, an instruction or a vector from flash stops the core.
 * Interrupts are therefore masked, and the loop that waits stands in RAM and keeps the time base right. Bytes that
 * arrive on a serial port during an erase are lost; no pin and no timer changes.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_FLASH_H
#define LOSUN_BMS_PORT_CORTEX_M_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/flash.h"
#include "losun_bms_port/cortex_m/registers_shared.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Longest erase, ms, of what these chips are divided into. Source: data sheets, with programming by 32 bits on F4. */
#define LBMS_F1_PAGE_ERASE_MS        40u
#define LBMS_GD32F30X_PAGE_ERASE_MS  300u
#define LBMS_F4_SECTOR_16K_ERASE_MS  500u
#define LBMS_F4_SECTOR_128K_ERASE_MS 2000u

/** What a family's flash interface wants, as bits of its registers. Constant. */
struct lbms_cm_flash_kind {
    uint32_t busy, done, errors;          /**< of SR; done and errors are cleared by writing 1 */
    uint32_t lock, start, erase, program; /**< of CR */
    uint8_t number_pos;              /**< position in CR of the block's number; 0: its address goes to AR */
    uint8_t unit;                    /**< bytes that are programmed at once: 2 or 4 */
    uint32_t cache_on, cache_forget; /**< of ACR: a data cache that an erase makes wrong; 0: none */
};

/** STM32F1 and GD32F30x: pages by address, half-words. */
extern const struct lbms_cm_flash_kind lbms_cm_flash_f1;
/** STM32F4: sectors by number, words, a data cache. */
extern const struct lbms_cm_flash_kind lbms_cm_flash_f4;

/** Blocks of equal size that belong to stored data. */
struct lbms_cm_flash_area {
    uint8_t *memory; /**< first byte, where the core reads it: a symbol of the linker script */
    uint32_t block_size;
    uint16_t block_count;
    uint16_t erase_worst_ms;
    uint8_t first; /**< F4: number of the first sector */
};

/** The flash of a chip. */
struct lbms_cm_flash_place {
    const struct lbms_cm_flash_kind *kind; /**< NULL: none that may be used */
    uintptr_t regs;                        /**< base of the flash interface */
    struct lbms_cm_flash_area values, log; /**< for lbms_hal.flash and lbms_hal.log_flash */
};

/** Places of the two areas, from the linker script: addresses, not values. */
extern uint8_t lbms_cm_values_start[];
extern uint8_t lbms_cm_log_start[];

/** The driver of one area. Allocated by the caller; must not be moved after lbms_cm_flash_init(). */
struct lbms_cm_flash {
    struct lbms_flash flash; /**< for struct lbms_hal */
    const struct lbms_cm_flash_place *place;
    const struct lbms_cm_flash_area *area;
    uintptr_t iwdg; /**< watchdog that is fed before an erase; 0 = none */
    uint32_t erase_polls, program_polls;
};

/**
 * Prepare the driver of an area.
 *
 * @param driver       memory, need not be cleared
 * @param place        interface of the chip; constant
 * @param area         area, one of place or another one of the same chip; constant
 * @param hclk_hz      core clock, Hz
 * @param iwdg         base of a running watchdog, which an erase feeds; 0 = none
 * @param watchdog_ms  its nominal time
 * @return LBMS_OK; LBMS_ERR_RANGE: an erase may take longer than the watchdog allows, whose oscillator may be half as
 *         fast again as its nominal value
 * Context: start-up.
 */
int lbms_cm_flash_init(struct lbms_cm_flash *driver, const struct lbms_cm_flash_place *place,
                       const struct lbms_cm_flash_area *area, uint32_t hclk_hz, uintptr_t iwdg,
                       uint32_t watchdog_ms);

/*
 * What acts on a real chip; the rest is arithmetic.
 */

/** One operation of the interface. */
struct lbms_cm_flash_job {
    struct lbms_cm_flash_regs *regs;
    uint32_t control;       /**< CR while it runs */
    uint32_t start;         /**< bit of CR that begins it; 0: the store does */
    uint32_t page;          /**< for AR; 0: the interface has no such register */
    volatile uint8_t *unit; /**< where to store, aligned to width */
    uint32_t value;         /**< what, low byte at the lowest address */
    uint8_t width;          /**< bytes, 2 or 4 */
    uint32_t busy;          /**< bit of SR while it runs */
    uint32_t polls;         /**< looks at SR after which it has failed; one takes eight clocks or more */
};

/** Open CR for writing, until its lock bit is set. Context: main. */
void lbms_cm_flash_unlock(struct lbms_cm_flash_regs *regs);

/** Run a job to its end, from RAM, with interrupts masked. @return SR at the end; still busy: it has failed. Context: main. */
uint32_t lbms_cm_flash_run(const struct lbms_cm_flash_job *job);

#ifdef __cplusplus
}
#endif

#endif
