/*
 * Emulator only: the time base against the emulator's own clock, which counts 1 ns for each instruction.
 *
 * With "-icount shift=0,sleep=off" a stop of the core lets the emulator's clock run on to the period after
 * the next one, so the core must not really stop here: a pending interrupt keeps it going, while the periods
 * are set as for a stop.
 */
#include "firmware_common/emu.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/system.h"
#include "losun_bms_port/cortex_m/time.h"

#define ROUNDS    40u
#define NS_PER_MS 1000000u
#define ROUND_NS  3300000u /* no multiple of a period: some end within the round, some do not */
#define ERROR_NS  1500000u /* a millisecond of resolution, and 0.2 us lost with each restart */

static void doze_without_stop(uint32_t ms)
{
    const uint32_t primask = lbms_cm_irq_save();

    lbms_cm_irq_trigger(emu.port->serial[0].place->irq);
    lbms_cm_time_doze(ms);
    lbms_cm_irq_restore(primask);
}

void emu_time(void)
{
    const uint32_t start_ms = lbms_cm_now_ms();
    const uint32_t start_ns = emu_count();
    uint32_t before_ms = start_ms;
    uint32_t passed_ns;
    uint32_t passed_ms;
    uint32_t error_ns;
    bool backwards = false;
    unsigned i;

    for (i = 0u; i < ROUNDS; i++) {
        const uint32_t round_ns = emu_count();

        doze_without_stop(1u + (i % 6u));
        while ((emu_count() - round_ns) < ROUND_NS) {
            const uint32_t now_ms = lbms_cm_now_ms();

            backwards = backwards || (now_ms < before_ms);
            before_ms = now_ms;
        }
    }
    passed_ms = lbms_cm_now_ms() - start_ms;
    passed_ns = emu_count() - start_ns;
    error_ns = (passed_ms * NS_PER_MS) - passed_ns;
    emu_print("time.passed_ms", passed_ms);
    emu_print("time.passed_us", passed_ns / 1000u);
    emu_check((error_ns + ERROR_NS) <= (2u * ERROR_NS), "time: the time base follows the clock");
    emu_check(!backwards, "time: it never runs backwards");
}
