/* Typed values: what is saved is there after a restart, and what cannot be read is replaced by the one before. */
#include "losun_bms/store/store.h"

#include <string.h>

#include "flash_rig.h"
#include "losun_bms/base/status.h"
#include "losun_bms/model/bits.h"
#include "support/suite.h"

#define FOR_EVER 100000u

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

static struct flash_rig rig, log_rig;
static struct lbms_store store;
static struct lbms_restored restored;
static struct lbms_params params;

static void reopen(void)
{
    memset(&store, 0xA5, sizeof(store));
    ck_assert_int_eq(lbms_store_open(&store, &rig.flash, &log_rig.flash, product), LBMS_OK);
}

static void fresh(void)
{
    flash_rig_open(&rig, 16384u, 2u, 8u);
    flash_rig_open(&log_rig, 2048u, 16u, 8u);
    reopen();
    lbms_params_defaults(&params, product);
}

static void settle(void)
{
    unsigned i;

    for (i = 0u; i < FOR_EVER; i++) {
        if (lbms_store_poll(&store, true) == LBMS_OK) {
            return;
        }
    }
    ck_abort_msg("the store never comes to rest");
}

static void load(void)
{
    lbms_restored_defaults(&restored);
    lbms_store_load(&store, product, &restored);
}

static void save_params(int32_t alarm_mv)
{
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = alarm_mv;
    lbms_store_save_params(&store, &params);
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_AGAIN);
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_OK);
}

/* Damages the newest or the older value of a key. */
static void damage(uint8_t key, uint8_t age)
{
    const uint32_t at = store.journal.index.at[key][age];

    ck_assert_uint_ne(at, 0u);
    rig.image[(store.journal.bank * rig.flash.block_size) + (at * LBMS_SLOT) +
              ((key < LBMS_JOURNAL_SHORT) ? LBMS_SLOT : 2u)] ^= 1u;
}

START_TEST(a_virgin_store_gives_defaults)
{
    struct lbms_health health;
    struct lbms_production production;
    struct lbms_record record;

    fresh();
    load();
    ck_assert(!restored.params_valid);
    ck_assert(!restored.life.valid);
    ck_assert(!restored.memory.valid);
    ck_assert_uint_eq(store.trouble, 0u);
    lbms_store_load_health(&store, &health);
    ck_assert_int_eq(health.v[LBMS_HEALTH_SOH_BP], 10000);
    lbms_store_load_production(&store, &production);
    ck_assert_int_eq(production.calibration.pack_gain, LBMS_GAIN_ONE);
    ck_assert_int_eq(lbms_store_read_record(&store, 0u, &record), LBMS_ERR_MISSING);
    ck_assert(lbms_store_verify_params(&store, &params));
}
END_TEST

START_TEST(parameters_come_back)
{
    unsigned i;

    fresh();
    params.v[LBMS_PARAM_DSG_UT_PROTECT_DC] = -199;
    save_params(3555);
    reopen();
    load();
    ck_assert(restored.params_valid);
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        ck_assert_int_eq(restored.params.v[i], params.v[i]);
    }
    ck_assert_uint_eq(store.trouble, 0u);
}
END_TEST

START_TEST(an_unreadable_set_is_replaced_by_the_one_before_and_then_by_defaults)
{
    fresh();
    save_params(3550);
    save_params(3560);
    damage(0u, 0u);
    reopen();
    load(); /* the mount has passed over the damaged one already */
    ck_assert(restored.params_valid);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3550);
    damage(0u, 0u);
    reopen();
    load();
    ck_assert(!restored.params_valid);
}
END_TEST

START_TEST(a_set_that_is_damaged_after_the_mount_is_noticed)
{
    fresh();
    save_params(3550);
    save_params(3560);
    damage(0u, 0u);
    load();
    ck_assert(restored.params_valid);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3550);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_PREVIOUS_PARAMS);
    damage(0u, 1u);
    load();
    ck_assert(!restored.params_valid);
    ck_assert_uint_eq(store.trouble,
                      (1u << LBMS_MEMORY_PREVIOUS_PARAMS) | (1u << LBMS_MEMORY_DEFAULT_PARAMS));
}
END_TEST

