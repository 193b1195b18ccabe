/**
 * @file
 * Protections, alarms and faults: rows of one constant table, run by one engine.
 *
 * A row compares one quantity with an alarm level and a trip level, or waits for a condition or a flag of the AFE. It trips
 * when the value is strictly beyond the trip level for the delay, or at once on a condition or a flag, whose
 * delays have passed already. A tripped row holds the paths of its action open and sets its bit, until its release rule is
 * fulfilled. A row that trips too often in a row locks: it then waits for a user, or for service.
 *
 * A value that cannot be believed counts against the pack in both directions: a running delay goes on, a release does
 * not begin. (That nothing is measured at all is a row of its own: the sampling fault.)
 * The same holds for the highest and lowest cell when one of the cells cannot be believed.
 *
 * A new protection is one new row; the engine does not change.
 */
#ifndef LOSUN_BMS_BATTERY_PROTECTION_H
#define LOSUN_BMS_BATTERY_PROTECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/model/params.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Rows that one engine can run. */
#define LBMS_PROTECTION_ROWS_MAX 36u
/** Release groups; 0 means that the row is alone. */
#define LBMS_PROTECTION_GROUPS 3u

/**
 * What a row looks at. Where low values are dangerous the quantity is negated (and so are the levels of its rows), so
 * that dangerous is always above.
 */
enum lbms_quantity {
    LBMS_QUANTITY_CELL_HIGH,  /**< highest cell, mV */
    LBMS_QUANTITY_CELL_LOW,   /**< lowest cell, mV, negated */
    LBMS_QUANTITY_CELL_DIFF,  /**< highest minus lowest cell, mV */
    LBMS_QUANTITY_PACK_HIGH,  /**< pack voltage, mV */
    LBMS_QUANTITY_PACK_LOW,   /**< pack voltage, mV, negated */
    LBMS_QUANTITY_CHARGER,    /**< terminal voltage while the charge path is open, otherwise 0, mV */
    LBMS_QUANTITY_REVERSED,   /**< terminal voltage while both paths are open, otherwise 0, mV, negated */
    LBMS_QUANTITY_CHARGE,     /**< charge current, mA */
    LBMS_QUANTITY_DISCHARGE,  /**< discharge current, mA */
    LBMS_QUANTITY_TEMP_HIGH,  /**< hottest cell, 0.1 degC */
    LBMS_QUANTITY_TEMP_LOW,   /**< coldest cell, 0.1 degC, negated */
    LBMS_QUANTITY_TEMP_DIFF,  /**< between the cell sensors, 0.1 K */
    LBMS_QUANTITY_MOSFET,     /**< power switches, 0.1 degC */
    LBMS_QUANTITY_BOARD_HIGH, /**< environment, 0.1 degC */
    LBMS_QUANTITY_BOARD_LOW,  /**< environment, 0.1 degC, negated */
    LBMS_QUANTITY_SOC_LOW,    /**< SOC of the step before, 0.01 %, negated */
    LBMS_QUANTITY_NONE,       /**< conditions and AFE flags only */
    LBMS_QUANTITY_COUNT = LBMS_QUANTITY_NONE
};

/** Properties of a row, as bits of lbms_protection_row.flags. */
enum lbms_protection_flag {
    LBMS_ROW_UNDER = 1u << 0, /**< the quantity is negated, and so are the levels */
    LBMS_ROW_FAULT = 1u << 1, /**< `bit` is an enum lbms_fault, otherwise an enum lbms_bit */
    LBMS_ROW_ALARM =
        1u << 2, /**< a trip only sets the alarm bit: for alarms with levels or causes of their own */
    LBMS_ROW_AFTER_LIMITER = 1u << 3 /**< the trip level waits while the charge-current limiter can act */
};

/** When a tripped row releases. In no case while its condition or AFE flag is still there. */
enum lbms_release_rule {
    LBMS_RELEASE_LEVELS =
        0,               /**< inside the release level, with all rows of its group, for the release delay */
    LBMS_RELEASE_OV = 1, /**< as LEVELS, and: SOC < `ov_release_soc_bp`, or a discharge current >
                                  `ov_release_discharge_ma` has flowed for `ov_release_discharge_ms` since the trip */
    LBMS_RELEASE_UV =
        2, /**< as LEVELS; after repeated releases by rebound also charge current >= `current_idle_ma`
                                  for `uv_rebound_charge_s` since the trip */
    LBMS_RELEASE_CHARGE_OC =
        3, /**< the release delay after the trip, or `oc_release_ms` of discharge current >
                                        `body_diode_on_ma` */
    LBMS_RELEASE_DISCHARGE_OC =
        4, /**< likewise, or `oc_release_ms` of charge current > `current_idle_ma`, which also
                                        ends a lock */
    LBMS_RELEASE_LOAD =
        5, /**< the release delay after the trip, and the load was removed, or a charger is present */
    LBMS_RELEASE_SELF = 6,    /**< fault: good for the release delay */
    LBMS_RELEASE_SERVICE = 7, /**< fault: lbms_protection_service() only */
    LBMS_RELEASE_RESET = 8    /**< fault: only a restart, which repeats the test */
};

