/**
 * @file
 * Everything of this port that C99 cannot say: sections, naked handlers, weak symbols and single
 * instructions.
 *
 * All other files are plain C99. Written for gcc and clang; another compiler needs its own version of this
 * header and of the linker scripts. On a desktop the instructions do nothing, so that the drivers can be
 * tested there on registers in ordinary memory.
 */
#ifndef LOSUN_BMS_PORT_CORTEX_M_COMPILER_H
#define LOSUN_BMS_PORT_CORTEX_M_COMPILER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
/**
 * Memory at the end of RAM that start-up code leaves alone: what a reset must not erase, for this port's own
 * use.
 */
#define LBMS_CM_NOINIT __attribute__((section(".noinit")))
/** As LBMS_CM_NOINIT, for any size, after the other variables: its place changes when the program does. */
#define LBMS_CM_KEEP __attribute__((section(".keep")))
/** The vector table, which the linker script puts first and never drops. */
#define LBMS_CM_VECTOR_TABLE __attribute__((section(".isr_vector"), used))
/** A function that runs from RAM: while the flash is busy, an instruction from there would stop the core. */
#define LBMS_CM_RAM_CODE __attribute__((section(".ramcode"), noinline))
/** A function that any other file may replace by one of the same name. */
#define LBMS_CM_WEAK __attribute__((weak))
/**
 * Declaration of a function that is `target` unless another file defines it; target stands in the same file.
 */
#define LBMS_CM_WEAK_ALIAS(target) __attribute__((weak, alias(target)))
/** A function that is its instructions only: the compiler puts nothing before and after them. */
#define LBMS_CM_NAKED __attribute__((naked))
/** A function or object that is used from places which the compiler does not see. */
#define LBMS_CM_USED __attribute__((used))
#else
#error "losun_bms_port/cortex_m/compiler.h: write the macros for this compiler"
#endif

#if defined(__arm__)

/** Mask all interrupts. @return what lbms_cm_irq_restore() needs. Context: any. */
static inline uint32_t lbms_cm_irq_save(void)
{
    uint32_t primask;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask) : : "memory");
    return primask;
}

/**
 * Undo one lbms_cm_irq_save(): pairs may be nested. What became pending meanwhile runs at once. Context: any.
 */
static inline void lbms_cm_irq_restore(uint32_t primask)
{
    __asm__ volatile("msr primask, %0\n\tisb" : : "r"(primask) : "memory");
}

/** Stop the core until an interrupt is pending; also one that is masked. Context: any. */
static inline void lbms_cm_wait_for_interrupt(void)
{
    __asm__ volatile("dsb\n\twfi" : : : "memory");
}

/**
 * All stores before have arrived, and what they change is in force for the next instruction. Context: any.
 */
static inline void lbms_cm_barrier(void)
{
    __asm__ volatile("dsb\n\tisb" : : : "memory");
}

/** Number of the exception being handled, 0 = none. Context: any. */
static inline uint32_t lbms_cm_exception(void)
{
    uint32_t number;

    __asm__ volatile("mrs %0, ipsr" : "=r"(number));
    return number & 0x1FFu;
}

/** Stack pointer. Context: any. */
static inline uint32_t *lbms_cm_stack_pointer(void)
{
    uint32_t *pointer;

    __asm__ volatile("mov %0, sp" : "=r"(pointer));
    return pointer;
}

/* An instruction that no processor has: a usage fault, for tests. Body of a naked function. */
#define LBMS_CM_UNDEFINED_INSTRUCTION __asm__ volatile("udf #0")

/**
 * Ask the debugger or emulator for a service (Arm semihosting). Without one this is a hard fault.
 *
 * @param operation  number of the service
 * @param argument   what the service wants, mostly the address of its parameters
 * @return result of the service
 * Context: any.
 */
static inline uint32_t lbms_cm_semihosting_call(uint32_t operation, uintptr_t argument)
{
    uint32_t result;

    __asm__ volatile("mov r0, %1\n\t"
                     "mov r1, %2\n\t"
                     "bkpt 0xAB\n\t"
                     "mov %0, r0"
                     : "=r"(result)
                     : "r"(operation), "r"(argument)
                     : "r0", "r1", "memory");
    return result;
}

/*
 * Body of the fault handler. r0 = stack pointer with the eight registers that the processor has saved, r1 =
 * the exception's return code. After a stack overflow the main stack is begun anew, or the handler would
 * fault again.
 */
#define LBMS_CM_FAULT_ENTRY                             \
    __asm__ volatile("mrs   r0, msp\n\t"                \
                     "mov   r3, r0\n\t"                 \
                     "tst   lr, #4\n\t"                 \
                     "it    ne\n\t"                     \
                     "mrsne r0, psp\n\t"                \
                     "mov   r1, lr\n\t"                 \
                     "ldr   r2, =lbms_cm_stack_low\n\t" \
                     "add   r2, r2, #256\n\t"           \
                     "cmp   r3, r2\n\t"                 \
                     "bhs   1f\n\t"                     \
                     "ldr   r2, =lbms_cm_stack_top\n\t" \
                     "msr   msp, r2\n"                  \
                     "1:\n\t"                           \
                     "b     lbms_cm_fault\n\t"          \
                     ".ltorg")

/* Body of the handler of an interrupt that nobody handles. */
#define LBMS_CM_UNEXPECTED __asm__ volatile("b lbms_cm_fault_entry")

#else /* a desktop: for unit tests */

static inline uint32_t lbms_cm_irq_save(void)
{
    return 0u;
}

static inline void lbms_cm_irq_restore(uint32_t primask)
{
    (void)primask;
}

static inline void lbms_cm_wait_for_interrupt(void)
{
}

static inline void lbms_cm_barrier(void)
{
}

#endif

#ifdef __cplusplus
}
#endif

#endif