START_TEST(a_set_out_of_range_or_order_is_not_taken)
{
    fresh();
    save_params(3550);
    params.v[LBMS_PARAM_PACK_OV_ALARM_MV] = 99999;
    save_params(3560);
    load();
    ck_assert(restored.params_valid);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3550);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_PREVIOUS_PARAMS);

    fresh();
    save_params(3700); /* above the protection: out of order */
    load();
    ck_assert(!restored.params_valid);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_DEFAULT_PARAMS);
}
END_TEST

/* A program that knows only the first parameters, or that knows them in another order. */
static void write_raw(const struct lbms_product *of, unsigned count, uint8_t layout)
{
    struct lbms_journal_value value = {params.v, (uint16_t)(count * 4u), true, layout, 0u};
    uint32_t hash = 0x811C9DC5u;
    unsigned i;
    size_t k;

    for (i = 0u; i < count; i++) { /* FNV-1a over the names and their terminating zeros */
        for (k = 0u; k <= strlen(of->params[i].name); k++) {
            hash ^= (uint8_t)of->params[i].name[k];
            hash *= 0x01000193u;
        }
    }
    value.check = (uint16_t)((hash >> 16) ^ (hash & 0xFFFFu));
    ck_assert_int_eq(lbms_journal_write(&store.journal, 0u, &value), LBMS_OK);
    settle();
}

START_TEST(a_set_of_an_older_program_gets_defaults_for_what_is_new)
{
    fresh();
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3570;
    params.v[LBMS_PARAM_COUNT - 1u] = 3599;
    write_raw(product, LBMS_PARAM_COUNT - 1u, 1u);
    load();
    ck_assert(restored.params_valid);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3570);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_COUNT - 1u], product->params[LBMS_PARAM_COUNT - 1u].def);
    ck_assert_uint_eq(store.trouble, 0u);
    ck_assert_int_eq(lbms_store_compare_params(&store, &restored.params),
                     LBMS_ERR_STATE); /* to be saved anew */
}
END_TEST

START_TEST(a_set_of_another_table_or_layout_is_refused)
{
    static struct lbms_param_desc table[LBMS_PARAM_COUNT];
    struct lbms_product other = *product;
    int32_t more[LBMS_PARAM_COUNT + 1u] = {0};
    const struct lbms_journal_value longer = {more, sizeof(more), true, 1u, store.names_check};

    memcpy(table, product->params, sizeof(table));
    table[3] = product->params[4];
    table[4] = product->params[3];
    other.params = table;
    fresh();
    write_raw(&other, LBMS_PARAM_COUNT, 1u);
    load();
    ck_assert(!restored.params_valid);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_DEFAULT_PARAMS);
    fresh();
    write_raw(product, LBMS_PARAM_COUNT, 2u);
    load();
    ck_assert(!restored.params_valid);
    fresh();
    ck_assert_int_eq(lbms_journal_write(&store.journal, 0u, &longer), LBMS_OK);
    settle();
    load();
    ck_assert(!restored.params_valid);
    fresh();
    write_raw(product, LBMS_PARAM_COUNT, 1u); /* and the test writes as the library does */
    load();
    ck_assert(restored.params_valid);
}
END_TEST

START_TEST(a_set_that_changes_while_it_is_written_is_written_again)
{
    unsigned i;

    fresh();
    save_params(3550);
    for (i = 0u; i < 150u; i++) { /* at each moment of the writing */
        unsigned polls;

        params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3560;
        params.v[LBMS_PARAM_INVERTER_TIMEOUT_S] = 61;
        lbms_store_save_params(&store, &params);
        for (polls = 0u; polls < i; polls++) {
            (void)lbms_store_poll(&store, true);
        }
        params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3570;
        params.v[LBMS_PARAM_INVERTER_TIMEOUT_S] = 62;
        lbms_store_save_params(&store, &params);
        settle();
        ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_OK);
        ck_assert(lbms_store_verify_params(&store, &params));
    }
    reopen();
    load();
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3570);
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_INVERTER_TIMEOUT_S], 62);
    ck_assert_uint_eq(store.trouble, 0u);
}
END_TEST

START_TEST(a_change_in_the_middle_of_the_writing_needs_no_second_call)
{
    unsigned i;

    fresh();
    save_params(3550);
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3560;
    lbms_store_save_params(&store, &params);
    for (i = 0u; i < 20u; i++) {
        (void)lbms_store_poll(&store, true);
    }
    params.v[LBMS_PARAM_INVERTER_TIMEOUT_S] = 62; /* near the end of the set: not written yet */
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_OK);
    ck_assert_int_eq(lbms_store_compare_params(&store, &params), LBMS_OK);
}
END_TEST

