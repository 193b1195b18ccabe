#include "losun_bms/battery/soc_display.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/model/snapshot.h"
#include "losun_bms/model/units.h"

#define PER_BP         100000
#define ALL            (LBMS_FULL_BP * PER_BP)
#define MOST           (LBMS_SOC_DISPLAY_MOST_BP * PER_BP)
#define LEAST          (LBMS_SOC_DISPLAY_LEAST_BP * PER_BP)
#define MS_PER_MIN     60000
#define ELAPSED_MAX_MS (10 * MS_PER_MIN)

void lbms_soc_display_init(struct lbms_soc_display *d, bool known, uint16_t shown_bp)
{
    memset(d, 0, sizeof(*d));
    d->known = known;
    d->shown = lbms_clamp_i32(shown_bp, 0, LBMS_FULL_BP) * PER_BP;
}

/* Charge in units of the display, as far as it goes in the direction of the use. */
static int32_t used(const struct lbms_soc_display_inputs *in)
{
    const int32_t moved = lbms_clamp_i32(lbms_mul_div_i32(in->moved_mas, ALL, in->capacity_mas), -ALL, ALL);

    if (in->flow == LBMS_FLOW_CHARGE) {
        return lbms_max_i32(moved, 0);
    }
    return (in->flow == LBMS_FLOW_DISCHARGE) ? lbms_min_i32(moved, 0) : moved;
}

/*
 * The same, slowed down while the value is on the wrong side of the estimate: both have the same share of their way
 * to the end behind them when it is reached. `estimate` is the one before this charge.
 */
static int32_t in_proportion(const struct lbms_soc_display *d, int32_t moved, int32_t estimate)
{
    if ((moved < 0) && (d->shown < estimate)) {
        return lbms_mul_div_i32(moved, d->shown, estimate);
    }
    if ((moved > 0) && (d->shown > estimate)) {
        return lbms_mul_div_i32(moved, ALL - d->shown, ALL - estimate);
    }
    return moved;
}

/* Way to the estimate that the rate and the direction of use permit. */
static int32_t correction(const struct lbms_soc_display *d, const struct lbms_soc_display_inputs *in,
                          int32_t target, int32_t most)
{
    const bool discharge = (in->flow == LBMS_FLOW_DISCHARGE);
    const bool charge = (in->flow == LBMS_FLOW_CHARGE);
    const int32_t down = (charge || (in->full && !discharge)) ? 0 : -most;
    const int32_t up = (discharge || (in->empty && !charge)) ? 0 : most;

    return lbms_clamp_i32(target - d->shown, down, up);
}

/* The last percent at either end has to be earned. A value that is there already is not thrown back. */
static int32_t kept_off_the_ends(const struct lbms_soc_display_inputs *in, int32_t value, int32_t before)
{
    const int32_t most = in->full ? ALL : lbms_max_i32(MOST, before);
    const int32_t least = in->empty ? 0 : lbms_min_i32(LEAST, before);

    return lbms_clamp_i32(value, least, most);
}

/* An end that has been reached in this step. One that was reached before the power-down is no news. */
static void arrive(struct lbms_soc_display *d, const struct lbms_soc_display_inputs *in)
{
    const bool full = in->full && (d->full || (in->flow != LBMS_FLOW_DISCHARGE));
    const bool empty = in->empty && (d->empty || (in->flow != LBMS_FLOW_CHARGE));

    if (d->started && full && !d->full) {
        d->shown = ALL;
    } else if (d->started && empty && !d->empty) {
        d->shown = 0;
    }
    d->full = full;
    d->empty = empty;
    d->started = true;
}

void lbms_soc_display_step(struct lbms_soc_display *d, const struct lbms_soc_display_inputs *in,
                           int32_t rate_bp_per_min)
{
    const int32_t target = lbms_min_i32(in->soc_bp, LBMS_FULL_BP) * PER_BP;
    const uint32_t elapsed_ms = (in->elapsed_ms < ELAPSED_MAX_MS) ? in->elapsed_ms : ELAPSED_MAX_MS;
    const int32_t most =
        lbms_min_i32(lbms_mul_div_i32(rate_bp_per_min * PER_BP, (int32_t)elapsed_ms, MS_PER_MIN), ALL);
    const int32_t moved = used(in);
    int32_t before;

    if (!d->known) {
        d->known = true;
        d->shown = lbms_clamp_i32(target, LEAST, MOST);
    }
    before = d->shown;
    d->shown += in_proportion(d, moved, lbms_clamp_i32(target - moved, 0, ALL));
    d->shown = lbms_clamp_i32(d->shown, 0, ALL);
    d->shown += correction(d, in, target, most);
    d->shown = kept_off_the_ends(in, d->shown, before);
    arrive(d, in);
}

uint16_t lbms_soc_display_bp(const struct lbms_soc_display *d)
{
    return (uint16_t)lbms_div_round_i32(d->shown, PER_BP);
}
