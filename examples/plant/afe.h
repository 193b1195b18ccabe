/**
 * @file
 * The analog front end's own protections and its gate drivers, simplified.
 *
 * Over-current holds until the host has commanded that path open, short circuit and watchdog until it has commanded
 * everything open, in both cases after a sample has shown the flag. Over- and under-voltage let go by themselves
 * 150 mV below and 300 mV above their thresholds, and meanwhile close the switch while current flows the other way.
 */
#ifndef PLANT_AFE_H
#define PLANT_AFE_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/afe_config.h"
#include "losun_bms/model/sample.h"

/** How well thresholds can be set. */
enum plant_afe_style {
    PLANT_AFE_EXACT = 0, /**< every value fits */
    PLANT_AFE_STEPS,     /**< 5 mV, 20 mV, and the current and delay steps of an SH367309 at 0.25 mOhm */
    PLANT_AFE_PROGRAMMED /**< fixed in production: 3650 mV 2 s, 2500 mV 2 s, 160 A 1 s, 440 A 256 us, 8 s */
};

/** State of the front end. */
struct plant_afe {
    enum plant_afe_style style;
    struct lbms_afe_config config; /**< thresholds in the chip; 0 = not used */
    uint8_t config_seq;            /**< 0 = none since its reset */
    uint8_t commanded;             /**< mask of enum lbms_switch: what the host wants */
    uint16_t latched;              /**< mask of enum lbms_afe_flag: protections that hold */
    uint16_t shown;                /**< latched flags that a sample has brought to the host */
    uint16_t once;                 /**< flags that go with their delivery */
    uint8_t reverse;               /**< paths whose body diode carries current, mask of enum lbms_path */
    double ov_s, uv_s, oc_s;       /**< time for which the condition has been true */
    uint32_t last_access_ms;       /**< for its watchdog */
    bool awake;
};

/** A front end after power-on: gates open, nothing configured. */
void plant_afe_init(struct plant_afe *afe, enum plant_afe_style style);

/** Restart it: gates open, configuration lost, LBMS_AFE_RESET_SEEN in the next sample. */
void plant_afe_reset(struct plant_afe *afe);

/** Any access by the host: feeds the watchdog. */
void plant_afe_access(struct plant_afe *afe, uint32_t now_ms);

/** The host's wish for the switches. */
void plant_afe_command(struct plant_afe *afe, uint8_t closed);

/** Take over thresholds. @return enum lbms_afe_fit */
int plant_afe_configure(struct plant_afe *afe, const struct lbms_afe_config *want,
                        struct lbms_afe_config *got);

/** Gate state that results from the wish and the protections, mask of enum lbms_switch. */
uint8_t plant_afe_gates(const struct plant_afe *afe);

/** Short-circuit threshold in A and delay in s; threshold 0: not used. */
double plant_afe_short_a(const struct plant_afe *afe, double *delay_s);

/** The comparator saw a short circuit: latch it. */
void plant_afe_trip_short(struct plant_afe *afe);

/** Judge cell voltages, current and the silence of the host; once for each conversion. */
void plant_afe_watch(struct plant_afe *afe, const struct lbms_sample *sample, uint32_t now_ms, double dt_s);

/** Flags for a sample that is being made. */
uint16_t plant_afe_flags(const struct plant_afe *afe);

/** A sample with these flags has reached the host. */
void plant_afe_delivered(struct plant_afe *afe, uint16_t flags);

#endif