START_TEST(parameters_in_ram_are_compared_with_the_stored_ones)
{
    fresh();
    save_params(3550);
    ck_assert(lbms_store_verify_params(&store, &params));
    ck_assert_int_eq(lbms_store_compare_params(&store, &params), LBMS_OK);
    params.v[LBMS_PARAM_COUNT - 1u] ^= 0x100;
    ck_assert(!lbms_store_verify_params(&store, &params));
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_PARAMS_DIFFER);
    lbms_store_save_params(&store, &params); /* wanted: not compared until it is stored */
    ck_assert(lbms_store_verify_params(&store, &params));
    ck_assert_int_eq(lbms_store_compare_params(&store, &params), LBMS_AGAIN);
}
END_TEST

static void same_wake(const struct lbms_wake_memory *a, const struct lbms_wake_memory *b)
{
    ck_assert_uint_eq(a->tries, b->tries);
    ck_assert_uint_eq(a->rs232_wakes, b->rs232_wakes);
    ck_assert_int_eq(a->charger_spent, b->charger_spent);
    ck_assert_int_eq(a->limited, b->limited);
    ck_assert_int_eq(a->maintenance_due, b->maintenance_due);
    ck_assert_uint_eq(a->cycle_s, b->cycle_s);
    ck_assert_uint_eq(a->rs232_s, b->rs232_s);
    ck_assert_uint_eq(a->asleep_s, b->asleep_s);
}

static void same_learned(const struct lbms_learned *a, const struct lbms_learned *b)
{
    ck_assert_int_eq(a->valid, b->valid);
    ck_assert_uint_eq(a->shown_bp, b->shown_bp);
    ck_assert_uint_eq(a->sd_bp, b->sd_bp);
    ck_assert_int_eq(a->capacity_mah, b->capacity_mah);
    ck_assert_int_eq(a->capacity_sd_mah, b->capacity_sd_mah);
    ck_assert_int_eq(a->offset_ma, b->offset_ma);
    ck_assert_uint_eq(a->offset_sd_ma, b->offset_sd_ma);
    ck_assert_int_eq(a->zero_known, b->zero_known);
    ck_assert_uint_eq(a->kr_permille, b->kr_permille);
    ck_assert_uint_eq(a->kr_new_permille, b->kr_new_permille);
    ck_assert_uint_eq(a->tail_s, b->tail_s);
    ck_assert_mem_eq(a->dz, b->dz, sizeof(a->dz));
    ck_assert_mem_eq(&a->totals, &b->totals, sizeof(a->totals));
}

static void learn(struct lbms_restored *given)
{
    unsigned i;

    given->wake.tries = 7u;
    given->wake.rs232_wakes = 3u;
    given->wake.charger_spent = true;
    given->wake.limited = true;
    given->wake.maintenance_due = true;
    given->wake.cycle_s = 14399u;
    given->wake.rs232_s = 604799u;
    given->wake.asleep_s = 7776000u;
    given->learned.valid = true;
    given->learned.shown_bp = 4321u;
    given->learned.sd_bp = 210u;
    given->learned.capacity_mah = 93210;
    given->learned.capacity_sd_mah = 1234;
    given->learned.offset_ma = -150;
    given->learned.offset_sd_ma = 20u;
    given->learned.zero_known = true;
    given->learned.kr_permille = 1234u;
    given->learned.kr_new_permille = 987u;
    given->learned.tail_s = 1100u;
    for (i = 0u; i < LBMS_CELLS; i++) {
        given->learned.dz[i] = (int16_t)(-700 + 100 * (int)i);
    }
    given->learned.totals.mah[0] = 4000000001u;
    given->learned.totals.mah[1] = 4000000002u;
    given->learned.totals.wh[0] = 4000000003u;
    given->learned.totals.wh[1] = 4000000004u;
    given->learned.totals.cycles = 6000u;
    given->learned.totals.since_cycle_mah = 79999u;
}

