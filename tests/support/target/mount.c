/*
 * Instructions that it takes to open the memory of a pack that has been in use, counted by the emulator: values in a bank that
 * is nearly full, a log whose every block is in use. Ends with failure above the number that is promised.
 */
#include <stdlib.h>
#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms/store/store.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "support/target/host.h"

#define MOST         200000u /* instructions */
#define LARGE_BLOCK  16384u
#define LARGE_BLOCKS 3u
#define SMALL_BLOCK  2048u
#define VALUES_SIZE  (LARGE_BLOCK * LARGE_BLOCKS)
#define LOG_SIZE     32768u
#define RECORDS      600u
#define POLLS        100000u
#define NEARLY_FULL  64u /* slots that are left */

/* The timer that counts nanoseconds of the emulated clock: one for each instruction. */
#define TIM2_CR1 (*(volatile uint32_t *)0x40000000u)
#define TIM2_CNT (*(volatile uint32_t *)0x40000024u)
#define TIM2_PSC (*(volatile uint32_t *)0x40000028u)

struct area {
    struct lbms_flash flash;
    uint8_t *image;
};

static uint8_t values_image[VALUES_SIZE];
static uint8_t log_image[LOG_SIZE];
static struct area values, records;
static struct lbms_store store;
static struct lbms_params params;
static struct lbms_health health;
static struct lbms_production production;
static struct lbms_restored restored;
static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

static int area_read(void *ctx, uint32_t address, void *data, size_t length)
{
    memcpy(data, &((const struct area *)ctx)->image[address], length);
    return LBMS_OK;
}

static int area_program(void *ctx, uint32_t address, const void *data, size_t length)
{
    memcpy(&((struct area *)ctx)->image[address], data, length);
    return LBMS_OK;
}

static int area_erase(void *ctx, uint16_t block)
{
    struct area *area = ctx;

    memset(&area->image[block * area->flash.block_size], 0xFF, area->flash.block_size);
    return LBMS_OK;
}

static void erase_all(struct area *area, uint8_t *image, uint32_t block_size, uint32_t size)
{
    const struct lbms_flash flash = {
        area, block_size, (uint16_t)(size / block_size), 4u, 40u, area_read, area_program, area_erase};

    area->flash = flash;
    area->image = image;
    memset(image, 0xFF, size);
}

static void settle(void)
{
    unsigned i;

    for (i = 0u; (i < POLLS) && (lbms_store_poll(&store, true) == LBMS_AGAIN); i++) {
    }
}

static void save_all(void)
{
    lbms_store_save_params(&store, &params);
    lbms_store_save_health(&store, &health);
    lbms_store_save_state(&store, &restored);
    lbms_store_save_production(&store, &production);
    settle();
}

/* Two of each value, then nothing but charges; records past the end of the ring. */
static void use(uint32_t block_size)
{
    struct lbms_record record;
    uint32_t i;

    erase_all(&values, values_image, block_size, VALUES_SIZE);
    erase_all(&records, log_image, SMALL_BLOCK, LOG_SIZE);
    lbms_params_defaults(&params, product);
    lbms_health_defaults(&health);
    lbms_production_defaults(&production);
    lbms_restored_defaults(&restored);
    (void)lbms_store_open(&store, &values.flash, &records.flash, product);
    save_all();
    save_all();
    for (i = 0u; (store.journal.label < 3u) ||
                 (((store.journal.area.bank_size / LBMS_SLOT) - store.journal.top) > NEARLY_FULL);
         i++) {
        (void)lbms_store_save_charge(&store, (int32_t)i);
        settle();
    }
    memset(&record, 0, sizeof(record));
    record.kind = LBMS_RECORD_ALARM;
    for (i = 0u; i < RECORDS; i++) {
        (void)lbms_store_add_record(&store, &record);
        settle();
    }
}

static bool count(const char *name, uint32_t block_size)
{
    uint32_t before;
    uint32_t instructions;

    use(block_size);
    before = TIM2_CNT;
    (void)lbms_store_open(&store, &values.flash, &records.flash, product);
    instructions = TIM2_CNT - before;
    host_text(name);
    host_number(instructions);
    host_text("\n");
    return (store.trouble == 0u) && (lbms_log_count(&store.log) >= LBMS_LOG_KEPT) &&
           (instructions > 10000u) && (instructions <= MOST);
}

int main(void)
{
    bool good;

    TIM2_PSC = 0u;
    TIM2_CR1 = 1u;
    good = count("mount.large.instructions: ", LARGE_BLOCK);
    good = count("mount.small.instructions: ", SMALL_BLOCK) && good;
    lbms_semihosting_exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
    return EXIT_FAILURE;
}
