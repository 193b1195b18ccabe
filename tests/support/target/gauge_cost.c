/*
 * What the fuel gauge costs on this chip: the instructions of every single step of the loads of bench/gauge_load.h, counted
 * by the emulator (run_image.sh --count). Prints "name: value" lines, and a digest of all results for the comparison
 * with the host's.
 */
#include <stdlib.h>

#include "bench/gauge_load.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "support/target/host.h"

/* TIM2 of both maps counts with 1 GHz / (PSC + 1), and an instruction is 1 ns. */
#define TIM2_CR1 (*(volatile uint32_t *)0x40000000u)
#define TIM2_CNT (*(volatile uint32_t *)0x40000024u)
#define TIM2_PSC (*(volatile uint32_t *)0x40000028u)

/* Required of a step: mean of a day in a house, mean at 1 C, and the longest one. */
#define DAY_MOST    300u
#define STEADY_MOST 900u
#define WORST_MOST  1500u

static struct gauge_load load;

static void print(uint8_t kind, const char *name, uint32_t value)
{
    host_text("gauge.");
    host_text(gauge_load_name(kind));
    host_text(name);
    host_number(value);
    host_text("\n");
}

/* Instructions of one step, without those of counting. */
static uint32_t count_step(void)
{
    uint32_t start;
    uint32_t nothing;

    lbms_cm_barrier();
    start = TIM2_CNT;
    nothing = TIM2_CNT - start;
    lbms_cm_barrier();
    start = TIM2_CNT;
    gauge_load_run(&load);
    lbms_cm_barrier();
    return TIM2_CNT - start - nothing;
}

/* True when mean and longest step are what is required. */
static bool run(uint8_t kind, uint32_t mean_most)
{
    const uint32_t steps = gauge_load_steps(kind);
    uint64_t sum = 0u;
    uint32_t most = 0u;
    uint32_t i;

    gauge_load_start(&load, kind);
    for (i = 0u; i < steps; i++) {
        uint32_t count;

        gauge_load_next(&load);
        count = count_step();
        sum += count;
        most = (count > most) ? count : most;
        gauge_load_digest(&load);
    }
    print(kind, ".mean.instructions: ", (uint32_t)(sum / steps));
    print(kind, ".worst.instructions: ", most);
    print(kind, ".digest: ", load.digest);
    return ((sum / steps) <= mean_most) && (most <= WORST_MOST);
}

int main(void)
{
    bool good = true;

    TIM2_PSC = 0u;
    TIM2_CR1 = 1u;
    good = run(GAUGE_LOAD_DAY, DAY_MOST) && good;
    good = run(GAUGE_LOAD_STEADY, STEADY_MOST) && good;
    good = run(GAUGE_LOAD_REST, DAY_MOST) && good;
    good = run(GAUGE_LOAD_WORST, UINT32_MAX) && good;
    host_text(good ? "PASS the fuel gauge costs what it may\n"
                   : "FAIL the fuel gauge costs more than it may\n");
    lbms_semihosting_exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
    return EXIT_FAILURE;
}
