#include "flash_model.h"

#include <string.h>

struct flash_model flash_model;

static uint32_t bit(unsigned number)
{
    return UINT32_C(1) << number;
}

static uint32_t lock_bit(void)
{
    return flash_model.f4 ? bit(31u) : bit(7u);
}

void flash_model_reset(bool f4)
{
    memset(&flash_model, 0, sizeof(flash_model));
    memset(flash_model.memory, 0xFF, sizeof(flash_model.memory));
    flash_model.f4 = f4;
    flash_model.regs.CR = lock_bit();
}

void lbms_cm_flash_unlock(struct lbms_cm_flash_regs *regs)
{
    flash_model.unlocks++;
    if (!flash_model.sealed) {
        regs->CR &= ~lock_bit();
    }
}

/* The status after an erase. F1: PER 1, STRT 6, address in AR. F4: SER 1, SNB 3-6, PSIZE 8-9, STRT 16. */
static uint32_t erase(const struct lbms_cm_flash_job *job)
{
    uint32_t block;

    if (flash_model.f4) {
        block = ((job->control >> 3) & 0xFu) - flash_model.first_sector;
        if ((job->control & ~(0xFu << 3)) != (bit(1u) | (2u << 8)) || job->start != bit(16u)) {
            return bit(7u); /* PGSERR */
        }
    } else {
        block = (job->page - (uint32_t)(uintptr_t)flash_model.memory) / MODEL_BLOCK;
        if (job->control != bit(1u) || job->start != bit(6u)) {
            return bit(2u);
        }
    }
    if (block >= MODEL_BLOCKS) {
        return bit(4u); /* WRPERR, WRPRTERR */
    }
    memset(&flash_model.memory[block * MODEL_BLOCK], 0xFF, MODEL_BLOCK);
    return flash_model.f4 ? bit(0u) : bit(5u); /* EOP */
}

/* The status after a program job. F1: half-words, into erased ones only. F4: width as PSIZE says, only 1 to 0. */
static uint32_t program(const struct lbms_cm_flash_job *job)
{
    const uint32_t at = (uint32_t)(job->unit - flash_model.memory);
    const unsigned width = flash_model.f4 ? 4u : 2u;
    unsigned i;

    if (job->width != width || job->control != (flash_model.f4 ? (bit(0u) | (2u << 8)) : bit(0u))) {
        return flash_model.f4 ? bit(6u) : bit(2u); /* PGPERR, PGERR */
    }
    if ((at % width) != 0u || (at + width) > sizeof(flash_model.memory)) {
        return flash_model.f4 ? bit(5u) : bit(4u);
    }
    for (i = 0u; i < width; i++) {
        if (!flash_model.f4 && flash_model.memory[at + i] != 0xFFu) {
            return bit(2u); /* PGERR: not erased */
        }
        flash_model.memory[at + i] &= (uint8_t)(job->value >> (8u * i));
    }
    return flash_model.f4 ? bit(0u) : bit(5u);
}

uint32_t lbms_cm_flash_run(const struct lbms_cm_flash_job *job)
{
    const uint32_t busy = flash_model.f4 ? bit(16u) : bit(0u);
    uint32_t status;

    flash_model.polls = job->polls;
    flash_model.acr_before = job->regs->ACR;
    if ((job->regs->CR & lock_bit()) != 0u) {
        flash_model.stray++;
        return 0u;
    }
    if (flash_model.stuck) {
        status = busy;
    } else if (flash_model.protected_) {
        status = bit(4u);
    } else {
        status = (job->start != 0u) ? erase(job) : program(job);
        flash_model.jobs++;
    }
    job->regs->SR = status;
    return (job->busy == busy) ? status : busy;
}
