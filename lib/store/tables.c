#include "tables.h"

#include "losun_bms/model/production.h"
#include "losun_bms/model/restored.h"

/* New rows go to the end, none is ever removed: the place of a row is its place on the flash. */

#define ONE(member)  FIELD_ONE(struct lbms_restored, member)
#define FLAG(member) FIELD_BOOL(struct lbms_restored, member)
#define ALL(member)  FIELD_ALL(struct lbms_restored, member)

/* All of struct lbms_restored but boot facts and parameters, which are stored by themselves, and the charge. */
const struct field lbms_store_state_fields[] = {
    ONE(memory.protections), ONE(memory.faults),      ONE(memory.locks),        ONE(memory.stuck_faults),
    ALL(memory.trips),       ONE(memory.uv_rebounds), ONE(memory.resets),       ONE(memory.resets_age_s),
    FLAG(memory.full),       ONE(memory.full_soc_bp), ONE(memory.since_full_s), ONE(memory.gentle_s),
    FLAG(memory.valid),      ONE(sleep_reason),
};
const size_t lbms_store_state_count = sizeof(lbms_store_state_fields) / sizeof(lbms_store_state_fields[0]);

#undef ONE
#undef FLAG
#undef ALL
#define ONE(member) FIELD_ONE(struct lbms_production, member)
#define ALL(member) FIELD_ALL(struct lbms_production, member)

const struct field lbms_store_production_fields[] = {
    ALL(identity.pack_serial),    ALL(identity.board_serial),   ONE(identity.hardware),
    ONE(identity.manufactured_s), ONE(calibration.charge_gain), ONE(calibration.discharge_gain),
    ONE(calibration.offset_ma),   ONE(calibration.pack_gain),   ALL(calibration.cell_offset_mv),
};
const size_t lbms_store_production_count =
    sizeof(lbms_store_production_fields) / sizeof(lbms_store_production_fields[0]);
