/*
 * The fields of the four structs of a recording, in the order of their headers. The order of the rows is the order
 * in recordings. Offsets are no part of the format; sizes, counts and kinds are, by the fingerprint. Where two rows
 * of one size change places, or a field gets another meaning, raise LBMS_TRACE_VERSION.
 */
#include "fields.h"

#include "losun_bms/trace/trace.h"

#define MEMBER(member) (((const OF *)0)->member)

/* Size of an element; does not compile when its type is not the one that the row says. */
#define SIZE(type, element) ((uint8_t)sizeof(*(1 ? &(element) : (const type *)0)))

/* Only a bool cannot hold 2. */
#define KIND(type) (((type)2 == (type)1) ? LBMS_TRACE_FLAG : LBMS_TRACE_NUMBER)

/* One field. */
#define ONE(type, member)                                                             \
    {                                                                                 \
        offsetof(OF, member), sizeof(type), 1, SIZE(type, MEMBER(member)), KIND(type) \
    }

/* A field that counts up: time, or a total. */
#define RISING(member)                                                                               \
    {                                                                                                \
        offsetof(OF, member), sizeof(uint32_t), 1, SIZE(uint32_t, MEMBER(member)), LBMS_TRACE_RISING \
    }

/* All elements of an array. */
#define ALL(type, array)                                                         \
    {                                                                            \
        offsetof(OF, array), sizeof(type), sizeof(MEMBER(array)) / sizeof(type), \
            SIZE(type, MEMBER(array)[0]), KIND(type)                             \
    }

/* One member of all elements of an array of structs. */
#define EACH(type, array, member)                                                                  \
    {                                                                                              \
        offsetof(OF, array[0].member), sizeof(MEMBER(array)[0]),                                   \
            sizeof(MEMBER(array)) / sizeof(MEMBER(array)[0]), SIZE(type, MEMBER(array)[0].member), \
            KIND(type)                                                                             \
    }

#define TABLE(rows)                          \
    {                                        \
        (rows), sizeof(rows) / sizeof(*rows) \
    }

/* clang-format off */

#define OF struct lbms_inputs
static const struct lbms_trace_row inputs[] = {
    RISING(now_ms),
    RISING(uptime_s),
    ONE(uint32_t, wall_s),
    ONE(bool, wall_valid),
    ONE(bool, sample_new),
    RISING(sample.at_ms),
    ALL(uint16_t, sample.cell_mv),
    ONE(int32_t, sample.pack_mv),
    ONE(int32_t, sample.terminal_mv),
    ONE(int32_t, sample.current_ma),
    ALL(int16_t, sample.ntc_dc),
    ONE(int16_t, sample.mosfet_dc),
    ONE(int16_t, sample.ambient_dc),
    ONE(uint16_t, sample.balance_mask),
    ONE(uint16_t, sample.afe_flags),
    ONE(uint8_t, sample.closed),
    ONE(uint8_t, sample.config_seq),
    ONE(bool, sample_valid),
    ONE(uint16_t, keys),
    ONE(uint8_t, dip),
    ONE(uint8_t, wake_reason),
    ONE(uint8_t, ports_seen),
    EACH(uint16_t, port, frames),
    EACH(uint16_t, port, damaged),
    EACH(uint16_t, port, malformed),
    EACH(uint16_t, port, refused),
    ONE(int8_t, afe_fit),
    ONE(uint16_t, afe_got.cell_ov_mv),
    ONE(uint16_t, afe_got.cell_ov_delay_ms),
    ONE(uint16_t, afe_got.cell_uv_mv),
    ONE(uint16_t, afe_got.cell_uv_delay_ms),
    ONE(int32_t, afe_got.discharge_oc_ma),
    ONE(uint16_t, afe_got.discharge_oc_delay_ms),
    ONE(int32_t, afe_got.short_circuit_ma),
    ONE(uint16_t, afe_got.short_circuit_delay_us),
    ONE(uint16_t, afe_got.watchdog_ms),
    ONE(uint8_t, afe_got.sequence),
    ONE(bool, store.fitted),
    ONE(int8_t, store.params),
    ONE(int8_t, store.order),
    ONE(uint8_t, store.trouble),
    ONE(bool, has_command),
    ONE(uint8_t, command.kind),
    ONE(uint8_t, command.origin),
    ONE(uint16_t, command.sequence),
    ONE(uint8_t, command.count),
    EACH(uint16_t, command.item, id),
    EACH(int32_t, command.item, value),
};
#undef OF

