/**
 * @file
 * What has happened in the pack: the difference of two snapshots, told as records one at a time.
 *
 * Nothing is lost while the log is busy: what has begun or ended stays pending, bit by bit. The measurement is that of the
 * step in which the last change was seen, so that a trip is recorded with the values that tripped it.
 */
#ifndef LOSUN_BMS_STORE_EVENTS_H
#define LOSUN_BMS_STORE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/record.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Words of the snapshot that are watched: alarms, protections, faults, locks. */
#define LBMS_EVENT_WORDS 4u
/** Further events that can wait. */
#define LBMS_EVENT_NOTES 4u

/** An event that is no bit of the snapshot. */
struct lbms_event_note {
    uint8_t kind; /**< enum lbms_record_kind */
    uint8_t code;
    int32_t value, threshold;
};

/** What waits to be recorded. Allocated by the caller, all zero at first. */
struct lbms_events {
    uint32_t seen[LBMS_EVENT_WORDS];  /**< as of the last snapshot */
    uint32_t begun[LBMS_EVENT_WORDS]; /**< pending */
    uint32_t ended[LBMS_EVENT_WORDS]; /**< pending */
    struct lbms_event_note note[LBMS_EVENT_NOTES];
    uint8_t notes;             /**< pending */
    bool fresh_note;           /**< the newest of them waits for its measurement */
    uint16_t lost;             /**< notes for which there was no room; stops at its maximum */
    struct lbms_record moment; /**< time and measurement of the last change */
};

/**
 * Look at the snapshot of a step.
 *
 * @param events  memory of the events
 * @param s       snapshot after the step
 * @param wall    the clock is set
 * @param wall_s  wall clock, s since 1970-01-01
 * @return true: something has happened, and the measurement of this step has been taken for it
 * Context: the context of the step; about 30 instructions when nothing has changed.
 */
bool lbms_events_step(struct lbms_events *events, const struct lbms_snapshot *s, bool wall, uint32_t wall_s);

/**
 * Add an event that is no bit of the snapshot. It is recorded with the measurement of the next lbms_events_step().
 *
 * @param events  memory of the events
 * @param note    copied
 * Context: the context of the step.
 */
void lbms_events_note(struct lbms_events *events, const struct lbms_event_note *note);

/**
 * The next record: notes, then faults, protections, locks, alarms.
 *
 * @param events  memory of the events
 * @param record  filled in; value, threshold and cell only for notes
 * @return false when nothing waits
 * Context: the context of the step.
 */
bool lbms_events_next(struct lbms_events *events, struct lbms_record *record);

#ifdef __cplusplus
}
#endif

#endif
