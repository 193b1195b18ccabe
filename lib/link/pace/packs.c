/* 42H and 44H: the block of one pack. */
#include <string.h>

#include "losun_bms/link/pace/codec.h"
#include "serve.h"

uint8_t lbms_pace_block_size(const struct lbms_pace_config *config, uint8_t cid2)
{
    return (uint8_t)((cid2 == (uint8_t)LBMS_PACE_VALUES) ? LBMS_PACE_VALUES_SIZE(config->values_layout)
                                                         : (LBMS_PACE_STATE_SIZE + config->state_extension));
}

uint8_t lbms_pace_find_pack(const struct lbms_view *view, uint8_t address)
{
    uint8_t i = 0u;

    if ((address == view->own->address) || (address == 0u)) {
        return 0u;
    }
    while ((i < view->pack_count) && (view->packs[i].address != address)) {
        i++;
    }
    return (uint8_t)(i + 1u);
}

static void put_values(const struct lbms_pace_config *config, const struct lbms_view *view,
                       const struct lbms_pack *pack, struct lbms_writer *out)
{
    struct lbms_pack_values values;

    if (pack != NULL) {
        values = pack->values;
        values.cells = LBMS_CELLS; /* the length of the reply has been told already */
        values.temps = LBMS_PACK_TEMPS;
    } else {
        lbms_view_values(view, &values, config->values_layout != (uint8_t)LBMS_PACE_VALUES_BASE);
    }
    lbms_pace_put_values(out, &values, config->values_layout);
}

static void put_state(const struct lbms_pace_config *config, const struct lbms_view *view,
                      const struct lbms_pack *pack, struct lbms_writer *out)
{
    struct lbms_pack_state own;

    if (pack == NULL) {
        lbms_view_state(view, &own);
    }
    lbms_pace_put_state(out, (pack != NULL) ? &pack->state : &own, config->state_extension);
}

void lbms_pace_make_block(const struct lbms_pace_config *config, const struct lbms_view *view, uint8_t cid2,
                          uint8_t place, uint8_t *block)
{
    const struct lbms_pack *pack = NULL;
    struct lbms_writer out;

    lbms_writer_init(&out, block, LBMS_PACE_INFO_MAX);
    if (place > view->pack_count) {
        memset(block, 0, lbms_pace_block_size(config, cid2));
        return;
    }
    if (place > 0u) {
        pack = &view->packs[place - 1u];
    }
    if (cid2 == (uint8_t)LBMS_PACE_VALUES) {
        put_values(config, view, pack, &out);
    } else {
        put_state(config, view, pack, &out);
    }
}
