#include "soc_bench/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_S   3600.0
#define RUNS_MAX 1024u

static double hours(double seconds)
{
    return (seconds < 0.0) ? HUGE_VAL : (seconds / HOUR_S);
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double median(double *value, size_t count)
{
    if (count == 0u) {
        return 0.0;
    }
    qsort(value, count, sizeof(*value), compare);
    if ((count % 2u == 1u) || isinf(value[count / 2u])) {
        return value[count / 2u];
    }
    return 0.5 * (value[count / 2u - 1u] + value[count / 2u]);
}

static void add(struct bench_summary *s, const struct bench_result *r, double *first_h)
{
    first_h[s->runs] = hours(r->figures.first_near_s);
    s->runs++;
    s->mean += 100.0 * r->figures.rmse;
    s->worst = fmax(s->worst, 100.0 * r->figures.rmse);
    s->largest = fmax(s->largest, 100.0 * r->figures.largest);
    s->last_day_worst = fmax(s->last_day_worst, 100.0 * r->figures.rmse_last_day);
    s->far_share += r->figures.far_share;
    s->coverage += (r->figures.coverage < 0.0) ? NAN : r->figures.coverage;
    s->first_near_worst_h = fmax(s->first_near_worst_h, hours(r->figures.first_near_s));
    s->convergence_worst_h = fmax(s->convergence_worst_h, hours(r->figures.convergence_s));
    s->largest_jump = fmax(s->largest_jump, 100.0 * r->largest_jump);
    s->offset_ma += fabs(r->offset_error_ma);
    s->capacity += 100.0 * fabs(r->capacity_error);
    if (!(s->capacity_worst >= 100.0 * fabs(r->capacity_error))) { /* also when it is not a number */
        s->capacity_worst = 100.0 * fabs(r->capacity_error);
    }
}

void bench_summarise(const struct bench_result *result, size_t runs, size_t stride,
                     struct bench_summary *summary)
{
    double first_h[RUNS_MAX];
    double n;
    size_t k;

    memset(summary, 0, sizeof(*summary));
    for (k = 0u; (k < runs) && (k < RUNS_MAX); k++) {
        if (result[k * stride].done) {
            add(summary, &result[k * stride], first_h);
        }
    }
    if (summary->runs == 0u) {
        return;
    }
    n = (double)summary->runs;
    summary->mean /= n;
    summary->far_share /= n;
    summary->coverage /= n;
    summary->offset_ma /= n;
    summary->capacity /= n;
    summary->first_near_median_h = median(first_h, summary->runs);
}
