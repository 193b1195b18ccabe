#include "cell_double.h"

#include <math.h>

double cell_u_v(const struct lbms_cell_model *model, double z, double temp_c)
{
    const double at = fmin(fmax(z * 100.0, 0.0), 100.0);
    const int k = (int)fmin(floor(at), 99.0);
    const double part = at - k;
    const double u = model->rest_dmv[k] * (1.0 - part) + model->rest_dmv[k + 1] * part;
    const double s = model->entropy_4uv_k[k] * (1.0 - part) + model->entropy_4uv_k[k + 1] * part;

    return u * 1e-4 + s * 4e-6 * (temp_c - 25.0);
}

double cell_m_v(const struct lbms_cell_model *model, double z)
{
    const double at = fmin(fmax(z * 100.0, 0.0), 100.0);
    const int k = (int)fmin(floor(at), 99.0);
    const double part = at - k;

    return (model->half_2dmv[k] * (1.0 - part) + model->half_2dmv[k + 1] * part) * 2e-4;
}

double cell_z(const struct lbms_cell_model *model, double u_v, double temp_c)
{
    double low = 0.0;
    double high = 1.0;
    int i;

    for (i = 0; i < 60; i++) {
        const double middle = (low + high) / 2.0;

        if (cell_u_v(model, middle, temp_c) < u_v) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

double cell_f(const struct lbms_cell_model *model, double temp_c)
{
    const struct lbms_point *p = model->r_factor;
    size_t i;

    if (temp_c * 10.0 <= p[0].x) {
        return p[0].y / 1000.0;
    }
    for (i = 1u; i < model->r_factor_count; i++) {
        if (temp_c * 10.0 <= p[i].x) {
            const double part = (temp_c * 10.0 - p[i - 1u].x) / (double)(p[i].x - p[i - 1u].x);

            return (p[i - 1u].y * (1.0 - part) + p[i].y * part) / 1000.0;
        }
    }
    return p[model->r_factor_count - 1u].y / 1000.0;
}
