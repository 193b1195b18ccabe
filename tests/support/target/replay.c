/*
 * Replays a recording of the host on the target: the core gets the recorded inputs and must decide the same,
 * bit for bit. The file is the second word of the emulator's command line and is read through it.
 */
#include <stdlib.h>
#include <string.h>

#include "losun_bms/bms.h"
#include "losun_bms/trace/trace.h"
#include "losun_bms_port/cortex_m/semihosting.h"
#include "support/target/host.h"

#define BUFFER_SIZE  8192u
#define ITEM_MAX     (LBMS_TRACE_HEADER_MAX + LBMS_TRACE_RECORD_MAX)
#define COMMAND_LINE 256u

static struct {
    int file;
    uint8_t data[BUFFER_SIZE];
    size_t begin, end;
    bool at_end;
    struct lbms_trace trace;
    struct lbms_core core;
    struct lbms_inputs inputs;
    struct lbms_outputs outputs;
    uint32_t starts, steps;
} replay;

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

/* At least one whole item in memory, unless the file ends before. */
static void load(void)
{
    const size_t loaded = replay.end - replay.begin;
    size_t got;

    if (replay.at_end || (loaded >= ITEM_MAX)) {
        return;
    }
    memmove(replay.data, &replay.data[replay.begin], loaded);
    got = lbms_semihosting_read(replay.file, &replay.data[loaded], BUFFER_SIZE - loaded);
    replay.at_end = got < (BUFFER_SIZE - loaded);
    replay.begin = 0u;
    replay.end = loaded + got;
}

/* A start of the core, if one comes next. Result: bytes used, or an error. */
static int take_start(const uint8_t *data, size_t length)
{
    struct lbms_restored restored;
    struct lbms_trace fresh;
    const int used = lbms_trace_open(&fresh, product, &restored, data, length);

    if (used > 0) {
        replay.trace = fresh;
        replay.starts++;
        (void)lbms_core_init(&replay.core, product, &restored);
    }
    return used;
}

/* One step. Result: bytes used, an error, or 0 when the core decides otherwise than recorded. */
static int take_step(const uint8_t *data, size_t length)
{
    uint32_t digest = 0u;
    const int used = lbms_trace_read(&replay.trace, &replay.inputs, &digest, data, length);

    if (used > 0) {
        lbms_step(&replay.core, &replay.inputs, &replay.outputs);
        replay.steps++;
        if (lbms_trace_digest(&replay.outputs, &replay.core.snapshot) != digest) {
            return 0;
        }
    }
    return used;
}

static int run(void)
{
    int used = 1;

    for (;;) {
        const uint8_t *data;
        size_t length;

        load();
        data = &replay.data[replay.begin];
        length = replay.end - replay.begin;
        if (length == 0u) {
            return used;
        }
        used = take_start(data, length);
        if ((used <= 0) && (replay.starts > 0u)) {
            used = take_step(data, length);
        }
        if (used <= 0) {
            return used;
        }
        replay.begin += (size_t)used;
    }
}

int main(void)
{
    char line[COMMAND_LINE];
    const char *path;
    int result = LBMS_ERR_ARGUMENT;

    (void)lbms_semihosting_arguments(line, sizeof(line));
    path = strchr(line, ' ');
    replay.file = (path != NULL) ? lbms_semihosting_open(path + 1) : -1;
    if (replay.file >= 0) {
        result = run();
    } else {
        host_text("no such recording\n");
    }
    host_text("replayed ");
    host_number(replay.steps);
    host_text(" steps of ");
    host_number(replay.starts);
    host_text((result > 0) ? " starts: identical\n" : " starts, then: ");
    if (result == 0) {
        host_text("another decision than recorded\n");
    } else if (result < 0) {
        host_text(lbms_status_text(result));
        host_text("\n");
    } else {
        /* all said */
    }
    lbms_semihosting_exit(((result > 0) && (replay.steps > 0u)) ? EXIT_SUCCESS : EXIT_FAILURE);
    return EXIT_FAILURE;
}
