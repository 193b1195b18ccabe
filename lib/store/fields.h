/*
 * Structs as bytes: the members that a table names, one behind the other, low byte first.
 *
 * A table only grows at its end. Bytes of an older program end before it does: the members that have none stay as they
 * are. Bytes of a newer program go on behind it, and are left.
 */
#ifndef LBMS_STORE_FIELDS_H
#define LBMS_STORE_FIELDS_H

#include <stddef.h>
#include <stdint.h>

/* One member, or an array of them. */
struct field {
    uint16_t offset;
    uint8_t size; /* bytes: 1, 2 or 4; FIELD_FLAG: a bool in one byte */
    uint8_t count;
};

#define FIELD_FLAG 0u

#define FIELD_ONE(type, member)                                              \
    {                                                                        \
        (uint16_t) offsetof(type, member), sizeof(((type *)NULL)->member), 1 \
    }
#define FIELD_BOOL(type, member)                         \
    {                                                    \
        (uint16_t) offsetof(type, member), FIELD_FLAG, 1 \
    }
#define FIELD_ALL(type, member)                                                           \
    {                                                                                     \
        (uint16_t) offsetof(type, member), sizeof(((type *)NULL)->member[0]),             \
            (uint8_t)(sizeof(((type *)NULL)->member) / sizeof(((type *)NULL)->member[0])) \
    }

/* The number of bytes; 0 when there is no room for them. */
size_t lbms_fields_put(const struct field *fields, size_t count, const void *object, uint8_t *data,
                       size_t size);

void lbms_fields_get(const struct field *fields, size_t count, void *object, const uint8_t *data,
                     size_t length);

#endif
