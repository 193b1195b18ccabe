/* Private to the fuel gauge: the estimator that it was built with, and what its files share. */
#ifndef LBMS_LIB_BATTERY_GAUGE_PARTS_H
#define LBMS_LIB_BATTERY_GAUGE_PARTS_H

#include "losun_bms/battery/gauge.h"

#ifdef LBMS_LIGHT_ESTIMATOR
#define gauge_filter_init         lbms_estimator_light_init
#define gauge_filter_step         lbms_estimator_light_step
#define gauge_filter_view         lbms_estimator_light_view
#define gauge_filter_set_capacity lbms_estimator_light_set_capacity
/* Its full anchor sets the mean cell to 100 %: one cell that ran away does not make that true. */
#define gauge_anchor_mv(m) ((m)->cell_mean_mv)
#else
#define gauge_filter_init         lbms_estimator_init
#define gauge_filter_step         lbms_estimator_step
#define gauge_filter_view         lbms_estimator_view
#define gauge_filter_set_capacity lbms_estimator_set_capacity
#define gauge_anchor_mv(m)        ((m)->cell_max_mv)
#endif

/* What one step works on. */
struct lbms_gauge_work {
    struct lbms_gauge *g;
    struct lbms_snapshot *s;
    const struct lbms_gauge_inputs *in;
    const int32_t *v; /* parameters */
};

/* Tasks of a round, in their order: each one uses what those before it have found. */
enum {
    GAUGE_TASK_CHARGE,
    GAUGE_TASK_SHOW,
    GAUGE_TASK_RESISTANCE,
    GAUGE_TASK_SPREAD,
    GAUGE_TASK_CAPACITY,
    GAUGE_TASK_CHARGE_POWER,
    GAUGE_TASK_DISCHARGE_POWER,
    GAUGE_TASK_TIME,
    GAUGE_TASK_HEALTH,
    GAUGE_TASK_END, /* out of turn: 0 % or 100 % has been earned or ends */
    GAUGE_TASK_NONE
};

static inline bool lbms_gauge_valid(const struct lbms_measured *m, uint16_t mask)
{
    return (m->valid & mask) == mask;
}

static inline int16_t lbms_gauge_temp_dc(const struct lbms_measured *m)
{
    return (int16_t)((m->temp_min_dc + m->temp_max_dc) / 2);
}

/* Do one task (gauge_tasks.c). */
void lbms_gauge_task(const struct lbms_gauge_work *w, uint8_t task);

/* Start the estimator anew with another SOC and deviation and what else it has learned (gauge_memory.c). */
void lbms_gauge_restart(struct lbms_gauge *g, int32_t soc_bp, uint32_t sd_bp);
/* Deviation of the SOC after a pause in which no current was measured. */
uint32_t lbms_gauge_sd_after(uint32_t sd_bp, uint32_t pause_s);
/* Write what is known now. */
void lbms_gauge_tell_soc(const struct lbms_gauge *g, struct lbms_soc_view *soc);
void lbms_gauge_tell_health(const struct lbms_gauge *g, struct lbms_health_view *health);

#endif
