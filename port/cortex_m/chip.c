#include "losun_bms_port/cortex_m/chip.h"

int lbms_cm_chip_usart(const struct lbms_cm_chip *chip, uint8_t number)
{
    uint8_t i;

    for (i = 0u; i < chip->usart_count; i++) {
        if (chip->usarts[i].number == number) {
            return (int)i;
        }
    }
    return -1;
}
