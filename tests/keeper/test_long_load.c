/*
 * A load without an idle moment: an erase that stops the processor is never permitted, and yet a power cut costs 0.1 % of
 * charge for as long as docs/flash-format.md promises.
 */
#include <stdlib.h>
#include <string.h>

#include "keeper_rig.h"
#include "support/suite.h"

#define PERCENT_MAS 3600000 /* 1 % of 100 Ah */
#define TENTH_MAS   360000
#define STEP_MAS    36000 /* resolution of the charge, and more than moves in a step */

/* Flash of a chip, and the throughput in % of the capacity that it promises. */
struct chip {
    struct keeper_rig_flash flash;
    int promised_pct;
};

static const struct chip stm32f405 = {{16384u, 3u, 4u, 500u}, 250};
static const struct chip gd32f303 = {{2048u, 42u, 2u, 300u}, 500};
static const struct chip two_small_banks = {{2048u, 12u, 8u, 300u}, 75};

static unsigned erases(void)
{
    unsigned sum = 0u;
    uint16_t i;

    for (i = 0u; i < values.flash.block_count; i++) {
        sum += values.erases[i];
    }
    return sum;
}

/* Two of each value, as in a pack that has been in use. */
static void save_everything(void)
{
    struct lbms_production production;
    int32_t mv;

    for (mv = 3550; mv <= 3560; mv += 10) {
        ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, mv), LBMS_OK);
        keeper.finished = false;
        lbms_keeper_finish(&keeper, &b.bms.core);
    }
    lbms_production_defaults(&production);
    ck_assert_int_eq(lbms_keeper_produce(&keeper, &production, true), LBMS_OK);
    ck_assert_int_eq(lbms_store_clear_records(&keeper.store), LBMS_OK);
    bench_run_s(&b, 5u);
}

/* Awake and loaded: the bank in use is as good as full, all others are erased. */
static void start(const struct chip *chip)
{
    unsigned left;

    keeper_rig_board(&chip->flash);
    keeper_rig_boot();
    bench_run_s(&b, 20u);
    save_everything();
    ck_assert_uint_eq(erases(), chip->flash.blocks); /* with open paths, and then idle */
    bench_current(&b, -5000);
    bench_run_s(&b, 2u);
    left = (keeper.store.journal.area.bank_size / LBMS_SLOT) - keeper.store.journal.top;
    for (; left > 0u; left--) {
        ck_assert(lbms_store_save_charge(&keeper.store, keeper.saved_mas));
        while (lbms_store_poll(&keeper.store, false) == LBMS_AGAIN) {
        }
    }
}

/* What a power cut at this moment would cost: the newest charge on the flash is compared with the true one. */
static int32_t cost_mas(void)
{
    uint8_t bytes[LBMS_JOURNAL_SHORT_SIZE];
    struct lbms_journal_info info;
    uint32_t stored;

    ck_assert_int_eq(
        lbms_journal_read(&keeper.store.journal, LBMS_JOURNAL_SHORT, 0u, bytes, sizeof(bytes), &info),
        LBMS_OK);
    stored = (uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) | ((uint32_t)bytes[2] << 16) |
             ((uint32_t)bytes[3] << 24);
    return abs((int)stored - (int)lbms_gauge_charge_mas(&b.bms.core.gauge));
}

/* Values that stand still under load would be a fault. */
static void second_of(int32_t ma, uint32_t second)
{
    bench_current(&b, ma);
    bench_cells(&b, (uint16_t)(((ma < 0) ? 3270u : 3340u) + (second % 2u)));
    bench_run(&b, 1000u);
    ck_assert(!bench_all_open(&b));
}

/* A second of a load that is never idle: 18 Ah out, 18 Ah in. Returns the charge that flows in it. */
static int32_t load_second(uint32_t second)
{
    const int32_t ma = ((second % 1800u) < 720u) ? -90000 : 60000;

    second_of(ma, second);
    return abs((int)ma);
}

/*
 * Loaded until a cut would cost more than 0.1 %, or for so many %. The throughput until then, in %. A change of the bank takes
 * two seconds here, where one unit is programmed in a millisecond.
 */
static int load_until_dearer(int most_pct, uint32_t *second)
{
    int64_t moved_mas = 0;
    unsigned dear_s = 0u;

    while ((moved_mas < (int64_t)most_pct * PERCENT_MAS) && (dear_s < 4u)) {
        moved_mas += load_second((*second)++);
        dear_s = (cost_mas() > TENTH_MAS + STEP_MAS + 90000) ? (dear_s + 1u) : 0u; /* between two looks */
    }
    return (int)(moved_mas / PERCENT_MAS);
}

static void keeps_its_promise(const struct chip *chip)
{
    unsigned before;
    uint32_t second = 0u;
    int32_t charge_mas;

    start(chip);
    before = erases();
    ck_assert_int_ge(load_until_dearer(chip->promised_pct, &second), chip->promised_pct);
    ck_assert_uint_eq(erases(), before);
    charge_mas = lbms_gauge_charge_mas(&b.bms.core.gauge);
    keeper_rig_cut();
    ck_assert_int_le(abs(b.restored.life.charge_mas - charge_mas), TENTH_MAS + STEP_MAS + 90000);
    keeper_rig_end();
}

