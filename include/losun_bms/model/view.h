/**
 * @file
 * Everything that protocol servers and displays may read, as one value.
 */
#ifndef LOSUN_BMS_MODEL_VIEW_H
#define LOSUN_BMS_MODEL_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/health.h"
#include "losun_bms/model/pack.h"
#include "losun_bms/model/params.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/production.h"
#include "losun_bms/model/record.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Where event records come from. */
struct lbms_record_reader {
    /**
     * Read one record; index 0 is the newest. LBMS_OK; LBMS_ERR_MISSING: there are no more; another error: this one
     * cannot be read, the next one may. NULL: no records are kept.
     */
    int (*read)(const void *ctx, uint32_t index, struct lbms_record *record);
    const void *ctx;
};

/** The view. All pointers are valid until the next step; what may be NULL says so. */
struct lbms_view {
    const struct lbms_snapshot *own;    /**< this pack */
    const struct lbms_snapshot *system; /**< all packs together; the same as `own` when there is one */
    const struct lbms_pack *packs; /**< the other packs on line, by rising address; NULL when there is none */
    uint8_t pack_count;            /**< of them */
    const struct lbms_product *product;
    const struct lbms_params *params;
    const struct lbms_production *production; /**< NULL: nothing is known */
    const struct lbms_health *health;         /**< NULL: nothing is counted */
    struct lbms_record_reader records;
    uint32_t wall_s; /**< s since 1970-01-01, when wall_valid */
    bool wall_valid;
    const char *firmware; /**< name and version of the program; NULL: not told */
};

/**
 * Values that this pack tells.
 *
 * The remaining capacity is that part of the full capacity which the SOC says, so that everybody who divides the two
 * gets the SOC that the pack shows.
 *
 * @param view    what there is to tell
 * @param values  filled in, the extended part only with `extended`
 * @param extended  fill in the extended part too
 * Context: any.
 */
void lbms_view_values(const struct lbms_view *view, struct lbms_pack_values *values, bool extended);

/**
 * State that this pack tells.
 *
 * A cell or temperature is marked high or low while the alarm or protection of its kind is present and its own value
 * has not yet returned to the alarm level less the hysteresis.
 *
 * @param view   what there is to tell
 * @param state  filled in
 * Context: any.
 */
void lbms_view_state(const struct lbms_view *view, struct lbms_pack_state *state);

/**
 * Functions and forced states of this pack.
 *
 * @param view  what there is to tell
 * @return mask of enum lbms_pack_function
 * Context: any.
 */
uint8_t lbms_view_functions(const struct lbms_view *view);

#ifdef __cplusplus
}
#endif

#endif
