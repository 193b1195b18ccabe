/* The part of the flash driver that has an effect only on a real chip. */
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/flash.h"
#include "losun_bms_port/cortex_m/registers_core.h"
#include "losun_bms_port/cortex_m/time.h"

void lbms_cm_flash_unlock(struct lbms_cm_flash_regs *regs)
{
    regs->KEYR = LBMS_CM_FLASH_KEY1;
    regs->KEYR = LBMS_CM_FLASH_KEY2;
}

/* From the store or start bit to the end of the job nothing here comes from flash. Result: ends of time base periods. */
LBMS_CM_RAM_CODE static uint32_t wait_in_ram(const struct lbms_cm_flash_job *job, uint32_t *status)
{
    struct lbms_cm_flash_regs *regs = job->regs;
    uint32_t polls = job->polls;
    uint32_t ends = 0u;

    if (job->start != 0u) {
        regs->CR = job->control | job->start;
    } else if (job->width == 2u) {
        *(volatile uint16_t *)(uintptr_t)job->unit = (uint16_t)job->value;
    } else {
        *(volatile uint32_t *)(uintptr_t)job->unit = job->value;
    }
    *status = regs->CR; /* the busy bit comes one clock after the start */
    do {
        if ((LBMS_CM_SCB->ICSR & LBMS_CM_SCB_ICSR_PENDSTSET) != 0u) {
            LBMS_CM_SCB->ICSR = LBMS_CM_SCB_ICSR_PENDSTCLR;
            ends++;
        }
        *status = regs->SR;
        polls--;
    } while (((*status & job->busy) != 0u) && (polls > 0u));
    return ends;
}

uint32_t lbms_cm_flash_run(const struct lbms_cm_flash_job *job)
{
    const uint32_t primask = lbms_cm_irq_save();
    uint32_t status = 0u;

    job->regs->CR = job->control;
    if (job->page != 0u) {
        job->regs->AR = job->page;
    }
    lbms_cm_time_missed(wait_in_ram(job, &status));
    lbms_cm_irq_restore(primask);
    return status;
}
