/* Pins of the F1 generation: four bits each in CRL and CRH. */
#include "losun_bms_port/cortex_m/gpio.h"
#include "losun_bms_port/cortex_m/registers_f1.h"

/* MODE (bits 0-1): 0 input, 1 output 10 MHz, 2 output 2 MHz. CNF (bits 2-3): see RM0008 9.2. */
static const uint8_t modes[] = {
    0x0u, /* LBMS_CM_ANALOG */
    0x4u, /* LBMS_CM_INPUT */
    0x8u, /* LBMS_CM_INPUT_UP: the output register says up */
    0x8u, /* LBMS_CM_INPUT_DOWN: ... or down */
    0x2u, /* LBMS_CM_OUTPUT */
    0x6u, /* LBMS_CM_OUTPUT_DRAIN */
    0x9u, /* LBMS_CM_ALTERNATE_OUT */
    0xDu, /* LBMS_CM_ALTERNATE_DRAIN */
    0x8u  /* LBMS_CM_ALTERNATE_IN */
};

static void configure(uintptr_t base, const struct lbms_cm_pin *pin)
{
    struct lbms_f1_gpio *gpio = (struct lbms_f1_gpio *)base;
    volatile uint32_t *config = (pin->number < 8u) ? &gpio->CRL : &gpio->CRH;
    const uint32_t shift = (pin->number & 7u) * 4u;
    const uint32_t bit = UINT32_C(1) << pin->number;

    if ((pin->mode == LBMS_CM_INPUT_UP) || (pin->mode == LBMS_CM_ALTERNATE_IN)) {
        gpio->BSRR = bit;
    } else if (pin->mode == LBMS_CM_INPUT_DOWN) {
        gpio->BSRR = bit << 16;
    } else {
        /* no pull */
    }
    *config = (*config & ~(UINT32_C(0xF) << shift)) | ((uint32_t)modes[pin->mode] << shift);
}

const struct lbms_cm_gpio_kind lbms_cm_gpio_f1 = {configure, 0x08u, 0x10u};
