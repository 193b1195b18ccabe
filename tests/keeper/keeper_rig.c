#include "keeper_rig.h"

#include <check.h>
#include <string.h>

const struct keeper_rig_flash keeper_rig_flash = {16384u, 2u, 8u, 40u};

struct bench b;
struct lbms_keeper keeper;
struct lbms_posix_flash values, records;

static void open_flash(struct lbms_posix_flash *flash, uint32_t block_size, uint16_t blocks,
                       const struct keeper_rig_flash *like)
{
    const struct lbms_posix_flash_options options = {.block_size = block_size,
                                                     .block_count = blocks,
                                                     .program_unit = like->unit,
                                                     .erase_worst_ms = like->erase_ms};

    ck_assert_int_eq(lbms_posix_flash_open(flash, &options), LBMS_OK);
}

void keeper_rig_board(const struct keeper_rig_flash *flash)
{
    bench_board(&b);
    open_flash(&values, flash->block_size, flash->blocks, flash);
    open_flash(&records, 2048u, 16u, flash);
    b.hal.flash = &values.flash;
    b.hal.log_flash = &records.flash;
}

void keeper_rig_boot(void)
{
    (void)lbms_keeper_open(&keeper, &b.hal, &lbms_product_ls_btn0_p0548100, &b.restored);
    ck_assert_int_eq(bench_boot(&b), LBMS_OK);
    lbms_keep(&b.bms, &keeper);
}

void keeper_rig_cut(void)
{
    struct lbms_boot boot;

    memset(&boot, 0, sizeof(boot));
    memset(&keeper, 0xA5, sizeof(keeper));
    lbms_restored_defaults(&b.restored);
    b.restored.boot = boot;
    keeper_rig_boot();
}

void keeper_rig_end(void)
{
    ck_assert_uint_eq(values.violations, 0u);
    ck_assert_uint_eq(records.violations, 0u);
    lbms_posix_flash_close(&values);
    lbms_posix_flash_close(&records);
}
