/* Emulator only: instructions of a step. */
#include "firmware_common/bench_load.h"
#include "firmware_common/emu.h"
#include "losun_bms_port/cortex_m/compiler.h"

#define QUIET_COUNTED 100u /* the last ones of the load */

/* Instructions of one step, without those of counting. */
static uint32_t count_step(struct bench_load *load)
{
    uint32_t start;
    uint32_t nothing;
    uint32_t all;

    lbms_cm_barrier();
    start = emu_count();
    nothing = emu_count() - start;
    lbms_cm_barrier();
    start = emu_count();
    lbms_step(&load->core, &load->in, &load->out);
    lbms_cm_barrier();
    all = emu_count() - start;
    return all - nothing;
}

/* The longest step of a load that starts afresh. */
static uint32_t most_of(struct bench_load *load, void (*inputs)(struct bench_load *load, unsigned step))
{
    uint32_t most = 0u;
    unsigned i;

    (void)bench_load_start(load);
    for (i = 0u; i < BENCH_LOAD_STEPS; i++) {
        uint32_t count;

        inputs(load, i);
        count = count_step(load);
        most = (count > most) ? count : most;
    }
    return most;
}

void emu_bench(void)
{
    static struct bench_load load;
    uint32_t sum = 0u;
    unsigned i;

    emu_check(bench_load_start(&load) == LBMS_OK, "bench: a core");
    for (i = 0u; i < BENCH_LOAD_STEPS; i++) {
        uint32_t count;

        bench_load_quiet(&load, i);
        count = count_step(&load);
        sum += (i >= (BENCH_LOAD_STEPS - QUIET_COUNTED)) ? count : 0u;
    }
    emu_check((load.core.snapshot.protections == 0u) && (load.out.want.closed == LBMS_SWITCHES_MAIN),
              "bench: the quiet pack runs");
    emu_print("step.quiet.instructions", sum / QUIET_COUNTED);
    emu_print("step.worst.instructions", most_of(&load, bench_load_worst));
    emu_print("step.write.instructions", most_of(&load, bench_load_write));
}
