#include "losun_bms/base/debounce.h"

#include <string.h>

#include "losun_bms/base/timer.h"

void lbms_debounce_init(struct lbms_debounce *debounce, uint16_t initial)
{
    memset(debounce, 0, sizeof(*debounce));
    debounce->stable = initial;
    debounce->candidate = initial;
}

uint16_t lbms_debounce(struct lbms_debounce *debounce, uint16_t raw, uint32_t now_ms, uint32_t hold_ms)
{
    const uint16_t moved = (uint16_t)(raw ^ debounce->candidate);
    const uint16_t waiting = (uint16_t)(raw ^ debounce->stable);
    uint32_t bit;

    for (bit = 0u; (bit < LBMS_DEBOUNCE_BITS) && ((moved | waiting) != 0u); bit++) {
        const uint16_t mask = (uint16_t)(1u << bit);

        if ((moved & mask) != 0u) {
            debounce->since_ms[bit] = now_ms;
        }
        if ((waiting & mask) != 0u && lbms_elapsed_ms(now_ms, debounce->since_ms[bit]) >= hold_ms) {
            debounce->stable = (uint16_t)(debounce->stable ^ mask);
        }
    }
    debounce->candidate = raw;
    return debounce->stable;
}
