#include "losun_bms/panel/contacts.h"

#include <string.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/model/outputs.h"

#define OV_BITS (LBMS_MASK(LBMS_BIT_CELL_OV) | LBMS_MASK(LBMS_BIT_PACK_OV))
#define UV_BITS (LBMS_MASK(LBMS_BIT_CELL_UV) | LBMS_MASK(LBMS_BIT_PACK_UV))
#define SOC_LOW LBMS_MASK(LBMS_BIT_SOC_LOW)

static const struct {
    uint8_t contact, function;
} contact[LBMS_CONTACTS] = {
    {LBMS_CONTACT_1, LBMS_PARAM_DRY1_FUNCTION},
    {LBMS_CONTACT_2, LBMS_PARAM_DRY2_FUNCTION},
};

bool lbms_contact_wanted(const struct lbms_snapshot *snapshot, uint8_t function, bool alone)
{
    const uint32_t told_alone = alone ? (OV_BITS | UV_BITS | SOC_LOW) : 0u;
    bool wanted;

    switch (function) {
    case LBMS_CONTACT_TROUBLE:
        wanted =
            ((snapshot->protections & ~OV_BITS) | snapshot->faults | (snapshot->alarms & told_alone)) != 0u;
        break;
    case LBMS_CONTACT_SOC_LOW:
        wanted = (snapshot->alarms & SOC_LOW) != 0u;
        break;
    case LBMS_CONTACT_ALARM:
        wanted = (snapshot->alarms | snapshot->protections | snapshot->faults) != 0u;
        break;
    case LBMS_CONTACT_FULL:
        wanted = (snapshot->state & LBMS_STATE_FULL) != 0u;
        break;
    default:
        wanted = false;
        break;
    }
    return wanted;
}

void lbms_contacts_init(struct lbms_contacts *contacts)
{
    memset(contacts, 0, sizeof(*contacts));
}

void lbms_contacts_step(struct lbms_contacts *contacts, const struct lbms_snapshot *snapshot,
                        const struct lbms_params *params, const struct lbms_product *product)
{
    const unsigned fitted = (unsigned)params->v[LBMS_PARAM_DRY_CONTACTS];
    unsigned i;

    if ((snapshot->mode == LBMS_MODE_SHUTDOWN) || (snapshot->mode == LBMS_MODE_STARTING)) {
        lbms_contacts_init(contacts);
        return;
    }
    for (i = 0u; i < LBMS_CONTACTS; i++) {
        const uint8_t function = (uint8_t)params->v[contact[i].function];
        const bool closed = (contacts->closed & contact[i].contact) != 0u;
        const bool wanted = (i < fitted) && lbms_contact_wanted(snapshot, function, fitted == 1u);

        if (lbms_param_hold(&contacts->differs[i], wanted != closed, snapshot->now_ms, params, product,
                            LBMS_PARAM_DRY_DELAY_MS)) {
            contacts->closed = (uint8_t)(contacts->closed ^ contact[i].contact);
            lbms_hold_reset(&contacts->differs[i]);
        }
    }
}
