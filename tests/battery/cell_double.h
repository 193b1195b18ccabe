/* The cell model in double precision, worked out from its data alone: what the integers are compared with. */
#ifndef LBMS_TESTS_CELL_DOUBLE_H
#define LBMS_TESTS_CELL_DOUBLE_H

#include "losun_bms/battery/cell_model.h"

/* U(z, T) in V; z 0..1, limited. */
double cell_u_v(const struct lbms_cell_model *model, double z, double temp_c);

/* M(z) in V. */
double cell_m_v(const struct lbms_cell_model *model, double z);

/* z at which U(z, T) is this voltage; the curve must rise. */
double cell_z(const struct lbms_cell_model *model, double u_v, double temp_c);

/* f(T). */
double cell_f(const struct lbms_cell_model *model, double temp_c);

#endif
