#include "losun_bms_port/cortex_m/flash.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms_port/cortex_m/registers_f1.h"
#include "losun_bms_port/cortex_m/registers_f4.h"
#include "losun_bms_port/cortex_m/watchdog.h"

/* A look at the status takes at least so many clocks; an operation has failed after twice its longest time. */
#define CLOCKS_A_POLL 8u
#define PATIENCE      2u
/* Longest programming of a unit is a tenth of this. */
#define PROGRAM_MS 1u
/* What the oscillator of the watchdog leaves of its nominal time: two thirds. */
#define WATCHDOG_PART  2u
#define WATCHDOG_PARTS 3u

const struct lbms_cm_flash_kind lbms_cm_flash_f1 = {
    .busy = LBMS_F1_FLASH_SR_BSY,
    .done = LBMS_F1_FLASH_SR_EOP,
    .errors = LBMS_F1_FLASH_SR_PGERR | LBMS_F1_FLASH_SR_WRPRTERR,
    .lock = LBMS_F1_FLASH_CR_LOCK,
    .start = LBMS_F1_FLASH_CR_STRT,
    .erase = LBMS_F1_FLASH_CR_PER,
    .program = LBMS_F1_FLASH_CR_PG,
    .number_pos = 0u,
    .unit = 2u,
    .cache_on = 0u,
    .cache_forget = 0u,
};

const struct lbms_cm_flash_kind lbms_cm_flash_f4 = {
    .busy = LBMS_F4_FLASH_SR_BSY,
    .done = LBMS_F4_FLASH_SR_EOP,
    .errors = LBMS_F4_FLASH_SR_OPERR | LBMS_F4_FLASH_SR_WRPERR | LBMS_F4_FLASH_SR_PGAERR |
              LBMS_F4_FLASH_SR_PGPERR | LBMS_F4_FLASH_SR_PGSERR,
    .lock = LBMS_F4_FLASH_CR_LOCK,
    .start = LBMS_F4_FLASH_CR_STRT,
    .erase = LBMS_F4_FLASH_CR_SER | LBMS_F4_FLASH_CR_PSIZE_32,
    .program = LBMS_F4_FLASH_CR_PG | LBMS_F4_FLASH_CR_PSIZE_32,
    .number_pos = LBMS_F4_FLASH_CR_SNB_POS,
    .unit = 4u,
    .cache_on = LBMS_F4_FLASH_ACR_DCEN,
    .cache_forget = LBMS_F4_FLASH_ACR_DCRST,
};

static uint32_t area_size(const struct lbms_cm_flash *driver)
{
    return driver->area->block_size * driver->area->block_count;
}

static bool outside(const struct lbms_cm_flash *driver, uint32_t address, size_t length)
{
    return (address > area_size(driver)) || (length > (area_size(driver) - address));
}

static int read_bytes(void *ctx, uint32_t address, void *data, size_t length)
{
    const struct lbms_cm_flash *driver = ctx;

    if (outside(driver, address, length)) {
        return LBMS_ERR_RANGE;
    }
    memcpy(data, &driver->area->memory[address], length);
    return LBMS_OK;
}

/* One job, with everything that must surround it. The interface is locked again whatever has happened. */
static int run(const struct lbms_cm_flash *driver, struct lbms_cm_flash_job *job)
{
    const struct lbms_cm_flash_kind *kind = driver->place->kind;
    struct lbms_cm_flash_regs *regs = (struct lbms_cm_flash_regs *)driver->place->regs;
    uint32_t status;

    if ((regs->SR & kind->busy) != 0u) {
        return LBMS_ERR_IO; /* what was given up before still runs */
    }
    lbms_cm_flash_unlock(regs);
    if ((regs->CR & kind->lock) != 0u) {
        return LBMS_ERR_IO; /* locked until the next reset */
    }
    regs->SR = kind->done | kind->errors;
    job->regs = regs;
    job->busy = kind->busy;
    status = lbms_cm_flash_run(job);
    regs->CR = kind->lock;
    return ((status & (kind->busy | kind->errors)) == 0u) ? LBMS_OK : LBMS_ERR_IO;
}

