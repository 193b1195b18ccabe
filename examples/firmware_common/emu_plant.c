#include "firmware_common/emu_plant.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/battery/cell_model.h"
#include "losun_bms/battery/cell_resistance.h"

#define CAPACITY_MAS 360000000 /* 100 Ah */
#define PPM          1000000
#define NV_PER_DMV   100000
#define TEMP_DC      250
#define DMV_PER_MV   10
#define FORCED_CELL  5u
#define MS_PER_S     1000
/* Longest time integrated at once: 200 A for 5 s stays far below 2^31 mA ms. */
#define PIECE_MS 5000u

/* The cell that the pack is made for: another one's voltages would not tell its state of charge. */
static const struct lbms_cell_model *const cell = &lbms_cell_lfp100;

void emu_plant_init(struct emu_plant *plant, uint32_t now_ms)
{
    memset(plant, 0, sizeof(*plant));
    plant->charge_mas = CAPACITY_MAS / 2;
    plant->last_ms = now_ms;
}

/* What flows: an open switch blocks its direction; the other one passes through its body diode. */
static int32_t flowing_ma(const struct emu_plant *plant)
{
    const uint8_t needed =
        (plant->wish_ma > 0) ? (uint8_t)LBMS_SWITCH_CHARGE : (uint8_t)LBMS_SWITCH_DISCHARGE;

    return ((plant->switches.closed & needed) != 0u) ? plant->wish_ma : 0;
}

static int32_t settled(int32_t v_nv, int32_t end_nv, int32_t tau_s, int32_t passed_s)
{
    return v_nv + lbms_mul_div_i32(end_nv - v_nv, lbms_cell_share(passed_s, tau_s), LBMS_CELL_SHARE_ONE);
}

/* Polarisation and hysteresis, in whole seconds: they are slow. */
static void follow(struct emu_plant *plant, uint32_t passed_ms)
{
    const int32_t passed_s = (int32_t)((plant->follow_ms + passed_ms) / MS_PER_S);
    const int32_t moved_mas = lbms_abs_i32(plant->current_ma) * passed_s;
    const int32_t side_ppm = (plant->current_ma > 0) ? PPM : -PPM;

    plant->follow_ms = (plant->follow_ms + passed_ms) % MS_PER_S;
    plant->v1_nv = settled(plant->v1_nv, cell->r1_uohm * plant->current_ma, cell->tau1_s, passed_s);
    plant->v2_nv = settled(plant->v2_nv, cell->r2_uohm * plant->current_ma, cell->tau2_s, passed_s);
    plant->branch_ppm += lbms_mul_div_i32(side_ppm - plant->branch_ppm, moved_mas,
                                          CAPACITY_MAS / (int32_t)cell->hysteresis_rate);
}

void emu_plant_run(struct emu_plant *plant, uint32_t now_ms)
{
    uint32_t left_ms = lbms_elapsed_ms(now_ms, plant->last_ms);

    plant->last_ms = now_ms;
    plant->current_ma = flowing_ma(plant);
    while (left_ms > 0u) {
        const uint32_t piece_ms = (left_ms < PIECE_MS) ? left_ms : PIECE_MS;
        const int32_t moved_mams = (plant->current_ma * (int32_t)piece_ms) + plant->rest_mams;

        plant->charge_mas = lbms_clamp_i32(plant->charge_mas + (moved_mams / MS_PER_S), 0, CAPACITY_MAS);
        plant->rest_mams = moved_mams % MS_PER_S;
        left_ms -= piece_ms;
        follow(plant, piece_ms);
    }
}

static int32_t voltage_dmv(const struct emu_plant *plant)
{
    const int32_t soc_bp = lbms_mul_div_i32(plant->charge_mas, LBMS_FULL_BP, CAPACITY_MAS);
    const int32_t position = lbms_cell_position((uint16_t)soc_bp);
    const int32_t branch_dmv = lbms_mul_div_i32(lbms_cell_half_dmv(cell, position), plant->branch_ppm, PPM);
    const int32_t drop_nv = (cell->r0_uohm * plant->current_ma) + plant->v1_nv + plant->v2_nv;

    return lbms_cell_rest_dmv(cell, position, TEMP_DC) + branch_dmv + (drop_nv / NV_PER_DMV);
}

/* What the cells show that no test has forced. */
static uint16_t common_mv(const struct emu_plant *plant)
{
    return (plant->all_mv != 0u) ? plant->all_mv : (uint16_t)(voltage_dmv(plant) / DMV_PER_MV);
}

void emu_plant_measure(const struct emu_plant *plant, uint32_t now_ms, struct lbms_sample *sample)
{
    const bool connected = plant->switches.closed != 0u;
    const uint16_t mv = common_mv(plant);
    unsigned i;

    memset(sample, 0, sizeof(*sample));
    sample->at_ms = now_ms;
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = ((i == FORCED_CELL) && (plant->one_mv != 0u)) ? plant->one_mv : mv;
        sample->pack_mv += sample->cell_mv[i];
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = TEMP_DC;
    }
    sample->mosfet_dc = 280;
    sample->ambient_dc = 260;
    sample->current_ma = plant->current_ma;
    sample->terminal_mv = connected ? sample->pack_mv : plant->external_mv;
    sample->closed = plant->switches.closed;
}
