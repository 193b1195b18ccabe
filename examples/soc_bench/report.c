#include "soc_bench/report.h"

#include <math.h>
#include <string.h>

#define CLEAN_WORSE 3.0 /* % that a right start may be worse than a plain counter */

static void put_limits(FILE *out, const struct bench_limits *limits)
{
    if (limits->largest <= 0.0) {
        (void)fputs(" |", out);
    } else if (limits->mean <= 0.0) {
        (void)fprintf(out, " - / - / %.1f |", limits->largest);
    } else {
        (void)fprintf(out, " %.1f / %.1f / %.1f |", limits->mean, limits->worst, limits->largest);
    }
}

/* Value against limit as printed, so that nothing is missed by a digit that nobody sees. */
static bool over(double value, double limit)
{
    return (limit > 0.0) && (round(value * 10.0) > round(limit * 10.0));
}

static bool over_any(const struct bench_summary *s, const struct bench_limits *limits)
{
    return over(s->mean, limits->mean) || over(s->worst, limits->worst) || over(s->largest, limits->largest);
}

static const char *mark(const struct bench_summary *s, const struct bench_scenario *scenario)
{
    if (scenario->required.largest <= 0.0) {
        return "";
    }
    if (over_any(s, &scenario->required)) {
        return "MISS";
    }
    return over_any(s, &scenario->stretch) ? "pass" : "pass (stretch)";
}

static bool is_ours(const struct soc_method *method)
{
    return strcmp(method->name, "estimator") == 0;
}

void bench_report_errors(FILE *out, const struct bench_row *row, size_t rows,
                         const struct soc_method *const *method)
{
    size_t r;
    size_t m;

    (void)fputs("| scenario |", out);
    for (m = 0u; method[m] != NULL; m++) {
        (void)fprintf(out, " %s |", method[m]->title);
    }
    (void)fputs(" required | stretch | verdict |\n|---|", out);
    for (m = 0u; method[m] != NULL; m++) {
        (void)fputs("---|", out);
    }
    (void)fputs("---|---|---|\n", out);
    for (r = 0u; r < rows; r++) {
        const char *verdict = "";

        (void)fprintf(out, "| %s %s |", row[r].scenario->name, row[r].scenario->title);
        for (m = 0u; method[m] != NULL; m++) {
            const struct bench_summary *s = &row[r].summary[m];

            (void)fprintf(out, " %.1f / %.1f / %.1f |", s->mean, s->worst, s->largest);
            if (is_ours(method[m])) {
                verdict = mark(s, row[r].scenario);
            }
        }
        put_limits(out, &row[r].scenario->required);
        put_limits(out, &row[r].scenario->stretch);
        (void)fprintf(out, " %s |\n", verdict);
    }
}

/* A figure, or a dash if the method does not say; then what follows it. */
static void put(FILE *out, const char *format, double value, const char *end)
{
    (void)fputs(" ", out);
    if (isnan(value)) {
        (void)fputs("-", out);
    } else if (isinf(value)) {
        (void)fputs("never", out);
    } else {
        (void)fprintf(out, format, value);
    }
    (void)fputs(end, out);
}

void bench_report_more(FILE *out, const struct bench_row *row, size_t rows, const struct soc_method *method,
                       size_t index)
{
    size_t r;

    (void)fprintf(
        out,
        "| %s | runs | last day, worst | time > 5 %% | first < 5 %%, median / worst | converged, worst | "
        "coverage | offset error | capacity error, mean / worst | largest jump | right start |\n"
        "|---|---|---|---|---|---|---|---|---|---|---|\n",
        method->name);
    for (r = 0u; r < rows; r++) {
        const struct bench_summary *s = &row[r].summary[index];

        (void)fprintf(out, "| %s | %zu | %.1f %% | %.1f %% |", row[r].scenario->name, s->runs,
                      s->last_day_worst, 100.0 * s->far_share);
        put(out, "%.1f h", s->first_near_median_h, " /");
        put(out, "%.1f h", s->first_near_worst_h, " |");
        put(out, "%.1f h", s->convergence_worst_h, " |");
        put(out, "%.2f", s->coverage, " |");
        put(out, "%.0f mA", s->offset_ma, " |");
        put(out, "%.1f", s->capacity, " /");
        put(out, "%.1f %%", s->capacity_worst, " |");
        put(out, "%.2f %%", s->largest_jump, " |");
        put(out, "%.1f %%", s->right_start, " |\n");
    }
}

/* One requirement: at most, or at least when `least`. */
static size_t require(FILE *out, const char *scenario, const char *what, double value, double limit,
                      bool least)
{
    const bool good = least ? (value >= limit) : (value <= limit);

    if (good) {
        return 0u;
    }
    (void)fprintf(out, "MISS %-4s %-28s %8.2f, required %s %.2f\n", scenario, what, value,
                  least ? ">=" : "<=", limit);
    return 1u;
}

static size_t limit_misses(FILE *out, const struct bench_scenario *s, const struct bench_summary *sum)
{
    size_t misses = 0u;

    if (over(sum->mean, s->required.mean)) {
        misses += require(out, s->name, "RMSE, mean of runs, %", sum->mean, s->required.mean, false);
    }
    if (over(sum->worst, s->required.worst)) {
        misses += require(out, s->name, "RMSE, worst run, %", sum->worst, s->required.worst, false);
    }
    if (over(sum->largest, s->required.largest)) {
        misses += require(out, s->name, "largest error, %", sum->largest, s->required.largest, false);
    }
    return misses;
}

static size_t other_misses(FILE *out, const struct bench_scenario *s, const struct bench_summary *sum)
{
    size_t misses = require(out, s->name, "largest jump, %", sum->largest_jump, BENCH_JUMP_MAX, false);

    if (s->coverage > 0.0) {
        misses += require(out, s->name, "coverage", sum->coverage, s->coverage, true);
    }
    if (s->far_share > 0.0) {
        misses += require(out, s->name, "time with error > 5 %, %", 100.0 * sum->far_share,
                          100.0 * s->far_share, false);
    }
    if (s->first_near_h[0] > 0.0) {
        misses += require(out, s->name, "first < 5 %, median, h", sum->first_near_median_h,
                          s->first_near_h[0], false);
        misses += require(out, s->name, "first < 5 %, worst, h", sum->first_near_worst_h, s->first_near_h[1],
                          false);
    }
    if (s->offset_ma > 0.0) {
        misses += require(out, s->name, "offset error, mA", sum->offset_ma, s->offset_ma, false);
    }
    if (s->capacity > 0.0) {
        misses += require(out, s->name, "capacity error, %", sum->capacity_worst, 100.0 * s->capacity, false);
    }
    return misses;
}

size_t bench_report_misses(FILE *out, const struct bench_row *row, size_t rows, size_t index,
                           const struct soc_method *const *method)
{
    size_t misses = 0u;
    size_t r;
    size_t m;

    for (r = 0u; r < rows; r++) {
        const struct bench_summary *sum = &row[r].summary[index];

        misses += limit_misses(out, row[r].scenario, sum) + other_misses(out, row[r].scenario, sum);
        for (m = 0u; method[m] != NULL; m++) {
            if ((strcmp(method[m]->name, "counter") == 0) && !isnan(sum->right_start)) {
                misses += require(out, row[r].scenario->name, "right start, %", sum->right_start,
                                  row[r].summary[m].right_start + CLEAN_WORSE, false);
            }
        }
    }
    return misses;
}
