/* Pins of the F4 generation: MODER, OTYPER, OSPEEDR, PUPDR, AFRL and AFRH. */
#include "losun_bms_port/cortex_m/gpio.h"
#include "losun_bms_port/cortex_m/registers_f4.h"

struct mode {
    uint8_t moder; /* 0 input, 1 output, 2 alternate, 3 analog */
    uint8_t pupdr; /* 1 up, 2 down */
    bool drain;
};

static const struct mode modes[] = {
    {3u, 0u, false}, /* LBMS_CM_ANALOG */
    {0u, 0u, false}, /* LBMS_CM_INPUT */
    {0u, 1u, false}, /* LBMS_CM_INPUT_UP */
    {0u, 2u, false}, /* LBMS_CM_INPUT_DOWN */
    {1u, 0u, false}, /* LBMS_CM_OUTPUT */
    {1u, 0u, true},  /* LBMS_CM_OUTPUT_DRAIN */
    {2u, 0u, false}, /* LBMS_CM_ALTERNATE_OUT */
    {2u, 0u, true},  /* LBMS_CM_ALTERNATE_DRAIN */
    {2u, 1u, false}, /* LBMS_CM_ALTERNATE_IN */
};

static void set_field(volatile uint32_t *reg, uint32_t width, uint32_t number, uint32_t value)
{
    const uint32_t shift = number * width;
    const uint32_t mask = ((UINT32_C(1) << width) - 1u) << shift;

    *reg = (*reg & ~mask) | (value << shift);
}

static void configure(uintptr_t base, const struct lbms_cm_pin *pin)
{
    struct lbms_f4_gpio *gpio = (struct lbms_f4_gpio *)base;
    const struct mode *mode = &modes[pin->mode];
    volatile uint32_t *function = (pin->number < 8u) ? &gpio->AFRL : &gpio->AFRH;

    set_field(&gpio->OTYPER, 1u, pin->number, mode->drain ? 1u : 0u);
    set_field(&gpio->OSPEEDR, 2u, pin->number, 0u);
    set_field(&gpio->PUPDR, 2u, pin->number, mode->pupdr);
    set_field(function, 4u, pin->number & 7u, pin->alternate);
    set_field(&gpio->MODER, 2u, pin->number, mode->moder);
}

const struct lbms_cm_gpio_kind lbms_cm_gpio_f4 = {configure, 0x10u, 0x18u};
