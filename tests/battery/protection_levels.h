/*
 * Every protection, alarm and fault with a level of its own: limits, delays, paths and releases, written down here once more
 * from the requirements (rules B, C and D of docs/requirements.md), so that the tests do not believe the table of the library.
 */
#ifndef LBMS_TESTS_BATTERY_PROTECTION_LEVELS_H
#define LBMS_TESTS_BATTERY_PROTECTION_LEVELS_H

#include "protection_rig.h"

enum what {
    CELL, /* one cell, mV */
    EVERY_CELL,
    SPREAD,   /* highest minus lowest cell, mV */
    PACK,     /* pack voltage, mV */
    CHARGER,  /* terminal voltage behind an open charge path, mV */
    REVERSED, /* terminal voltage behind open paths, mV */
    CURRENT,  /* mA, positive charges */
    CELLS_DC, /* temperature of the cells, 0.1 degC */
    ONE_DC,   /* of one cell sensor, the others at 25.0 degC */
    MOSFET_DC,
    BOARD_DC,
    SOC_BP
};

/* Where a service tool finds these numbers: parameters, LBMS_PARAM_NONE where there is none. */
struct row_parameters {
    uint8_t limit, delay, release, release_delay, alarm, alarm_hyst;
};

struct row {
    const char *name;
    struct shown shows;
    enum what what;
    int32_t outward; /* +1: above is dangerous, -1: below is */
    int32_t limit;   /* still permitted */
    uint32_t delay_ms;
    int32_t release; /* released here, and farther inside */
    uint32_t release_ms;
    int32_t alarm; /* no alarm yet; NO_ALARM: the row has none */
    int32_t alarm_end;
    uint8_t opened;
    struct row_parameters ids;
};

#define NO_ALARM  INT32_MIN
#define NEVER_OUT 0u /* release_ms: not by its level */
#define ROWS      22u

extern const struct row rows[ROWS];

/* Gives what the row looks at a value. */
void levels_place(struct rig *rig, const struct row *row, int32_t value);

/* What of a measurement must be believed for a row; 0: is always known. */
uint16_t levels_validity(enum what what);

#endif
