#include "losun_bms_port/cortex_m/usart.h"

#include <string.h>

#include "losun_bms/base/status.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/model/ports.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/registers_shared.h"
#include "losun_bms_port/cortex_m/system.h"

#define PRIORITY  8u
#define BRR_MIN   16u
#define BRR_MAX   0xFFFFu
#define SR_ERRORS (LBMS_CM_USART_SR_PE | LBMS_CM_USART_SR_FE | LBMS_CM_USART_SR_NE)
/* A byte is 12 bits at most; the time of four of them, and some ms, without any progress is a stall. */
#define STALL_BITS 48000u
#define STALL_MS   10u
#define CR1_RUNNING \
    (LBMS_CM_USART_CR1_UE | LBMS_CM_USART_CR1_TE | LBMS_CM_USART_CR1_RE | LBMS_CM_USART_CR1_RXNEIE)

static struct lbms_cm_usart_regs *registers(const struct lbms_cm_usart *usart)
{
    return (struct lbms_cm_usart_regs *)usart->place->base;
}

int lbms_cm_usart_brr(uint32_t pclk_hz, uint32_t baud, uint32_t *brr)
{
    uint32_t value;
    uint32_t real;
    uint32_t off;

    if ((baud == 0u) || (baud > (pclk_hz / BRR_MIN))) {
        return LBMS_ERR_RANGE;
    }
    value = (pclk_hz + (baud / 2u)) / baud;
    if (value > BRR_MAX) {
        return LBMS_ERR_RANGE;
    }
    real = pclk_hz / value;
    off = (real > baud) ? (real - baud) : (baud - real);
    if (off > (baud / 50u)) {
        return LBMS_ERR_RANGE;
    }
    *brr = value;
    return LBMS_OK;
}

void lbms_cm_usart_init(struct lbms_cm_usart *usart, const struct lbms_cm_usart_place *place,
                        uint32_t pclk_hz, const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *de,
                        volatile bool *event)
{
    memset(usart, 0, sizeof(*usart));
    usart->place = place;
    usart->gpio = gpio;
    usart->de = de;
    usart->event = event;
    usart->pclk_hz = pclk_hz;
    (void)lbms_ring_init(&usart->rx, usart->rx_memory, sizeof(usart->rx_memory));
    (void)lbms_ring_init(&usart->tx, usart->tx_memory, sizeof(usart->tx_memory));
    *(volatile uint32_t *)place->enable |= place->enable_bit;
}

/* Bits of CR1 and CR2 for a character format. A parity bit is the ninth data bit. */
static bool format_bits(uint8_t format, uint32_t *cr1, uint32_t *cr2)
{
    *cr1 = CR1_RUNNING;
    *cr2 = 0u;
    switch (format) {
    case LBMS_SERIAL_8N1:
        return true;
    case LBMS_SERIAL_8E1:
        *cr1 |= LBMS_CM_USART_CR1_M | LBMS_CM_USART_CR1_PCE;
        return true;
    case LBMS_SERIAL_8O1:
        *cr1 |= LBMS_CM_USART_CR1_M | LBMS_CM_USART_CR1_PCE | LBMS_CM_USART_CR1_PS;
        return true;
    case LBMS_SERIAL_8N2:
        *cr2 = LBMS_CM_USART_CR2_STOP_2;
        return true;
    default:
        return false;
    }
}

int lbms_cm_usart_setup(struct lbms_cm_usart *usart, uint32_t baud, uint8_t format)
{
    struct lbms_cm_usart_regs *regs = registers(usart);
    uint32_t brr;
    uint32_t cr1;
    uint32_t cr2;

    if ((lbms_cm_usart_brr(usart->pclk_hz, baud, &brr) != LBMS_OK) || !format_bits(format, &cr1, &cr2)) {
        return LBMS_ERR_RANGE;
    }
    if ((usart->baud != 0u) && !lbms_cm_usart_idle(usart)) {
        return LBMS_ERR_STATE;
    }
    regs->CR1 = 0u;
    regs->CR2 = cr2;
    regs->CR3 = 0u;
    regs->BRR = brr;
    regs->CR1 = cr1;
    usart->baud = baud;
    lbms_cm_irq_enable(usart->place->irq, PRIORITY);
    return LBMS_OK;
}

static void drive(struct lbms_cm_usart *usart, bool on)
{
    usart->driving = on;
    if (usart->de != NULL) {
        lbms_cm_pin_write(usart->gpio, usart->de, on);
    }
}

