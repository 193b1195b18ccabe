/* Emulator only: the test modes beside the hour, and how results are told. */
#include "firmware_common/emu.h"
#include "firmware_common/text.h"
#include "losun_bms/base/timer.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_core.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "losun_bms_port/cortex_m/system.h"
#include "losun_bms_port/cortex_m/time.h"

/* TIM2 of both maps, and its clock-enable bit. The emulator counts with 1 GHz / (PSC + 1). */
#define TIM2_CR1 (*(volatile uint32_t *)0x40000000u)
#define TIM2_CNT (*(volatile uint32_t *)0x40000024u)
#define TIM2_PSC (*(volatile uint32_t *)0x40000028u)

/* When hang, crash and overflow happen, ms after the start. */
#define DISASTER_MS 2000u
/* Longest start that is allowed, and the slowest clock of a chip before its PLL runs. */
#define BOOT_MAX_US 50000u
#define HSI_MIN_MHZ 8u
#define CYCLES_EACH 2u /* clocks for an instruction, a generous mean without wait states */
#define UNDEFINSTR  (1u << 16)

static struct {
    unsigned passed, failed;
} checks;

/* Before anything else, so that the start is counted as well. No variables may be used here. */
void lbms_cm_early(void)
{
    TIM2_PSC = 0u;
    TIM2_CR1 = 1u;
}

uint32_t emu_count(void)
{
    return TIM2_CNT;
}

static void print(struct text *line)
{
    char zero_terminated[TEXT_SIZE + 2u];
    size_t i;

    for (i = 0u; i < line->length; i++) {
        zero_terminated[i] = line->data[i];
    }
    zero_terminated[i] = '\n';
    zero_terminated[i + 1u] = '\0';
    lbms_semihosting_print(zero_terminated);
}

void emu_check(bool passed, const char *name)
{
    struct text line;

    text_clear(&line);
    text_put(&line, passed ? "PASS " : "FAIL ");
    text_put(&line, name);
    print(&line);
    checks.passed += passed ? 1u : 0u;
    checks.failed += passed ? 0u : 1u;
}

void emu_print(const char *name, uint32_t value)
{
    struct text line;

    text_clear(&line);
    text_put(&line, name);
    text_put(&line, ": ");
    text_unsigned(&line, value, 0u);
    print(&line);
}

void emu_finish(void)
{
    lbms_semihosting_exit(((checks.failed == 0u) && (checks.passed > 0u)) ? 0 : 1);
}

/* Never feeds the watchdog again, as a program that hangs with interrupts on. */
static void hang(void)
{
    for (;;) {
        lbms_cm_wait_for_interrupt();
    }
}

LBMS_CM_NAKED LBMS_CM_USED static void crash_here(void)
{
    LBMS_CM_UNDEFINED_INSTRUCTION;
}

/* Not inlined, and not recursive for a compiler: it cannot see that both are the same. */
static uint32_t deeper(volatile uint32_t depth);
static uint32_t (*volatile deeper_too)(volatile uint32_t depth) = deeper;

static uint32_t deeper(volatile uint32_t depth)
{
    volatile uint32_t room[16];

    room[depth & 15u] = depth;
    return deeper_too(depth + 1u) + room[depth & 15u];
}

/* A start after the disaster that this image has made before. */
static void check_after(void)
{
    const struct lbms_boot *boot = &emu.boot;

    emu_print("boot.reset_cause", boot->reset_cause);
    emu_print("boot.crash.kind", boot->crash.kind);
    emu_print("boot.crash.pc", boot->crash.pc);
    emu_print("boot.crash.status", boot->crash.status);
    switch (emu.mode) {
    case EMU_HANG:
        emu_check(boot->reset_cause == LBMS_RESET_WATCHDOG, "hang: the next start knows the watchdog");
        emu_check(!boot->crash.valid, "hang: no crash record");
        break;
    case EMU_CRASH:
        emu_check(boot->reset_cause == LBMS_RESET_CRASH, "crash: the next start knows");
        emu_check(boot->crash.valid && (boot->crash.kind == LBMS_CM_EXCEPTION_USAGE_FAULT),
                  "crash: the record names the exception");
        emu_check((boot->crash.status & UNDEFINSTR) != 0u, "crash: the record has the fault status");
        emu_check((boot->crash.pc & ~1u) == ((uint32_t)(uintptr_t)crash_here & ~1u),
                  "crash: the record has the program counter");
        break;
    default:
        emu_check(boot->reset_cause == LBMS_RESET_CRASH, "overflow: the next start knows");
        emu_check(boot->crash.valid, "overflow: there is a record");
        break;
    }
    emu_finish();
}

static void check_crystal(void)
{
    const struct lbms_cm *port = emu.port;

    emu_check(port->clock_status == LBMS_ERR_TIMEOUT, "crystal: the start gives up");
    emu_check(!port->clocks.crystal, "crystal: the port knows that there is none");
    emu_check(port->clocks.pclk1_hz == port->clocks.pclk2_hz,
              "crystal: the buses run from the internal oscillator");
}

/* The first step has just been made. */
static void check_start(void)
{
    const uint32_t emulated_us = emu.port->board->crystal_us;
    const uint32_t instructions_us = (emu.first_step * CYCLES_EACH) / HSI_MIN_MHZ;
    const uint32_t start_us = instructions_us + (LBMS_CM_CRYSTAL_US - emulated_us) + (3u * LBMS_CM_PLL_US);

    emu_print("boot.instructions", emu.first_step);
    emu_print("boot.worst_us", start_us);
    emu_check(start_us <= BOOT_MAX_US, "first step within 50 ms of the reset");
}

static bool restarted(void)
{
    return emu.boot.reset_cause != LBMS_RESET_POWER_ON;
}

void emu_mode_start(void)
{
    if (emu.mode == EMU_BENCH) {
        emu_bench();
        emu_finish();
    } else if (emu.mode == EMU_TIME) {
        emu_time();
        emu_finish();
    } else if (emu.mode == EMU_CRYSTAL) {
        check_crystal();
    } else if ((emu.mode == EMU_HOUR) && restarted()) {
        emu_print("boot.reset_cause", emu.boot.reset_cause);
        emu_check(false, "the hour without a restart");
        emu_finish();
    } else {
        /* later */
    }
}

void emu_mode_run(uint32_t now_ms)
{
    if (emu.mode == EMU_STORE) {
        emu_store(now_ms);
    }
    if ((emu.mode == EMU_CRYSTAL) && (emu.first_step != 0u)) {
        check_start();
        emu_finish();
    }
    if ((now_ms < DISASTER_MS) || (emu.mode < EMU_HANG) || (emu.mode > EMU_OVERFLOW)) {
        return;
    }
    if (restarted()) {
        check_after();
    } else if (emu.mode == EMU_HANG) {
        hang();
    } else if (emu.mode == EMU_CRASH) {
        crash_here();
    } else {
        emu_print("overflow", deeper(0u));
    }
}
