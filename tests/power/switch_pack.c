#include "switch_pack.h"

#include <string.h>

#include "support/suite.h"

void switch_fresh(struct pack *p)
{
    memset(p, 0, sizeof(*p));
    lbms_params_defaults(&p->params, &lbms_product_ls_btn0_p0548100);
    p->m.valid = UINT16_MAX;
    p->m.pack_mv = 51200;
    p->in.m = &p->m;
    p->in.permitted = true;
    p->in.now_ms = UINT32_MAX - 5000u;
    memset(&p->control, 0xA5, sizeof(p->control)); /* whatever was there before */
    lbms_switch_control_init(&p->control);
}

void switch_closed(struct pack *p)
{
    switch_fresh(p);
    p->m.terminal_mv = 51200;
    ck_assert_uint_eq(switch_step(p, 10u), CHARGE | DISCHARGE);
}

unsigned switch_step(struct pack *p, uint32_t ms)
{
    p->in.now_ms += ms;
    lbms_switch_control_step(&p->control, &p->in, &p->params, &lbms_product_ls_btn0_p0548100);
    return p->control.want.closed;
}
