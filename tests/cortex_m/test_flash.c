/* The driver of the chip's own flash, on both kinds of interface. */
#include "losun_bms_port/cortex_m/flash.h"

#include <string.h>

#include "flash_model.h"
#include "losun_bms/base/status.h"
#include "rig.h"
#include "support/suite.h"

#define HCLK_HZ 168000000u

static struct lbms_cm_flash_place place;
static struct lbms_cm_flash driver;
static const struct lbms_flash *flash;

static void open_driver(bool f4)
{
    rig_reset();
    flash_model_reset(f4);
    flash_model.first_sector = f4 ? 5u : 0u;
    memset(&place, 0, sizeof(place));
    place.kind = f4 ? &lbms_cm_flash_f4 : &lbms_cm_flash_f1;
    place.regs = (uintptr_t)&flash_model.regs;
    place.values.memory = flash_model.memory;
    place.values.block_size = MODEL_BLOCK;
    place.values.block_count = MODEL_BLOCKS;
    place.values.erase_worst_ms = 100u;
    place.values.first = flash_model.first_sector;
    memset(&driver, 0xA5, sizeof(driver));
    ck_assert_int_eq(lbms_cm_flash_init(&driver, &place, &place.values, HCLK_HZ, (uintptr_t)&rig.iwdg, 4000u),
                     LBMS_OK);
    flash = &driver.flash;
}

static int program(uint32_t address, const void *data, size_t length)
{
    return flash->program(flash->ctx, address, data, length);
}

static bool is_locked(void)
{
    return flash_model.regs.CR == (flash_model.f4 ? UINT32_C(0x80000000) : UINT32_C(0x80));
}

START_TEST(what_is_programmed_is_read_back_and_an_erase_makes_its_block_blank)
{
    const uint8_t data[8] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF};
    uint8_t got[8];
    int f4;

    for (f4 = 0; f4 < 2; f4++) {
        uint16_t block;

        open_driver(f4 != 0);
        ck_assert_uint_eq(flash->program_unit, (f4 != 0) ? 4u : 2u);
        ck_assert_uint_eq(flash->block_size, MODEL_BLOCK);
        ck_assert_uint_eq(flash->block_count, MODEL_BLOCKS);
        ck_assert_uint_eq(flash->erase_worst_ms, 100u);
        for (block = 0u; block < MODEL_BLOCKS; block++) {
            ck_assert_int_eq(program((block * MODEL_BLOCK) + 16u, data, 8u), LBMS_OK);
        }
        ck_assert_uint_eq(flash_model.jobs, MODEL_BLOCKS * ((f4 != 0) ? 2u : 4u));
        for (block = 0u; block < MODEL_BLOCKS; block++) {
            ck_assert_int_eq(flash->read(flash->ctx, (block * MODEL_BLOCK) + 16u, got, 8u), LBMS_OK);
            ck_assert_mem_eq(got, data, 8u);
        }
        ck_assert_int_eq(flash->erase(flash->ctx, 2u), LBMS_OK);
        for (block = 0u; block < MODEL_BLOCKS; block++) {
            ck_assert_int_eq(flash->read(flash->ctx, (block * MODEL_BLOCK) + 16u, got, 8u), LBMS_OK);
            ck_assert_int_eq(got[0], (block == 2u) ? 0xFF : 0x01);
        }
        ck_assert_int_eq(flash->erase(flash->ctx, 3u), LBMS_OK); /* the last one */
        ck_assert_uint_eq(flash_model.memory[(3u * MODEL_BLOCK) + 16u], 0xFFu);
        ck_assert_uint_eq(flash_model.stray, 0u);
    }
}
END_TEST

START_TEST(the_interface_is_open_for_one_job_only)
{
    const uint8_t data[4] = {0};
    int f4;

    for (f4 = 0; f4 < 2; f4++) {
        open_driver(f4 != 0);
        ck_assert_int_eq(program(0u, data, 4u), LBMS_OK);
        ck_assert(is_locked());
        ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
        ck_assert(is_locked());
        flash_model.protected_ = true;
        ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_ERR_IO);
        ck_assert(is_locked());
        ck_assert_uint_eq(flash_model.unlocks, (f4 != 0) ? 3u : 4u);
    }
}
END_TEST

START_TEST(every_error_of_the_interface_is_told)
{
    const uint8_t data[4] = {0};
    int f4;

    for (f4 = 0; f4 < 2; f4++) {
        open_driver(f4 != 0);
        flash_model.sealed = true;
        ck_assert_int_eq(program(0u, data, 4u), LBMS_ERR_IO);
        ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_ERR_IO);
        ck_assert_uint_eq(flash_model.stray, 0u); /* nothing is tried on a locked one */
        flash_model.sealed = false;
        flash_model.protected_ = true;
        ck_assert_int_eq(program(0u, data, 4u), LBMS_ERR_IO);
        flash_model.protected_ = false;
        ck_assert_int_eq(program(0u, data, 4u), LBMS_OK); /* the old error flags do not count */
    }
    open_driver(false);
    ck_assert_int_eq(program(0u, data, 2u), LBMS_OK);
    ck_assert_int_eq(program(0u, data, 4u), LBMS_ERR_IO); /* not erased; nothing after it is tried */
    ck_assert_uint_eq(flash_model.memory[2], 0xFFu);
}
END_TEST

