/*
 * Fuzz target: the decoders of a client. The first byte chooses one; what it accepts must survive being encoded and
 * decoded again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "losun_bms/link/ascii.h"
#include "losun_bms/link/pace/codec.h"
#include "losun_bms/link/pace/own.h"
#include "losun_bms/link/pace/registers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t memory[512];

static void values(struct lbms_reader *in, size_t size)
{
    struct lbms_pack_values v;
    struct lbms_writer out;

    lbms_pace_get_values(in, size, &v);
    if (!in->failed) {
        lbms_writer_init(&out, memory, sizeof(memory));
        lbms_pace_put_values(&out, &v, v.extended ? LBMS_PACE_VALUES_SYSTEM : LBMS_PACE_VALUES_BASE);
        if (out.failed) {
            abort();
        }
    }
}

static void state(struct lbms_reader *in, size_t size)
{
    struct lbms_pack_state s;
    struct lbms_writer out;

    lbms_pace_get_state(in, size, &s);
    lbms_writer_init(&out, memory, sizeof(memory));
    lbms_pace_put_state(&out, &s, LBMS_PACE_STATE_EXTENSION);
    if (out.failed) {
        abort();
    }
}

static void records(struct lbms_reader *in, struct lbms_reader again)
{
    struct lbms_record record;
    struct lbms_writer out;

    lbms_pace_get_record(in, &record);
    lbms_writer_init(&out, memory, sizeof(memory));
    lbms_pace_put_record(&out, &record);
    lbms_pace_get_event(&again, &record);
    lbms_pace_put_event(&out, &record);
    if (out.position != LBMS_PACE_RECORD_SIZE + LBMS_PACE_EVENT_SIZE) {
        abort();
    }
}

static void group(struct lbms_reader *in, uint8_t which)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    uint8_t count = 0u;

    (void)lbms_pace_get_group(in, &lbms_pace_groups[which % lbms_pace_group_count], items, &count);
    if (count > LBMS_PARAM_ITEMS_MAX) {
        abort();
    }
}

static void frames(const uint8_t *data, size_t size)
{
    struct lbms_ascii_receiver receiver;
    uint8_t *info = malloc(7u); /* on the heap, so that a byte behind it is noticed */
    size_t i;

    lbms_ascii_receiver_init(&receiver, info, 7u);
    for (i = 0u; i < size; i++) {
        (void)lbms_ascii_receive(&receiver, data[i], (uint32_t)i);
    }
    free(info);
}

static void rest(struct lbms_reader in, const uint8_t *data, size_t size)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct lbms_port_counters ports[LBMS_SERIAL_PORTS];
    struct lbms_command command;
    char text[LBMS_PACE_TEXT_SIZE + 1u];
    uint16_t words[255];
    uint32_t seconds = 0u;
    size_t i;

    (void)lbms_pace_get_items(&in, items);
    lbms_reader_init(&in, data, size);
    (void)lbms_pace_get_time(&in, &seconds);
    lbms_pace_get_text(&in, text, LBMS_PACE_TEXT_SIZE);
    lbms_pace_get_counters(&in, ports);
    memset(words, 0, sizeof(words));
    for (i = 0u; (i < 255u) && (2u * i + 1u < size); i++) {
        words[i] = (uint16_t)(((unsigned)data[2u * i] << 8) | data[2u * i + 1u]);
    }
    memset(&command, 0, sizeof(command));
    (void)lbms_pace_write_registers(words[0], (uint8_t)(words[1] & 0xFFu), &words[2], &command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lbms_reader in;

    if (size == 0u) {
        return 0;
    }
    lbms_reader_init(&in, data + 1, size - 1u);
    switch (data[0] & 7u) {
    case 0:
        values(&in, size - 1u);
        break;
    case 1:
        state(&in, size - 1u);
        break;
    case 2:
        records(&in, in);
        break;
    case 3:
        group(&in, data[0] >> 3);
        break;
    case 4:
        frames(data + 1, size - 1u);
        break;
    default:
        rest(in, data + 1, size - 1u);
        break;
    }
    return 0;
}
