/*
 * A test bench: the whole library on a board whose every measured value is set by the test, in simulated time.
 *
 *     struct bench b;
 *     bench_start(&b);                          // a resting pack, 3.300 V each cell, awake and closed
 *     bench_cell(&b, 5, 3651);                  // the sixth cell
 *     bench_run(&b, 1100);                      // ms
 *     ck_assert(!bench_charge_closed(&b));
 *
 * The pack voltage follows the cells, the terminals follow the pack while a switch connects them. Samples come every
 * 100 ms, as from an SH367309.
 */
#ifndef LBMS_TESTS_BENCH_H
#define LBMS_TESTS_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/run.h"

struct bench {
    struct lbms bms;
    struct lbms_hal hal;
    struct lbms_restored restored;

    uint32_t now_ms;
    struct lbms_sample sample; /* values of the next conversion */
    int32_t pack_offset_mv;    /* pack voltage minus sum of the cells */
    int32_t external_mv;       /* voltage that something else puts on the open terminals */
    bool bus_shorted;          /* the port cannot be pre-charged */
    bool samples_stopped;      /* no conversion any more */
    uint32_t sample_period_ms;
    uint32_t next_sample_ms;
    uint16_t keys;
    uint8_t dip;
    uint32_t wall_s;
    bool wall_set;
    uint32_t
        longest_wait_ms; /* never sleep longer between two calls of lbms_run(); as an interrupt would wake it */

    struct lbms_switches switches; /* what the board was told */
    uint8_t welded;                /* switches that conduct whatever they are told */
    uint16_t balance_mask, lights;
    uint8_t contacts;
    bool buzzer, heater;
    struct lbms_afe_config afe;
    bool afe_ignores;              /* afe_configure has no effect on the chip */
    struct lbms_boot woke;         /* what the next sleep returns */
    struct lbms_sleep slept;       /* last request of a sleep */
    struct lbms_restored retained; /* last retained data */
    unsigned sample_calls, switch_calls, watchdog_fed, lights_calls, contacts_calls, afe_calls, sleep_calls,
        retain_calls, reset_calls, balance_calls;
    int fail_sample, fail_switches, fail_controls, fail_watchdog, fail_afe, fail_balance, fail_lights,
        fail_contacts, fail_wall, fail_sleep; /* status returned instead of LBMS_OK, 0 = works */
};

/* The board alone: values of a resting pack, nothing started. */
void bench_board(struct bench *b);
/* Start the library on the board, with b->restored. Returns the result of lbms_init(). */
int bench_boot(struct bench *b);
/* bench_board, bench_boot, and 10 s: the pack is awake and both switches are closed. */
void bench_start(struct bench *b);

/* Let simulated time pass. */
void bench_run(struct bench *b, uint32_t ms);
void bench_run_s(struct bench *b, uint32_t s);

/* Measured values. Cells count from 0. */
void bench_cells(struct bench *b, uint16_t mv);
void bench_cell(struct bench *b, unsigned cell, uint16_t mv);
void bench_current(struct bench *b, int32_t ma);

/* Controls. */
void bench_press(struct bench *b, uint16_t keys);
void bench_release(struct bench *b, uint16_t keys);
/* Press the button for a time and release it, then let 200 ms pass for the debounce. */
void bench_button(struct bench *b, uint32_t held_ms);

/* What the board was told. */
bool bench_charge_closed(const struct bench *b);
bool bench_discharge_closed(const struct bench *b);
bool bench_all_open(const struct bench *b);
uint8_t bench_mode(const struct bench *b);
bool bench_protection(const struct bench *b, uint8_t bit);
bool bench_alarm(const struct bench *b, uint8_t bit);
bool bench_fault(const struct bench *b, uint8_t fault);

/* Send one command, run until it is answered, and return its result. */
int bench_command(struct bench *b, const struct lbms_command *command);
/* Write one parameter by a command; returns its result. */
int bench_set(struct bench *b, uint16_t param, int32_t value);

#endif