START_TEST(all_of_the_state_comes_back)
{
    struct lbms_restored given;
    unsigned i;

    /* When one of these grows, its new member needs a row in lib/store/tables.c and a line below. */
    ck_assert_uint_eq(sizeof(struct lbms_memory), 48u);
    ck_assert_uint_eq(sizeof(struct lbms_lifetime), 8u);
    ck_assert_uint_eq(sizeof(struct lbms_wake_memory), 20u);
    ck_assert_uint_eq(sizeof(struct lbms_learned), 88u);
    fresh();
    lbms_restored_defaults(&given);
    learn(&given);
    given.memory.valid = true;
    given.memory.protections = 0x81234567u;
    given.memory.faults = 0x92345678u;
    given.memory.locks = 0xA3456789u;
    given.memory.stuck_faults = 0xB456789Au;
    for (i = 0u; i < LBMS_TRIP_COUNTERS; i++) {
        given.memory.trips[i] = (uint8_t)(200u + i);
    }
    given.memory.uv_rebounds = 3u;
    given.memory.resets = 2u;
    given.memory.resets_age_s = 54321u;
    given.memory.full = true;
    given.memory.full_soc_bp = 9876u;
    given.memory.since_full_s = 0xC56789ABu;
    given.memory.gentle_s = 43210u;
    given.sleep_reason = LBMS_SLEEP_HOST;
    lbms_store_save_state(&store, &given);
    ck_assert(lbms_store_save_charge(&store, -123456789));
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_STATE), LBMS_OK);
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_CHARGE), LBMS_OK);
    reopen();
    load();
    ck_assert(restored.memory.valid);
    ck_assert_uint_eq(restored.memory.protections, given.memory.protections);
    ck_assert_uint_eq(restored.memory.faults, given.memory.faults);
    ck_assert_uint_eq(restored.memory.locks, given.memory.locks);
    ck_assert_uint_eq(restored.memory.stuck_faults, given.memory.stuck_faults);
    ck_assert_mem_eq(restored.memory.trips, given.memory.trips, LBMS_TRIP_COUNTERS);
    ck_assert_uint_eq(restored.memory.uv_rebounds, 3u);
    ck_assert_uint_eq(restored.memory.resets, 2u);
    ck_assert_uint_eq(restored.memory.resets_age_s, 54321u);
    ck_assert(restored.memory.full);
    ck_assert_uint_eq(restored.memory.full_soc_bp, 9876u);
    ck_assert_uint_eq(restored.memory.since_full_s, 0xC56789ABu);
    ck_assert_uint_eq(restored.memory.gentle_s, 43210u);
    ck_assert_uint_eq(restored.sleep_reason, LBMS_SLEEP_HOST);
    same_wake(&restored.wake, &given.wake);
    same_learned(&restored.learned, &given.learned);
    ck_assert(restored.life.valid);
    ck_assert_int_eq(restored.life.charge_mas, -123456789);
    ck_assert_uint_eq(restored.boot.reset_cause, LBMS_RESET_POWER_ON);
    ck_assert(!restored.params_valid);
}
END_TEST

START_TEST(the_state_of_an_older_program_leaves_what_is_new_at_its_default)
{
    static const uint8_t bytes[5] = {0x44u, 0x33u, 0x22u, 0x11u,
                                     0x99u}; /* one word and a quarter of the next */
    const struct lbms_journal_value value = {bytes, sizeof(bytes), false, 1u, 0u};
    const struct lbms_journal_value foreign = {bytes, sizeof(bytes), false, 2u, 0u};

    fresh();
    ck_assert_int_eq(lbms_journal_write(&store.journal, 1u, &value), LBMS_OK);
    settle();
    load();
    ck_assert_uint_eq(restored.memory.protections, 0x11223344u);
    ck_assert_uint_eq(restored.memory.faults, 0u);
    fresh();
    ck_assert_int_eq(lbms_journal_write(&store.journal, 1u, &foreign), LBMS_OK);
    settle();
    load();
    ck_assert_uint_eq(restored.memory.protections, 0u);
}
END_TEST

