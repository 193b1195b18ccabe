/* The CAN back-end that writes a log: lines as candump -L writes them. */
#include "posix_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "losun_bms/base/status.h"

size_t lbms_canlog_line(char text[LBMS_CANLOG_LINE_SIZE], uint64_t wall_ms, const char *device,
                        const struct lbms_can_frame *frame)
{
    const bool extended = (frame->id & LBMS_CAN_EXTENDED) != 0u;
    const uint32_t id = frame->id & (extended ? 0x1FFFFFFFu : 0x7FFu);
    const size_t bytes = (frame->length <= 8u) ? frame->length : 8u;
    int length;
    size_t i;

    length = snprintf(text, LBMS_CANLOG_LINE_SIZE, "(%" PRIu64 ".%03u000) %.15s %0*" PRIX32 "#",
                      wall_ms / 1000u, (unsigned)(wall_ms % 1000u), device, extended ? 8 : 3, id);
    for (i = 0u; i < bytes; i++) {
        length +=
            snprintf(&text[length], LBMS_CANLOG_LINE_SIZE - (size_t)length, "%02X", (unsigned)frame->data[i]);
    }
    text[length] = '\n';
    text[length + 1] = '\0';
    return (size_t)length + 1u;
}

int lbms_posix_can_log_open(struct lbms_posix_can *can, const char *path)
{
    if (path[0] == '\0' || !lbms_posix_copy_name(can->name, sizeof(can->name), path)) {
        lbms_posix_note(can->error, &can->error_new, "can log: the name of the file is missing or too long");
        return LBMS_ERR_ARGUMENT;
    }
    /* O_NONBLOCK: a FIFO without a reader is an error instead of a wait. */
    can->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0666);
    if (can->fd < 0) {
        lbms_posix_note(can->error, &can->error_new, "can log %s: cannot be opened: %s", path,
                        strerror(errno));
        return LBMS_ERR_IO;
    }
    return LBMS_OK;
}

/* A disk that fills up in the middle of a line: the line is ended first when there is room again. */
static int write_rest(struct lbms_posix_can *can)
{
    while (can->log_written < can->log_length) {
        const int written = lbms_posix_write_quiet(can->fd, &can->log_line[can->log_written],
                                                   can->log_length - can->log_written);

        if (written <= 0) {
            if (can->state != LBMS_CAN_ABSENT) {
                lbms_posix_note(can->error, &can->error_new, "can log %s: cannot be written: %s", can->name,
                                (written < 0) ? strerror(errno) : "no progress");
            }
            can->state = LBMS_CAN_ABSENT;
            return LBMS_ERR_IO;
        }
        can->log_written += (size_t)written;
    }
    if (can->state == LBMS_CAN_ABSENT) {
        lbms_posix_note(can->error, &can->error_new, "can log %s: is written again", can->name);
        can->state = LBMS_CAN_OK;
    }
    return LBMS_OK;
}

int lbms_posix_can_log_write(struct lbms_posix_can *can, const struct lbms_can_frame *frame)
{
    const bool line_begun = can->log_written > 0u && can->log_written < can->log_length;
    int status;

    if (line_begun) {
        status = write_rest(can);
        if (status != LBMS_OK) {
            lbms_posix_count(&can->lost);
            return status;
        }
    }
    can->log_length = lbms_canlog_line(can->log_line, can->log_ms, "can0", frame);
    can->log_written = 0u;
    status = write_rest(can);
    if (status != LBMS_OK) {
        lbms_posix_count(&can->lost);
        return status;
    }
    lbms_posix_count(&can->frames_out);
    return LBMS_OK;
}
