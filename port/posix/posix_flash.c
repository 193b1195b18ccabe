/* Flash with its real rules, and the ways to damage it. The bytes live in an image; a file follows it. */
#include "losun_bms_port/posix_flash.h"

#include <stdlib.h>
#include <string.h>

#include "losun_bms/base/status.h"
#include "posix_private.h"

#define ERASED 0xFFu

static size_t area_size(const struct lbms_posix_flash *flash)
{
    return (size_t)flash->flash.block_size * flash->flash.block_count;
}

/* xorshift32; never 0 */
static uint32_t next_random(struct lbms_posix_flash *flash)
{
    uint32_t x = flash->random;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    flash->random = x;
    return x;
}

/* ---- changes of the image --------------------------------------------------------------------------------- */

/* The file first: when it cannot be written, the image shows what it holds then. */
static int change(struct lbms_posix_flash *flash, uint32_t address, const uint8_t *data, size_t size)
{
    if (flash->fd >= 0) {
        const int status = lbms_posix_flash_file_write(flash, address, data, size);

        if (status != LBMS_OK) {
            return status;
        }
    }
    memcpy(&flash->image[address], data, size);
    return LBMS_OK;
}

static bool is_erased(const uint8_t *data, size_t size)
{
    size_t i;

    for (i = 0u; i < size; i++) {
        if (data[i] != ERASED) {
            return false;
        }
    }
    return true;
}

/* What the content tells about the units: all that a real chip would show after power-on. */
static void find_used(struct lbms_posix_flash *flash)
{
    const size_t unit = flash->flash.program_unit;
    const size_t units = area_size(flash) / unit;
    size_t i;

    for (i = 0u; i < units; i++) {
        flash->used[i] = (uint8_t)!is_erased(&flash->image[i * unit], unit);
    }
}

/* ---- power cut -------------------------------------------------------------------------------------------- */

/* Counts an operation; true when it is the one to be cut. */
static bool cut_now(struct lbms_posix_flash *flash)
{
    lbms_posix_count(&flash->operations);
    if (!flash->cut_armed) {
        return false;
    }
    if (flash->cut_after > 0u) {
        flash->cut_after--;
        return false;
    }
    flash->cut_armed = false;
    flash->powered = false;
    lbms_posix_note(flash->error, &flash->error_new, "%s: power cut during a write", flash->name);
    return true;
}

static void tear_unit(struct lbms_posix_flash *flash, uint32_t address, const uint8_t *wanted)
{
    uint8_t torn[8];
    size_t i;

    for (i = 0u; i < flash->flash.program_unit; i++) {
        const uint8_t old = flash->image[address + i];

        torn[i] = (uint8_t)(old & (wanted[i] | (uint8_t)next_random(flash)));
    }
    (void)change(flash, address, torn, flash->flash.program_unit);
}

/* Four kinds: untouched, erased to the end, erased in places, arbitrary bits. */
static void tear_block(struct lbms_posix_flash *flash, uint32_t address)
{
    const uint32_t kind = next_random(flash) % 4u;
    uint8_t piece[64];
    uint32_t at, i;

    for (at = 0u; at < flash->flash.block_size; at += i) {
        for (i = 0u; i < sizeof(piece) && at + i < flash->flash.block_size; i++) {
            const uint8_t old = flash->image[address + at + i];
            const uint8_t noise = (uint8_t)(next_random(flash) >> 8);

            if (kind == 0u) {
                piece[i] = old;
            } else if (kind == 1u) {
                piece[i] = ERASED;
            } else {
                piece[i] = (kind == 2u) ? (uint8_t)(old | noise) : noise;
            }
        }
        (void)change(flash, address + at, piece, i);
    }
}

/* ---- the interface of the store --------------------------------------------------------------------------- */

static int violation(struct lbms_posix_flash *flash, int status, const char *what, uint32_t address)
{
    lbms_posix_count(&flash->violations);
    lbms_posix_note(flash->error, &flash->error_new, "%s: rule violated at 0x%lX: %s", flash->name,
                    (unsigned long)address, what);
    return status;
}

static bool outside(const struct lbms_posix_flash *flash, uint32_t address, size_t length)
{
    const size_t size = area_size(flash);

    return address > size || length > size - address;
}

static int flash_read(void *ctx, uint32_t address, void *data, size_t length)
{
    struct lbms_posix_flash *flash = ctx;

    if (flash->image == NULL) {
        return LBMS_ERR_STATE;
    }
    if (outside(flash, address, length)) {
        return violation(flash, LBMS_ERR_RANGE, "read outside the area", address);
    }
    if (!flash->powered) {
        return LBMS_ERR_IO;
    }
    if (length > 0u) {
        memcpy(data, &flash->image[address], length);
    }
    return LBMS_OK;
}

