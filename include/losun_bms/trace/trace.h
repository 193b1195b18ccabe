/**
 * @file
 * Compact record of everything that went into the core, and its reader.
 *
 * A recording is a header (format version, product, number of parameters, the start value lbms_restored) followed by
 * one record for each step: the inputs as differences to the step before, and a digest of what the core decided. A reader
 * that feeds the inputs to lbms_step() again must get the same digests: that is the proof of a bit-identical replay.
 * Layout in docs/trace-format.md.
 */
#ifndef LOSUN_BMS_TRACE_TRACE_H
#define LOSUN_BMS_TRACE_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "losun_bms/base/status.h"
#include "losun_bms/model/inputs.h"
#include "losun_bms/model/outputs.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/restored.h"
#include "losun_bms/model/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the format; a reader refuses others with LBMS_ERR_FORMAT. */
#define LBMS_TRACE_VERSION 1u
/** Longest header, bytes. */
#define LBMS_TRACE_HEADER_MAX 2048u
/** Longest record of one step, bytes. */
#define LBMS_TRACE_RECORD_MAX 512u

/** Memory of a writer or of a reader: the inputs of the step before. Zero-initialise it before the header. */
struct lbms_trace {
    struct lbms_inputs last;
};

/**
 * Digest of what the core decided in one step.
 *
 * @param outputs   outputs of the step
 * @param snapshot  snapshot after the step
 * @return CRC-32 over every field, in an order and width that do not depend on the compiler
 * Context: any.
 */
uint32_t lbms_trace_digest(const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot);

/**
 * Write the header of a recording.
 *
 * @param trace     writer, reset by this call
 * @param product   product profile in use
 * @param restored  start value that the core was given
 * @param data      receives the header
 * @param capacity  bytes available; LBMS_TRACE_HEADER_MAX always suffices
 * @return bytes written, or LBMS_ERR_SPACE
 * Context: any, one writer in one context.
 */
int lbms_trace_begin(struct lbms_trace *trace, const struct lbms_product *product,
                     const struct lbms_restored *restored, uint8_t *data, size_t capacity);

/**
 * Write the record of one step.
 *
 * @param trace     writer
 * @param inputs    inputs of the step
 * @param digest    lbms_trace_digest() of the step
 * @param data      receives the record
 * @param capacity  bytes available; LBMS_TRACE_RECORD_MAX always suffices
 * @return bytes written, or LBMS_ERR_SPACE: then the writer is unchanged
 * Context: any, one writer in one context.
 */
int lbms_trace_step(struct lbms_trace *trace, const struct lbms_inputs *inputs, uint32_t digest,
                    uint8_t *data, size_t capacity);

/**
 * Read the header of a recording.
 *
 * @param trace     reader, reset by this call
 * @param product   product profile of this program
 * @param restored  receives the start value
 * @param data      recording from its first byte
 * @param length    bytes available
 * @return bytes used; LBMS_AGAIN is never returned; LBMS_ERR_SPACE when the header is longer than `length`;
 *         LBMS_ERR_FORMAT for another format, version, product or parameter count; LBMS_ERR_CHECKSUM when damaged
 * Context: any, one reader in one context.
 */
int lbms_trace_open(struct lbms_trace *trace, const struct lbms_product *product,
                    struct lbms_restored *restored, const uint8_t *data, size_t length);

/**
 * Read the record of one step.
 *
 * Total: any bytes give a record or an error, never a read beyond `length`.
 *
 * @param trace   reader
 * @param inputs  receives the inputs of the step
 * @param digest  receives the recorded digest
 * @param data    the rest of the recording
 * @param length  bytes available
 * @return bytes used (> 0); LBMS_ERR_SPACE when the record is longer than `length` (end of a cut-off recording);
 *         LBMS_ERR_FORMAT or LBMS_ERR_CHECKSUM when damaged; after an error the reader is unchanged
 * Context: any, one reader in one context.
 */
int lbms_trace_read(struct lbms_trace *trace, struct lbms_inputs *inputs, uint32_t *digest,
                    const uint8_t *data, size_t length);

#ifdef __cplusplus
}
#endif

#endif
