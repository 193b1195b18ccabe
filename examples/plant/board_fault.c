#include "plant/board.h"

#include <stddef.h>
#include <string.h>

/* Sets or clears one bit. */
static void set_bit(uint8_t *mask, unsigned bit, bool on)
{
    *mask = (uint8_t)(on ? (*mask | bit) : (*mask & ~bit));
}

static int inject_switch(struct plant_board *board, enum plant_switch which, enum plant_fault_kind kind)
{
    if ((kind != PLANT_FAULT_OK) && (kind != PLANT_FAULT_WELDED) && (kind != PLANT_FAULT_DEAD)) {
        return -1;
    }
    set_bit(&board->pack.welded, (unsigned)which, kind == PLANT_FAULT_WELDED);
    set_bit(&board->pack.dead, (unsigned)which, kind == PLANT_FAULT_DEAD);
    return 0;
}

static int inject_samples(struct plant_board *board, enum plant_fault_kind kind)
{
    if ((kind != PLANT_FAULT_OK) && (kind != PLANT_FAULT_MISSING) && (kind != PLANT_FAULT_STALE)) {
        return -1;
    }
    board->samples_missing = (kind == PLANT_FAULT_MISSING);
    board->samples_stale = (kind == PLANT_FAULT_STALE);
    return 0;
}

static int inject_afe(struct plant_board *board, enum plant_fault_kind kind)
{
    switch (kind) {
    case PLANT_FAULT_OK:
        board->afe_silent = false;
        board->samples_stale = false;
        return 0;
    case PLANT_FAULT_SILENT:
        board->afe_silent = true;
        return 0;
    case PLANT_FAULT_STALE:
        board->samples_stale = true;
        return 0;
    case PLANT_FAULT_RESET:
        plant_afe_reset(&board->afe);
        return 0;
    default:
        return -1;
    }
}

static int inject_cell(struct plant_board *board, const struct plant_fault *fault)
{
    struct plant_cell *cell = &board->pack.cell[fault->index % PLANT_CELLS];

    if ((fault->kind == PLANT_FAULT_OK) || (fault->kind == PLANT_FAULT_LEAK)) {
        cell->leak_a = (double)fault->value * 1e-3;
        plant_cell_slow(cell, &board->pack.config.type);
    }
    /* a leak is no error of measuring, and leaves one that may be there */
    return (fault->kind == PLANT_FAULT_LEAK) ? 0 : plant_sensors_fault(&board->sensors, fault);
}

static void end_all(struct plant_board *board)
{
    struct plant_fault fault;
    int target;
    unsigned i;

    memset(&fault, 0, sizeof(fault));
    for (target = (int)PLANT_TARGET_CELL; target < (int)PLANT_TARGET_COUNT; target++) {
        fault.target = (enum plant_fault_target)target;
        for (i = 0u; i < PLANT_CELLS; i++) {
            fault.index = (uint8_t)i;
            (void)plant_board_inject(board, &fault);
        }
    }
}

int plant_board_inject(struct plant_board *board, const struct plant_fault *fault)
{
    switch (fault->target) {
    case PLANT_TARGET_NONE:
        end_all(board);
        return 0;
    case PLANT_TARGET_CELL:
        return inject_cell(board, fault);
    case PLANT_TARGET_SAMPLES:
        return inject_samples(board, fault->kind);
    case PLANT_TARGET_AFE:
        return inject_afe(board, fault->kind);
    case PLANT_TARGET_CHARGE:
        return inject_switch(board, PLANT_SWITCH_CHARGE, fault->kind);
    case PLANT_TARGET_DISCHARGE:
        return inject_switch(board, PLANT_SWITCH_DISCHARGE, fault->kind);
    case PLANT_TARGET_PRECHARGE:
        return inject_switch(board, PLANT_SWITCH_PRECHARGE, fault->kind);
    case PLANT_TARGET_LIMITER:
        return inject_switch(board, PLANT_SWITCH_LIMITER, fault->kind);
    default:
        return plant_sensors_fault(&board->sensors, fault);
    }
}

int plant_board_inject_text(struct plant_board *board, const char *text, char *error, size_t error_size)
{
    struct plant_fault fault;

    if (plant_fault_parse(text, &fault, error, error_size) != 0) {
        return -1;
    }
    return plant_board_inject(board, &fault);
}