START_TEST(the_health_record_comes_back_and_may_grow)
{
    struct lbms_health health, got;
    const struct lbms_journal_value shorter = {&health, 44u * 4u, true, LBMS_HEALTH_LAYOUT, 0u};
    const struct lbms_journal_value foreign = {&health, 44u * 4u, true, LBMS_HEALTH_LAYOUT + 1u, 0u};
    unsigned i;

    fresh();
    for (i = 0u; i < LBMS_HEALTH_WORDS; i++) {
        ((int32_t *)&health)[i] = (int32_t)i * -1001;
    }
    lbms_store_save_health(&store, &health);
    settle();
    reopen();
    memset(&got, 0x77, sizeof(got));
    lbms_store_load_health(&store, &got);
    ck_assert_mem_eq(&got, &health, sizeof(got));

    ck_assert_int_eq(lbms_journal_write(&store.journal, 2u, &shorter), LBMS_OK);
    settle();
    lbms_store_load_health(&store, &got);
    ck_assert_int_eq(got.v[3], 43 * -1001); /* behind 40 counters */
    ck_assert_int_eq(got.v[4], 0);
    ck_assert_int_eq(got.v[LBMS_HEALTH_CELL_MIN_MV], 65535);

    ck_assert_int_eq(lbms_journal_write(&store.journal, 2u, &foreign), LBMS_OK);
    settle();
    lbms_store_load_health(&store, &got);
    ck_assert_int_eq(got.v[3], 43 * -1001); /* the one before */
    ck_assert_int_eq(lbms_journal_write(&store.journal, 2u, &foreign), LBMS_OK);
    settle();
    lbms_store_load_health(&store, &got);
    ck_assert_int_eq(got.v[3], 0);
    ck_assert_int_eq(got.v[LBMS_HEALTH_SOH_BP], 10000);
}
END_TEST

START_TEST(production_data_are_there_twice)
{
    struct lbms_production production, got;
    unsigned i;

    fresh();
    lbms_production_defaults(&production);
    memcpy(production.identity.pack_serial, "LS-2611-000000000042", 20u);
    memcpy(production.identity.board_serial, "B7", 3u);
    production.identity.hardware = 0x0203u;
    production.identity.manufactured_s = 0xF0E0D0C0u;
    production.calibration.charge_gain = 1012345;
    production.calibration.discharge_gain = 987654;
    production.calibration.offset_ma = -77;
    production.calibration.pack_gain = 1000001;
    for (i = 0u; i < LBMS_CELLS; i++) {
        production.calibration.cell_offset_mv[i] = (int8_t)(i * 2u - 15u);
    }
    lbms_store_save_production(&store, &production);
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PRODUCTION), LBMS_OK);
    damage(3u, 0u);
    for (i = 0u; i < 2u; i++) {
        memset(&got, 0, sizeof(got));
        lbms_store_load_production(&store, &got);
        ck_assert_mem_eq(got.identity.pack_serial, production.identity.pack_serial, 20u);
        ck_assert_mem_eq(got.identity.board_serial, production.identity.board_serial, 20u);
        ck_assert_uint_eq(got.identity.hardware, 0x0203u);
        ck_assert_uint_eq(got.identity.manufactured_s, 0xF0E0D0C0u);
        ck_assert_int_eq(got.calibration.charge_gain, 1012345);
        ck_assert_int_eq(got.calibration.discharge_gain, 987654);
        ck_assert_int_eq(got.calibration.offset_ma, -77);
        ck_assert_int_eq(got.calibration.pack_gain, 1000001);
        ck_assert_mem_eq(got.calibration.cell_offset_mv, production.calibration.cell_offset_mv, LBMS_CELLS);
        reopen();
    }
}
END_TEST

START_TEST(urgent_values_are_written_first)
{
    static const uint8_t order[LBMS_STORE_VALUES] = {LBMS_STORE_PARAMS, LBMS_STORE_PRODUCTION,
                                                     LBMS_STORE_STATE,  LBMS_STORE_CHARGE,
                                                     LBMS_STORE_HEALTH, LBMS_STORE_CLEARED};
    struct lbms_production production;
    struct lbms_health health;
    unsigned done = 0u;
    unsigned i, k;

    fresh();
    lbms_production_defaults(&production);
    lbms_health_defaults(&health);
    lbms_restored_defaults(&restored);
    save_params(3550); /* so that a bank is there */
    lbms_store_save_health(&store, &health);
    ck_assert_int_eq(lbms_store_clear_records(&store), LBMS_OK);
    ck_assert(lbms_store_save_charge(&store, 1));
    lbms_store_save_state(&store, &restored);
    lbms_store_save_production(&store, &production);
    lbms_store_save_params(&store, &params);
    for (i = 0u; i < FOR_EVER && done < LBMS_STORE_VALUES; i++) {
        (void)lbms_store_poll(&store, true);
        while (done < LBMS_STORE_VALUES && lbms_store_saved(&store, order[done]) == LBMS_OK) {
            done++;
        }
        for (k = done + 1u; k < LBMS_STORE_VALUES; k++) {
            ck_assert_int_eq(lbms_store_saved(&store, order[k]), LBMS_AGAIN);
        }
    }
    ck_assert_uint_eq(done, LBMS_STORE_VALUES);
}
END_TEST

