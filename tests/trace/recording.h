/* What the tests of the recordings share: product, random values, and which bytes of a struct a recording carries. */
#ifndef LBMS_TESTS_TRACE_RECORDING_H
#define LBMS_TESTS_TRACE_RECORDING_H

#include "losun_bms/trace/trace.h"

/* A product of its own: recordings need no product table. */
extern const struct lbms_product recording_product;

/* Pseudo-random numbers that are the same on every machine. */
struct randoms {
    uint32_t state;
};

uint32_t random_word(struct randoms *randoms);
uint32_t random_below(struct randoms *randoms, uint32_t limit);

/* What a recording makes of a byte of a struct. */
enum byte_use {
    BYTE_LOST = 0,  /* it is not recorded: must be padding */
    BYTE_VALUE = 1, /* it comes back as it was */
    BYTE_FLAG = 2   /* it is a bool: comes back as 0 or 1 */
};

/* Found out by recording single bytes and reading them back; one entry for each byte of the struct. */
void learn_inputs(uint8_t use[sizeof(struct lbms_inputs)]);
void learn_restored(uint8_t use[sizeof(struct lbms_restored)]);

/* Fills a struct with one byte; a bool gets the lowest bit of it, padding 0. */
void fill(void *object, const uint8_t *use, size_t size, uint8_t byte);

/* Changes about one byte in `rarity` at random; a bool stays a bool. */
void disturb(struct randoms *randoms, void *object, const uint8_t *use, size_t size, uint32_t rarity);

/* Writes one step, with exactly the room that `capacity` says, so that the sanitizers see one byte too many. */
int write_step(struct lbms_trace *trace, const struct lbms_inputs *inputs, uint32_t digest, uint8_t *data,
               size_t capacity);

/* Reads one step from a copy of exactly `length` bytes. */
int read_step(struct lbms_trace *trace, struct lbms_inputs *inputs, uint32_t *digest, const uint8_t *data,
              size_t length);

/* The same for the header. */
int write_header(struct lbms_trace *trace, const struct lbms_restored *restored, uint8_t *data,
                 size_t capacity);
int read_header(struct lbms_trace *trace, const struct lbms_product *product, struct lbms_restored *restored,
                const uint8_t *data, size_t length);

#endif