/* Everything that a program call must keep, before the first bit changes. */
static int check_program(struct lbms_posix_flash *flash, uint32_t address, const uint8_t *data, size_t length)
{
    const size_t unit = flash->flash.program_unit;
    size_t i;

    if (outside(flash, address, length)) {
        return violation(flash, LBMS_ERR_RANGE, "programmed outside the area", address);
    }
    if (address % unit != 0u || length % unit != 0u) {
        return violation(flash, LBMS_ERR_ARGUMENT, "not aligned to the program unit", address);
    }
    for (i = 0u; i < length; i++) {
        const uint32_t at = address + (uint32_t)i;

        if (flash->used[at / unit] != 0u) {
            return violation(flash, LBMS_ERR_STATE, "unit programmed twice without an erase", at);
        }
        if ((data[i] & (uint8_t)~flash->image[at]) != 0u) {
            return violation(flash, LBMS_ERR_STATE, "programming cannot turn 0 into 1", at);
        }
    }
    return LBMS_OK;
}

static bool touches_bad(const struct lbms_posix_flash *flash, uint32_t address, size_t length)
{
    uint32_t block = address / flash->flash.block_size;

    for (; (size_t)block * flash->flash.block_size < address + length; block++) {
        if (flash->bad[block] != 0u) {
            return true;
        }
    }
    return false;
}

static int flash_program(void *ctx, uint32_t address, const void *data, size_t length)
{
    struct lbms_posix_flash *flash = ctx;
    const uint8_t *bytes = data;
    const size_t unit = flash->flash.program_unit;
    size_t done;
    int status;

    if (flash->image == NULL) {
        return LBMS_ERR_STATE;
    }
    if (!flash->powered) {
        return LBMS_ERR_IO;
    }
    status = check_program(flash, address, bytes, length);
    if (status != LBMS_OK) {
        return status;
    }
    if (touches_bad(flash, address, length)) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: programming a bad block", flash->name);
        return LBMS_ERR_IO;
    }
    for (done = 0u; done < length && status == LBMS_OK; done += unit) {
        const uint32_t at = address + (uint32_t)done;

        flash->used[at / unit] = 1u;
        if (cut_now(flash)) {
            tear_unit(flash, at, &bytes[done]);
            status = LBMS_ERR_IO;
        } else {
            status = change(flash, at, &bytes[done], unit);
        }
    }
    return (status == LBMS_OK) ? lbms_posix_flash_file_sync(flash) : status;
}

static int erase_block(struct lbms_posix_flash *flash, uint32_t address)
{
    uint8_t piece[256];
    uint32_t at, length;
    int status = LBMS_OK;

    memset(piece, (int)ERASED, sizeof(piece));
    for (at = 0u; at < flash->flash.block_size && status == LBMS_OK; at += length) {
        length = flash->flash.block_size - at;
        length = (length < sizeof(piece)) ? length : (uint32_t)sizeof(piece);
        status = change(flash, address + at, piece, length);
    }
    return status;
}

static int flash_erase(void *ctx, uint16_t block)
{
    struct lbms_posix_flash *flash = ctx;
    const uint32_t address = (uint32_t)block * flash->flash.block_size;
    int status;

    if (flash->image == NULL) {
        return LBMS_ERR_STATE;
    }
    if (block >= flash->flash.block_count) {
        return violation(flash, LBMS_ERR_RANGE, "erased outside the area", address);
    }
    if (!flash->powered) {
        return LBMS_ERR_IO;
    }
    if (flash->bad[block] != 0u) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: erasing bad block %u", flash->name,
                        (unsigned)block);
        return LBMS_ERR_IO;
    }
    lbms_posix_count(&flash->erases[block]);
    if (cut_now(flash)) {
        tear_block(flash, address);
        return LBMS_ERR_IO;
    }
    status = erase_block(flash, address);
    if (status == LBMS_OK) {
        const size_t units = flash->flash.block_size / flash->flash.program_unit;

        memset(&flash->used[address / flash->flash.program_unit], 0, units);
        status = lbms_posix_flash_file_sync(flash);
    }
    return status;
}

/* ---- open and close --------------------------------------------------------------------------------------- */