START_TEST(the_charge_leaves_the_rest_of_the_last_bank_to_the_others)
{
    unsigned saved = 0u;
    unsigned i;

    fresh();
    save_params(3550);
    for (i = 0u; i < 10000u; i++) { /* no more permission to erase */
        unsigned polls;

        saved += lbms_store_save_charge(&store, (int32_t)i) ? 1u : 0u;
        for (polls = 0u; polls < 1000u && lbms_store_poll(&store, false) == LBMS_AGAIN; polls++) {
        }
    }
    ck_assert_uint_gt(saved, 3000u); /* nearly two banks of 2044 slots */
    ck_assert_uint_lt(saved, 4000u);
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3580;
    lbms_store_save_params(&store, &params);
    for (i = 0u; i < 1000u; i++) {
        (void)lbms_store_poll(&store, false);
    }
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_OK);
}
END_TEST

START_TEST(records_are_added_and_read)
{
    struct lbms_record record, got;
    unsigned i;

    fresh();
    memset(&record, 0, sizeof(record));
    for (i = 1u; i <= 50u; i++) {
        record.kind = LBMS_RECORD_ALARM;
        record.code = (uint8_t)(i % 20u);
        record.time_s = i * 1000u;
        ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_OK);
        ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_AGAIN);
        settle();
    }
    reopen();
    for (i = 0u; i < 50u; i++) {
        ck_assert_int_eq(lbms_store_read_record(&store, i, &got), LBMS_OK);
        ck_assert_uint_eq(got.number, 50u - i);
        ck_assert_uint_eq(got.time_s, (50u - i) * 1000u);
    }
    ck_assert_int_eq(lbms_store_read_record(&store, 50u, &got), LBMS_ERR_MISSING);
}
END_TEST

static void add_records(unsigned count)
{
    struct lbms_record record;
    unsigned i;

    memset(&record, 0, sizeof(record));
    record.kind = LBMS_RECORD_ALARM;
    for (i = 0u; i < count; i++) {
        ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_OK);
        settle();
    }
}

START_TEST(records_that_were_cleared_are_not_shown_again)
{
    struct lbms_record got;

    fresh();
    add_records(50u);
    ck_assert_int_eq(lbms_store_clear_records(&store), LBMS_OK);
    ck_assert_uint_eq(lbms_log_count(&store.log), 0u);
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_CLEARED), LBMS_AGAIN);
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_CLEARED), LBMS_OK);
    ck_assert_int_eq(lbms_store_read_record(&store, 0u, &got), LBMS_ERR_MISSING);
    reopen();
    ck_assert_uint_eq(lbms_log_count(&store.log), 0u);
    add_records(3u);
    reopen();
    ck_assert_uint_eq(lbms_log_count(&store.log), 3u);
    ck_assert_int_eq(lbms_store_read_record(&store, 2u, &got), LBMS_OK);
    ck_assert_uint_eq(got.number, 51u); /* the numbers go on */
    ck_assert_int_eq(lbms_store_read_record(&store, 3u, &got), LBMS_ERR_MISSING);
    add_records(1000u); /* long past the end of the ring */
    ck_assert_uint_ge(lbms_log_count(&store.log), LBMS_LOG_KEPT);
    ck_assert_uint_lt(lbms_log_count(&store.log), 1000u);
}
END_TEST

START_TEST(a_new_log_is_not_hidden_by_what_was_cleared_in_the_old_one)
{
    fresh();
    add_records(50u);
    ck_assert_int_eq(lbms_store_clear_records(&store), LBMS_OK);
    settle();
    flash_rig_open(&log_rig, 2048u, 16u, 8u);
    reopen();
    add_records(2u);
    reopen();
    ck_assert_uint_eq(lbms_log_count(&store.log), 2u);
}
END_TEST

START_TEST(records_cannot_be_cleared_without_a_log_or_a_place_to_remember_it)
{
    fresh();
    ck_assert_int_eq(lbms_store_open(&store, NULL, &log_rig.flash, product), LBMS_OK);
    ck_assert_int_eq(lbms_store_clear_records(&store), LBMS_ERR_MISSING);
    ck_assert_int_eq(lbms_store_open(&store, &rig.flash, NULL, product), LBMS_OK);
    ck_assert_int_eq(lbms_store_clear_records(&store), LBMS_ERR_MISSING);
}
END_TEST

