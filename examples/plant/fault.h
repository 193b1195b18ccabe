/**
 * @file
 * Faults that can be put into a simulated board, by name.
 *
 *     target   = cell1..cell16, cells (all of them), ntc1..ntc4, mosfet, ambient, current, pack, terminal,
 *                samples, afe, chg, dsg, pre, lim
 *     fault    = target=what | target+what | none (ends all faults)
 *
 * | target                   | what                                                                             |
 * | ------------------------ | -------------------------------------------------------------------------------- |
 * | every target             | ok: ends the faults of this target                                               |
 * | cellN                    | stuck, open (wire above the cell), offset:MV, swapM (values of N and M exchanged), |
 * |                          | leak:MA (internal short of the cell itself)                                      |
 * | cells                    | stuck (all cells and the pack voltage freeze)                                    |
 * | ntcN, mosfet, ambient    | open, short, stuck, offset:DC (0.1 K)                                            |
 * | current                  | stuck, offset:MA                                                                 |
 * | pack, terminal           | stuck, offset:MV                                                                 |
 * | samples                  | missing (no new conversion), stale (the last sample is delivered again and again) |
 * | afe                      | silent (every access fails), stale (as samples=stale), reset (restarts once)     |
 * | chg, dsg, pre, lim       | welded (always conducts), dead (never conducts)                                  |
 */
#ifndef PLANT_FAULT_H
#define PLANT_FAULT_H

#include <stddef.h>
#include <stdint.h>

/** What is faulty. */
enum plant_fault_target {
    PLANT_TARGET_NONE = 0, /**< everything: only with PLANT_FAULT_OK */
    PLANT_TARGET_CELL,     /**< index 0..15 */
    PLANT_TARGET_CELLS,
    PLANT_TARGET_NTC, /**< index 0..3 */
    PLANT_TARGET_MOSFET,
    PLANT_TARGET_AMBIENT,
    PLANT_TARGET_CURRENT,
    PLANT_TARGET_PACK,
    PLANT_TARGET_TERMINAL,
    PLANT_TARGET_SAMPLES,
    PLANT_TARGET_AFE,
    PLANT_TARGET_CHARGE,
    PLANT_TARGET_DISCHARGE,
    PLANT_TARGET_PRECHARGE,
    PLANT_TARGET_LIMITER,
    PLANT_TARGET_COUNT
};

/** What is wrong with it. */
enum plant_fault_kind {
    PLANT_FAULT_OK = 0,
    PLANT_FAULT_STUCK,
    PLANT_FAULT_OPEN,
    PLANT_FAULT_SHORT,
    PLANT_FAULT_OFFSET,
    PLANT_FAULT_SWAP,
    PLANT_FAULT_LEAK,
    PLANT_FAULT_MISSING,
    PLANT_FAULT_STALE,
    PLANT_FAULT_SILENT,
    PLANT_FAULT_RESET,
    PLANT_FAULT_WELDED,
    PLANT_FAULT_DEAD,
    PLANT_FAULT_COUNT
};

/** One fault. */
struct plant_fault {
    enum plant_fault_target target;
    enum plant_fault_kind kind;
    uint8_t index; /**< of the cell or the sensor, from 0 */
    uint8_t other; /**< PLANT_FAULT_SWAP: the other cell, from 0 */
    int32_t value; /**< PLANT_FAULT_OFFSET, PLANT_FAULT_LEAK: in the unit of the table above */
};

/** Enough for every error text of plant_fault_parse(). */
#define PLANT_FAULT_ERROR_SIZE 200

/**
 * Read a fault from text, as the table above says; letters may be small or capital.
 *
 * @param text        e.g. "cell3=stuck", "ntc2=open", "cell5+swap6", "current=offset:-500", "chg=welded", "none"
 * @param fault       receives the fault; untouched after an error
 * @param error       receives one line that tells what is wrong and what would be right; may be NULL
 * @param error_size  bytes of error
 * @return 0, or -1 after an error
 */
int plant_fault_parse(const char *text, struct plant_fault *fault, char *error, size_t error_size);

/**
 * Write a fault as plant_fault_parse() reads it.
 *
 * @return length of the text without its end, as snprintf
 */
int plant_fault_format(const struct plant_fault *fault, char *text, size_t size);

#endif
