#include "replay/reader.h"

#include <string.h>

#define ITEM_MAX (LBMS_TRACE_HEADER_MAX + LBMS_TRACE_RECORD_MAX)

bool reader_open(struct reader *reader, const char *path)
{
    memset(reader, 0, sizeof(*reader));
    reader->file = fopen(path, "rb");
    return reader->file != NULL;
}

/* Have at least one whole item in memory, unless the file ends before. */
static void load(struct reader *reader)
{
    const size_t loaded = reader->end - reader->begin;
    size_t more;

    if (reader->at_end || loaded >= ITEM_MAX) {
        return;
    }
    memmove(reader->data, reader->data + reader->begin, loaded);
    more = fread(reader->data + loaded, 1, READER_SIZE - loaded, reader->file);
    reader->at_end = more < READER_SIZE - loaded;
    reader->begin = 0;
    reader->end = loaded + more;
}

static enum reader_item use(struct reader *reader, int size, enum reader_item item)
{
    reader->begin += (size_t)size;
    reader->offset += (unsigned long long)size;
    return item;
}

enum reader_item reader_next(struct reader *reader, const struct lbms_product *product,
                             struct lbms_restored *restored, struct lbms_inputs *inputs, uint32_t *digest)
{
    struct lbms_trace fresh;
    const uint8_t *data;
    size_t length;
    int used;

    load(reader);
    data = reader->data + reader->begin;
    length = reader->end - reader->begin;
    if (length == 0 && reader->offset > 0) {
        return READER_END;
    }
    used = lbms_trace_open(&fresh, product, restored, data, length);
    if (used > 0) {
        reader->trace = fresh;
        return use(reader, used, READER_START);
    }
    if (reader->offset == 0) { /* a recording begins with a start */
        reader->status = used;
        return READER_DAMAGED;
    }
    used = lbms_trace_read(&reader->trace, inputs, digest, data, length);
    if (used > 0) {
        return use(reader, used, READER_STEP);
    }
    reader->status = used;
    return (used == LBMS_ERR_SPACE) ? READER_CUT : READER_DAMAGED;
}

void reader_close(struct reader *reader)
{
    if (reader->file != NULL) {
        (void)fclose(reader->file);
        reader->file = NULL;
    }
}
