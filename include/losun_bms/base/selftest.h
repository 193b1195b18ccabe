/**
 * @file
 * Algorithms of the self-test: program memory, RAM, stack. Addresses and schedules belong to the port.
 *
 * The kinds of test follow IEC 60730-1, table H.1 (class B software): invariable memory by CRC, variable
 * memory by a march test.
 */
#ifndef LOSUN_BMS_BASE_SELFTEST_H
#define LOSUN_BMS_BASE_SELFTEST_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A running CRC-32 over memory that does not change. The caller's memory; the fields are private. */
struct lbms_crc_check {
    const uint8_t *start; /**< first byte checked */
    size_t length;        /**< in bytes */
    size_t position;      /**< next byte to check, 0..length */
    uint32_t crc;         /**< of the bytes before position */
    uint32_t expected;    /**< of all bytes */
};

/**
 * Begins a check of a memory region.
 *
 * @param check     filled in
 * @param start     length bytes, only read, which must not change while the check is in use
 * @param length    in bytes, any
 * @param expected  lbms_crc32() of the region, put into the image when it was built
 * Context: the one context that uses this check.
 */
void lbms_crc_check_init(struct lbms_crc_check *check, const void *start, size_t length, uint32_t expected);

/**
 * Checks the next slice of the region, and after the last one begins anew at the start.
 *
 * @param check  an initialised check
 * @param bytes  size of the slice; the last one may be smaller. 0 makes no progress
 * @return LBMS_AGAIN while the end is not reached; then once LBMS_OK, or LBMS_ERR_CHECKSUM when the
 *         region is damaged
 * Context: the one context that uses this check; `bytes` steps at most.
 */
enum lbms_status lbms_crc_check_run(struct lbms_crc_check *check, size_t bytes);

/**
 * Replaces the direct access to the words of lbms_ram_test(), so that a test of the test can plant
 * faults: a stuck bit, a word that answers at two addresses. Firmware passes NULL.
 */
struct lbms_ram_access {
    void *ctx;                                                           /**< first argument of both */
    uint32_t (*read)(void *ctx, const volatile uint32_t *address);       /**< the word there */
    void (*write)(void *ctx, volatile uint32_t *address, uint32_t word); /**< stores a word there */
};

/**
 * March test of a block of RAM, which keeps its contents.
 *
 * Runs March C- with six backgrounds: finds every bit stuck at a level, every bit that fails to change,
 * address faults, and couplings between words and between the bits of a word.
 *
 * During the call the block holds patterns, so no interrupt, DMA engine or other core may use it: mask
 * interrupts and keep the block small. It must hold neither the save area nor the stack in use.
 *
 * @param block   the words under test; afterwards with their old contents, where they are sound
 * @param words   number of words in block, any; 16 words cost about 1000 accesses
 * @param save    room for as many words, outside the block, in RAM that was tested before
 * @param access  NULL; in a test of the test, what takes the place of direct access
 * @return LBMS_OK; LBMS_ERR_CHECKSUM when a word did not keep a pattern or its contents: trust no RAM any
 *         more
 * Context: start-up, or the main loop with interrupts masked.
 * Source: A. J. van de Goor, Testing Semiconductor Memories, 1991 (March C-); the backgrounds for words
 * of 2^n bits are the n + 1 standard ones: all bits equal, then alternating in groups of 1, 2, 4 ... bits.
 */
enum lbms_status lbms_ram_test(uint32_t *block, size_t words, uint32_t *save,
                               const struct lbms_ram_access *access);

/** Byte that lbms_stack_paint() fills with; start-up code may do the same in assembler. */
#define LBMS_STACK_PATTERN 0xA5u

/**
 * Fills the unused part of a stack with LBMS_STACK_PATTERN, so that its use can be measured later.
 *
 * @param low_end  lowest address of the stack (which grows downwards)
 * @param size     in bytes, from low_end to well below the present stack pointer: leave out what this call
 *                 itself needs
 * Context: start-up, with interrupts masked; size steps.
 */
void lbms_stack_paint(void *low_end, size_t size);

/**
 * Bytes of a painted stack that were never used, counted from the low end: the distance of the
 * high-water mark from an overflow. It can be too large by the bytes of the pattern that the program itself
 * left at the mark.
 *
 * @param low_end  as given to lbms_stack_paint()
 * @param size     as given to lbms_stack_paint()
 * @return 0..size bytes; 0 means that the stack was full or has overflowed
 * Context: any, also an interrupt; size steps at most.
 */
size_t lbms_stack_untouched(const void *low_end, size_t size);

#ifdef __cplusplus
}
#endif

#endif
