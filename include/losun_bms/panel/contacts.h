/**
 * @file
 * Dry contacts: which of them are closed.
 *
 * The product manual (2.4) names them only; their functions are R-DRY of docs/requirements.md, after other packs of
 * the family.
 */
#ifndef LOSUN_BMS_PANEL_CONTACTS_H
#define LOSUN_BMS_PANEL_CONTACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Number of contacts. */
#define LBMS_CONTACTS 2u

/** What closes a contact: parameters `dry1_function` and `dry2_function`. */
enum lbms_contact_function {
    LBMS_CONTACT_OFF = 0,
    LBMS_CONTACT_TROUBLE = 1, /**< any protection or fault; an over-voltage protection alone is a full pack */
    LBMS_CONTACT_SOC_LOW = 2,
    LBMS_CONTACT_ALARM = 3, /**< any alarm, protection or fault */
    LBMS_CONTACT_FULL = 4,  /**< charging complete */
    LBMS_CONTACT_FUNCTION_COUNT = 5
};

/** State and results. */
struct lbms_contacts {
    uint8_t closed;                                /**< result: mask of LBMS_CONTACT_1 and LBMS_CONTACT_2 */
    struct lbms_hold_timer differs[LBMS_CONTACTS]; /**< how long a contact has been other than wanted */
};

/**
 * Whether the function of a contact wants it closed, without its delay.
 *
 * @param snapshot  alarms, protections, faults and state are read
 * @param function  enum lbms_contact_function; others read as LBMS_CONTACT_OFF
 * @param alone     the board has no other contact: LBMS_CONTACT_TROUBLE then covers low SOC and the alarms of under- and
 *                  over-voltage too
 * @return true to close
 * Context: any.
 */
bool lbms_contact_wanted(const struct lbms_snapshot *snapshot, uint8_t function, bool alone);

/**
 * Begin with both contacts open.
 *
 * @param contacts  state to prepare
 * Context: the context of the step.
 */
void lbms_contacts_init(struct lbms_contacts *contacts);

/**
 * Decide which contacts are closed.
 *
 * A contact changes when its function has wanted that for `dry_delay_ms`. In SHUTDOWN and STARTING both are open, at once.
 *
 * @param contacts  state; closed is the result
 * @param snapshot  the pack; also mode and now_ms are read
 * @param params    functions, number of contacts, delay
 * @param product   product of the parameters
 * Context: the context of the step.
 */
void lbms_contacts_step(struct lbms_contacts *contacts, const struct lbms_snapshot *snapshot,
                        const struct lbms_params *params, const struct lbms_product *product);

#ifdef __cplusplus
}
#endif

#endif
