/**
 * @file
 * Emulator only: a pack of 16 cells in integers, with what it is connected to. No floating point, no file, no
 * heap.
 *
 * Cells: the model that the product has for them (battery/cell_model.h), with charge, hysteresis and polarisation. World: a wished current that flows when the
 * switches let it, and a charger that puts its voltage on open terminals. Tests force single cells and make
 * the front end silent.
 */
#ifndef FIRMWARE_EMU_PLANT_H
#define FIRMWARE_EMU_PLANT_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/sample.h"
#include "losun_bms/model/switches.h"

struct emu_plant {
    /* the world, set by a scenario */
    int32_t wish_ma;     /**< current that would flow with closed switches; positive charges */
    int32_t external_mv; /**< what the charger puts on open terminals; 0 = no charger */
    uint16_t all_mv;     /**< every cell shows this; 0 = by its charge */
    uint16_t one_mv;     /**< cell 5 shows this; 0 = like the others */
    /* the pack */
    int32_t charge_mas; /**< of each cell */
    int32_t rest_mams;  /**< what integration has left over */
    int32_t current_ma; /**< flowing now */
    int32_t v1_nv;      /**< built up in the two resistor-capacitor pairs */
    int32_t v2_nv;
    int32_t branch_ppm; /**< of the hysteresis: -1000000 discharged for long, 1000000 charged for long */
    uint32_t follow_ms; /**< time that these have not followed yet */
    uint32_t last_ms;
    struct lbms_switches switches;
};

/** A pack at half charge, nothing connected. Context: main. */
void emu_plant_init(struct emu_plant *plant, uint32_t now_ms);

/** Let time pass up to now. Context: main. */
void emu_plant_run(struct emu_plant *plant, uint32_t now_ms);

/** What a conversion would see now. Context: main. */
void emu_plant_measure(const struct emu_plant *plant, uint32_t now_ms, struct lbms_sample *sample);

#endif
