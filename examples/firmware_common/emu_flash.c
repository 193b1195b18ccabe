/*
 * Emulator only: flash in RAM that keeps its content through a reset, with the rules of lbms_flash: erased
 * bytes are 0xFF, programming only clears bits, a unit is two bytes.
 */
#include <string.h>

#include "firmware_common/emu.h"
#include "losun_bms_port/cortex_m/compiler.h"

#define BLOCK_SIZE 2048u
#define BLOCKS     2u
#define UNIT       2u
#define ERASED     0xFFu
#define MAGIC      UINT32_C(0x464C5348) /* "FLSH" */

static LBMS_CM_KEEP struct {
    uint32_t magic;
    uint8_t data[BLOCK_SIZE * BLOCKS];
} memory;

void emu_flash_start(void)
{
    if (memory.magic != MAGIC) {
        memset(memory.data, (int)ERASED, sizeof(memory.data));
        memory.magic = MAGIC;
    }
}

static bool outside(uint32_t address, size_t length)
{
    return (address > sizeof(memory.data)) || (length > (sizeof(memory.data) - address));
}

static int read_bytes(void *ctx, uint32_t address, void *data, size_t length)
{
    (void)ctx;
    if (outside(address, length)) {
        return LBMS_ERR_RANGE;
    }
    memcpy(data, &memory.data[address], length);
    return LBMS_OK;
}

static int program(void *ctx, uint32_t address, const void *data, size_t length)
{
    const uint8_t *from = data;
    size_t i;

    (void)ctx;
    if (outside(address, length) || ((address % UNIT) != 0u) || ((length % UNIT) != 0u)) {
        return LBMS_ERR_RANGE;
    }
    for (i = 0u; i < length; i++) {
        memory.data[address + i] &= from[i];
        if (memory.data[address + i] != from[i]) {
            return LBMS_ERR_IO; /* was not erased */
        }
    }
    return LBMS_OK;
}

static int erase(void *ctx, uint16_t block)
{
    (void)ctx;
    if (block >= BLOCKS) {
        return LBMS_ERR_RANGE;
    }
    memset(&memory.data[block * BLOCK_SIZE], (int)ERASED, BLOCK_SIZE);
    return LBMS_OK;
}

const struct lbms_flash emu_flash = {NULL, BLOCK_SIZE, BLOCKS, UNIT, 40u, read_bytes, program, erase};
