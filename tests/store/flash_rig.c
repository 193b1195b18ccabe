#include "flash_rig.h"

#include <string.h>

#include "losun_bms/base/status.h"

static int rig_read(void *ctx, uint32_t address, void *data, size_t length)
{
    struct flash_rig *rig = ctx;

    if ((address > rig->size) || (length > rig->size - address)) {
        rig->violations++;
        return LBMS_ERR_RANGE;
    }
    if (rig->read_error) {
        return LBMS_ERR_IO;
    }
    memcpy(data, &rig->image[address], length);
    return LBMS_OK;
}

static int rig_program(void *ctx, uint32_t address, const void *data, size_t length)
{
    struct flash_rig *rig = ctx;
    const size_t unit = rig->flash.program_unit;
    const uint8_t *bytes = data;
    size_t i;

    if ((address > rig->size) || (length > rig->size - address) || (address % unit != 0u) ||
        (length != unit) || (rig->used[address / unit] != 0u)) {
        rig->violations++;
        return LBMS_ERR_ARGUMENT;
    }
    if (rig->watcher != NULL) {
        rig->watcher(rig->watcher_ctx, rig, address, bytes);
    }
    rig->operations++;
    if (rig->bad[address / rig->flash.block_size]) {
        return LBMS_ERR_IO;
    }
    rig->used[address / unit] = 1u;
    for (i = 0u; i < length; i++) {
        const uint32_t at = address + (uint32_t)i;
        const bool stuck = (at % rig->flash.block_size) == rig->stuck_at;

        rig->image[at] &= (uint8_t)(bytes[i] | (stuck ? rig->stuck[at / rig->flash.block_size] : 0u));
    }
    return LBMS_OK;
}

static int rig_erase(void *ctx, uint16_t block)
{
    struct flash_rig *rig = ctx;
    const uint32_t size = rig->flash.block_size;

    if (block >= rig->flash.block_count) {
        rig->violations++;
        return LBMS_ERR_RANGE;
    }
    if (rig->watcher != NULL) {
        rig->watcher(rig->watcher_ctx, rig, block * size, NULL);
    }
    rig->operations++;
    rig->erases[block]++;
    if (rig->bad[block]) {
        return LBMS_ERR_IO;
    }
    if (!rig->unerasable[block]) {
        memset(&rig->image[block * size], 0xFF, size);
        memset(&rig->used[block * size / rig->flash.program_unit], 0, size / rig->flash.program_unit);
    }
    return LBMS_OK;
}

void flash_rig_open(struct flash_rig *rig, uint32_t block_size, uint16_t blocks, uint8_t unit)
{
    memset(rig, 0, sizeof(*rig));
    memset(rig->image, 0xFF, sizeof(rig->image));
    rig->size = block_size * blocks;
    rig->flash.ctx = rig;
    rig->flash.block_size = block_size;
    rig->flash.block_count = blocks;
    rig->flash.program_unit = unit;
    rig->flash.erase_worst_ms = 40u;
    rig->flash.read = rig_read;
    rig->flash.program = rig_program;
    rig->flash.erase = rig_erase;
}

void flash_rig_copy(struct flash_rig *rig, const struct flash_rig *from)
{
    rig->flash = from->flash;
    rig->flash.ctx = rig;
    rig->size = from->size;
    memcpy(rig->image, from->image, from->size);
    memcpy(rig->used, from->used, from->size / from->flash.program_unit);
    memset(rig->erases, 0, sizeof(rig->erases));
    memset(rig->bad, 0, sizeof(rig->bad));
    memset(rig->stuck, 0, sizeof(rig->stuck));
    memset(rig->unerasable, 0, sizeof(rig->unerasable));
    rig->stuck_at = 0u;
    rig->read_error = false;
    rig->operations = 0u;
    rig->violations = 0u;
    rig->watcher = NULL;
}

unsigned rig_bad_banks(const struct lbms_area *area)
{
    unsigned bad = 0u;
    unsigned bank;

    for (bank = 0u; bank < area->banks; bank++) {
        bad += (area->state[bank] == (uint8_t)LBMS_BANK_BAD) ? 1u : 0u;
    }
    return bad;
}

uint32_t rig_random(uint32_t *state)
{
    uint32_t x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

/* A block: untouched, erased to the end, erased in places or arbitrary. A unit: any of the bits to be cleared. */
void flash_rig_tear(struct flash_rig *rig, uint32_t address, const uint8_t *data, uint32_t seed)
{
    const size_t length = (data != NULL) ? rig->flash.program_unit : rig->flash.block_size;
    const uint32_t kind = seed % 4u;
    uint32_t random = (seed * 2654435761u) | 1u;
    size_t i;

    for (i = 0u; i < length; i++) {
        uint8_t *byte = &rig->image[address + i];
        const uint8_t noise = (uint8_t)(rig_random(&random) >> 8);

        if (data != NULL) {
            const uint8_t hold = (kind == 0u) ? 0xFFu : (kind == 1u) ? 0u : noise;

            *byte = (uint8_t)(*byte & (data[i] | hold));
        } else if (kind == 1u) {
            *byte = 0xFFu;
        } else if (kind == 2u) {
            *byte |= noise;
        } else if (kind == 3u) {
            *byte = noise;
        } else {
            /* untouched */
        }
    }
    flash_rig_settle(rig);
}

void flash_rig_settle(struct flash_rig *rig)
{
    const size_t unit = rig->flash.program_unit;
    size_t i;

    memset(rig->used, 0, rig->size / unit);
    for (i = 0u; i < rig->size; i++) {
        if (rig->image[i] != 0xFFu) {
            rig->used[i / unit] = 1u;
        }
    }
}
