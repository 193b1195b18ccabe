/**
 * @file
 * A second make of LFP cell for the bench.
 */
#ifndef SOC_BENCH_OTHER_CELL_H
#define SOC_BENCH_OTHER_CELL_H

#include "plant/cell.h"

/** Give a type the rest voltage and the hysteresis of a cell whose knee is at 75 %; all else stays. */
void bench_other_cell(struct plant_cell_type *type);

#endif