#define OF struct lbms_restored
static const struct lbms_trace_row restored[] = {
    ONE(uint8_t, boot.reset_cause),
    ONE(uint8_t, boot.wake_reason),
    ONE(uint32_t, boot.seconds_asleep),
    ONE(bool, boot.crash.valid),
    ONE(uint8_t, boot.crash.kind),
    ONE(uint32_t, boot.crash.pc),
    ONE(uint32_t, boot.crash.lr),
    ONE(uint32_t, boot.crash.status),
    ONE(uint32_t, boot.crash.address),
    ONE(bool, params_valid),
    ALL(int32_t, params.v),
    ONE(bool, life.valid),
    ONE(int32_t, life.charge_mas),
    ONE(bool, learned.valid),
    ONE(uint16_t, learned.shown_bp),
    ONE(uint16_t, learned.sd_bp),
    ONE(int32_t, learned.capacity_mah),
    ONE(int32_t, learned.capacity_sd_mah),
    ONE(int32_t, learned.offset_ma),
    ONE(uint16_t, learned.offset_sd_ma),
    ONE(bool, learned.zero_known),
    ONE(uint16_t, learned.kr_permille),
    ONE(uint16_t, learned.kr_new_permille),
    ONE(uint16_t, learned.tail_s),
    ALL(int16_t, learned.dz),
    ALL(uint32_t, learned.totals.mah),
    ALL(uint32_t, learned.totals.wh),
    ONE(uint32_t, learned.totals.cycles),
    ONE(uint32_t, learned.totals.since_cycle_mah),
    ONE(bool, memory.valid),
    ONE(uint32_t, memory.protections),
    ONE(uint32_t, memory.faults),
    ONE(uint32_t, memory.locks),
    ONE(uint32_t, memory.stuck_faults),
    ALL(uint8_t, memory.trips),
    ONE(uint8_t, memory.uv_rebounds),
    ONE(uint8_t, memory.resets),
    ONE(uint16_t, memory.resets_age_s),
    ONE(bool, memory.full),
    ONE(uint16_t, memory.full_soc_bp),
    ONE(uint32_t, memory.since_full_s),
    ONE(uint16_t, memory.gentle_s),
    ONE(uint8_t, wake.tries),
    ONE(uint8_t, wake.rs232_wakes),
    ONE(bool, wake.charger_spent),
    ONE(bool, wake.limited),
    ONE(bool, wake.maintenance_due),
    ONE(uint32_t, wake.cycle_s),
    ONE(uint32_t, wake.rs232_s),
    ONE(uint32_t, wake.asleep_s),
    ONE(int32_t, calibration.charge_gain),
    ONE(int32_t, calibration.discharge_gain),
    ONE(int32_t, calibration.offset_ma),
    ONE(int32_t, calibration.pack_gain),
    ALL(int8_t, calibration.cell_offset_mv),
    ONE(uint8_t, sleep_reason),
};
#undef OF

#define OF struct lbms_outputs
static const struct lbms_trace_row outputs[] = {
    ONE(uint8_t, want.closed),
    ONE(uint8_t, want.limiter_low),
    ONE(uint16_t, balance_mask),
    ONE(uint16_t, lights),
    ONE(bool, buzzer),
    ONE(bool, heater),
    ONE(uint8_t, dry_contacts),
    ONE(bool, retain),
    ONE(bool, keep),
    ONE(uint16_t, afe.cell_ov_mv),
    ONE(uint16_t, afe.cell_ov_delay_ms),
    ONE(uint16_t, afe.cell_uv_mv),
    ONE(uint16_t, afe.cell_uv_delay_ms),
    ONE(int32_t, afe.discharge_oc_ma),
    ONE(uint16_t, afe.discharge_oc_delay_ms),
    ONE(int32_t, afe.short_circuit_ma),
    ONE(uint16_t, afe.short_circuit_delay_us),
    ONE(uint16_t, afe.watchdog_ms),
    ONE(uint8_t, afe.sequence),
    ONE(bool, sleep.requested),
    ONE(uint8_t, sleep.reason),
    ONE(uint8_t, sleep.wake_sources),
    ONE(uint32_t, sleep.timer_s),
    ONE(uint8_t, action),
    ONE(uint32_t, action_value),
    ONE(uint32_t, next_ms),
    ONE(uint32_t, rest_ms),
};
#undef OF

