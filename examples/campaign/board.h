/*
 * A board of plain data for random campaigns: cells with an open-circuit voltage, a charger, a load, and everything that
 * can break between them and the library. It is made to be fast, not exact; examples/plant/ is the exact one.
 */
#ifndef LBMS_CAMPAIGN_BOARD_H
#define LBMS_CAMPAIGN_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/run.h"

/* What is broken now, as bits of board.broken. */
enum board_fault {
    BOARD_SAMPLES_LOST = 1u << 0,   /* no conversion any more */
    BOARD_AFE_DEAD = 1u << 1,       /* the driver reports an error */
    BOARD_FROZEN = 1u << 2,         /* new conversions with the old voltages */
    BOARD_WILD_CELL = 1u << 3,      /* one cell reads what it likes */
    BOARD_CELL_OPEN = 1u << 4,      /* one cell reads nothing, its neighbour twice as much */
    BOARD_SUM = 1u << 5,            /* pack voltage differs from the sum of the cells */
    BOARD_OFFSET = 1u << 6,         /* current sensor with an offset */
    BOARD_CURRENT_LOST = 1u << 7,   /* current beyond the range of the converter */
    BOARD_CONFIG_IGNORED = 1u << 8, /* the AFE does not take its thresholds */
    BOARD_SLEEP_REFUSED = 1u << 9,
    BOARD_SWITCHES_DEAF = 1u << 10 /* the board does not accept the switch state */
};

struct board {
    struct lbms bms;
    struct lbms_hal hal;
    uint32_t now_ms;   /* as the library sees it; wraps */
    uint64_t world_ms; /* since the start of the campaign */

    double soc[LBMS_CELLS];
    double spread_ohm[LBMS_CELLS];    /* internal resistance */
    double temp_dc;                   /* of the cells; the switches and the board follow */
    int16_t ntc_fault[LBMS_NTCS + 2]; /* 0: works; otherwise what is read: four cells, MOSFET, board */
    int16_t mosfet_rise_dc, board_rise_dc;

    int32_t charger_mv, charger_ma; /* 0: none */
    bool charger_obeys;             /* follows CVL and CCL */
    int32_t load_ma;
    int32_t surge_ma; /* signed, of a source that obeys nothing but the switches */
    bool bus_shorted;
    bool reversed;

    uint32_t broken; /* enum board_fault */
    uint8_t broken_cell;
    uint16_t wild_mv;
    int32_t offset_ma, sum_mv;
    uint8_t welded, dead; /* switches that conduct always, or never */
    uint8_t misreported;  /* switches whose reported state is inverted */
    uint16_t afe_flags;   /* injected */
    uint16_t keys;
    uint8_t dip;

    int32_t true_ma;
    struct lbms_switches switches; /* as commanded */
    struct lbms_sample sample;     /* last one delivered */
    bool delivered;
    uint32_t delivered_ms;
    uint16_t balance_mask;
    bool pauses_itself; /* the chip stops bleeding while it converts */
    bool heater;
    uint8_t contacts;
    struct lbms_afe_config config; /* in the AFE */
    unsigned balance_calls;

    struct lbms_restored retained;
    bool restart; /* reset or wake-up from a sleep that lost the memory */
    bool loses_memory;
    bool obeyed;      /* the switches took the last command */
    bool fed_wrongly; /* watchdog fed without, or with old samples and closed switches */
    uint32_t fed_ms;
    uint32_t sleep_limit_s; /* until something happens */
    uint32_t slept_s;
    unsigned resets, sleeps;
};

/* A healthy pack at half charge, nothing connected. */
void board_init(struct board *b);
/* Everything repaired, disconnected, at 25 degC and half charge. */
void board_heal(struct board *b);
/* Start the library with what was retained. */
void board_boot(struct board *b, uint8_t reset_cause);
/* Nobody has fed the watchdog: it resets the board. */
bool board_hangs(const struct board *b);
/* Time passes: charge moves. */
void board_pass(struct board *b, uint32_t ms);

#endif
