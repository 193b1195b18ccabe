#include "losun_bms/power/button.h"

#include "losun_bms/base/timer.h"

void lbms_button_init(struct lbms_button *button, bool waking)
{
    button->stuck = false;
    lbms_hold_reset(&button->pressed);
    button->since_ms = 0u;
    button->down = !waking; /* as if it had been down all the time */
    button->used = !waking;
}

static uint8_t on_release(const struct lbms_button *button, uint32_t held_ms,
                          const struct lbms_params *params)
{
    const uint32_t min_ms = (uint32_t)params->v[LBMS_PARAM_BUTTON_MIN_MS];
    const uint32_t max_ms = (uint32_t)params->v[LBMS_PARAM_BUTTON_MAX_MS];

    if (button->used || (held_ms < min_ms) || (held_ms > max_ms)) {
        return LBMS_BUTTON_NONE;
    }
    return LBMS_BUTTON_LONG;
}

uint8_t lbms_button_step(struct lbms_button *button, bool pressed, bool enabled, uint32_t now_ms,
                         const struct lbms_params *params)
{
    uint8_t event = LBMS_BUTTON_NONE;
    uint32_t held_ms;

    button->stuck = lbms_hold(&button->pressed, pressed, now_ms, LBMS_BUTTON_STUCK_MS + 1u);
    if (pressed && !button->down) {
        button->since_ms = now_ms;
        button->used = false;
    }
    if (!enabled) {
        button->used = true;
    }
    held_ms = lbms_elapsed_ms(now_ms, button->since_ms);
    if (button->down && !pressed) {
        event = on_release(button, held_ms, params);
    } else if (pressed && !button->used && (held_ms >= (uint32_t)params->v[LBMS_PARAM_BUTTON_RESET_MS])) {
        event = LBMS_BUTTON_HELD;
        button->used = true;
    }
    button->down = pressed;
    return event;
}
