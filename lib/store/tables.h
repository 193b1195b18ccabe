/* Which members of the structs of the model are stored. */
#ifndef LBMS_STORE_TABLES_H
#define LBMS_STORE_TABLES_H

#include "fields.h"

#define STATE_LAYOUT      1u
#define PRODUCTION_LAYOUT 1u

extern const struct field lbms_store_state_fields[];
extern const size_t lbms_store_state_count;
extern const struct field lbms_store_production_fields[];
extern const size_t lbms_store_production_count;

#endif
