/**
 * @file
 * An event record in 62 bytes, as the log keeps it.
 */
#ifndef LOSUN_BMS_STORE_RECORD_H
#define LOSUN_BMS_STORE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "losun_bms/model/record.h"
#include "losun_bms/store/log.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Pack a record.
 *
 * Values beyond the range of their field are limited. Cells are exact while they lie within 255 mV of each other, and
 * else to 1/255 of their distance; remaining and full capacity to 10 mAh; all other values exact.
 *
 * @param record   record to pack; its number is not part of it
 * @param content  receives LBMS_LOG_CONTENT bytes, the first of which is never 0xFF
 * Context: any.
 */
void lbms_record_pack(const struct lbms_record *record, uint8_t *content);

/**
 * Unpack a record.
 *
 * @param record   filled in, number 0
 * @param content  LBMS_LOG_CONTENT bytes
 * @return LBMS_OK; LBMS_ERR_FORMAT: a kind that this program does not know
 * Context: any.
 */
int lbms_record_unpack(struct lbms_record *record, const uint8_t *content);

#ifdef __cplusplus
}
#endif

#endif
