#include "losun_bms_port/cortex_m/gpio.h"

#include "losun_bms/base/status.h"

#define PINS_PER_PORT 16u

static uintptr_t base_of(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin)
{
    return gpio->base + ((uintptr_t)((unsigned)pin->port - (unsigned)'A') * gpio->step);
}

static volatile uint32_t *at(uintptr_t address)
{
    return (volatile uint32_t *)address;
}

int lbms_cm_pin_configure(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin)
{
    const unsigned port = (unsigned)pin->port - (unsigned)'A';

    if ((port >= gpio->ports) || (pin->number >= PINS_PER_PORT) || (pin->mode > LBMS_CM_ALTERNATE_IN)) {
        return LBMS_ERR_RANGE;
    }
    *at(gpio->enable) |= UINT32_C(1) << (gpio->enable_from + port);
    (void)*at(gpio->enable); /* the clock is there two bus cycles later */
    if ((pin->mode == LBMS_CM_OUTPUT) || (pin->mode == LBMS_CM_OUTPUT_DRAIN)) {
        lbms_cm_pin_write(gpio, pin, false);
    }
    gpio->kind->configure(base_of(gpio, pin), pin);
    return LBMS_OK;
}

void lbms_cm_pin_write(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin, bool on)
{
    const bool high = on != pin->active_low;
    const uint32_t bit = UINT32_C(1) << pin->number;

    *at(base_of(gpio, pin) + gpio->kind->bsrr_offset) = high ? bit : (bit << PINS_PER_PORT);
}

bool lbms_cm_pin_read(const struct lbms_cm_gpio *gpio, const struct lbms_cm_pin *pin)
{
    const uint32_t levels = *at(base_of(gpio, pin) + gpio->kind->idr_offset);
    const bool high = (levels & (UINT32_C(1) << pin->number)) != 0u;

    return high != pin->active_low;
}
