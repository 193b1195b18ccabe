/* Private to lib/link/pace: the status bytes of PACE, and what they are of our bits. */
#ifndef LBMS_LINK_PACE_STATUS_H
#define LBMS_LINK_PACE_STATUS_H

#include <stdint.h>

#include "losun_bms/base/bytes.h"
#include "losun_bms/model/pack.h"
#include "losun_bms/model/snapshot.h"

/* Status bytes whose bits are bits of ours. Indication and control status are made by functions. */
enum lbms_pace_status_byte {
    LBMS_PACE_PROTECTION_1,
    LBMS_PACE_PROTECTION_2,
    LBMS_PACE_WARNING_1,
    LBMS_PACE_WARNING_2,
    LBMS_PACE_FAULT_5,
    LBMS_PACE_FAULT_8,
    LBMS_PACE_STATUS_BYTES
};

uint8_t lbms_pace_status(const struct lbms_pack_state *state, uint8_t byte);
void lbms_pace_take_status(struct lbms_pack_state *state, uint8_t byte, uint8_t bits);
void lbms_pace_take_indication(struct lbms_pack_state *state, uint8_t bits);
void lbms_pace_take_control(struct lbms_pack_state *state, uint8_t bits);

/* 44H: the warning value of one of the cells or temperatures, and what it says of it. */
uint8_t lbms_pace_warning(uint32_t high, uint32_t low, uint32_t lost, uint8_t index);
void lbms_pace_take_cell(struct lbms_pack_state *state, uint8_t index, uint8_t warning);
void lbms_pace_take_temp(struct lbms_pack_state *state, uint8_t index, uint8_t warning);

/* 44H: warning values of charge current, pack voltage and discharge current. */
void lbms_pace_put_channels(struct lbms_writer *out, const struct lbms_pack_state *state);

#endif