size_t lbms_cm_usart_write(struct lbms_cm_usart *usart, const uint8_t *data, size_t size)
{
    struct lbms_cm_usart_regs *regs = registers(usart);
    const bool idle = lbms_cm_usart_idle(usart);
    const size_t taken = lbms_ring_write(&usart->tx, data, size);
    uint32_t primask;

    if (taken == 0u) {
        return 0u;
    }
    if (idle) {
        usart->watched = (uint16_t)(usart->tx.tail - 1u); /* the time for progress begins at the next watch */
    }
    primask = lbms_cm_irq_save(); /* the interrupt changes CR1 as well */
    drive(usart, true);
    regs->CR1 = (regs->CR1 & ~LBMS_CM_USART_CR1_TCIE) | LBMS_CM_USART_CR1_TXEIE;
    /* TXEIE alone does it on a chip; an emulator without transmit interrupts needs the push. */
    lbms_cm_irq_trigger(usart->place->irq);
    lbms_cm_irq_restore(primask);
    return taken;
}

size_t lbms_cm_usart_read(struct lbms_cm_usart *usart, uint8_t *data, size_t size)
{
    return lbms_ring_read(&usart->rx, data, size);
}

bool lbms_cm_usart_idle(const struct lbms_cm_usart *usart)
{
    return !usart->driving && (lbms_ring_used(&usart->tx) == 0u);
}

void lbms_cm_usart_watch(struct lbms_cm_usart *usart, uint32_t now_ms)
{
    struct lbms_cm_usart_regs *regs = registers(usart);
    uint32_t primask;

    if (lbms_cm_usart_idle(usart) || (usart->watched != usart->tx.tail)) {
        usart->watched = usart->tx.tail;
        usart->progress_ms = now_ms;
        return;
    }
    if (lbms_elapsed_ms(now_ms, usart->progress_ms) <= (STALL_MS + (STALL_BITS / usart->baud))) {
        return;
    }
    primask = lbms_cm_irq_save();
    regs->CR1 &= ~(LBMS_CM_USART_CR1_TXEIE | LBMS_CM_USART_CR1_TCIE);
    lbms_ring_clear(&usart->tx);
    drive(usart, false);
    usart->errors.stalled++;
    lbms_cm_irq_restore(primask);
}

static void receive(struct lbms_cm_usart *usart, uint32_t sr)
{
    const uint8_t byte = (uint8_t)registers(usart)->DR; /* also clears the error flags, read after SR */

    if ((sr & LBMS_CM_USART_SR_ORE) != 0u) {
        usart->errors.overrun++;
    }
    if ((sr & SR_ERRORS) != 0u) {
        usart->errors.line++;
    } else if ((sr & LBMS_CM_USART_SR_RXNE) != 0u) {
        (void)lbms_ring_put(&usart->rx, byte);
        *usart->event = true;
    } else {
        /* an overrun whose byte is gone */
    }
}

/* One byte for each interrupt on a chip; the whole ring at once where TXE is always set. */
static void send(struct lbms_cm_usart *usart)
{
    struct lbms_cm_usart_regs *regs = registers(usart);
    uint8_t byte;

    while (((regs->SR & LBMS_CM_USART_SR_TXE) != 0u) && lbms_ring_get(&usart->tx, &byte)) {
        regs->DR = byte; /* after SR was read: this clears TC */
    }
    if (lbms_ring_used(&usart->tx) == 0u) {
        regs->CR1 = (regs->CR1 & ~LBMS_CM_USART_CR1_TXEIE) | LBMS_CM_USART_CR1_TCIE;
    }
}

void lbms_cm_usart_interrupt(struct lbms_cm_usart *usart)
{
    struct lbms_cm_usart_regs *regs;
    uint32_t sr;

    if (usart == NULL) {
        return;
    }
    regs = registers(usart);
    sr = regs->SR;
    if ((sr & (LBMS_CM_USART_SR_RXNE | LBMS_CM_USART_SR_ORE | SR_ERRORS)) != 0u) {
        receive(usart, sr);
    }
    if ((regs->CR1 & LBMS_CM_USART_CR1_TXEIE) != 0u) {
        send(usart);
    }
    if (((regs->CR1 & LBMS_CM_USART_CR1_TCIE) != 0u) && ((regs->SR & LBMS_CM_USART_SR_TC) != 0u)) {
        regs->CR1 &= ~LBMS_CM_USART_CR1_TCIE; /* the last stop bit has left */
        drive(usart, false);
    }
}
