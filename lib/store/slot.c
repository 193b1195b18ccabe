#include "slot.h"

#include <string.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/base/crc.h"

void lbms_slot_make(uint8_t *slot, uint8_t key, const uint8_t *data)
{
    struct lbms_writer writer;

    lbms_writer_init(&writer, slot, LBMS_SLOT);
    lbms_put_u8(&writer, (uint8_t)((unsigned)key | ((~(unsigned)key & 0x0Fu) << 4)));
    lbms_put_bytes(&writer, data, SLOT_DATA);
    lbms_put_u16le(&writer, lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, slot, SLOT_CHECKED));
}

uint8_t lbms_slot_key(const uint8_t *slot)
{
    const unsigned key = slot[0] & 0x0Fu;

    return ((slot[0] >> 4) == (key ^ 0x0Fu)) ? (uint8_t)key : SLOT_NO_KEY;
}

bool lbms_slot_intact(const uint8_t *slot)
{
    const uint16_t crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, slot, SLOT_CHECKED);

    return ((unsigned)slot[SLOT_CHECKED] | ((unsigned)slot[SLOT_CHECKED + 1u] << 8)) == crc;
}

bool lbms_slot_blank(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t word;
    size_t i;

    for (i = 0u; i < length; i += sizeof(word)) {
        memcpy(&word, &bytes[i], sizeof(word));
        if (word != UINT32_MAX) {
            return false;
        }
    }
    return true;
}

void lbms_slot_make_number(const struct lbms_area *area, uint8_t *slot, uint8_t key, uint32_t number)
{
    uint8_t data[SLOT_DATA];

    data[0] = area->format;
    data[1] = area->bank_blocks;
    data[2] = (uint8_t)number;
    data[3] = (uint8_t)(number >> 8);
    data[4] = (uint8_t)(number >> 16);
    lbms_slot_make(slot, key, data);
}
