/* Emulator only: a front end that measures the integer pack every 100 ms. */
#include "firmware_common/emu.h"
#include "losun_bms/base/timer.h"

#define SAMPLE_MS 100u

static int sample(void *ctx, struct lbms_sample *result)
{
    struct emu *e = ctx;
    const uint32_t now_ms = e->port->hal.now_ms(e->port->hal.ctx);

    emu_plant_run(&e->plant, now_ms);
    if (e->silent) {
        return LBMS_ERR_IO;
    }
    if (!lbms_reached_ms(now_ms, e->next_sample_ms)) {
        return LBMS_AGAIN;
    }
    e->next_sample_ms = now_ms + SAMPLE_MS;
    emu_plant_measure(&e->plant, now_ms, result);
    result->config_seq = e->config_seq;
    return LBMS_OK;
}

static int switches(void *ctx, const struct lbms_switches *want)
{
    struct emu *e = ctx;

    e->plant.switches = *want;
    return LBMS_OK;
}

static int configure(void *ctx, const struct lbms_afe_config *want, struct lbms_afe_config *got)
{
    struct emu *e = ctx;

    *got = *want;
    e->config_seq = want->sequence;
    return LBMS_AFE_FITS;
}

static int balance(void *ctx, uint16_t mask)
{
    (void)ctx;
    (void)mask;
    return LBMS_OK;
}

const struct lbms_cm_afe emu_afe = {&emu, sample, switches, configure, balance};
