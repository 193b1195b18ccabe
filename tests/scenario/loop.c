#include "loop.h"

#include "losun_bms/model/ports.h"

#include "support/suite.h"

#include <math.h>
#include <string.h>

#define FULL_MAS 3.6e8
#define PIECE_S  1.0 /* how exactly loop_until() knows the time */

void loop_prepare(struct loop *loop, double soc)
{
    memset(loop, 0, sizeof(*loop));
    plant_board_defaults(&loop->config);
    plant_pack_uniform(&loop->config.pack);
    loop->config.pack.soc = soc;
    loop->config.asleep_slice_ms = 10000u;
    plant_inverter_defaults(&loop->inverter);
    lbms_restored_defaults(&loop->restored);
}

static double coldest_c(const struct plant_pack *pack)
{
    double c = HUGE_VAL;
    unsigned i;

    for (i = 0u; i < PLANT_CELLS; i++) {
        c = fmin(c, pack->cell[i].temp_c);
    }
    return c;
}

/* At the beginning of each piece of time: what the last one has done, and what the inverter does in the next one. */
static int on_piece(void *ctx, struct plant_board *board)
{
    struct loop *loop = ctx;
    struct loop_seen *seen = &loop->seen;
    const struct plant_pack *pack = &board->pack;
    const struct lbms_limit_view *told = board->asleep ? NULL : &lbms_snapshot(&loop->bms)->limit;
    const double now_s = plant_board_time_s(board);
    unsigned i;

    for (i = 0u; i < PLANT_CELLS; i++) {
        seen->cell_high_v = fmax(seen->cell_high_v, pack->cell_v[i]);
        seen->cell_low_v = fmin(seen->cell_low_v, pack->cell_v[i]);
    }
    seen->charge_a = fmax(seen->charge_a, pack->current_a);
    seen->discharge_a = fmax(seen->discharge_a, -pack->current_a);
    if (coldest_c(pack) < 0.0) {
        seen->cold_charge_as += fmax(0.0, pack->current_a) * (now_s - loop->piece_s);
    }
    loop->piece_s = now_s;
    plant_inverter_step(&loop->inverter, &board->world, told, now_s);
    return (now_s + 1e-6 >= loop->end_s) ? 1 : 0;
}

static void on_step(void *ctx, const struct lbms_inputs *inputs, const struct lbms_outputs *outputs,
                    const struct lbms_snapshot *snapshot)
{
    struct loop *loop = ctx;
    struct loop_seen *seen = &loop->seen;

    (void)outputs;
    seen->alarms |= snapshot->alarms;
    seen->protections |= snapshot->protections;
    seen->faults |= snapshot->faults;
    seen->locks |= snapshot->locks;
    seen->states |= snapshot->state;
    seen->wakes += (inputs->wake_reason != 0u) ? 1u : 0u;
    seen->balance_s += (snapshot->balance_mask != 0u) ? 0.1 : 0.0;
}

static void start_core(struct loop *loop)
{
    ck_assert_int_eq(lbms_init(&loop->bms, &loop->board.hal, &lbms_product_ls_btn0_p0548100, &loop->restored),
                     LBMS_OK);
    lbms_observe(&loop->bms, on_step, loop);
}

void loop_start(struct loop *loop)
{
    plant_board_init(&loop->board, &loop->config);
    loop->board.world.ambient_c = loop->config.pack.start_c;
    loop->board.hook = on_piece;
    loop->board.hook_ctx = loop;
    loop->restored.life.valid = true;
    loop->restored.life.charge_mas =
        (int32_t)(fmin(plant_pack_usable_soc(&loop->board.pack), 1.0) * FULL_MAS);
    start_core(loop);
    loop_watch(loop);
    loop_run(loop, 20.0); /* the pack closes its paths and the inverter starts */
    loop_watch(loop);
}

/* The processor restarts with what it kept. */
static void restart(struct loop *loop)
{
    ck_assert_uint_eq(loop->board.retained_size, sizeof(loop->restored));
    memcpy(&loop->restored, loop->board.retained, sizeof(loop->restored));
    loop->restored.boot.reset_cause = LBMS_RESET_SOFTWARE;
    plant_board_restart(&loop->board);
    start_core(loop);
}

void loop_run(struct loop *loop, double seconds)
{
    loop->end_s = plant_board_time_s(&loop->board) + seconds;
    while (plant_board_time_s(&loop->board) + 1e-6 < loop->end_s) {
        uint32_t wait_ms;

        if (plant_inverter_talks(&loop->inverter)) {
            loop->bms.inputs.ports_seen |= (uint8_t)(1u << LBMS_PORT_CAN);
        }
        wait_ms = lbms_run(&loop->bms);
        if (loop->board.reset_requested) {
            restart(loop);
        } else {
            (void)plant_board_advance(&loop->board, wait_ms);
        }
    }
}

double loop_until(struct loop *loop, uint8_t mode, double seconds)
{
    double s;

    for (s = 0.0; s <= seconds; s += PIECE_S) {
        if (lbms_snapshot(&loop->bms)->mode == mode) {
            return s;
        }
        loop_run(loop, PIECE_S);
    }
    return -1.0;
}

void loop_watch(struct loop *loop)
{
    memset(&loop->seen, 0, sizeof(loop->seen));
    loop->seen.cell_low_v = HUGE_VAL;
}

void loop_press(struct loop *loop, uint16_t keys, double seconds)
{
    plant_board_key(&loop->board, keys, true);
    loop_run(loop, seconds);
    plant_board_key(&loop->board, keys, false);
}

const struct lbms_snapshot *loop_snapshot(const struct loop *loop)
{
    return lbms_snapshot(&loop->bms);
}

double loop_spread_v(const struct loop *loop)
{
    const double *v = loop->board.pack.cell_v;
    double high_v = v[0];
    double low_v = v[0];
    unsigned i;

    for (i = 1u; i < PLANT_CELLS; i++) {
        high_v = fmax(high_v, v[i]);
        low_v = fmin(low_v, v[i]);
    }
    return high_v - low_v;
}