START_TEST(a_job_that_never_ends_is_given_up_and_nothing_is_begun_over_it)
{
    const uint8_t data[4] = {0};
    int f4;

    for (f4 = 0; f4 < 2; f4++) {
        open_driver(f4 != 0);
        flash_model.stuck = true;
        ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_ERR_IO);
        flash_model.stuck = false;
        ck_assert_int_eq(program(0u, data, 4u), LBMS_ERR_IO);
        ck_assert_uint_eq(flash_model.jobs, 0u);
        ck_assert_uint_eq(flash_model.unlocks, 1u);
    }
}
END_TEST

START_TEST(waits_are_bounded_by_twice_the_longest_time_of_the_operation)
{
    const uint8_t data[4] = {0};
    const uint32_t poll_ns = (8u * 1000u) / (HCLK_HZ / 1000000u); /* eight clocks */

    open_driver(true);
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_ge(((uint64_t)flash_model.polls * poll_ns) / 1000u, 195000u);
    ck_assert_uint_le(((uint64_t)flash_model.polls * poll_ns) / 1000u, 205000u);
    ck_assert_int_eq(program(0u, data, 4u), LBMS_OK);
    ck_assert_uint_ge(((uint64_t)flash_model.polls * poll_ns) / 1000u, 1900u);
    ck_assert_uint_le(((uint64_t)flash_model.polls * poll_ns) / 1000u, 2100u);
}
END_TEST

START_TEST(an_address_outside_the_area_or_between_units_is_refused)
{
    const uint32_t size = MODEL_BLOCK * MODEL_BLOCKS;
    uint8_t data[8] = {0};
    int f4;

    for (f4 = 0; f4 < 2; f4++) {
        const uint32_t unit = (f4 != 0) ? 4u : 2u;

        open_driver(f4 != 0);
        ck_assert_int_eq(program(size, data, unit), LBMS_ERR_RANGE);
        ck_assert_int_eq(program(size - unit, data, 8u), LBMS_ERR_RANGE);
        ck_assert_int_eq(program(UINT32_MAX - 1u, data, 8u), LBMS_ERR_RANGE);
        ck_assert_int_eq(program(1u, data, unit), LBMS_ERR_RANGE);
        ck_assert_int_eq(program(0u, data, unit + 1u), LBMS_ERR_RANGE);
        ck_assert_int_eq(flash->erase(flash->ctx, MODEL_BLOCKS), LBMS_ERR_RANGE);
        ck_assert_int_eq(flash->read(flash->ctx, size - 7u, data, 8u), LBMS_ERR_RANGE);
        ck_assert_int_eq(flash->read(flash->ctx, size - 8u, data, 8u), LBMS_OK);
        ck_assert_uint_eq(flash_model.unlocks, 0u);
        ck_assert_int_eq(program(size - unit, data, unit), LBMS_OK);
    }
}
END_TEST

START_TEST(an_erase_makes_the_data_cache_forget_and_leaves_it_as_it_was)
{
    open_driver(true);
    flash_model.regs.ACR = 0x705u; /* 5 wait states, prefetch, both caches */
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_eq(flash_model.regs.ACR, 0x705u);
    flash_model.regs.ACR = 0x305u; /* data cache off */
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_eq(flash_model.regs.ACR, 0x305u);
    open_driver(false);
    flash_model.regs.ACR = 0x12u; /* F1: none */
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_eq(flash_model.regs.ACR, 0x12u);
}
END_TEST

START_TEST(an_erase_feeds_the_watchdog_and_must_not_outlast_it)
{
    const uint8_t data[4] = {0};
    const uintptr_t iwdg = (uintptr_t)&rig.iwdg;

    open_driver(true);
    ck_assert_int_eq(program(0u, data, 4u), LBMS_OK);
    ck_assert_uint_eq(rig.iwdg.KR, 0u);
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_eq(rig.iwdg.KR, 0xAAAAu);
    /* 100 ms: two thirds of 150 ms */
    ck_assert_int_eq(lbms_cm_flash_init(&driver, &place, &place.values, HCLK_HZ, iwdg, 150u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_cm_flash_init(&driver, &place, &place.values, HCLK_HZ, iwdg, 151u), LBMS_OK);
    ck_assert_int_eq(lbms_cm_flash_init(&driver, &place, &place.values, HCLK_HZ, 0u, 0u), LBMS_OK);
    rig.iwdg.KR = 0u;
    ck_assert_int_eq(flash->erase(flash->ctx, 0u), LBMS_OK);
    ck_assert_uint_eq(rig.iwdg.KR, 0u); /* not started: not touched */
}
END_TEST

SUITE("cortex_m/flash", CASE("R-PRM-04", what_is_programmed_is_read_back_and_an_erase_makes_its_block_blank),
      CASE("R-PRM-04", the_interface_is_open_for_one_job_only),
      CASE("R-PRM-04", every_error_of_the_interface_is_told),
      CASE("R-PROT-09", a_job_that_never_ends_is_given_up_and_nothing_is_begun_over_it),
      CASE("R-PROT-09", waits_are_bounded_by_twice_the_longest_time_of_the_operation),
      CASE("", an_address_outside_the_area_or_between_units_is_refused),
      CASE("", an_erase_makes_the_data_cache_forget_and_leaves_it_as_it_was),
      CASE("R-PROT-09", an_erase_feeds_the_watchdog_and_must_not_outlast_it))
