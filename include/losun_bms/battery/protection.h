/**
 * @file
 * Protections: rows of one constant table, run by one engine.
 *
 * A row compares one quantity with an alarm level and a trip level. It trips when the value is strictly beyond
 * the trip level for the delay, and releases when the value is at or inside the release level (together with the other
 * rows of its group, and with the extra condition of its release rule) for the release delay. A tripped row
 * holds the paths of its action open and sets its bit.
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
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Rows that one engine can run. */
#define LBMS_PROTECTION_ROWS_MAX 12u
/** Release groups; 0 means that the row is alone. */
#define LBMS_PROTECTION_GROUPS 3u

/** What a row looks at. */
enum lbms_quantity {
    LBMS_QUANTITY_CELL_MAX_MV,
    LBMS_QUANTITY_CELL_MIN_MV,
    LBMS_QUANTITY_PACK_MV,
    LBMS_QUANTITY_CELLS_LOST,       /**< 1: no believable cell and pack voltages; always valid */
    LBMS_QUANTITY_CURRENT_LOST,     /**< 1: no believable current; always valid */
    LBMS_QUANTITY_PRECHARGE_FAILED, /**< 1: LBMS_CONDITION_PRECHARGE_FAILED of the last step; always valid */
    LBMS_QUANTITY_COUNT
};

/** Properties of a row, as bits of lbms_protection_row.flags. */
enum lbms_protection_flag {
    LBMS_ROW_UNDER = 1u << 0, /**< beyond means below; otherwise above */
    LBMS_ROW_FAULT = 1u << 1  /**< `bit` is an enum lbms_fault, otherwise an enum lbms_bit */
};

/** What a release needs besides the levels. */
enum lbms_release_rule {
    LBMS_RELEASE_LEVELS = 0, /**< nothing more */
    LBMS_RELEASE_SOC_OR_DISCHARGE =
        1 /**< SOC < `ov_release_soc_bp`, or a discharge current > `ov_release_discharge_ma`
                                            has flowed for 1 s since the trip */
};

/** One protection. Levels and times are parameter ids; LBMS_PARAM_NONE is a level or a time of 0, or no alarm. */
struct lbms_protection_row {
    uint8_t bit;           /**< enum lbms_bit or enum lbms_fault */
    uint8_t flags;         /**< mask of enum lbms_protection_flag */
    uint8_t quantity;      /**< enum lbms_quantity */
    uint8_t action;        /**< paths held open, mask of enum lbms_path */
    uint8_t group;         /**< rows of one group release only when all of them are inside; 0 = alone */
    uint8_t release_rule;  /**< enum lbms_release_rule */
    uint8_t alarm;         /**< alarm level, or LBMS_PARAM_NONE */
    uint8_t alarm_hyst;    /**< distance by which an alarm clears */
    uint8_t trip;          /**< trip level */
    uint8_t delay;         /**< time beyond the trip level */
    uint8_t release;       /**< release level */
    uint8_t release_delay; /**< time inside the release level */
};

/** State of one row. Times are counted up by the time between steps, so no time stamp can become old. */
struct lbms_protection_row_state {
    uint32_t elapsed_ms;       /**< beyond the trip level while untripped, inside the release while tripped */
    uint32_t helped_ms;        /**< discharge current since the trip, for LBMS_RELEASE_SOC_OR_DISCHARGE */
    uint16_t alarm_elapsed_ms; /**< beyond the alarm level */
    bool helping;              /**< helped_ms runs */
    bool helped;               /**< it has flowed for long enough */
    bool tripped;
    bool counting; /**< elapsed_ms runs */
    bool alarm;
    bool alarm_counting;
    bool busy; /**< any of the four */
};

/** What the rows look at, for one step. */
struct lbms_protection_inputs {
    uint32_t now_ms;
    const struct lbms_measured *m;
    bool cells_lost, current_lost; /**< from lbms_measure */
    uint32_t conditions;           /**< of the previous step, mask of enum lbms_condition */
    uint16_t soc_bp;               /**< of the previous step: SOC is computed after the protections */
};

/** The engine and its results. */
struct lbms_protection {
    const struct lbms_protection_row *rows;
    uint8_t row_count;
    struct lbms_protection_row_state row[LBMS_PROTECTION_ROWS_MAX];
    uint32_t last_ms;
    bool started;
    bool tripped;         /**< a row was tripped after the last step */
    uint32_t alarms;      /**< result: 1 << enum lbms_bit */
    uint32_t protections; /**< result: 1 << enum lbms_bit */
    uint32_t faults;      /**< result: 1 << enum lbms_fault */
    uint8_t blocked;      /**< result: paths held open, mask of enum lbms_path */
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
 * @return LBMS_OK, or LBMS_ERR_ARGUMENT when the table is empty or too long: then both paths stay blocked for ever
 * Context: the context of the step.
 */
int lbms_protection_init(struct lbms_protection *protection, const struct lbms_protection_row *rows,
                         size_t row_count);

/**
 * Evaluate every row.
 *
 * @param protection  engine; its result fields are rewritten
 * @param in          quantities of this step
 * @param params      levels and times
 * @param product     product of the parameters
 * Context: the context of the step.
 */
void lbms_protection_step(struct lbms_protection *protection, const struct lbms_protection_inputs *in,
                          const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
