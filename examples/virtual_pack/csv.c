#include "virtual_pack/csv.h"

#include <errno.h>
#include <string.h>

#include "losun_bms/model/mode.h"
#include "losun_bms/model/switches.h"

bool csv_open(struct csv *csv, const char *path, double period_s)
{
    unsigned i;

    memset(csv, 0, sizeof(*csv));
    csv->period_s = period_s;
    csv->file = fopen(path, "w");
    if (csv->file == NULL) {
        return false;
    }
    (void)fputs(
        "time_s,mode,mode_name,current_A,demand,pack_V,terminal_V,soc_pct,true_soc_pct,cell_min_V,cell_mean_"
        "V,"
        "cell_max_V,charge_closed,discharge_closed,precharge_closed,limiter_closed,alarms,protections,faults,"
        "balance_mask,asleep,lights,true_current_A,true_terminal_V,mosfet_C,ambient_C",
        csv->file);
    for (i = 1; i <= LBMS_NTCS; i++) {
        (void)fprintf(csv->file, ",ntc%u_C", i);
    }
    for (i = 1; i <= LBMS_CELLS; i++) {
        (void)fprintf(csv->file, ",cell%u_V", i);
    }
    (void)fputs(",cvl_V,dvl_V,ccl_A,dcl_A,requests,state\n", csv->file);
    return true;
}

void csv_observe(struct csv *csv, const struct lbms_snapshot *snapshot)
{
    csv->alarms |= snapshot->alarms;
    csv->protections |= snapshot->protections;
    csv->faults |= snapshot->faults;
    csv->balance |= snapshot->balance_mask;
    csv->state |= snapshot->state;
}

/* What is measured has no value before the first sample and while the pack sleeps. */
static bool is_measured(const struct lbms_measured *m, const struct plant_board *board)
{
    return m->age_ms != UINT32_MAX && !board->asleep;
}

static void put_measured(FILE *file, const struct lbms_measured *m, bool measured)
{
    unsigned i;

    if (!measured) {
        for (i = 0; i < 2u + LBMS_NTCS + LBMS_CELLS; i++) {
            (void)fputc(',', file);
        }
        return;
    }
    (void)fprintf(file, ",%.1f,%.1f", m->mosfet_dc / 10.0, m->ambient_dc / 10.0);
    for (i = 0; i < LBMS_NTCS; i++) {
        (void)fprintf(file, ",%.1f", m->ntc_dc[i] / 10.0);
    }
    for (i = 0; i < LBMS_CELLS; i++) {
        (void)fprintf(file, ",%.3f", m->cell_mv[i] / 1000.0);
    }
}

/* What the pack tells the inverter: nothing while it sleeps. */
static void put_limits(FILE *file, const struct lbms_snapshot *s, const struct csv *csv, bool asleep)
{
    const struct lbms_limit_view *limit = &s->limit;

    if (asleep) {
        (void)fprintf(file, ",,,,,,%u\n", csv->state);
        return;
    }
    (void)fprintf(file, ",%.2f,%.2f,%.1f,%.1f,%u,%u\n", limit->cvl_mv / 1000.0, limit->dvl_mv / 1000.0,
                  limit->ccl_ma / 1000.0, limit->dcl_ma / 1000.0, limit->requests, csv->state);
}

static void note_seen(struct csv *csv, double time_s, const struct lbms_snapshot *s,
                      const struct plant_board *board)
{
    struct csv_seen *seen = &csv->seen;

    seen->modes = (uint16_t)(seen->modes | (1u << s->mode));
    seen->alarms |= csv->alarms;
    seen->protections |= csv->protections;
    seen->faults |= csv->faults;
    seen->balance |= csv->balance;
    seen->state |= csv->state;
    seen->limits = seen->limits || s->limit.cvl_mv > 0;
    seen->precharge = seen->precharge || (plant_pack_conducting(&board->pack) & LBMS_SWITCH_PRECHARGE) != 0;
    seen->limiter = seen->limiter || (plant_pack_conducting(&board->pack) & LBMS_SWITCH_LIMITER) != 0;
    seen->asleep = seen->asleep || board->asleep;
    seen->rows++;
    seen->last_s = time_s;
}

static void put_row(const struct csv *csv, double time_s, const struct lbms_snapshot *s,
                    const struct plant_board *board, double demand)
{
    const struct lbms_measured *m = &s->m;
    const unsigned real = plant_pack_conducting(&board->pack);
    FILE *file = csv->file;

    (void)fprintf(file, "%.1f,%u,%s,", time_s, s->mode, lbms_mode_name(s->mode));
    if (!is_measured(m, board)) {
        (void)fprintf(file, ",%.2f,,,%.2f,%.2f,,,", demand, s->soc.soc_bp / 100.0,
                      100.0 * plant_pack_usable_soc(&board->pack));
    } else {
        (void)fprintf(file, "%.3f,%.2f,%.3f,%.3f,%.2f,%.2f,%.3f,%.3f,%.3f", m->current_ma / 1000.0, demand,
                      m->pack_mv / 1000.0, m->terminal_mv / 1000.0, s->soc.soc_bp / 100.0,
                      100.0 * plant_pack_usable_soc(&board->pack), m->cell_min_mv / 1000.0,
                      m->cell_mean_mv / 1000.0, m->cell_max_mv / 1000.0);
    }
    (void)fprintf(file, ",%u,%u,%u,%u,%lu,%lu,%lu,%u,%u,%u,%.3f,%.3f", (real & LBMS_SWITCH_CHARGE) != 0,
                  (real & LBMS_SWITCH_DISCHARGE) != 0, (real & LBMS_SWITCH_PRECHARGE) != 0,
                  (real & LBMS_SWITCH_LIMITER) != 0, (unsigned long)csv->alarms,
                  (unsigned long)csv->protections, (unsigned long)csv->faults, csv->balance, board->asleep,
                  s->lights, board->pack.current_a, board->pack.terminal_v);
    put_measured(file, m, is_measured(m, board));
    put_limits(file, s, csv, board->asleep);
}

static bool give_up(struct csv *csv)
{
    const int why = errno;

    (void)fclose(csv->file);
    csv->file = NULL;
    errno = why;
    return false;
}

bool csv_tick(struct csv *csv, double time_s, const struct lbms_snapshot *snapshot,
              const struct plant_board *board, double demand)
{
    if (csv->file == NULL || time_s + 1e-6 < csv->next_s) {
        return true;
    }
    put_row(csv, time_s, snapshot, board, demand);
    note_seen(csv, time_s, snapshot, board);
    csv->alarms = snapshot->alarms;
    csv->protections = snapshot->protections;
    csv->faults = snapshot->faults;
    csv->balance = snapshot->balance_mask;
    csv->state = snapshot->state;
    while (csv->next_s <= time_s + 1e-6) {
        csv->next_s += csv->period_s;
    }
    if (ferror(csv->file) == 0) {
        return true;
    }
    return give_up(csv);
}

bool csv_close(struct csv *csv)
{
    FILE *file = csv->file;
    const bool good = file == NULL || ferror(file) == 0;

    csv->file = NULL;
    return (file == NULL || fclose(file) == 0) && good;
}