/** One protection. Levels and times are parameter ids; LBMS_PARAM_NONE is a level or a time of 0, or not used. */
struct lbms_protection_row {
    uint8_t bit;           /**< enum lbms_bit or enum lbms_fault */
    uint8_t flags;         /**< mask of enum lbms_protection_flag */
    uint8_t quantity;      /**< enum lbms_quantity */
    uint8_t action;        /**< paths held open, mask of enum lbms_path; 0 = none */
    uint8_t group;         /**< rows of one group release only when all of them are inside; 0 = alone */
    uint8_t release_rule;  /**< enum lbms_release_rule */
    uint8_t alarm;         /**< alarm level, or LBMS_PARAM_NONE */
    uint8_t alarm_hyst;    /**< distance by which an alarm clears */
    uint8_t trip;          /**< trip level */
    uint8_t delay;         /**< time beyond the trip level */
    uint8_t release;       /**< release level */
    uint8_t release_delay; /**< time inside the release level, or since the trip */
    uint8_t lock;          /**< consecutive trips that lock the row, or LBMS_PARAM_NONE */
    uint16_t afe_flags;    /**< mask of enum lbms_afe_flag: the AFE has tripped first */
    uint32_t conditions;   /**< trips at once on any of these, 1 << enum lbms_condition */
};

/** State of one row, as bits of lbms_protection_row_state.flags. */
enum lbms_row_state_flag {
    LBMS_ROW_TRIPPED = 1u << 0,
    LBMS_ROW_LOCKED = 1u << 1,
    LBMS_ROW_COUNTING = 1u << 2,      /**< run_ms runs */
    LBMS_ROW_WARNS = 1u << 3,         /**< alarm */
    LBMS_ROW_WARN_COUNTING = 1u << 4, /**< alarm_ms runs */
    LBMS_ROW_HELPED = 1u << 5,        /**< the current that helps a release has flowed since the trip */
    LBMS_ROW_AFRESH = 1u << 6         /**< a user asks: release at once unless it is beyond the trip level */
};

/** State of one row. Times are counted up by the time between steps, so no time stamp can become old. */
struct lbms_protection_row_state {
    uint16_t
        run_ms; /**< beyond the trip level, or inside the release level; short circuit: failed load tests */
    uint16_t alarm_ms; /**< beyond the alarm level */
    uint16_t since;    /**< 0.1 s since the trip (SELF: since it is good), or since the last release */
    uint8_t trips;     /**< consecutive trips */
    uint8_t flags;     /**< mask of enum lbms_row_state_flag */
};

/** Currents that help a release, each with the time for which it has flowed without a break. */
enum lbms_help {
    LBMS_HELP_OV = 0,           /**< discharge > `ov_release_discharge_ma` */
    LBMS_HELP_CHARGE_OC = 1,    /**< discharge > `body_diode_on_ma` */
    LBMS_HELP_DISCHARGE_OC = 2, /**< charge > `current_idle_ma` */
    LBMS_HELP_UV = 3,           /**< charge >= `current_idle_ma` */
    LBMS_HELP_COUNT = 4
};

/** What the rows look at, for one step. */
struct lbms_protection_inputs {
    uint32_t now_ms;
    const struct lbms_measured *m;
    uint32_t
        conditions;  /**< 1 << enum lbms_condition: of the measurement now, of the rest in the step before */
    uint16_t soc_bp; /**< of the previous step: SOC is computed after the protections */
    bool charger_present; /**< of the previous step */
    bool limiter_armed;   /**< the charge-current limiter can act before a charge over-current trips */
};

