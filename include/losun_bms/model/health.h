/**
 * @file
 * Lifetime data: what the pack has been through and what is left of it, as one record that every read path shares.
 */
#ifndef LOSUN_BMS_MODEL_HEALTH_H
#define LOSUN_BMS_MODEL_HEALTH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Places for counters of protections and of faults: as many as the enums may grow to. */
#define LBMS_HEALTH_TRIPS  24u
#define LBMS_HEALTH_FAULTS 16u

/** Layout of the stored record. Raised when places change their meaning: then the stored ones are given up. */
#define LBMS_HEALTH_LAYOUT 1u

/** Figures, in the order of model/health_list.h. */
enum lbms_health_figure {
#define X(id, name, virgin) LBMS_HEALTH_##id,
#include "losun_bms/model/health_list.h"
#undef X
    LBMS_HEALTH_FIGURES
};

/** Words of the record. */
#define LBMS_HEALTH_WORDS (LBMS_HEALTH_TRIPS + LBMS_HEALTH_FAULTS + (unsigned)LBMS_HEALTH_FIGURES)

/** The record; all members are int32_t, so that it is stored as it is. */
struct lbms_health {
    int32_t trips[LBMS_HEALTH_TRIPS];   /**< how often each protection has tripped, by enum lbms_bit */
    int32_t faults[LBMS_HEALTH_FAULTS]; /**< how often each fault has begun, by enum lbms_fault */
    int32_t v[LBMS_HEALTH_FIGURES];     /**< by enum lbms_health_figure */
};

/**
 * The record of a virgin pack.
 *
 * @param health  filled in, owned by the caller
 * Context: any.
 */
void lbms_health_defaults(struct lbms_health *health);

/**
 * Name of a figure, for tools and documentation; carries its unit as suffix.
 *
 * @param figure  enum lbms_health_figure; others are permitted
 * @return a constant string, never NULL; "?" for a value that is no figure
 * Context: any, also an interrupt.
 */
const char *lbms_health_name(uint8_t figure);

#ifdef __cplusplus
}
#endif

#endif
