#include "losun_bms/power/window.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"

/* For so long a current or a cell must be out of bounds. */
#define CHARGE_MS 2000u
#define CUT_MS    1000u

/* Protections by temperature that hold the charge path. */
#define TEMPERATURES                                                                                 \
    (LBMS_MASK(LBMS_BIT_CHARGE_OT) | LBMS_MASK(LBMS_BIT_CHARGE_UT) | LBMS_MASK(LBMS_BIT_MOSFET_OT) | \
     LBMS_MASK(LBMS_BIT_AMBIENT_OT) | LBMS_MASK(LBMS_BIT_AMBIENT_UT))

void lbms_window_init(struct lbms_window *window, bool limited)
{
    memset(window, 0, sizeof(*window));
    window->stage = (uint8_t)(limited ? LBMS_WINDOW_LIMITED : LBMS_WINDOW_NONE);
    window->hold_discharge = limited;
}

static void woken(struct lbms_window *window, const struct lbms_window_inputs *in)
{
    lbms_window_init(window, (in->cause == LBMS_WAKE_RS232) && (in->reason == LBMS_SLEEP_OVER_DISCHARGE));
    if (in->cause == LBMS_WAKE_TIMER) {
        window->stage = LBMS_WINDOW_COMING;
        window->hold_discharge = true;
    }
}

/* A current that cannot be believed is none: the time of the window then ends it. */
static int32_t current_ma(const struct lbms_window_inputs *in)
{
    return ((in->m->valid & LBMS_VALID_CURRENT) != 0u) ? in->m->current_ma : 0;
}

static bool low_cell(const struct lbms_window_inputs *in, const struct lbms_params *params)
{
    return ((in->m->valid & LBMS_VALID_CELLS) == 0u) ||
           (in->m->cell_min_mv < params->v[LBMS_PARAM_AUTO_WAKE_CELL_MIN_MV]);
}

/* The start is over. */
static void open_window(struct lbms_window *window, const struct lbms_window_inputs *in,
                        const struct lbms_params *params)
{
    if ((in->protections & TEMPERATURES) != 0u) {
        window->stage = LBMS_WINDOW_LIMITED; /* a cold weekend must not use up the tries */
        window->over = true;
        return;
    }
    window->stage = LBMS_WINDOW_OPEN;
    window->tried = true;
    window->cut = low_cell(in, params);
}

static void step_open(struct lbms_window *window, const struct lbms_window_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    const int32_t now_ma = current_ma(in);
    const bool load =
        lbms_hold(&window->load, -now_ma > params->v[LBMS_PARAM_AUTO_WAKE_DISCHARGE_MA], in->now_ms, CUT_MS);
    const bool low = lbms_hold(&window->low, low_cell(in, params), in->now_ms, CUT_MS);
    const bool charge = lbms_hold(&window->charge, now_ma >= params->v[LBMS_PARAM_AUTO_WAKE_CHARGE_MA],
                                  in->now_ms, CHARGE_MS);

    window->cut = window->cut || load || low;
    if (charge) {
        lbms_window_init(window, false);
        window->charged = true;
    } else if (lbms_param_hold(&window->time, true, in->now_ms, params, product,
                               LBMS_PARAM_AUTO_WAKE_WINDOW_S)) {
        window->stage = LBMS_WINDOW_LIMITED;
        window->over = true;
    } else {
        /* goes on waiting */
    }
}

static void step_limited(struct lbms_window *window, const struct lbms_window_inputs *in,
                         const struct lbms_params *params, const struct lbms_product *product)
{
    if (in->charge_now) {
        lbms_window_init(window, false);
    } else if (lbms_param_hold(&window->time, true, in->now_ms, params, product, LBMS_PARAM_UV_SLEEP_S)) {
        window->over = true;
    } else {
        /* answers, for a while */
    }
}

void lbms_window_step(struct lbms_window *window, const struct lbms_window_inputs *in,
                      const struct lbms_params *params, const struct lbms_product *product)
{
    const bool running = (in->mode != LBMS_MODE_SHUTDOWN) && (in->mode != LBMS_MODE_STARTING);

    window->tried = false;
    window->charged = false;
    if (in->wake) {
        woken(window, in);
    } else if (running && (window->stage == LBMS_WINDOW_COMING)) {
        open_window(window, in, params);
    } else if (window->stage == LBMS_WINDOW_LIMITED) {
        step_limited(window, in, params, product);
    } else {
        /* none, or open */
    }
    if (window->stage == LBMS_WINDOW_OPEN) {
        step_open(window, in, params, product);
    }
    window->ignore_empty = (window->stage == LBMS_WINDOW_OPEN) && !window->cut;
    window->hold_discharge = (window->stage != LBMS_WINDOW_NONE) && !window->ignore_empty;
}
