/*
 * The rig of the protections: an engine, the pack that it looks at, and time in equal steps.
 *
 *     rig_start(&rig);
 *     measured_cell(&rig.m, 6u, 3651u);
 *     ck_assert_uint_eq(rig_until(&rig, rig_protection(LBMS_BIT_CELL_OV), true, 5000u), 1000u);
 */
#ifndef LBMS_TESTS_BATTERY_PROTECTION_RIG_H
#define LBMS_TESTS_BATTERY_PROTECTION_RIG_H

#include "losun_bms/battery/protection.h"
#include "support/measured.h"

#define NEVER     UINT32_MAX
#define MINUTE_MS 60000u

struct rig {
    struct lbms_protection engine;
    struct lbms_measured m;
    struct lbms_protection_inputs in; /* in.m is the pack above; in.now_ms the time of the last step */
    struct lbms_params params;
    uint32_t step_ms;
};

/*
 * A voltage protection as the manual and docs/requirements.md (rule B) describe it. Written down here once more, so
 * that the tests do not believe the tables of the library. Voltages in mV.
 */
struct voltage_row {
    const char *name;
    uint8_t bit;       /* enum lbms_bit */
    bool pack;         /* the pack voltage, otherwise one cell */
    int32_t outward;   /* +1: over-voltage, -1: under-voltage */
    int32_t limit;     /* still permitted */
    int32_t release;   /* released here, and farther inside */
    int32_t alarm;     /* no alarm yet */
    int32_t alarm_end; /* alarm cleared here, and farther inside */
    uint8_t opened;    /* paths that it opens, mask of enum lbms_path */
};

#define VOLTAGE_ROWS 4u

extern const struct voltage_row voltage_rows[VOLTAGE_ROWS];

/* Delay of every one of them, and of their alarms and releases. */
#define DELAY_MS 1000u

/* One bit of one of the three result words. */
struct shown {
    enum { ALARM, PROTECTION, FAULT } word;
    uint8_t bit;
};

struct shown rig_alarm(uint8_t bit);
struct shown rig_protection(uint8_t bit);
struct shown rig_fault(uint8_t bit);

/* The product's table and defaults, a healthy pack at rest with an SOC of 50 %, time 0, steps of 10 ms; not yet stepped. */
void rig_start(struct rig *rig);

/* The same with another table. */
void rig_start_with(struct rig *rig, const struct lbms_protection_row *rows, size_t count);

/* Gives the quantity of a row a value: one cell of the pack, or the pack voltage. The others stay. */
void rig_place(struct rig *rig, const struct voltage_row *row, int32_t mv);

/* From now on the quantity of a row cannot be believed, and again can be. Everything else is as it was. */
void rig_lose(struct rig *rig, const struct voltage_row *row);
void rig_regain(struct rig *rig, const struct voltage_row *row);

/* Beyond the limit until the protection has tripped. */
void rig_trip(struct rig *rig, const struct voltage_row *row);

/* Time goes on by one step, and the engine sees the pack as it is now. */
void rig_step(struct rig *rig);

/* As many steps as fit into this time. */
void rig_run(struct rig *rig, uint32_t ms);

bool rig_shows(const struct rig *rig, struct shown what);

/*
 * Steps until a bit is as wanted. Returns the time from the first of these steps, the one that sees what the test
 * has just changed, to the step that shows the bit; NEVER when it takes longer than most_ms.
 */
uint32_t rig_until(struct rig *rig, struct shown what, bool wanted, uint32_t most_ms);

/* The times of faults are counted in 0.1 s, and never too short. */
#define ABOUT(ms, wanted) (((ms) >= (wanted)) && ((ms) <= ((wanted) + 110u)))

/* Raises or clears a condition. */
void rig_condition(struct rig *rig, uint8_t condition, bool raised);

/* Writes one parameter; the test fails when it is refused. */
void rig_write(struct rig *rig, uint8_t id, int32_t value);

#endif