/** The engine and its results. */
struct lbms_protection {
    const struct lbms_protection_row *rows;
    uint32_t last_ms;
    uint32_t alarms;        /**< result: 1 << enum lbms_bit */
    uint32_t protections;   /**< result: 1 << enum lbms_bit */
    uint32_t faults;        /**< result: 1 << enum lbms_fault */
    uint32_t locks;         /**< result: protections locked, 1 << enum lbms_bit */
    uint8_t blocked;        /**< result: paths held open, mask of enum lbms_path */
    uint8_t fault_blocked;  /**< result: those held open by faults and by a short-circuit lock */
    uint8_t blocked_but_uv; /**< result: those held open by anything but an under-voltage protection */
    bool service_fault;     /**< result: one of the faults is released by service only */
    bool probe_load;        /**< result: test whether the load is gone, by pre-charge */
    uint8_t row_count;
    bool started;
    bool busy;           /**< a row has something to count, hold or forget */
    uint8_t rest_ms;     /**< below 100 ms, of the 0.1 s counters */
    uint8_t uv_rebounds; /**< under-voltage releases without charge */
    uint16_t uv_since;   /**< 0.1 s since the first of them */
    uint8_t helping;     /**< help_ms runs: 1 << enum lbms_help */
    uint16_t help_ms[LBMS_HELP_COUNT];
    int32_t quiet[LBMS_QUANTITY_COUNT]; /**< at or below it no row has anything to do */
    struct lbms_protection_row_state row[LBMS_PROTECTION_ROWS_MAX];
};

/** The product's protections. */
extern const struct lbms_protection_row lbms_protection_rows[];
/** Number of rows in lbms_protection_rows. */
extern const uint8_t lbms_protection_row_count;

/**
 * Start with nothing tripped and both paths open until the first step.
 *
 * @param protection  engine to prepare
 * @param rows        table, must stay valid as long as the engine
 * @param row_count   rows in it, 1..LBMS_PROTECTION_ROWS_MAX; their fields are trusted
 * @param params      levels, see lbms_protection_levels()
 * @return LBMS_OK, or LBMS_ERR_ARGUMENT when the table is empty or too long: then both paths stay blocked for ever
 * Context: the context of the step.
 */
int lbms_protection_init(struct lbms_protection *protection, const struct lbms_protection_row *rows,
                         size_t row_count, const struct lbms_params *params);

/**
 * Take over changed parameters. To be called after every change, before the next step: the engine keeps the first level of
 * each quantity, so that a quiet step needs one comparison for each of them.
 *
 * @param protection  engine
 * @param params      levels
 * Context: the context of the step.
 */
void lbms_protection_levels(struct lbms_protection *protection, const struct lbms_params *params);

/**
 * The quantities as the rows look at them.
 *
 * @param m       validated measurement
 * @param soc_bp  SOC, 0.01 %
 * @param value   receives LBMS_QUANTITY_COUNT values, by enum lbms_quantity
 * Context: any.
 */
void lbms_protection_values(const struct lbms_measured *m, uint16_t soc_bp, int32_t *value);

/**
 * Evaluate every row.
 *
 * @param protection  engine; its result fields are rewritten
 * @param in          quantities of this step
 * @param params      levels and times; after a change lbms_protection_levels() comes first
 * @param product     product of the parameters
 * Context: the context of the step.
 */
void lbms_protection_step(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product);

/**
 * A user has switched off and on, or put the pack to sleep and woken it: locks, over-current and short-circuit trips and
 * the repeated under-voltage count are cleared; under-voltage is judged afresh, by its trip level. Faults stay.
 *
 * @param protection  engine; results follow in the next step
 * Context: the context of the step.
 */
void lbms_protection_user(struct lbms_protection *protection);

/**
 * Service: as lbms_protection_user(), and latched faults are released; nothing changes while the cause of one of them is
 * still there.
 *
 * @param protection  engine; results follow in the next step
 * @param in          quantities of this step
 * @param params      levels
 * @return LBMS_OK; LBMS_ERR_STATE while a cause is still measured, or cannot be excluded
 * Context: the context of the step.
 */
int lbms_protection_service(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                            const struct lbms_params *params);

/**
 * The full state was left by force after days of standby: over-voltage rows release without further conditions.
 *
 * @param protection  engine; results follow in the next step
 * Context: the context of the step.
 */
void lbms_protection_forget_ov(struct lbms_protection *protection);

/**
 * What must survive an unexpected reset.
 *
 * @param protection  engine
 * @param memory      receives tripped rows, locks, latched faults and counters; other fields are left alone
 * Context: the context of the step.
 */
void lbms_protection_save(const struct lbms_protection *protection, struct lbms_memory *memory);

/**
 * Continue with what was saved. Rows that were tripped are tripped again and release by their own rules.
 *
 * @param protection  engine, prepared by lbms_protection_init()
 * @param memory      what was saved
 * Context: the context of the step, before its first call.
 */
void lbms_protection_restore(struct lbms_protection *protection, const struct lbms_memory *memory);

#ifdef __cplusplus
}
#endif

#endif