START_TEST(stm32f405_saves_every_0_1_percent_of_two_full_swings)
{
    keeps_its_promise(&stm32f405);
}
END_TEST

START_TEST(gd32f303_saves_every_0_1_percent_of_five_full_swings)
{
    keeps_its_promise(&gd32f303);
}
END_TEST

START_TEST(two_banks_of_small_blocks_save_most_of_a_swing)
{
    keeps_its_promise(&two_small_banks);
}
END_TEST

START_TEST(days_of_a_small_current_are_no_more_than_its_charge)
{
    const struct chip *chips[] = {&stm32f405, &gd32f303};
    unsigned dear_s;
    uint32_t second;
    size_t i;

    for (i = 0u; i < 2u; i++) {
        start(chips[i]);
        dear_s = 0u;
        for (second = 0u; second < 288000u; second++) { /* 40 h out, 40 h in */
            second_of((second < 144000u) ? -1000 : 1000, second);
            ck_assert(!bench_all_open(&b));
            dear_s = (cost_mas() > TENTH_MAS + STEP_MAS) ? (dear_s + 1u) : 0u;
            ck_assert_uint_lt(dear_s, 4u);
        }
        keeper_rig_end();
    }
}
END_TEST

START_TEST(beyond_the_promise_the_charge_is_saved_every_percent_and_the_reserve_stays)
{
    uint32_t second = 0u;
    unsigned before;
    unsigned i;

    start(&two_small_banks);
    before = erases();
    ck_assert_int_lt(load_until_dearer(1000, &second), 200); /* now it costs more than 0.1 % */
    ck_assert_int_eq(lbms_store_room(&keeper.store), LBMS_ROOM_RESERVE);
    for (i = 0u; i < 5000u; i++) { /* 80 % more */
        (void)load_second(second++);
        ck_assert_int_le(cost_mas(), PERCENT_MAS + STEP_MAS + 90000);
    }
    ck_assert_uint_eq(erases(), before);
    ck_assert_int_eq(bench_set(&b, LBMS_PARAM_CELL_OV_ALARM_MV, 3560), LBMS_OK); /* a set still fits */
    keeper_rig_cut();
    ck_assert_int_eq(b.bms.core.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3560);
    keeper_rig_end();
}
END_TEST

START_TEST(an_idle_moment_brings_everything_back)
{
    uint32_t second = 0u;
    int32_t charged_mah;

    start(&two_small_banks);
    (void)load_until_dearer(1000, &second);
    charged_mah = (int32_t)b.bms.core.gauge.throughput.totals.mah[LBMS_CHARGED];
    bench_current(&b, 0);
    bench_run_s(&b, 10u);
    ck_assert_int_eq(lbms_store_room(&keeper.store), LBMS_ROOM_PLENTY);
    ck_assert_int_le(cost_mas(), TENTH_MAS + STEP_MAS);
    keeper_rig_cut(); /* the counters that had to wait are there, too */
    ck_assert_int_ge((int32_t)b.restored.learned.totals.mah[LBMS_CHARGED], charged_mah);
    ck_assert_int_gt(charged_mah, 30000);
    keeper_rig_end();
}
END_TEST

START_TEST(counters_and_the_saves_for_time_wait_while_no_erased_bank_is_kept)
{
    uint32_t second = 0u;
    uint32_t saved_s;
    uint32_t i;

    start(&two_small_banks);
    while (lbms_store_room(&keeper.store) == LBMS_ROOM_PLENTY) {
        (void)load_second(second++);
    }
    ck_assert_int_eq(lbms_store_room(&keeper.store), LBMS_ROOM_SCARCE);
    bench_run_s(&b, 1u); /* what was on its way */
    ck_assert_int_eq(lbms_store_room(&keeper.store), LBMS_ROOM_SCARCE);
    saved_s = keeper.saved_s;
    for (i = 0u; i < 14500u; i++) {
        second_of(-600, i); /* not idle, and hardly any charge */
    }
    ck_assert_uint_eq(keeper.saved_s, saved_s);
    bench_current(&b, 0);
    bench_run_s(&b, 5u);
    ck_assert_uint_gt(keeper.saved_s, saved_s + 14400u);
    keeper_rig_end();
}
END_TEST

SUITE("keeper/long_load", CASE("R-PRM-04", stm32f405_saves_every_0_1_percent_of_two_full_swings),
      CASE("R-PRM-04", gd32f303_saves_every_0_1_percent_of_five_full_swings),
      CASE("R-PRM-04", two_banks_of_small_blocks_save_most_of_a_swing),
      CASE("R-PRM-04", days_of_a_small_current_are_no_more_than_its_charge),
      CASE("R-PRM-04", beyond_the_promise_the_charge_is_saved_every_percent_and_the_reserve_stays),
      CASE("", an_idle_moment_brings_everything_back),
      CASE("", counters_and_the_saves_for_time_wait_while_no_erased_bank_is_kept))
