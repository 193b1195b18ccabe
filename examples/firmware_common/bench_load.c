#include "firmware_common/bench_load.h"

#include <string.h>

#define STEP_MS     100u
#define PHASE_STEPS (BENCH_LOAD_STEPS / 4u)

int bench_load_start(struct bench_load *load)
{
    static struct lbms_restored restored; /* too large for the stack */

    memset(load, 0, sizeof(*load));
    lbms_restored_defaults(&restored);
    load->in.keys = LBMS_KEY_WEAK_SWITCH;
    return lbms_core_init(&load->core, &lbms_product_ls_btn0_p0548100, &restored);
}

/* The values move by one bit so that no comparison with the last ones succeeds by chance. */
static void healthy(struct lbms_sample *sample, unsigned step)
{
    int32_t sum_mv = 0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = (uint16_t)(3300u + i + ((step + i) & 1u));
        sum_mv += sample->cell_mv[i];
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = (int16_t)(250u + i);
    }
    sample->mosfet_dc = 300;
    sample->ambient_dc = 280;
    sample->pack_mv = sum_mv;
    sample->terminal_mv = sum_mv;
    sample->current_ma = -20000 - (int32_t)(step & 1u);
    sample->afe_flags = 0u;
}

/* Cells above and below their limits, everything hot and over-loaded. */
static void broken(struct lbms_sample *sample, unsigned step)
{
    unsigned i;

    healthy(sample, step);
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = (uint16_t)(((i & 1u) != 0u) ? 4000u : 2000u);
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = (int16_t)(900 + (int)i);
    }
    sample->mosfet_dc = 1200;
    sample->ambient_dc = 900;
    sample->pack_mv = 60000;
    sample->terminal_mv = -1000;
    sample->current_ma = ((step & 1u) != 0u) ? 400000 : -400000;
    sample->afe_flags = 0xFFFFu;
}

static void write_parameters(struct lbms_inputs *in, const struct lbms_product *product, unsigned step)
{
    unsigned i;

    in->has_command = true;
    in->command.kind = LBMS_COMMAND_SET_PARAMS;
    in->command.sequence = (uint16_t)(step + 1u);
    in->command.count = LBMS_COMMAND_ITEMS;
    for (i = 0u; i < LBMS_COMMAND_ITEMS; i++) {
        in->command.item[i].id = (uint16_t)i;
        in->command.item[i].value = product->params[i].def;
    }
}

/* The board has done what the step before wanted. */
static void next(struct bench_load *load)
{
    struct lbms_inputs *in = &load->in;

    in->now_ms += STEP_MS;
    in->uptime_s = in->now_ms / 1000u;
    in->sample.at_ms = in->now_ms;
    in->sample.closed = load->out.want.closed;
    in->sample.config_seq = load->out.afe.sequence;
    in->afe_got = load->out.afe;
    in->sample_new = true;
    in->sample_valid = true;
}

void bench_load_quiet(struct bench_load *load, unsigned step)
{
    healthy(&load->in.sample, step);
    if (load->out.want.closed != LBMS_SWITCHES_MAIN) {
        load->in.sample.current_ma = 0; /* through open switches nothing flows */
    }
    next(load);
}

void bench_load_write(struct bench_load *load, unsigned step)
{
    write_parameters(&load->in, load->core.product, step);
    bench_load_quiet(load, step);
}

void bench_load_worst(struct bench_load *load, unsigned step)
{
    const unsigned phase = step / PHASE_STEPS;
    struct lbms_inputs *in = &load->in;

    if ((phase == 1u) || (phase == 2u)) {
        broken(&in->sample, (phase == 1u) ? 0u : step);
        in->keys = (uint16_t)(((step / 2u) & 1u) * 0xFFFFu);
        in->ports_seen = 0xFFu;
    } else {
        healthy(&in->sample, step);
        in->keys = LBMS_KEY_WEAK_SWITCH;
    }
    next(load);
}