static bool geometry_ok(const struct lbms_posix_flash_options *options)
{
    const unsigned unit = options->program_unit;

    if (unit != 1u && unit != 2u && unit != 4u && unit != 8u) {
        return false;
    }
    if (options->block_size == 0u || options->block_size % unit != 0u || options->block_count < 2u) {
        return false;
    }
    return options->block_size <= LBMS_POSIX_FLASH_MAX / options->block_count;
}

static bool allocate(struct lbms_posix_flash *flash)
{
    const size_t size = area_size(flash);

    flash->image = malloc(size);
    flash->used = calloc(size / flash->flash.program_unit, 1u);
    flash->bad = calloc(flash->flash.block_count, 1u);
    flash->erases = calloc(flash->flash.block_count, sizeof(*flash->erases));
    return flash->image != NULL && flash->used != NULL && flash->bad != NULL && flash->erases != NULL;
}

static void prepare(struct lbms_posix_flash *flash, const struct lbms_posix_flash_options *options)
{
    memset(flash, 0, sizeof(*flash));
    flash->fd = -1;
    flash->sync = options->sync;
    flash->powered = true;
    flash->random = 1u;
    flash->flash.ctx = flash;
    flash->flash.block_size = options->block_size;
    flash->flash.block_count = options->block_count;
    flash->flash.program_unit = options->program_unit;
    flash->flash.erase_worst_ms = options->erase_worst_ms;
    flash->flash.read = flash_read;
    flash->flash.program = flash_program;
    flash->flash.erase = flash_erase;
    (void)lbms_posix_copy_name(flash->name, sizeof(flash->name), "flash in memory");
}

int lbms_posix_flash_open(struct lbms_posix_flash *flash, const struct lbms_posix_flash_options *options)
{
    int status = LBMS_OK;

    prepare(flash, options);
    if (!geometry_ok(options)) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: impossible geometry: %lu x %u bytes, unit %u",
                        (options->path != NULL) ? options->path : flash->name,
                        (unsigned long)options->block_size, (unsigned)options->block_count,
                        (unsigned)options->program_unit);
        return LBMS_ERR_ARGUMENT;
    }
    if (!allocate(flash)) {
        lbms_posix_note(flash->error, &flash->error_new, "%s: no memory", flash->name);
        status = LBMS_ERR_SPACE;
    } else {
        memset(flash->image, (int)ERASED, area_size(flash));
        if (options->path != NULL) {
            status = lbms_posix_flash_file_open(flash, options->path, area_size(flash));
        }
    }
    if (status != LBMS_OK) {
        lbms_posix_flash_close(flash);
        return status;
    }
    find_used(flash);
    return LBMS_OK;
}

void lbms_posix_flash_close(struct lbms_posix_flash *flash)
{
    if (flash->fd >= 0) {
        lbms_posix_flash_file_close(flash);
    }
    free(flash->image);
    free(flash->used);
    free(flash->bad);
    free(flash->erases);
    flash->image = NULL;
    flash->used = NULL;
    flash->bad = NULL;
    flash->erases = NULL;
}

const char *lbms_posix_flash_report(struct lbms_posix_flash *flash)
{
    return lbms_posix_take_report(flash->error, &flash->error_new);
}

/* ---- damage on request ------------------------------------------------------------------------------------ */

void lbms_posix_flash_cut(struct lbms_posix_flash *flash, uint32_t after, uint32_t seed)
{
    flash->cut_armed = true;
    flash->cut_after = after;
    flash->random = (seed * UINT32_C(2654435761)) ^ UINT32_C(0x9E3779B9); /* spreads small seeds */
    if (flash->random == 0u) {
        flash->random = 1u;
    }
}

void lbms_posix_flash_power_on(struct lbms_posix_flash *flash)
{
    flash->cut_armed = false;
    if (!flash->powered) {
        flash->powered = true;
        find_used(flash);
    }
}

int lbms_posix_flash_flip(struct lbms_posix_flash *flash, uint32_t address, unsigned bit)
{
    uint8_t value;

    if (flash->image == NULL || outside(flash, address, 1u) || bit > 7u) {
        return LBMS_ERR_RANGE;
    }
    value = (uint8_t)(flash->image[address] ^ (1u << bit));
    return change(flash, address, &value, 1u);
}

int lbms_posix_flash_bad(struct lbms_posix_flash *flash, uint16_t block, bool bad)
{
    if (flash->image == NULL || block >= flash->flash.block_count) {
        return LBMS_ERR_RANGE;
    }
    flash->bad[block] = bad ? 1u : 0u;
    return LBMS_OK;
}
