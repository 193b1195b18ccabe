#include "measure_rig.h"

#include <string.h>

#include "support/suite.h"

void measure_start_silent(struct measure_rig *rig)
{
    memset(rig, 0xEE, sizeof(*rig)); /* an init must not rely on zeroes */
    memset(&rig->in, 0, sizeof(rig->in));
    rig->in.now_ms = 10000u;
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_measure_init(&rig->measure, &rig->m);
}

void measure_start(struct measure_rig *rig)
{
    measure_start_silent(rig);
    rig->in = inputs_rested(rig->in.now_ms);
    ck_assert_uint_eq(measure_sampled(rig, 0u)->valid, ALL_VALID);
}

static const struct lbms_measured *step(struct measure_rig *rig)
{
    lbms_measure_step(&rig->measure, &rig->m, &rig->in, &rig->params, &lbms_product_ls_btn0_p0548100);
    return &rig->m;
}

const struct lbms_measured *measure_sampled(struct measure_rig *rig, uint32_t later_ms)
{
    return measure_delayed(rig, later_ms, 0u);
}

const struct lbms_measured *measure_waited(struct measure_rig *rig, uint32_t later_ms)
{
    rig->in.now_ms += later_ms;
    rig->in.sample_new = false;
    return step(rig);
}

const struct lbms_measured *measure_delayed(struct measure_rig *rig, uint32_t later_ms, uint32_t age_ms)
{
    rig->in.now_ms += later_ms;
    rig->in.sample.at_ms = rig->in.now_ms - age_ms;
    rig->in.sample_new = true;
    return step(rig);
}
