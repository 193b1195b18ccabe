#include "frames.h"

#include <check.h>
#include <string.h>

uint8_t frame_event(const char *text, struct frame *frame)
{
    struct lbms_ascii_receiver receiver;
    uint8_t last = LBMS_ASCII_NONE;
    const char *c;

    memset(frame, 0, sizeof(*frame));
    lbms_ascii_receiver_init(&receiver, frame->info, LBMS_ASCII_INFO_MAX);
    for (c = text; *c != '\0'; c++) {
        const uint8_t event = lbms_ascii_receive(&receiver, (uint8_t)*c, 0u);

        last = (event != LBMS_ASCII_NONE) ? event : last;
    }
    if (last == LBMS_ASCII_NONE) {
        last = lbms_ascii_receive(&receiver, 0x0Du, 0u);
    }
    frame->head = receiver.head;
    frame->size = (uint16_t)(receiver.info_chars / 2u);
    return last;
}

void frame_read(const char *text, struct frame *frame)
{
    ck_assert_uint_eq(frame_event(text, frame), LBMS_ASCII_FRAME);
}

void frame_write(char text[FRAME_TEXT_SIZE], uint8_t address, uint8_t code, const uint8_t *info,
                 uint16_t size)
{
    const struct lbms_ascii_head head = {0x25u, address, 0x46u, code};
    struct lbms_writer out;

    lbms_writer_init(&out, text, FRAME_TEXT_SIZE - 1u);
    lbms_ascii_frame(&out, &head, info, size);
    ck_assert(!out.failed);
    ck_assert_int_eq(text[out.position - 1u], 0x0D);
    text[out.position - 1u] = '\0';
}

struct lbms_pack_values frame_values_s1(void)
{
    static const int16_t temps[LBMS_PACK_TEMPS] = {250, 251, 249, 252, 310, 273};
    struct lbms_pack_values values;
    unsigned i;

    memset(&values, 0, sizeof(values));
    values.cells = LBMS_CELLS;
    values.temps = LBMS_PACK_TEMPS;
    for (i = 0; i < LBMS_CELLS; i++) {
        values.cell_mv[i] = (uint16_t)(3301u + i);
    }
    memcpy(values.temp_dc, temps, sizeof(temps));
    values.current_ma = -12340;
    values.pack_mv = 52936;
    values.remaining_mah = 67890;
    values.full_mah = 100500;
    values.cycles = 12u;
    values.design_mah = 100000;
    return values;
}
