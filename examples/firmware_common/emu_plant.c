#include "firmware_common/emu_plant.h"

#include <string.h>

#include "losun_bms/base/fixed.h"
#include "losun_bms/base/timer.h"

#define CAPACITY_MAS    360000000 /* 100 Ah */
#define RESISTANCE_UOHM 500
#define FORCED_CELL     5u
#define MS_PER_S        1000
/* Longest time integrated at once: 200 A for 5 s stays far below 2^31 mA ms. */
#define PIECE_MS 5000u

/* Rest voltage of a LiFePO4 cell over its charge: 0.01 %, mV. */
static const struct lbms_point rest_voltage[] = {
    {0, 2600},    {300, 3000},  {1000, 3200}, {2000, 3250}, {3000, 3285}, {4000, 3290},
    {6000, 3300}, {7000, 3330}, {9000, 3335}, {9700, 3345}, {9900, 3420}, {10000, 3600},
};

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
    }
}

static uint16_t cell_mv(const struct emu_plant *plant, unsigned cell)
{
    const int32_t soc_bp = lbms_mul_div_i32(plant->charge_mas, LBMS_FULL_BP, CAPACITY_MAS);
    const int32_t drop_mv = lbms_mul_div_i32(plant->current_ma, RESISTANCE_UOHM, 1000000);

    if ((cell == FORCED_CELL) && (plant->one_mv != 0u)) {
        return plant->one_mv;
    }
    if (plant->all_mv != 0u) {
        return plant->all_mv;
    }
    return (uint16_t)(lbms_interpolate(rest_voltage, sizeof(rest_voltage) / sizeof(rest_voltage[0]), soc_bp) +
                      drop_mv);
}

void emu_plant_measure(const struct emu_plant *plant, uint32_t now_ms, struct lbms_sample *sample)
{
    const bool connected = plant->switches.closed != 0u;
    unsigned i;

    memset(sample, 0, sizeof(*sample));
    sample->at_ms = now_ms;
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = cell_mv(plant, i);
        sample->pack_mv += sample->cell_mv[i];
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = 250;
    }
    sample->mosfet_dc = 280;
    sample->ambient_dc = 260;
    sample->current_ma = plant->current_ma;
    sample->terminal_mv = connected ? sample->pack_mv : plant->external_mv;
    sample->closed = plant->switches.closed;
}
