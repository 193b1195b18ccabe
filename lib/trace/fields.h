/*
 * Private to lib/trace: the structs of a recording as tables of their fields, and the loops over them.
 *
 * Writing, reading, digest and fingerprint all walk the same tables, so a new field of a struct needs one new row
 * in tables.c and nothing else. tests/trace/test_fields.c fails when a field has no row.
 */
#ifndef LBMS_LIB_TRACE_FIELDS_H
#define LBMS_LIB_TRACE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/bytes.h"

/* How the difference of two values of a field is written. */
enum lbms_trace_kind {
    LBMS_TRACE_NUMBER, /* zig-zag varint of the signed difference: goes up and down */
    LBMS_TRACE_RISING, /* varint of the difference: hardly ever goes down, so it needs no sign */
    LBMS_TRACE_FLAG    /* nothing: a bool that has changed is the opposite of what it was */
};

/* One row: a field, or the elements of an array. Whether a field is signed makes no difference. */
struct lbms_trace_row {
    uint16_t offset; /* of the first element in the struct, bytes */
    uint16_t stride; /* from one element to the next, bytes */
    uint16_t count;  /* elements */
    uint8_t size;    /* of an element: 1, 2 or 4 bytes */
    uint8_t kind;    /* enum lbms_trace_kind */
};

struct lbms_trace_table {
    const struct lbms_trace_row *rows;
    size_t count;
};

extern const struct lbms_trace_table lbms_trace_table_inputs;   /* struct lbms_inputs */
extern const struct lbms_trace_table lbms_trace_table_restored; /* struct lbms_restored */
extern const struct lbms_trace_table lbms_trace_table_outputs;  /* struct lbms_outputs */
extern const struct lbms_trace_table lbms_trace_table_snapshot; /* struct lbms_snapshot */

/*
 * Writes what differs between two structs: groups of up to eight elements, each a mask of the changed ones followed
 * by their differences; nothing after the last group with a change. `from` may be NULL: a struct of zeros.
 */
void lbms_trace_put_changes(struct lbms_writer *writer, const struct lbms_trace_table *table,
                            const void *from, const void *to);

/*
 * Reads groups until the reader's end and makes the changes in `value`. False when they do not fit the table or the
 * data ends inside a group; `value` may be partly changed then.
 */
bool lbms_trace_get_changes(struct lbms_reader *reader, const struct lbms_trace_table *table, void *value);

/* Continues a CRC-32 over all elements of a struct, each with its low byte first. */
uint32_t lbms_trace_crc(uint32_t crc, const struct lbms_trace_table *table, const void *value);

/* CRC-32 over the rows of all four tables: differs when the structs have other fields. */
uint32_t lbms_trace_fingerprint(void);

#endif
