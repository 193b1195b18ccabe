#include "soc_eval/replay.h"

#include <math.h>
#include <string.h>

#define MS_PER_S 1000.0

void soc_replay_begin(struct soc_replay *replay, const struct soc_record *record, size_t first,
                      const struct soc_sensor *sensor, uint64_t seed)
{
    replay->record = record;
    replay->sensor = sensor;
    replay->first = first;
    replay->next = first;
    replay->time_s = 0.0;
    plant_rng_seed(&replay->rng, seed, 0u);
}

bool soc_replay_next(struct soc_replay *replay, struct soc_tick *tick, const struct soc_row **row)
{
    const struct soc_row *rows = replay->record->row;
    const double start_s = rows[replay->first].value[SOC_COLUMN_TIME];
    double due_s;

    if (replay->next >= replay->record->count) {
        return false;
    }
    memset(tick, 0, sizeof(*tick));
    due_s = rows[replay->next].value[SOC_COLUMN_TIME] - start_s;
    if (replay->next == replay->first) {
        *row = &rows[replay->next];
        tick->dt_s = fmin(rows[replay->next + 1u].value[SOC_COLUMN_TIME] - start_s, SOC_REPLAY_STEP_S);
        replay->next++;
    } else if (due_s - replay->time_s > SOC_REPLAY_STEP_S) {
        *row = &rows[replay->next - 1u];
        tick->dt_s = SOC_REPLAY_STEP_S;
        replay->time_s += SOC_REPLAY_STEP_S;
    } else {
        *row = &rows[replay->next];
        tick->dt_s = due_s - replay->time_s;
        replay->time_s = due_s;
        replay->next++;
    }
    tick->now_ms = (uint32_t)(uint64_t)llround(replay->time_s * MS_PER_S);
    tick->current_a = (*row)->value[SOC_COLUMN_CURRENT];
    tick->mean_v = (*row)->value[SOC_COLUMN_VOLTAGE];
    tick->max_v = tick->mean_v;
    tick->temp_c = (*row)->value[SOC_COLUMN_TEMP];
    soc_sensor_apply(replay->sensor, &replay->rng, tick);
    return true;
}
