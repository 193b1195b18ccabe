/* Charging complete: what a restart leaves of it. */
#include <string.h>

#include "charge_rig.h"
#include "support/suite.h"

START_TEST(full_goes_on_after_a_restart_with_its_soc_at_entry)
{
    struct lbms_memory memory;
    struct rig rig;

    chg_start(&rig);
    rig.in.soc_bp = 8000u;
    rig.in.protections = LBMS_MASK(LBMS_BIT_CELL_OV);
    chg_step(&rig, 100u);
    memset(&memory, 0, sizeof(memory));
    memory.valid = true;
    memory.protections = rig.in.protections;
    lbms_charge_save(&rig.charge, &memory);
    ck_assert(memory.full);
    ck_assert_uint_eq(memory.full_soc_bp, 8000u);

    chg_restart(&rig, &memory);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL)); /* before the first step already */
    ck_assert_uint_eq(rig.charge.blocked, LBMS_PATH_CHARGE);
    rig.in.soc_bp = 7600u;
    rig.in.protections = memory.protections;
    chg_run(&rig, 5000u);
    ck_assert(chg_state(&rig, LBMS_STATE_FULL));
    ck_assert_uint_eq(rig.entered, 0u);
    rig.in.soc_bp = 7599u;
    chg_run(&rig, 5000u); /* the restored over-voltage bits are no new trip */
    ck_assert(!chg_state(&rig, LBMS_STATE_FULL));
}
END_TEST

START_TEST(only_an_over_voltage_that_was_not_there_before_a_restart_is_full)
{
    static const uint8_t bits[] = {LBMS_BIT_CELL_OV, LBMS_BIT_PACK_OV};
    struct lbms_memory memory;
    struct rig rig;
    unsigned i;

    for (i = 0u; i < 4u; i++) { /* FULL had ended before, by use: the bits outlive it */
        const bool before = i >= 2u;

        memset(&memory, 0, sizeof(memory));
        memory.valid = true;
        memory.protections = LBMS_MASK(before ? bits[i % 2u] : LBMS_BIT_CELL_UV);
        chg_restart(&rig, &memory);
        rig.in.protections = LBMS_MASK(bits[i % 2u]); /* in the very first step */
        chg_step(&rig, 100u);
        ck_assert_msg(chg_state(&rig, LBMS_STATE_FULL) == !before, "case %u", i);
    }
}
END_TEST

START_TEST(a_pack_that_was_not_full_is_not_full_after_a_restart)
{
    struct lbms_memory memory;
    struct rig rig;

    memset(&memory, 0, sizeof(memory));
    memory.valid = true;
    chg_restart(&rig, &memory);
    ck_assert_uint_eq(rig.charge.state, 0u);
    chg_start(&rig); /* nor on a virgin board, whatever its memory holds */
    ck_assert_uint_eq(rig.charge.state, 0u);
    ck_assert_uint_eq(rig.charge.blocked, 0u);
    ck_assert_uint_eq(rig.charge.conditions, 0u);
}
END_TEST

SUITE("battery/full_restart", CASE("R-PROT-08", full_goes_on_after_a_restart_with_its_soc_at_entry),
      CASE("R-CHG-01 R-PROT-08", only_an_over_voltage_that_was_not_there_before_a_restart_is_full),
      CASE("R-PROT-08", a_pack_that_was_not_full_is_not_full_after_a_restart))
