#include "virtual_pack/recorder.h"

#include <errno.h>
#include <string.h>

bool recorder_open(struct recorder *recorder, const char *path)
{
    memset(recorder, 0, sizeof(*recorder));
    recorder->file = fopen(path, "wb");
    return recorder->file != NULL;
}

static bool give_up(struct recorder *recorder)
{
    const int why = errno;

    (void)fclose(recorder->file);
    recorder->file = NULL;
    errno = why;
    return false;
}

static bool put(struct recorder *recorder, const uint8_t *data, int size)
{
    if (size < 0) {
        errno = EOVERFLOW;
        return give_up(recorder);
    }
    if (fwrite(data, 1, (size_t)size, recorder->file) != (size_t)size) {
        return give_up(recorder);
    }
    recorder->bytes += (unsigned long long)size;
    return true;
}

bool recorder_begin(struct recorder *recorder, const struct lbms_product *product,
                    const struct lbms_restored *restored)
{
    uint8_t data[LBMS_TRACE_HEADER_MAX];

    if (recorder->file == NULL) {
        return true;
    }
    return put(recorder, data, lbms_trace_begin(&recorder->trace, product, restored, data, sizeof(data)));
}

bool recorder_step(struct recorder *recorder, const struct lbms_inputs *inputs,
                   const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot)
{
    uint8_t data[LBMS_TRACE_RECORD_MAX];

    if (recorder->file == NULL) {
        return true;
    }
    recorder->steps++;
    return put(
        recorder, data,
        lbms_trace_step(&recorder->trace, inputs, lbms_trace_digest(outputs, snapshot), data, sizeof(data)));
}

bool recorder_close(struct recorder *recorder)
{
    FILE *file = recorder->file;

    recorder->file = NULL;
    return file == NULL || fclose(file) == 0;
}
