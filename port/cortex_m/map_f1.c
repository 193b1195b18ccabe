#include "losun_bms_port/cortex_m/map_f1.h"

#include <stddef.h>

const struct lbms_cm_usart_place lbms_f1_usarts[LBMS_F1_USARTS] = {
    {LBMS_F1_USART1_BASE, LBMS_F1_RCC_AT(APB2ENR), LBMS_F1_RCC_APB2ENR_USART1EN, 1u, 37u, true},
    {LBMS_F1_USART2_BASE, LBMS_F1_RCC_AT(APB1ENR), LBMS_F1_RCC_APB1ENR_USART2EN, 2u, 38u, false},
    {LBMS_F1_USART3_BASE, LBMS_F1_RCC_AT(APB1ENR), LBMS_F1_RCC_APB1ENR_USART3EN, 3u, 39u, false},
    {LBMS_F1_UART4_BASE, LBMS_F1_RCC_AT(APB1ENR), LBMS_F1_RCC_APB1ENR_UART4EN, 4u, 52u, false},
    {LBMS_F1_UART5_BASE, LBMS_F1_RCC_AT(APB1ENR), LBMS_F1_RCC_APB1ENR_UART5EN, 5u, 53u, false},
};

struct lbms_cm_usart *lbms_f1_usart_users[LBMS_F1_USARTS];

void lbms_f1_prepare(void)
{
    struct lbms_f1_rcc *rcc = (struct lbms_f1_rcc *)LBMS_F1_RCC_BASE;
    struct lbms_f1_afio *afio = (struct lbms_f1_afio *)LBMS_F1_AFIO_BASE;

    rcc->APB2ENR |= LBMS_F1_RCC_APB2ENR_AFIOEN;
    afio->MAPR = LBMS_F1_AFIO_MAPR_SWJ_NO_JTAG;
}

/* Named by the vector table. */
#define HANDLER(name, index)                                   \
    void name##_IRQHandler(void);                              \
    void name##_IRQHandler(void)                               \
    {                                                          \
        lbms_cm_usart_interrupt(lbms_f1_usart_users[(index)]); \
    }

HANDLER(USART1, 0)
HANDLER(USART2, 1)
HANDLER(USART3, 2)
HANDLER(UART4, 3)
HANDLER(UART5, 4)
