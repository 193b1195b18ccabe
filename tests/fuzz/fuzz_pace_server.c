/*
 * Fuzz target: bytes from the outside into the PACE server and the PACE Modbus server, on RS232 with an open service
 * level, so that every request is carried out. The first byte chooses port, address and layout; times pass with the bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "losun_bms/link/pace/modbus.h"
#include "losun_bms/link/pace/server.h"
#include "losun_bms/model/product.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lbms_snapshot own;
static struct lbms_params params;
static struct lbms_health health;
static struct lbms_production production;
static struct lbms_pack packs[3];
static struct lbms_access access_lock;

static int read_record(const void *ctx, uint32_t index, struct lbms_record *record)
{
    (void)ctx;
    memset(record, (int)(index & 0xFFu), sizeof(*record));
    record->wall = (index & 1u) != 0u;
    return (index < 5u) ? LBMS_OK : LBMS_ERR_MISSING;
}

/* Every command is checked as the core would, and refused or accepted by chance. */
static int take(const struct lbms_command *command, unsigned n)
{
    struct lbms_params copy = params;

    if (command->count > LBMS_COMMAND_ITEMS) {
        abort();
    }
    if ((command->kind == LBMS_COMMAND_SET_PARAMS) &&
        (lbms_params_set(&copy, &lbms_product_ls_btn0_p0548100, command->item, command->count, NULL) ==
         LBMS_OK) &&
        (lbms_params_check(&copy, &lbms_product_ls_btn0_p0548100, NULL) != LBMS_OK)) {
        abort(); /* outside of the envelope */
    }
    return ((n & 1u) != 0u) ? 0 : (int)n + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct lbms_pace_config config = {(size > 0u) ? (uint8_t)((data[0] >> 4) % 3u) : 0u,
                                            (uint8_t)((size > 0u) ? data[0] % 3u : 0u), 1u, 0x82u, 3u};
    struct lbms_view view;
    struct lbms_pace_server pace;
    struct lbms_pace_modbus modbus;
    uint32_t now_ms = 0u;
    size_t i;

    memset(&view, 0, sizeof(view));
    memset(&own, 0, sizeof(own));
    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    own.address = (uint8_t)((size > 0u) ? (data[0] >> 2) & 3u : 0u);
    view.own = &own;
    view.system = &own;
    view.product = &lbms_product_ls_btn0_p0548100;
    view.params = &params;
    view.health = &health;
    view.production = &production;
    view.packs = packs;
    view.pack_count = 3u;
    view.records.read = read_record;
    lbms_access_init(&access_lock, NULL);
    lbms_access_presence(&access_lock, 0u);
    lbms_pace_server_init(&pace, &config, &access_lock);
    lbms_pace_modbus_init(&modbus, &config, &access_lock);
    for (i = 1u; i < size; i++) {
        struct lbms_command command;
        const uint8_t *text;
        size_t count;

        (void)lbms_pace_server_receive(&pace, &view, &data[i], 1u, now_ms);
        lbms_pace_modbus_receive(&modbus, data[i], now_ms);
        now_ms += ((data[i] & 0x1Fu) == 0x0Du) ? 1100u : 1u;
        if (lbms_pace_server_step(&pace, &view, now_ms, &command)) {
            lbms_pace_server_handed(&pace, &view, take(&command, (unsigned)i), now_ms);
        }
        if (lbms_pace_modbus_step(&modbus, &view, now_ms, &command)) {
            lbms_pace_modbus_handed(&modbus, take(&command, (unsigned)i), now_ms);
        }
        own.result_sequence = pace.sequence;
        while ((count = lbms_pace_server_text(&pace, &view, now_ms, &text)) > 0u) {
            if (count > LBMS_PACE_TEXT_MAX) {
                abort();
            }
            lbms_pace_server_sent(&pace, count, now_ms);
        }
        while ((count = lbms_pace_modbus_text(&modbus, &view, &text)) > 0u) {
            lbms_pace_modbus_sent(&modbus, count, now_ms);
        }
    }
    return 0;
}
