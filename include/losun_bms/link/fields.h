/**
 * @file
 * Layouts as tables: one row for each field, read by the encoder and by the decoder.
 *
 * A row says where the value lies in a struct, how the wire carries it, and by which scale the two differ:
 *
 *     wire value = value / divisor + bias        (rounded to the nearest)
 *
 * Values that the wire cannot hold stay at its limit; nothing wraps.
 */
#ifndef LOSUN_BMS_LINK_FIELDS_H
#define LOSUN_BMS_LINK_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Type of a struct member. */
enum lbms_member { LBMS_MEMBER_U8, LBMS_MEMBER_U16, LBMS_MEMBER_I16, LBMS_MEMBER_I32 };

/** How the wire carries a value, high byte first. */
enum lbms_wire { LBMS_WIRE_U8, LBMS_WIRE_U16, LBMS_WIRE_S16, LBMS_WIRE_U32, LBMS_WIRE_S32 };

/** How wire and library units differ. */
enum lbms_scale {
    LBMS_SCALE_ONE,     /**< not at all: mV, mA, s, counts ... */
    LBMS_SCALE_10,      /**< wire in 10 mA, 10 mV, 10 mAh */
    LBMS_SCALE_AMPERE,  /**< mA as A, mAh as Ah */
    LBMS_SCALE_100MS,   /**< ms as 0.1 s */
    LBMS_SCALE_25,      /**< ms as 25 ms, us as 25 us */
    LBMS_SCALE_MINUTE,  /**< s as minutes */
    LBMS_SCALE_PERCENT, /**< 0.01 % as % */
    LBMS_SCALE_KELVIN,  /**< 0.1 degC as 0.1 K + 2730; 0x8000 is LBMS_TEMP_OPEN */
    LBMS_SCALE_COUNT
};

/** A row. */
struct lbms_field {
    uint16_t offset; /**< of the member, or of the first element of an array of them */
    uint8_t member;  /**< enum lbms_member */
    uint8_t wire;    /**< enum lbms_wire */
    uint8_t scale;   /**< enum lbms_scale */
    uint8_t count;   /**< elements, 1 for a single member */
};

/** Bytes that a value takes on the wire. Context: any. */
static inline uint8_t lbms_wire_size(uint8_t wire)
{
    return (uint8_t)((wire == (uint8_t)LBMS_WIRE_U8) ? 1u : ((wire <= (uint8_t)LBMS_WIRE_S16) ? 2u : 4u));
}

/**
 * A value as the wire carries it.
 *
 * @param value  in the library's unit
 * @param wire   enum lbms_wire: what the result must fit into
 * @param scale  enum lbms_scale
 * @return wire value, in two's complement in the low bits that `wire` has
 * Context: any.
 */
uint32_t lbms_to_wire(int32_t value, uint8_t wire, uint8_t scale);

/**
 * A value as the library holds it.
 *
 * @param raw    what the wire carried, in the low bits
 * @param wire   enum lbms_wire
 * @param scale  enum lbms_scale
 * @return in the library's unit; INT32_MAX or INT32_MIN when it lies beyond
 * Context: any.
 */
int32_t lbms_from_wire(uint32_t raw, uint8_t wire, uint8_t scale);

/** Writes one value. Fails when there is no room. Context: any. */
void lbms_put_value(struct lbms_writer *out, int32_t value, uint8_t wire, uint8_t scale);

/** Reads one value; 0 when the data ends before it. Context: any. */
int32_t lbms_get_value(struct lbms_reader *in, uint8_t wire, uint8_t scale);

/**
 * Elements of a row as a wire of 16 bits carries them.
 *
 * @param row     row whose wire has 8 or 16 bits
 * @param first   first element
 * @param count   of them; first + count is not beyond row->count
 * @param object  struct that the row describes
 * @param words   receives count words
 * Context: any.
 */
void lbms_field_words(const struct lbms_field *row, unsigned first, unsigned count, const void *object,
                      uint16_t *words);

/**
 * Writes the members of a struct.
 *
 * @param out     receives the fields in the order of the rows; fails when there is no room
 * @param rows    table
 * @param count   rows of it
 * @param object  struct that the table describes
 * Context: any.
 */
void lbms_put_fields(struct lbms_writer *out, const struct lbms_field *rows, size_t count,
                     const void *object);

/**
 * Reads into the members of a struct. What does not fit a member stays at its limit.
 *
 * @param in      reader; fails when the data ends before the last field, and then some members are 0
 * @param rows    table
 * @param count   rows of it
 * @param object  struct that the table describes
 * Context: any.
 */
void lbms_get_fields(struct lbms_reader *in, const struct lbms_field *rows, size_t count, void *object);

/** A row for a member. */
#define LBMS_FIELD(type, name, member_type, wire_type, scaling)                            \
    {                                                                                      \
        (uint16_t) offsetof(type, name), LBMS_MEMBER_##member_type, LBMS_WIRE_##wire_type, \
            LBMS_SCALE_##scaling, 1u                                                       \
    }
/** A row for all elements of an array. */
#define LBMS_FIELDS(type, name, member_type, wire_type, scaling, elements)                 \
    {                                                                                      \
        (uint16_t) offsetof(type, name), LBMS_MEMBER_##member_type, LBMS_WIRE_##wire_type, \
            LBMS_SCALE_##scaling, (elements)                                               \
    }

#ifdef __cplusplus
}
#endif

#endif
