#include "losun_bms/base/crc.h"

/*
 * Entry i of a table is what four steps of the bit-by-bit division make of the half byte i. Reflected
 * polynomials shift to the right and take the low half of a byte first; CRC-8 is the other way round.
 */
static const uint8_t crc8_table[16] = {0x00, 0x07, 0x0E, 0x09, 0x1C, 0x1B, 0x12, 0x15,
                                       0x38, 0x3F, 0x36, 0x31, 0x24, 0x23, 0x2A, 0x2D};

/*
 * Of whole bytes: Modbus computes it over everything that it receives and sends. The division is linear, so an entry is that
 * of its high half combined with that of its low half.
 */
#define ROW(high)                                                                                         \
    (high) ^ 0x0000, (high) ^ 0xC0C1, (high) ^ 0xC181, (high) ^ 0x0140, (high) ^ 0xC301, (high) ^ 0x03C0, \
        (high) ^ 0x0280, (high) ^ 0xC241, (high) ^ 0xC601, (high) ^ 0x06C0, (high) ^ 0x0780,              \
        (high) ^ 0xC741, (high) ^ 0x0500, (high) ^ 0xC5C1, (high) ^ 0xC481, (high) ^ 0x0440
static const uint16_t crc16_modbus_table[256] = {
    ROW(0x0000), ROW(0xCC01), ROW(0xD801), ROW(0x1400), ROW(0xF001), ROW(0x3C00), ROW(0x2800), ROW(0xE401),
    ROW(0xA001), ROW(0x6C00), ROW(0x7800), ROW(0xB401), ROW(0x5000), ROW(0x9C01), ROW(0x8801), ROW(0x4400)};

static const uint32_t crc32_table[16] = {
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};

uint8_t lbms_crc8(uint8_t crc, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t i;

    for (i = 0u; i < length; i++) {
        crc = (uint8_t)(crc ^ bytes[i]);
        crc = (uint8_t)((crc << 4) ^ crc8_table[crc >> 4]);
        crc = (uint8_t)((crc << 4) ^ crc8_table[crc >> 4]);
    }
    return crc;
}

uint16_t lbms_crc16_modbus(uint16_t crc, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t i;

    for (i = 0u; i < length; i++) {
        crc = (uint16_t)((crc >> 8) ^ crc16_modbus_table[(crc ^ bytes[i]) & 0xFFu]);
    }
    return crc;
}

uint32_t lbms_crc32(uint32_t crc, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    size_t i;

    crc = ~crc;
    for (i = 0u; i < length; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ crc32_table[crc & 0x0Fu];
        crc = (crc >> 4) ^ crc32_table[crc & 0x0Fu];
    }
    return ~crc;
}