static int program(void *ctx, uint32_t address, const void *data, size_t length)
{
    const struct lbms_cm_flash *driver = ctx;
    const uint8_t unit = driver->place->kind->unit;
    const uint8_t *from = data;
    size_t i;

    if (outside(driver, address, length) || ((address % unit) != 0u) || ((length % unit) != 0u)) {
        return LBMS_ERR_RANGE;
    }
    for (i = 0u; i < length; i += unit) {
        struct lbms_cm_flash_job job = {0};
        int status;

        job.control = driver->place->kind->program;
        job.unit = &driver->area->memory[address + i];
        job.value = (uint32_t)from[i] | ((uint32_t)from[i + 1u] << 8);
        if (unit == 4u) {
            job.value |= ((uint32_t)from[i + 2u] << 16) | ((uint32_t)from[i + 3u] << 24);
        }
        job.width = unit;
        job.polls = driver->program_polls;
        status = run(driver, &job);
        if (status != LBMS_OK) {
            return status;
        }
    }
    return LBMS_OK;
}

/* The cache must be off while it is made to forget. */
static void forget_old_content(const struct lbms_cm_flash *driver)
{
    const struct lbms_cm_flash_kind *kind = driver->place->kind;
    struct lbms_cm_flash_regs *regs = (struct lbms_cm_flash_regs *)driver->place->regs;
    const uint32_t acr = regs->ACR;

    if ((acr & kind->cache_on) != 0u) {
        regs->ACR = acr & ~kind->cache_on;
        regs->ACR = (acr & ~kind->cache_on) | kind->cache_forget;
        regs->ACR = acr & ~kind->cache_on;
        regs->ACR = acr;
    }
}

static int erase(void *ctx, uint16_t block)
{
    const struct lbms_cm_flash *driver = ctx;
    const struct lbms_cm_flash_kind *kind = driver->place->kind;
    struct lbms_cm_flash_job job = {0};
    int status;

    if (block >= driver->area->block_count) {
        return LBMS_ERR_RANGE;
    }
    if (driver->iwdg != 0u) {
        lbms_cm_watchdog_feed(driver->iwdg); /* nothing else can, until it is over */
    }
    job.control = kind->erase;
    job.start = kind->start;
    job.polls = driver->erase_polls;
    if (kind->number_pos != 0u) {
        job.control |= ((uint32_t)driver->area->first + block) << kind->number_pos;
    } else {
        job.page = (uint32_t)(uintptr_t)&driver->area->memory[(size_t)block * driver->area->block_size];
    }
    status = run(driver, &job);
    forget_old_content(driver);
    return status;
}

int lbms_cm_flash_init(struct lbms_cm_flash *driver, const struct lbms_cm_flash_place *place,
                       const struct lbms_cm_flash_area *area, uint32_t hclk_hz, uintptr_t iwdg,
                       uint32_t watchdog_ms)
{
    const uint32_t polls_ms = ((hclk_hz / 1000u) * PATIENCE) / CLOCKS_A_POLL;
    const struct lbms_flash flash = {
        driver,
        area->block_size,
        area->block_count,
        place->kind->unit,
        area->erase_worst_ms,
        read_bytes,
        program,
        erase,
    };

    driver->flash = flash;
    driver->place = place;
    driver->area = area;
    driver->iwdg = iwdg;
    driver->erase_polls = polls_ms * area->erase_worst_ms;
    driver->program_polls = polls_ms * PROGRAM_MS;
    if ((iwdg != 0u) && ((uint32_t)area->erase_worst_ms * WATCHDOG_PARTS) >= (watchdog_ms * WATCHDOG_PART)) {
        return LBMS_ERR_RANGE;
    }
    return LBMS_OK;
}
