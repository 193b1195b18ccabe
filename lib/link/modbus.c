#include "losun_bms/link/modbus.h"

#include "losun_bms/base/crc.h"
#include "losun_bms/base/timer.h"

/* Address, function, CRC. */
#define SHORTEST 4u
/* 3.5 characters of 11 bits, in 1/1000 bit. */
#define SILENT_BITS 38500u

void lbms_modbus_receive(struct lbms_modbus_receiver *receiver, uint8_t byte, uint32_t now_ms)
{
    if (receiver->ended) {
        receiver->size = 0u;
        receiver->ended = false;
    }
    receiver->last_ms = now_ms;
    if (receiver->size < LBMS_MODBUS_KEPT) {
        receiver->data[receiver->size] = byte;
    } else if (receiver->size <= LBMS_MODBUS_FRAME_MAX) {
        if (receiver->size == LBMS_MODBUS_KEPT) {
            receiver->crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, receiver->data, LBMS_MODBUS_KEPT);
        }
        receiver->crc = lbms_crc16_modbus(receiver->crc, &byte, 1u);
    } else {
        return; /* no frame is so long */
    }
    receiver->size++;
}

uint8_t lbms_modbus_silence(struct lbms_modbus_receiver *receiver, uint32_t gap_ms, uint32_t now_ms)
{
    if (!lbms_modbus_busy(receiver) || (lbms_elapsed_ms(now_ms, receiver->last_ms) < gap_ms)) {
        return LBMS_MODBUS_NONE;
    }
    receiver->ended = true;
    if ((receiver->size < SHORTEST) || (receiver->size > LBMS_MODBUS_FRAME_MAX)) {
        return LBMS_MODBUS_MALFORMED;
    }
    if (receiver->size <= LBMS_MODBUS_KEPT) {
        receiver->crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, receiver->data, receiver->size);
    }
    /* the CRC of a frame with its own CRC is 0 */
    return (receiver->crc == 0u) ? LBMS_MODBUS_FRAME : LBMS_MODBUS_DAMAGED;
}

uint32_t lbms_modbus_gap_ms(uint32_t baud)
{
    const uint32_t gap_ms = (SILENT_BITS / baud) + 1u;

    return (gap_ms > LBMS_MODBUS_GAP_MS) ? gap_ms : LBMS_MODBUS_GAP_MS;
}
