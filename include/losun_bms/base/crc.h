/**
 * @file
 * Cyclic redundancy checks of the wire protocols, the AFE bus, the store and the program image.
 *
 * All three continue: the result of one piece is the first argument for the next piece, so that
 * data may arrive in slices of any size. Tables have 16 entries (one step per half byte): 16, 32 and 64
 * bytes of flash.
 */
#ifndef LOSUN_BMS_BASE_CRC_H
#define LOSUN_BMS_BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** First argument of lbms_crc8() for the first piece. */
#define LBMS_CRC8_START 0x00u

/** First argument of lbms_crc16_modbus() for the first piece. */
#define LBMS_CRC16_MODBUS_START 0xFFFFu

/** First argument of lbms_crc32() for the first piece. */
#define LBMS_CRC32_START 0u

/**
 * CRC-8 of the SMBus packet error code (polynomial 0x07, not reflected), used on the bus to the AFE.
 *
 * @param crc     LBMS_CRC8_START, or the result of the piece before
 * @param data    length bytes, only read; may be NULL when length is 0
 * @param length  in bytes, any
 * @return the CRC up to and including this piece; 0xF4 for the ASCII text "123456789"
 * Context: any, also an interrupt; two table steps per byte.
 * Source: System Management Bus Specification 3.1, section 6.4 (CRC-8/SMBUS of the reveng catalogue).
 */
uint8_t lbms_crc8(uint8_t crc, const void *data, size_t length);

/**
 * CRC-16 of Modbus RTU frames (polynomial 0x8005, reflected). The frame carries the low byte first.
 *
 * @param crc     LBMS_CRC16_MODBUS_START, or the result of the piece before
 * @param data    length bytes, only read; may be NULL when length is 0
 * @param length  in bytes, any
 * @return the CRC up to and including this piece; 0x4B37 for the ASCII text "123456789"
 * Context: any, also an interrupt; two table steps per byte.
 * Source: MODBUS over Serial Line 1.02, section 6.2.2 (CRC-16/MODBUS of the reveng catalogue).
 */
uint16_t lbms_crc16_modbus(uint16_t crc, const void *data, size_t length);

/**
 * CRC-32 of IEEE 802.3 (polynomial 0x04C11DB7, reflected, as in zlib), used for stored records and the
 * program image.
 *
 * The inversions before and after are inside:
 * lbms_crc32(lbms_crc32(LBMS_CRC32_START, a), b) equals the CRC of a followed by b.
 *
 * @param crc     LBMS_CRC32_START, or the result of the piece before
 * @param data    length bytes, only read; may be NULL when length is 0
 * @param length  in bytes, any
 * @return the CRC up to and including this piece; 0xCBF43926 for the ASCII text "123456789"
 * Context: any, also an interrupt; two table steps per byte.
 * Source: IEEE 802.3, clause 3.2.9 (CRC-32/ISO-HDLC of the reveng catalogue).
 */
uint32_t lbms_crc32(uint32_t crc, const void *data, size_t length);

#ifdef __cplusplus
}
#endif

#endif