START_TEST(values_and_records_do_without_each_other)
{
    struct lbms_record record;

    memset(&record, 0, sizeof(record));
    record.kind = LBMS_RECORD_ALARM;
    flash_rig_open(&rig, 16384u, 2u, 8u);
    flash_rig_open(&log_rig, 2048u, 16u, 8u);
    lbms_params_defaults(&params, product);
    ck_assert_int_eq(lbms_store_open(&store, NULL, &log_rig.flash, product), LBMS_OK);
    ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_OK);
    lbms_store_save_params(&store, &params);
    ck_assert(!lbms_store_save_charge(&store, 1));
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_ERR_IO);
    load();
    ck_assert(!restored.params_valid);
    ck_assert_int_eq(lbms_store_read_record(&store, 0u, &record), LBMS_OK);

    ck_assert_int_eq(lbms_store_open(&store, &rig.flash, NULL, product), LBMS_OK);
    ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_ERR_FORMAT);
    ck_assert_int_eq(lbms_store_read_record(&store, 0u, &record), LBMS_ERR_MISSING);
    save_params(3550);
    ck_assert_uint_eq(store.trouble, 0u);
}
END_TEST

START_TEST(areas_that_are_exchanged_are_refused)
{
    struct lbms_record record;

    fresh();
    memset(&record, 0, sizeof(record));
    record.kind = LBMS_RECORD_START;
    save_params(3550);
    ck_assert_int_eq(lbms_store_add_record(&store, &record), LBMS_OK);
    settle();
    ck_assert_int_eq(lbms_store_open(&store, &log_rig.flash, &rig.flash, product), LBMS_ERR_FORMAT);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_FOREIGN);
    rig.operations = 0u;
    log_rig.operations = 0u;
    lbms_store_save_params(&store, &params);
    settle();
    ck_assert_uint_eq(rig.operations + log_rig.operations, 0u);
    flash_rig_open(&rig, 16384u, 2u, 8u);
    ck_assert_int_eq(lbms_store_open(&store, &rig.flash, &rig.flash, product), LBMS_OK);
    reopen();
    log_rig.flash.program_unit = 3u;
    ck_assert_int_eq(lbms_store_open(&store, &rig.flash, &log_rig.flash, product), LBMS_ERR_ARGUMENT);
    ck_assert_uint_eq(store.trouble, 1u << LBMS_MEMORY_FOREIGN);
}
END_TEST

START_TEST(a_worn_flash_is_reported)
{
    fresh();
    save_params(3550);
    rig.bad[0] = true;
    rig.bad[1] = true;
    params.v[LBMS_PARAM_CELL_OV_ALARM_MV] = 3560;
    lbms_store_save_params(&store, &params);
    settle();
    ck_assert_int_eq(lbms_store_saved(&store, LBMS_STORE_PARAMS), LBMS_ERR_IO);
    ck_assert_uint_eq(store.trouble, (1u << LBMS_MEMORY_WORN) | (1u << LBMS_MEMORY_FULL));
    load();
    ck_assert_int_eq(restored.params.v[LBMS_PARAM_CELL_OV_ALARM_MV], 3550);
}
END_TEST

START_TEST(small_blocks_are_put_together_and_large_ones_are_not)
{
    static const struct {
        uint32_t block_size;
        uint16_t blocks;
        uint8_t bank_blocks;
    } cases[] = {{16384u, 2u, 1u},  {16384u, 3u, 1u}, {2048u, 16u, 6u}, {2048u, 8u, 4u},
                 {1024u, 24u, 12u}, {8192u, 4u, 2u},  {4096u, 3u, 1u}};
    size_t i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        flash_rig_open(&rig, cases[i].block_size, cases[i].blocks, 8u);
        ck_assert_int_eq(lbms_store_open(&store, &rig.flash, NULL, product), LBMS_OK);
        ck_assert_uint_eq(store.journal.area.bank_blocks, cases[i].bank_blocks);
    }
}
END_TEST