#define OF struct lbms_snapshot
static const struct lbms_trace_row snapshot[] = {
    RISING(now_ms),
    RISING(uptime_s),
    ONE(uint16_t, m.valid),
    ONE(uint16_t, m.cells_valid),
    ONE(uint8_t, m.ntcs_valid),
    ALL(uint16_t, m.cell_mv),
    ONE(uint16_t, m.cell_min_mv),
    ONE(uint16_t, m.cell_max_mv),
    ONE(uint16_t, m.cell_mean_mv),
    ONE(uint8_t, m.cell_min_index),
    ONE(uint8_t, m.cell_max_index),
    ONE(int32_t, m.pack_mv),
    ONE(int32_t, m.terminal_mv),
    ONE(int32_t, m.current_ma),
    ALL(int16_t, m.ntc_dc),
    ONE(int16_t, m.temp_min_dc),
    ONE(int16_t, m.temp_max_dc),
    ONE(int16_t, m.temp_low_dc),
    ONE(int16_t, m.temp_high_dc),
    ONE(int16_t, m.mosfet_dc),
    ONE(int16_t, m.ambient_dc),
    ONE(uint16_t, m.afe_flags),
    ONE(uint8_t, m.closed),
    ONE(uint32_t, m.age_ms),
    ONE(uint32_t, alarms),
    ONE(uint32_t, protections),
    ONE(uint32_t, faults),
    ONE(uint32_t, locks),
    ONE(uint32_t, conditions),
    ONE(uint16_t, state),
    ONE(uint8_t, blocked),
    ONE(uint8_t, fault_blocked),
    ONE(uint8_t, forced_off),
    ONE(uint8_t, mode),
    ONE(uint8_t, status),
    ONE(uint8_t, flow),
    ONE(bool, charger_present),
    ONE(bool, dip_changed),
    ONE(uint8_t, address),
    ONE(uint8_t, sleep_reason),
    ONE(uint8_t, want.closed),
    ONE(uint8_t, want.limiter_low),
    ONE(uint16_t, balance_mask),
    ONE(uint16_t, lights),
    ONE(uint16_t, soc.soc_bp),
    ONE(int32_t, soc.remaining_mah),
    ONE(int32_t, soc.capacity_mah),
    ONE(uint16_t, soc.estimate_bp),
    ONE(uint16_t, soc.sd_bp),
    ONE(uint16_t, soc.low_bp),
    ONE(uint16_t, soc.high_bp),
    ONE(bool, soc.plateau),
    ONE(bool, soc.misfit),
    ONE(uint32_t, soc.left_s),
    ONE(int32_t, health.capacity_mah),
    ONE(int32_t, health.capacity_sd_mah),
    ONE(uint16_t, health.soh_bp),
    ONE(uint16_t, health.resistance_permille),
    ONE(uint16_t, health.resistance_new_permille),
    ONE(uint16_t, health.coulomb_bp),
    ONE(uint16_t, health.energy_bp),
    ONE(int32_t, health.offset_ma),
    ONE(uint32_t, health.equivalent_cycles),
    ALL(uint32_t, health.totals.mah),
    ALL(uint32_t, health.totals.wh),
    ONE(uint32_t, health.totals.cycles),
    ONE(uint32_t, health.totals.since_cycle_mah),
    ALL(int32_t, power.charge_ma),
    ALL(int32_t, power.discharge_ma),
    ONE(int32_t, limit.cvl_mv),
    ONE(int32_t, limit.dvl_mv),
    ONE(int32_t, limit.ccl_ma),
    ONE(int32_t, limit.dcl_ma),
    ONE(uint8_t, limit.requests),
    ONE(uint16_t, result_sequence),
    ONE(int8_t, result),
    EACH(uint16_t, port, frames),
    EACH(uint16_t, port, damaged),
    EACH(uint16_t, port, malformed),
    EACH(uint16_t, port, refused),
};
#undef OF

/* clang-format on */

const struct lbms_trace_table lbms_trace_table_inputs = TABLE(inputs);
const struct lbms_trace_table lbms_trace_table_restored = TABLE(restored);
const struct lbms_trace_table lbms_trace_table_outputs = TABLE(outputs);
const struct lbms_trace_table lbms_trace_table_snapshot = TABLE(snapshot);
