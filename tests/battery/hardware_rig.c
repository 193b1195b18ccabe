#include "hardware_rig.h"

#include <check.h>
#include <string.h>

#include "support/measured.h"

void hardware_start(struct rig *rig)
{
    memset(rig, 0, sizeof(*rig));
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_second_level(&rig->want, &rig->params, &lbms_product_ls_btn0_p0548100);
    rig->want.sequence = 1u;
    rig->got = rig->want;
    rig->m = measured_rested();
    rig->m.age_ms = 10u;
    rig->in.now_ms = 50000u;
    rig->in.m = &rig->m;
    rig->in.commanded = LBMS_SWITCHES_MAIN;
    rig->in.afe_want = &rig->want;
    rig->in.afe_got = &rig->got;
    memset(&rig->hardware, 0xEE, sizeof(rig->hardware));
    lbms_hardware_init(&rig->hardware);
    ck_assert_uint_eq(hardware_step(rig, 0u), 0u);
}

uint32_t hardware_step(struct rig *rig, uint32_t later_ms)
{
    rig->in.now_ms += later_ms;
    lbms_hardware_step(&rig->hardware, &rig->in, &rig->params, &lbms_product_ls_btn0_p0548100);
    return rig->hardware.conditions;
}

uint32_t hardware_run(struct rig *rig, uint32_t ms)
{
    uint32_t found = 0u;
    uint32_t passed;

    for (passed = 0u; passed < ms; passed += 100u) {
        found |= hardware_step(rig, 100u);
    }
    return found;
}

void hardware_switches(struct rig *rig, uint8_t commanded, uint8_t reported)
{
    rig->in.commanded = commanded;
    rig->m.closed = reported;
}

void hardware_expect_after(struct rig *rig, uint32_t delay_ms, uint8_t condition)
{
    const struct rig healthy = *rig;

    ck_assert_uint_eq(hardware_step(rig, 100u), 0u);
    ck_assert_uint_eq(hardware_step(rig, delay_ms - 1u), 0u);
    ck_assert_uint_eq(hardware_step(rig, 1u), LBMS_MASK(condition));
    ck_assert_uint_eq(hardware_step(rig, 100000u), LBMS_MASK(condition));
    *rig = healthy;
    rig->in.m = &rig->m;
    rig->in.afe_want = &rig->want;
    rig->in.afe_got = &rig->got;
    rig->in.now_ms = UINT32_MAX - 299u; /* and the same across the wrap, in short steps */
    ck_assert_uint_eq(hardware_step(rig, 0u), 0u);
    ck_assert_uint_eq(hardware_run(rig, delay_ms - 100u), 0u);
    ck_assert_uint_eq(hardware_step(rig, 100u), LBMS_MASK(condition));
}

void hardware_expect_nothing(struct rig *rig)
{
    ck_assert_uint_eq(hardware_run(rig, 3600000u), 0u);
}