/* Largest erase count after so many days of one full cycle. */
static uint32_t wear(uint32_t block_size, uint16_t blocks, uint8_t unit, unsigned days)
{
    struct lbms_health health;
    unsigned day, save, worst = 0u;
    unsigned i;

    flash_rig_open(&rig, block_size, blocks, unit);
    flash_rig_open(&log_rig, 2048u, 16u, unit);
    reopen();
    lbms_health_defaults(&health);
    lbms_restored_defaults(&restored);
    lbms_params_defaults(&params, product);
    save_params(3550);
    for (day = 0u; day < days; day++) {
        for (save = 0u; save < 2000u; save++) { /* 0.1 % down a thousand times, and up again */
            ck_assert(lbms_store_save_charge(&store, (int32_t)(save * 360000u)));
            if (save % 50u == 0u) { /* counters, every 5 % */
                lbms_store_save_state(&store, &restored);
            }
            if (save % 333u == 0u) { /* six times a day */
                lbms_store_save_health(&store, &health);
                lbms_store_save_state(&store, &restored);
            }
            settle();
        }
        for (i = 0u; i < 4u; i++) { /* full, no longer full, a protection, no longer */
            lbms_store_save_state(&store, &restored);
            settle();
        }
        save_params(3550 + (int32_t)(day % 2u)); /* somebody changes something */
    }
    for (i = 0u; i < blocks; i++) {
        worst = (rig.erases[i] > worst) ? rig.erases[i] : worst;
    }
    ck_assert_uint_eq(rig.violations, 0u);
    ck_assert_uint_eq(store.journal.area.erases_max, worst);
    return worst;
}

/* 365 days, and the geometry of each target and of the smallest areas that docs/flash-format.md permits. */
START_TEST(a_year_of_daily_cycles_wears_no_block_beyond_a_fifteenth_of_10000_erases)
{
    static const struct {
        uint32_t block_size;
        uint16_t blocks;
        uint8_t unit;
        uint32_t promised; /* in 15 years, as documented */
    } cases[] = {
        {16384u, 3u, 4u, 3800u}, /* STM32F405 */
        {2048u, 42u, 2u, 2400u}, /* GD32F303, STM32F103 */
        {16384u, 2u, 8u, 5600u},
        {2048u, 12u, 8u, 8300u}, /* virtual pack */
    };
    size_t i;

    for (i = 0u; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint32_t worst = wear(cases[i].block_size, cases[i].blocks, cases[i].unit, 365u);

        ck_assert_uint_le(worst * 15u, cases[i].promised);
        ck_assert_uint_gt(worst * 15u, cases[i].promised / 2u);
        ck_assert_uint_lt(cases[i].promised, 10000u);
    }
}
END_TEST

SUITE("store/store", CASE("", a_virgin_store_gives_defaults), CASE("R-PRM-01", parameters_come_back),
      CASE("R-PRM-04", an_unreadable_set_is_replaced_by_the_one_before_and_then_by_defaults),
      CASE("R-PRM-04", a_set_that_is_damaged_after_the_mount_is_noticed),
      CASE("R-PRM-04", a_set_out_of_range_or_order_is_not_taken),
      CASE("R-PROT-10", a_set_of_an_older_program_gets_defaults_for_what_is_new),
      CASE("", a_set_of_another_table_or_layout_is_refused),
      CASE("R-PRM-04", a_set_that_changes_while_it_is_written_is_written_again),
      CASE("R-PRM-04", a_change_in_the_middle_of_the_writing_needs_no_second_call),
      CASE("", parameters_in_ram_are_compared_with_the_stored_ones),
      CASE("R-PRM-03", all_of_the_state_comes_back),
      CASE("", the_state_of_an_older_program_leaves_what_is_new_at_its_default),
      CASE("R-PRM-03", the_health_record_comes_back_and_may_grow), CASE("", production_data_are_there_twice),
      CASE("", urgent_values_are_written_first),
      CASE("", the_charge_leaves_the_rest_of_the_last_bank_to_the_others),
      CASE("R-PRM-05", records_are_added_and_read),
      CASE("R-PRM-05", records_that_were_cleared_are_not_shown_again),
      CASE("R-PRM-05", a_new_log_is_not_hidden_by_what_was_cleared_in_the_old_one),
      CASE("", records_cannot_be_cleared_without_a_log_or_a_place_to_remember_it),
      CASE("", values_and_records_do_without_each_other), CASE("", areas_that_are_exchanged_are_refused),
      CASE("", a_worn_flash_is_reported), CASE("", small_blocks_are_put_together_and_large_ones_are_not),
      CASE("", a_year_of_daily_cycles_wears_no_block_beyond_a_fifteenth_of_10000_erases))
