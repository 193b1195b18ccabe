#include "losun_bms_port/cortex_m/retained.h"

#include <string.h>

#include "losun_bms/base/crc.h"
#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_shared.h"

#define NOTE_MAGIC  UINT32_C(0x4E4F5445) /* "NOTE" */
#define CRASH_MAGIC UINT32_C(0x43524153) /* "CRAS" */
#define KEPT_MAGIC  UINT32_C(0x4B455054) /* "KEPT" */

void lbms_cm_retain_cause(struct lbms_cm_retained *retained, uint8_t cause)
{
    struct lbms_cm_note *note = &retained->note;

    note->magic = NOTE_MAGIC;
    note->cause = cause;
    note->crc = lbms_crc32(LBMS_CRC32_START, &note->cause, sizeof(note->cause));
}

/* The cause that was noted, or -1. */
static int noted_cause(const struct lbms_cm_note *note)
{
    const uint32_t crc = lbms_crc32(LBMS_CRC32_START, &note->cause, sizeof(note->cause));

    if ((note->magic != NOTE_MAGIC) || (note->crc != crc) || (note->cause > (uint32_t)LBMS_RESET_PIN)) {
        return -1;
    }
    return (int)note->cause;
}

void lbms_cm_retain_crash(struct lbms_cm_retained *retained, const struct lbms_crash *crash)
{
    struct lbms_cm_crash_note *note = &retained->crash;

    memcpy(&note->crash, crash, sizeof(note->crash));
    note->crash.valid = true;
    note->magic = CRASH_MAGIC;
    note->crc = lbms_crc32(LBMS_CRC32_START, &note->crash, sizeof(note->crash));
}

static bool noted_crash(const struct lbms_cm_crash_note *note)
{
    return (note->magic == CRASH_MAGIC) &&
           (note->crc == lbms_crc32(LBMS_CRC32_START, &note->crash, sizeof(note->crash)));
}

int lbms_cm_retain(struct lbms_cm_retained *retained, const void *data, size_t size)
{
    struct lbms_cm_kept *kept = &retained->kept;

    if (size != sizeof(kept->restored)) {
        return LBMS_ERR_ARGUMENT;
    }
    kept->magic = 0u; /* whoever is interrupted here leaves nothing, not half of it */
    memcpy(&kept->restored, data, size);
    kept->size = (uint32_t)size;
    kept->crc = lbms_crc32(LBMS_CRC32_START, &kept->restored, sizeof(kept->restored));
    kept->magic = KEPT_MAGIC;
    return LBMS_OK;
}

static bool was_kept(const struct lbms_cm_kept *kept)
{
    return (kept->magic == KEPT_MAGIC) && (kept->size == sizeof(kept->restored)) &&
           (kept->crc == lbms_crc32(LBMS_CRC32_START, &kept->restored, sizeof(kept->restored)));
}

uint8_t lbms_cm_reset_cause(uint32_t csr, bool crashed, int note)
{
    if ((csr & LBMS_CM_RCC_CSR_PORRSTF) != 0u) {
        return LBMS_RESET_POWER_ON;
    }
    if (crashed) { /* also when the fault handler itself hung and the watchdog ended it */
        return LBMS_RESET_CRASH;
    }
    if ((csr & (LBMS_CM_RCC_CSR_IWDGRSTF | LBMS_CM_RCC_CSR_WWDGRSTF)) != 0u) {
        return LBMS_RESET_WATCHDOG;
    }
    if (note >= 0) { /* the program asked for the restart; an emulator shows no flag for it */
        return (uint8_t)note;
    }
    if ((csr & LBMS_CM_RCC_CSR_SFTRSTF) != 0u) {
        return LBMS_RESET_SOFTWARE;
    }
    if ((csr & LBMS_CM_RCC_CSR_LPWRRSTF) != 0u) { /* went to sleep where that is forbidden */
        return LBMS_RESET_SOFTWARE;
    }
    if ((csr & LBMS_CM_RCC_CSR_BORRSTF) != 0u) {
        return LBMS_RESET_BROWN_OUT;
    }
    /* Every other reset pulls the pin low as well, so this comes last. */
    return ((csr & LBMS_CM_RCC_CSR_PINRSTF) != 0u) ? (uint8_t)LBMS_RESET_PIN : (uint8_t)LBMS_RESET_POWER_ON;
}

bool lbms_cm_restore(struct lbms_cm_retained *retained, uint32_t csr, struct lbms_restored *restored)
{
    const bool kept = was_kept(&retained->kept);
    const bool crashed = noted_crash(&retained->crash);

    if (kept) {
        *restored = retained->kept.restored;
    } else {
        lbms_restored_defaults(restored);
    }
    memset(&restored->boot, 0, sizeof(restored->boot));
    restored->boot.reset_cause = lbms_cm_reset_cause(csr, crashed, noted_cause(&retained->note));
    if (crashed) {
        restored->boot.crash = retained->crash.crash;
    }
    retained->note.magic = 0u;
    retained->crash.magic = 0u;
    return kept;
}
