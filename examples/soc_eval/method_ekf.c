/*
 * Extended Kalman filters over state of charge, two polarisation voltages and, in one of them, the current offset;
 * hysteresis runs open loop. The tuning is the usual one: a fixed variance of the voltage for every sample.
 */
#include <math.h>
#include <string.h>

#include "soc_eval/method.h"

#define SECONDS_PER_H 3600.0
#define STATES        4 /* z, v1, v2, offset */
#define START_SD      0.20
#define START_V2      1e-5  /* variance of v1 and v2, V^2 */
#define OFFSET_PART   0.002 /* standard deviation of the offset at the start, of the capacity */
#define OFFSET_S      (30.0 * 86400.0)
#define NOISE_Z       1e-9 /* variances a second */
#define NOISE_V1      1e-9
#define NOISE_V2      1e-10
#define SLOPE_STEP    0.01

struct ekf {
    const struct soc_cell *cell;
    double capacity_ah, voltage_sd_v, branch;
    double x[STATES], p[STATES][STATES];
    int states;
};

static void init(struct ekf *e, const struct soc_setup *setup, double voltage_sd_v, int states)
{
    const double sd = (setup->sd > 0.0) ? setup->sd : START_SD;
    const double offset_a = setup->zero_known ? setup->zero_sd_a : (OFFSET_PART * setup->capacity_ah);

    memset(e, 0, sizeof(*e));
    e->cell = setup->cell;
    e->capacity_ah = setup->capacity_ah;
    e->voltage_sd_v = voltage_sd_v;
    e->states = states;
    e->x[0] = setup->soc;
    e->p[0][0] = sd * sd;
    e->p[1][1] = START_V2;
    e->p[2][2] = START_V2;
    if (states == STATES) {
        e->x[3] = setup->zero_known ? setup->zero_a : 0.0;
        e->p[3][3] = offset_a * offset_a;
    }
}

static void ekf5_init(void *state, const struct soc_setup *setup)
{
    init(state, setup, 5e-3, 3);
}

static void ekf20_init(void *state, const struct soc_setup *setup)
{
    init(state, setup, 20e-3, STATES);
}

/* p becomes f p f' */
static void propagate(double p[STATES][STATES], double f[STATES][STATES])
{
    double fp[STATES][STATES];
    int r;
    int c;
    int k;

    for (r = 0; r < STATES; r++) {
        for (c = 0; c < STATES; c++) {
            fp[r][c] = 0.0;
            for (k = 0; k < STATES; k++) {
                fp[r][c] += f[r][k] * p[k][c];
            }
        }
    }
    for (r = 0; r < STATES; r++) {
        for (c = 0; c < STATES; c++) {
            p[r][c] = 0.0;
            for (k = 0; k < STATES; k++) {
                p[r][c] += fp[r][k] * f[c][k];
            }
        }
    }
}

/* Advances state and covariance over a sample's time with its current. */
static void predict(struct ekf *e, const struct soc_tick *t, double warm)
{
    const struct soc_cell *cell = e->cell;
    const double i = t->current_a - e->x[3];
    const double per_a = t->dt_s / (e->capacity_ah * SECONDS_PER_H);
    const double keep1 = exp(-t->dt_s / cell->tau_s[0]);
    const double keep2 = exp(-t->dt_s / cell->tau_s[1]);
    const double r1 = (1.0 - keep1) * cell->r_ohm[0] * warm;
    const double r2 = (1.0 - keep2) * cell->r_ohm[1] * warm;
    const double keep = exp(-cell->branch_rate * fabs(t->current_a) * per_a);
    double f[STATES][STATES] = {{1.0}, {0.0, keep1}, {0.0, 0.0, keep2}, {0.0, 0.0, 0.0, 1.0}};

    e->x[0] += i * per_a;
    e->x[1] = keep1 * e->x[1] + r1 * i;
    e->x[2] = keep2 * e->x[2] + r2 * i;
    f[0][3] = -per_a;
    f[1][3] = -r1;
    f[2][3] = -r2;
    propagate(e->p, f);
    e->p[0][0] += NOISE_Z * t->dt_s;
    e->p[1][1] += NOISE_V1 * t->dt_s;
    e->p[2][2] += NOISE_V2 * t->dt_s;
    if (e->states == STATES) {
        e->p[3][3] += pow(OFFSET_PART * e->capacity_ah, 2.0) * t->dt_s / OFFSET_S;
    }
    e->branch = keep * e->branch + (1.0 - keep) * (double)((t->current_a > 0.0) - (t->current_a < 0.0));
}

static void correct(struct ekf *e, const struct soc_tick *t, double warm)
{
    const struct soc_cell *cell = e->cell;
    const double z = e->x[0];
    const double middle = fmin(fmax(z, SLOPE_STEP), 1.0 - SLOPE_STEP);
    const double slope = (soc_cell_rest_v(cell, middle + SLOPE_STEP, t->temp_c) -
                          soc_cell_rest_v(cell, middle - SLOPE_STEP, t->temp_c)) /
                         (2.0 * SLOPE_STEP);
    const double h[STATES] = {slope, 1.0, 1.0, 0.0};
    const double expected_v = soc_cell_rest_v(cell, z, t->temp_c) + soc_cell_half_v(cell, z) * e->branch +
                              cell->r0_ohm * warm * (t->current_a - e->x[3]) + e->x[1] + e->x[2];
    double ph[STATES];
    double s = e->voltage_sd_v * e->voltage_sd_v;
    int r;
    int c;

    for (r = 0; r < STATES; r++) {
        ph[r] = 0.0;
        for (c = 0; c < STATES; c++) {
            ph[r] += e->p[r][c] * h[c];
        }
        s += h[r] * ph[r];
    }
    for (r = 0; r < STATES; r++) {
        e->x[r] += ph[r] / s * (t->mean_v - expected_v);
        for (c = 0; c < STATES; c++) {
            e->p[r][c] -= ph[r] * ph[c] / s;
        }
    }
    e->x[0] = fmin(fmax(e->x[0], 0.0), 1.0);
}

static void ekf_step(void *state, const struct soc_tick *tick)
{
    const double warm = soc_cell_r_factor(((const struct ekf *)state)->cell, tick->temp_c);

    predict(state, tick, warm);
    correct(state, tick, warm);
}

static void ekf_read(const void *state, struct soc_reading *reading)
{
    const struct ekf *e = state;

    reading->soc = e->x[0];
    reading->sd = sqrt(fmax(e->p[0][0], 0.0));
    reading->offset_a = (e->states == STATES) ? e->x[3] : NAN;
    reading->capacity_ah = NAN;
}

const struct soc_method soc_method_ekf5 = {
    "ekf5", "textbook EKF, 5 mV", false, sizeof(struct ekf), ekf5_init, ekf_step, ekf_read,
};
const struct soc_method soc_method_ekf20 = {
    "ekf20", "EKF 20 mV + offset", false, sizeof(struct ekf), ekf20_init, ekf_step, ekf_read,
};
