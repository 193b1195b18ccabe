/*
 * The board for the integration example of README.md, whose main() is compiled under the name example_main: a healthy
 * pack at rest, in simulated time. The example never returns; the harness ends it well as soon as the pack has closed
 * both switches, and badly if that takes longer than 30 s.
 */
#include <stdio.h>
#include <stdlib.h>

#include "losun_bms/losun_bms.h"

#define LONGEST_MS 30000u

const struct lbms_hal *board_hal(void);
void board_wait(uint32_t ms);
int example_main(void);

static uint32_t now_ms;
static uint8_t closed;

static uint32_t board_now(void *ctx)
{
    (void)ctx;
    return now_ms;
}

static int board_sample(void *ctx, struct lbms_sample *sample)
{
    const struct lbms_sample nothing = {0};
    unsigned i;

    (void)ctx;
    *sample = nothing;
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = 3300u;
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = 250;
    }
    sample->mosfet_dc = 250;
    sample->ambient_dc = 250;
    sample->pack_mv = 52800;
    sample->terminal_mv = (closed != 0u) ? 52800 : 0;
    sample->closed = closed;
    sample->at_ms = now_ms;
    return LBMS_OK;
}

static int board_switches(void *ctx, const struct lbms_switches *want)
{
    (void)ctx;
    closed = want->closed;
    return LBMS_OK;
}

static int board_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    (void)ctx;
    *keys = LBMS_KEY_WEAK_SWITCH;
    *dip = 0u;
    return LBMS_OK;
}

static int board_watchdog(void *ctx)
{
    (void)ctx;
    return LBMS_OK;
}

const struct lbms_hal *board_hal(void)
{
    static struct lbms_hal hal;

    hal.now_ms = board_now;
    hal.sample = board_sample;
    hal.switches = board_switches;
    hal.controls = board_controls;
    hal.watchdog = board_watchdog;
    return &hal;
}

void board_wait(uint32_t ms)
{
    now_ms += (ms > 0u) ? ms : 1u;
    if ((closed & LBMS_SWITCHES_MAIN) == LBMS_SWITCHES_MAIN) {
        printf("both switches closed after %u ms\n", (unsigned)now_ms);
        exit(EXIT_SUCCESS);
    }
    if (now_ms > LONGEST_MS) {
        printf("switches still open after %u ms\n", (unsigned)now_ms);
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    printf("the example ended by itself with %d\n", example_main());
    return EXIT_FAILURE;
}
