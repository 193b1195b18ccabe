#include "virtual_pack/nvm.h"

#include <string.h>

#include "losun_bms/base/status.h"

#define BLOCK_SIZE     2048u
#define VALUE_BLOCKS   12u
#define RECORD_BLOCKS  16u
#define UNIT           8u
#define ERASED         0xFFu
#define ERASE_WORST_MS 40u

static uint32_t offset(const struct nvm_part *part)
{
    return part->first_block * part->whole->block_size;
}

static int read_part(void *ctx, uint32_t address, void *data, size_t length)
{
    const struct nvm_part *part = ctx;

    return part->whole->read(part->whole->ctx, offset(part) + address, data, length);
}

static int program_part(void *ctx, uint32_t address, const void *data, size_t length)
{
    const struct nvm_part *part = ctx;

    return part->whole->program(part->whole->ctx, offset(part) + address, data, length);
}

static int erase_part(void *ctx, uint16_t block)
{
    const struct nvm_part *part = ctx;

    return part->whole->erase(part->whole->ctx, (uint16_t)(part->first_block + block));
}

static void divide(struct nvm_part *part, const struct lbms_flash *whole, uint16_t first_block,
                   uint16_t blocks)
{
    part->whole = whole;
    part->first_block = first_block;
    part->flash = *whole;
    part->flash.ctx = part;
    part->flash.block_count = blocks;
    part->flash.read = read_part;
    part->flash.program = program_part;
    part->flash.erase = erase_part;
}

static bool is_blank(const struct lbms_flash *flash)
{
    uint32_t at;
    uint8_t byte;

    for (at = 0; at < flash->block_size * flash->block_count; at++) {
        if (flash->read(flash->ctx, at, &byte, 1) != LBMS_OK || byte != ERASED) {
            return false;
        }
    }
    return true;
}

int nvm_open(struct nvm *nvm, const char *path)
{
    struct lbms_posix_flash_options options;
    int status;

    memset(&options, 0, sizeof(options));
    options.path = path;
    options.block_size = BLOCK_SIZE;
    options.block_count = VALUE_BLOCKS + RECORD_BLOCKS;
    options.program_unit = UNIT;
    options.erase_worst_ms = ERASE_WORST_MS;
    memset(nvm, 0, sizeof(*nvm));
    status = lbms_posix_flash_open(&nvm->flash, &options);
    nvm->open = status == LBMS_OK;
    if (nvm->open) {
        divide(&nvm->values, &nvm->flash.flash, 0, VALUE_BLOCKS);
        divide(&nvm->records, &nvm->flash.flash, VALUE_BLOCKS, RECORD_BLOCKS);
        nvm->blank = is_blank(&nvm->values.flash);
    }
    return status;
}

void nvm_close(struct nvm *nvm)
{
    if (nvm->open) {
        lbms_posix_flash_close(&nvm->flash);
        nvm->open = false;
    }
}
