/**
 * @file
 * What every part of the charge supervision looks at.
 */
#ifndef LOSUN_BMS_BATTERY_CHARGE_INPUTS_H
#define LOSUN_BMS_BATTERY_CHARGE_INPUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Inputs of one step. */
struct lbms_charge_inputs {
    uint32_t now_ms;               /**< time of this step, wraps */
    uint32_t uptime_s;             /**< the same in seconds, runs on through sleep */
    const struct lbms_measured *m; /**< validated measurement of this step */
    uint32_t protections;          /**< of this step, 1 << enum lbms_bit */
    uint32_t faults;               /**< of this step, 1 << enum lbms_fault */
    uint8_t blocked;               /**< paths held open by protections and faults, mask of enum lbms_path */
    uint8_t fault_blocked;         /**< of these, the paths held open by faults */
    bool charger_present;
    uint16_t soc_bp; /**< at the end of the previous step: SOC is computed after the charge supervision */
    bool asleep;     /**< the pack is, or was until this step, in SHUTDOWN */
};

#ifdef __cplusplus
}
#endif

#endif
