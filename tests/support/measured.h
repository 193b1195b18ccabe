/*
 * Measurements as a test wants them: a healthy pack at rest, and then what is different about this one.
 *
 *     struct lbms_measured m = measured_rested();
 *
 *     measured_cell(&m, 6u, 3651u);
 *     m.current_ma = -20000;
 */
#ifndef LBMS_TESTS_MEASURED_H
#define LBMS_TESTS_MEASURED_H

#include <stdint.h>

#include "losun_bms/model/inputs.h"
#include "losun_bms/model/snapshot.h"

/* The healthy pack at rest. */
#define RESTED_CELL_MV 3300u
#define RESTED_PACK_MV 52800
#define RESTED_TEMP_DC 250

/* Its raw sample: 16 equal cells, no current, 25.0 degC everywhere, both main switches closed. */
struct lbms_sample sample_rested(uint32_t at_ms);

/* Inputs of a step in which this sample has just come; weak-current switch on, nothing else pressed. */
struct lbms_inputs inputs_rested(uint32_t now_ms);

/* The same pack after validation: everything is believed. */
struct lbms_measured measured_rested(void);

/* Every cell has this voltage, pack and terminal 16 times of it. */
void measured_cells(struct lbms_measured *m, uint16_t mv);

/* One cell has this voltage; lowest, highest and mean follow, the pack voltage does not. */
void measured_cell(struct lbms_measured *m, unsigned index, uint16_t mv);

/* One cell cannot be believed: it keeps its number, and lowest, highest and mean are those of the others. */
void measured_lose_cell(struct lbms_measured *m, unsigned index);

#endif
