/*
 * Fuzz target: whatever is on the flash, the store opens, reads, writes on and finds again what it has written. The first
 * two bytes choose program unit and block size, and what follows: the content, values first, the rest erased; or bytes
 * that are changed in what the store itself has written, three for each: place and new value.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/product.h"
#include "losun_bms/store/store.h"

#define AREA_SIZE 16384u
#define POLLS     200000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * Flash with its rules: a unit that the store programs twice, or anything outside, is a failure. A unit that is not blank
 * though the store has not programmed it is refused by the flash.
 */
enum { UNTOUCHED = 0, PROGRAMMED = 1, DISTURBED = 2 };

struct area {
    struct lbms_flash flash;
    uint8_t image[AREA_SIZE];
    uint8_t used[AREA_SIZE]; /* of each unit */
};

static struct area values, records;

static int area_read(void *ctx, uint32_t address, void *data, size_t length)
{
    const struct area *area = ctx;

    if ((address > AREA_SIZE) || (length > AREA_SIZE - address)) {
        abort();
    }
    memcpy(data, &area->image[address], length);
    return LBMS_OK;
}

static int area_program(void *ctx, uint32_t address, const void *data, size_t length)
{
    struct area *area = ctx;
    const size_t unit = area->flash.program_unit;
    const uint8_t *bytes = data;
    size_t i;

    if ((length != unit) || (address % unit != 0u) || (address >= AREA_SIZE) ||
        (area->used[address / unit] == PROGRAMMED)) {
        abort();
    }
    if (area->used[address / unit] == DISTURBED) {
        return LBMS_ERR_IO;
    }
    area->used[address / unit] = PROGRAMMED;
    for (i = 0u; i < length; i++) {
        area->image[address + i] &= bytes[i];
    }
    return LBMS_OK;
}

static int area_erase(void *ctx, uint16_t block)
{
    struct area *area = ctx;
    const uint32_t size = area->flash.block_size;

    if (block >= area->flash.block_count) {
        abort();
    }
    memset(&area->image[block * size], 0xFF, size);
    memset(&area->used[block * size / area->flash.program_unit], 0, size / area->flash.program_unit);
    return LBMS_OK;
}

static void settle_used(struct area *area)
{
    size_t i;

    memset(area->used, 0, sizeof(area->used));
    for (i = 0u; i < AREA_SIZE; i++) {
        if (area->image[i] != 0xFFu) {
            area->used[i / area->flash.program_unit] = DISTURBED;
        }
    }
}

static size_t fill(struct area *area, uint8_t unit, uint32_t block_size, const uint8_t *data, size_t size)
{
    const struct lbms_flash flash = {
        area, block_size, (uint16_t)(AREA_SIZE / block_size), unit, 40u, area_read, area_program, area_erase};
    const size_t count = (size < AREA_SIZE) ? size : AREA_SIZE;

    area->flash = flash;
    memset(area->image, 0xFF, sizeof(area->image));
    memcpy(area->image, data, count);
    settle_used(area);
    return count;
}

static void settle(struct lbms_store *store)
{
    unsigned i = 0u;

    while (lbms_store_poll(store, true) == LBMS_AGAIN) {
        i++;
        if (i > POLLS) {
            abort();
        }
    }
}

static void read_all(struct lbms_store *store, struct lbms_restored *restored)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    struct lbms_health health;
    struct lbms_production production;
    struct lbms_record record;
    uint32_t i;

    lbms_restored_defaults(restored);
    lbms_store_load(store, product, restored);
    lbms_store_load_health(store, &health);
    lbms_store_load_production(store, &production);
    if (restored->params_valid && (lbms_params_check(&restored->params, product, NULL) != LBMS_OK)) {
        abort();
    }
    for (i = 0u; i < 300u; i++) {
        (void)lbms_store_read_record(store, i, &record);
    }
}

/* Saves a set, the charge and a record; what was acknowledged is there after the next start. */
static void write_on(struct lbms_store *store, struct lbms_restored *restored)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    struct lbms_restored again;
    struct lbms_params params;
    struct lbms_record record;
    bool params_saved, charge_saved;

    memset(&record, 0, sizeof(record));
    record.kind = LBMS_RECORD_START;
    lbms_params_defaults(&params, product);
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3555;
    lbms_store_save_params(store, &params);
    lbms_store_save_state(store, restored);
    charge_saved = lbms_store_save_charge(store, 77);
    (void)lbms_store_add_record(store, &record);
    (void)lbms_store_clear_records(store);
    settle(store);
    params_saved = lbms_store_saved(store, LBMS_STORE_PARAMS) == LBMS_OK;
    charge_saved = charge_saved && (lbms_store_saved(store, LBMS_STORE_CHARGE) == LBMS_OK);

    (void)lbms_store_open(store, &values.flash, &records.flash, product);
    read_all(store, &again);
    if (params_saved && (!again.params_valid || (again.params.v[LBMS_PARAM_CELL_OV_ALARM_MV] != 3555))) {
        abort();
    }
    if (charge_saved && (again.life.charge_mas != 77)) {
        abort();
    }
}

static void open_store(struct lbms_store *store, struct lbms_restored *restored)
{
    (void)lbms_store_open(store, &values.flash, &records.flash, &lbms_product_ls_btn0_p0548100);
    read_all(store, restored);
    write_on(store, restored);
}

static void damage(const uint8_t *data, size_t size)
{
    for (; size >= 3u; size -= 3u) {
        const unsigned place = data[0] | ((unsigned)data[1] << 8);
        struct area *area = ((place & 0x8000u) != 0u) ? &records : &values;

        area->image[place % AREA_SIZE] = data[2];
        data += 3;
    }
    settle_used(&values);
    settle_used(&records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lbms_store store;
    struct lbms_restored restored;
    uint32_t block_size;
    uint8_t unit;
    size_t taken;

    if (size < 2u) {
        return 0;
    }
    unit = (uint8_t)(1u << (data[0] & 3u));
    block_size = 512u << (data[1] & 3u); /* 512 to 4096 */
    if ((data[0] & 4u) != 0u) {
        (void)fill(&values, unit, block_size, data, 0u);
        (void)fill(&records, unit, block_size, data, 0u);
        open_store(&store, &restored);
        damage(data + 2, size - 2u);
    } else {
        taken = fill(&values, unit, block_size, data + 2, size - 2u);
        (void)fill(&records, unit, block_size, data + 2 + taken, size - 2u - taken);
    }
    open_store(&store, &restored);
    return 0;
}
