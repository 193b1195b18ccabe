/*
 * Emulator only: flash in RAM that keeps its content through a reset, with the rules of lbms_flash: erased
 * bytes are 0xFF, programming only clears bits, a unit is two bytes.
 */
#include <string.h>

#include "firmware_common/emu.h"
#include "losun_bms_port/cortex_m/compiler.h"

#define VALUES_BLOCK 6144u
#define LOG_BLOCK    1024u
#define VALUES_SIZE  (2u * VALUES_BLOCK)
#define LOG_SIZE     (3u * LOG_BLOCK)
#define UNIT         2u
#define ERASED       0xFFu
#define MAGIC        UINT32_C(0x464C5348) /* "FLSH" */

static LBMS_CM_KEEP struct {
    uint32_t magic;
    uint8_t values[VALUES_SIZE];
    uint8_t log[LOG_SIZE];
} memory;

/* One area, the context of its functions. */
struct area {
    uint8_t *data;
    uint32_t size, block_size;
};

static struct area values = {memory.values, VALUES_SIZE, VALUES_BLOCK};
static struct area event_log = {memory.log, LOG_SIZE, LOG_BLOCK};

void emu_flash_start(void)
{
    if (memory.magic != MAGIC) {
        memset(memory.values, (int)ERASED, sizeof(memory.values));
        memset(memory.log, (int)ERASED, sizeof(memory.log));
        memory.magic = MAGIC;
    }
}

static bool outside(const struct area *area, uint32_t address, size_t length)
{
    return (address > area->size) || (length > (area->size - address));
}

static int read_bytes(void *ctx, uint32_t address, void *data, size_t length)
{
    const struct area *area = ctx;

    if (outside(area, address, length)) {
        return LBMS_ERR_RANGE;
    }
    memcpy(data, &area->data[address], length);
    return LBMS_OK;
}

static int program(void *ctx, uint32_t address, const void *data, size_t length)
{
    const struct area *area = ctx;
    const uint8_t *from = data;
    size_t i;

    if (outside(area, address, length) || ((address % UNIT) != 0u) || ((length % UNIT) != 0u)) {
        return LBMS_ERR_RANGE;
    }
    for (i = 0u; i < length; i++) {
        area->data[address + i] &= from[i];
        if (area->data[address + i] != from[i]) {
            return LBMS_ERR_IO; /* was not erased */
        }
    }
    return LBMS_OK;
}

static int erase(void *ctx, uint16_t block)
{
    const struct area *area = ctx;

    if (block >= (area->size / area->block_size)) {
        return LBMS_ERR_RANGE;
    }
    memset(&area->data[block * area->block_size], (int)ERASED, area->block_size);
    return LBMS_OK;
}

const struct lbms_flash emu_flash = {&values, VALUES_BLOCK, VALUES_SIZE / VALUES_BLOCK, UNIT, 40u, read_bytes,
                                     program, erase};
const struct lbms_flash emu_log_flash = {&event_log, LOG_BLOCK, LOG_SIZE / LOG_BLOCK, UNIT, 40u, read_bytes,
                                         program,    erase};
