#include "soc_eval/metrics.h"

#include <math.h>
#include <string.h>

#define DAY_S 86400.0

void soc_metrics_init(struct soc_metrics *metrics, double from_s, double duration_s)
{
    memset(metrics, 0, sizeof(*metrics));
    metrics->from_s = from_s;
    metrics->last_day_s = fmax(from_s, duration_s - DAY_S);
    metrics->first_near_s = -1.0;
    metrics->near_since_s = -1.0;
}

static void add_times(struct soc_metrics *m, double time_s, double size)
{
    if (size >= SOC_METRICS_NEAR) {
        m->near_since_s = -1.0;
        return;
    }
    if (m->near_since_s < 0.0) {
        m->near_since_s = time_s;
    }
    if (m->first_near_s < 0.0) {
        m->first_near_s = time_s;
    }
}

void soc_metrics_add(struct soc_metrics *m, double time_s, double error, double sd)
{
    const double size = fabs(error);

    add_times(m, time_s, size);
    if (time_s < m->from_s) {
        return;
    }
    m->count++;
    m->sum2 += error * error;
    m->largest = fmax(m->largest, size);
    if (size > SOC_METRICS_NEAR) {
        m->far_count++;
    }
    if (time_s >= m->last_day_s) {
        m->last_day_count++;
        m->sum2_last_day += error * error;
    }
    if (sd >= 0.0) {
        m->with_sd++;
        if (size <= 2.0 * sd + SOC_METRICS_DOUBT) {
            m->covered++;
        }
    }
}

static double part(double sum, size_t count)
{
    return (count > 0u) ? (sum / (double)count) : 0.0;
}

void soc_metrics_figures(const struct soc_metrics *m, struct soc_figures *figures)
{
    figures->rmse = sqrt(part(m->sum2, m->count));
    figures->largest = m->largest;
    figures->rmse_last_day = sqrt(part(m->sum2_last_day, m->last_day_count));
    figures->far_share = part((double)m->far_count, m->count);
    figures->first_near_s = m->first_near_s;
    figures->convergence_s = m->near_since_s;
    figures->coverage = (m->with_sd > 0u) ? part((double)m->covered, m->with_sd) : -1.0;
}
