#include "virtual_pack/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "losun_bms/model/bits.h"
#include "virtual_pack/describe.h"
#include "virtual_pack/text.h"

#define HOUR_S   3600.0
#define MINUTE_S 60.0

void report_init(struct report *report)
{
    memset(report, 0, sizeof(*report));
    report->mode = LBMS_MODE_COUNT;
    report->next_hour_s = HOUR_S;
}

/* The time up to this step belongs to the mode of the step before. */
void report_observe(struct report *report, const struct lbms_snapshot *snapshot)
{
    if (report->stepped) {
        report->seconds_in[report->mode] += (snapshot->now_ms - report->last_ms) / 1000.0;
    }
    report->stepped = true;
    report->last_ms = snapshot->now_ms;
    report->mode = snapshot->mode;
    report->steps++;
    report->steps_in[snapshot->mode]++;
}

static double soc_error(const struct lbms_snapshot *snapshot, const struct plant_board *board)
{
    const double error = snapshot->soc.soc_bp / 100.0 - 100.0 * plant_pack_usable_soc(&board->pack);

    return (fabs(error) < 0.05) ? 0.0 : error; /* no "-0.0" */
}

bool report_tick(struct report *report, double time_s, const struct lbms_snapshot *snapshot,
                 const struct plant_board *board)
{
    const bool hour = time_s + 1e-6 >= report->next_hour_s;

    if (time_s + 1e-6 >= report->next_minute_s) {
        const double error = report->stepped ? soc_error(snapshot, board) : 0.0;

        if (fabs(error) > fabs(report->worst_soc_error)) {
            report->worst_soc_error = error;
        }
        report->next_minute_s += MINUTE_S;
    }
    if (hour) {
        report->next_hour_s += HOUR_S;
    }
    return hour && report->stepped;
}

static void add_bits(char *text, size_t size, const char *kind, uint32_t mask, const char *(*name)(uint8_t))
{
    char names[DESCRIBE_SIZE];

    if (mask != 0) {
        describe_mask(names, mask, name, "");
        text_append(text, size, "  %s: %s", kind, names);
    }
}

void report_status(char *text, size_t size, const struct lbms_snapshot *s, const struct plant_board *board)
{
    const struct lbms_measured *m = &s->m;
    const uint8_t real = plant_pack_conducting(&board->pack);

    (void)snprintf(text, size, "%-11s soc %5.1f %% (true %5.1f)", lbms_mode_name(s->mode),
                   s->soc.soc_bp / 100.0, 100.0 * plant_pack_usable_soc(&board->pack));
    if (!board->asleep) {
        text_append(text, size, "  %6.2f V %+7.1f A  cells %.3f..%.3f V  %.1f..%.1f C  MOSFET %.1f C",
                    m->pack_mv / 1000.0, m->current_ma / 1000.0, m->cell_min_mv / 1000.0,
                    m->cell_max_mv / 1000.0, m->temp_min_dc / 10.0, m->temp_max_dc / 10.0,
                    m->mosfet_dc / 10.0);
    }
    text_append(text, size, "  closed:%s%s%s", ((real & LBMS_SWITCH_CHARGE) != 0) ? " chg" : "",
                ((real & LBMS_SWITCH_DISCHARGE) != 0) ? " dsg" : "", (real == 0) ? " -" : "");
    add_bits(text, size, "FAULT", s->faults, lbms_fault_name);
    add_bits(text, size, "PROTECTION", s->protections, lbms_bit_name);
    add_bits(text, size, "alarm", s->alarms, lbms_bit_name);
}

static void put_times(FILE *out, const struct report *report, double total_s)
{
    uint8_t mode;
    const char *comma = "";

    (void)fprintf(out, "  time in      ");
    for (mode = 0; mode < LBMS_MODE_COUNT; mode++) {
        if (report->seconds_in[mode] > 0.0) {
            (void)fprintf(out, "%s%s %.1f %%", comma, lbms_mode_name(mode),
                          100.0 * report->seconds_in[mode] / total_s);
            comma = ", ";
        }
    }
    (void)fputs("\n", out);
}

/* For how long the processor was stopped. */
static double stopped_s(const struct plant_board *board)
{
    const uint64_t this_ms = board->asleep ? (board->time_ms - board->asleep_since_ms) : 0u;

    return (double)(board->slept_ms + this_ms) / 1000.0;
}

/* How often the processor of a board would have to work. */
static void put_duty(FILE *out, const struct report *report, const struct plant_board *board, double total_s)
{
    const double asleep_s = report->seconds_in[LBMS_MODE_SHUTDOWN];
    const double standby_s = report->seconds_in[LBMS_MODE_STANDBY];
    const double awake_s = total_s - asleep_s;
    const unsigned long long asleep_steps = report->steps_in[LBMS_MODE_SHUTDOWN];

    (void)fprintf(out, "  duty         %llu steps", report->steps);
    if (awake_s > 0.0) {
        (void)fprintf(out, "; awake %.2f steps/s", (double)(report->steps - asleep_steps) / awake_s);
    }
    if (standby_s > 0.0) {
        (void)fprintf(out, ", standby %.2f steps/s", (double)report->steps_in[LBMS_MODE_STANDBY] / standby_s);
    }
    if (asleep_s > 0.0) {
        (void)fprintf(out, "; asleep %.2f %% of the time, %.2f steps/h, processor on %.2f s/h",
                      100.0 * asleep_s / total_s, (double)asleep_steps * HOUR_S / asleep_s,
                      fmax(asleep_s - stopped_s(board), 0.0) * HOUR_S / asleep_s);
    }
    (void)fputs("\n", out);
}

/* The time since the last step, which may be a long sleep, belongs to the mode of that step. */
static struct report to_the_end(const struct report *report, double time_s)
{
    struct report whole = *report;
    double told_s = 0.0;
    unsigned mode;

    for (mode = 0; mode < LBMS_MODE_COUNT; mode++) {
        told_s += report->seconds_in[mode];
    }
    if (report->stepped && time_s > told_s) {
        whole.seconds_in[report->mode] += time_s - told_s;
    }
    return whole;
}

void report_summary(FILE *out, const struct report *report, const struct lbms_snapshot *snapshot,
                    const struct plant_board *board, unsigned long trips, double wall_s)
{
    const struct plant_totals *total = &board->pack.total;
    const double time_s = plant_board_time_s(board);
    const struct report whole = to_the_end(report, time_s);
    char time[TEXT_TIME_SIZE];

    text_time(time, time_s);
    (void)fprintf(out, "summary of %s\n", time);
    (void)fprintf(out, "  energy       in %.2f kWh, out %.2f kWh; charge in %.1f Ah, out %.1f Ah\n",
                  total->charge_j / 3.6e6, total->discharge_j / 3.6e6, total->charge_as / 3600.0,
                  total->discharge_as / 3600.0);
    (void)fprintf(out, "  charge       estimate %.1f %%, true %.1f %%, error %+.1f (largest %+.1f) points\n",
                  snapshot->soc.soc_bp / 100.0, 100.0 * plant_pack_usable_soc(&board->pack),
                  soc_error(snapshot, board), report->worst_soc_error);
    (void)fprintf(out, "  protections  %lu trips\n", trips);
    if (time_s > 0.0) {
        put_times(out, &whole, time_s);
        put_duty(out, &whole, board, time_s);
    }
    (void)fprintf(out, "  real time    %.2f s", wall_s);
    if (wall_s > 0.0) {
        (void)fprintf(out, ", %.0f times as fast", time_s / wall_s);
    }
    (void)fputs("\n", out);
}
