/* Keys, address switch, lights, contacts: rows of the pin table. */
#include "losun_bms/model/inputs.h"
#include "losun_bms_port/cortex_m/port.h"

static const struct lbms_cm *of(void *ctx)
{
    return (const struct lbms_cm *)ctx;
}

int lbms_cm_controls(void *ctx, uint16_t *keys, uint8_t *dip)
{
    const struct lbms_cm *port = of(ctx);
    uint32_t pressed = 0u;
    uint32_t address = 0u;
    uint8_t i;

    for (i = 0u; i < port->board->pin_count; i++) {
        const struct lbms_cm_pin *pin = &port->board->pins[i];

        if (((pin->role == LBMS_CM_KEY) || (pin->role == LBMS_CM_DIP)) &&
            lbms_cm_pin_read(&port->chip->gpio, pin)) {
            *((pin->role == LBMS_CM_KEY) ? &pressed : &address) |= UINT32_C(1) << pin->index;
        }
    }
    *keys = (uint16_t)pressed;
    *dip = (uint8_t)address;
    return LBMS_OK;
}

/* Sets all outputs of a role from a mask, and those of another role from a bool. */
static void show(const struct lbms_cm *port, uint8_t role, uint32_t mask, uint8_t single_role, bool single)
{
    uint8_t i;

    for (i = 0u; i < port->board->pin_count; i++) {
        const struct lbms_cm_pin *pin = &port->board->pins[i];

        if (pin->role == role) {
            lbms_cm_pin_write(&port->chip->gpio, pin, (mask & (UINT32_C(1) << pin->index)) != 0u);
        } else if (pin->role == single_role) {
            lbms_cm_pin_write(&port->chip->gpio, pin, single);
        } else {
            /* not of this kind */
        }
    }
}

int lbms_cm_lights(void *ctx, uint16_t lights, bool buzzer)
{
    show(of(ctx), LBMS_CM_LIGHT, lights, LBMS_CM_BUZZER, buzzer);
    return LBMS_OK;
}

int lbms_cm_contacts(void *ctx, uint8_t closed, bool heater)
{
    show(of(ctx), LBMS_CM_CONTACT, closed, LBMS_CM_HEATER, heater);
    return LBMS_OK;
}
