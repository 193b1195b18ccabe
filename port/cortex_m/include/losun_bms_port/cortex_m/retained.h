/**
 * @file
 * Memory that survives a reset, not a power loss: why the chip restarted, a crash record, and what the core
 * wants kept.
 *
 * Each part carries a magic number and a CRC-32, because after power-on the memory holds anything.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_RETAINED_H
#define LOSUN_BMS_PORT_CORTEX_M_RETAINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/restored.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why the program itself restarted the chip. */
struct lbms_cm_note {
    uint32_t magic;
    uint32_t cause; /**< enum lbms_reset_cause */
    uint32_t crc;
};

/** A fault. */
struct lbms_cm_crash_note {
    uint32_t magic;
    struct lbms_crash crash;
    uint32_t crc;
};

/** What the core asked to keep. */
struct lbms_cm_kept {
    uint32_t magic;
    uint32_t size; /**< sizeof(struct lbms_restored) of the program that wrote it */
    struct lbms_restored restored;
    uint32_t crc;
};

/** All of it. */
struct lbms_cm_retained {
    struct lbms_cm_note note;
    struct lbms_cm_crash_note crash;
    struct lbms_cm_kept kept;
};

/** The retained memory of this chip. The linker script keeps its place. Context: any. */
struct lbms_cm_retained *lbms_cm_retained(void);

/**
 * Note why the restart that follows happens.
 *
 * @param retained  memory
 * @param cause     enum lbms_reset_cause
 * Context: any.
 */
void lbms_cm_retain_cause(struct lbms_cm_retained *retained, uint8_t cause);

/**
 * Note a crash.
 *
 * @param retained  memory
 * @param crash     what happened; `valid` is set here
 * Context: any, also a fault handler: uses little stack and touches nothing else.
 */
void lbms_cm_retain_crash(struct lbms_cm_retained *retained, const struct lbms_crash *crash);

/**
 * Keep what the core gave to the retain entry of the HAL.
 *
 * @param retained  memory
 * @param data      a struct lbms_restored
 * @param size      its size, bytes
 * @return LBMS_OK; LBMS_ERR_ARGUMENT: no struct lbms_restored
 * Context: main.
 */
int lbms_cm_retain(struct lbms_cm_retained *retained, const void *data, size_t size);

/**
 * Facts of this start from what was retained and from the chip's reset flags. The notes about restart and
 * crash are used up by this; what the core kept stays.
 *
 * @param retained  memory
 * @param csr       RCC_CSR as found at start; 0 when the chip does not say
 * @param restored  receives parameters and charge that were kept, or the defaults, and the boot facts
 * @return true when something was kept
 * Context: start-up, once.
 */
bool lbms_cm_restore(struct lbms_cm_retained *retained, uint32_t csr, struct lbms_restored *restored);

/**
 * Reset cause from the chip's flags and the program's own notes.
 *
 * @param csr      RCC_CSR as found at start
 * @param crashed  a crash was noted
 * @param note     enum lbms_reset_cause that was noted, or -1
 * @return enum lbms_reset_cause
 * Context: any.
 */
uint8_t lbms_cm_reset_cause(uint32_t csr, bool crashed, int note);

#ifdef __cplusplus
}
#endif

#endif
