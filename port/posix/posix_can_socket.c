/* The CAN back-end for interfaces of the Linux kernel (SocketCAN). */
#include "posix_private.h"

#include "losun_bms/base/status.h"

#if defined(__linux__)

#include <errno.h>
#include <linux/can.h>
#include <linux/can/error.h>
#include <linux/can/raw.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Remote and error frames passed over in one call; a flood of them must not keep the caller. */
#define FRAMES_A_CALL 64u

static int fail(struct lbms_posix_can *can, int fd, int status, const char *what)
{
    lbms_posix_note(can->error, &can->error_new, "socketcan %s: %s: %s", can->name, what, strerror(errno));
    if (fd >= 0) {
        (void)close(fd);
    }
    return status;
}

/* can->name is the interface. The error frames tell the state of the controller. */
static int socket_open(struct lbms_posix_can *can)
{
    const can_err_mask_t errors = CAN_ERR_CRTL | CAN_ERR_BUSOFF | CAN_ERR_RESTARTED;
    struct sockaddr_can address;
    const int fd = socket(PF_CAN, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, CAN_RAW);

    if (fd < 0) {
        const bool absent = errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT || errno == EINVAL;

        return fail(can, fd, absent ? LBMS_ERR_UNSUPPORTED : LBMS_ERR_IO,
                    absent ? "this kernel has no SocketCAN; use slcan: or log: instead" : "no socket");
    }
    memset(&address, 0, sizeof(address));
    address.can_family = AF_CAN;
    address.can_ifindex = (int)if_nametoindex(can->name);
    if (address.can_ifindex == 0) {
        return fail(can, fd, LBMS_ERR_IO, "no such interface");
    }
    if (setsockopt(fd, SOL_CAN_RAW, CAN_RAW_ERR_FILTER, &errors, sizeof(errors)) != 0) {
        return fail(can, fd, LBMS_ERR_IO, "error frames cannot be asked for");
    }
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        return fail(can, fd, LBMS_ERR_IO, "cannot be bound");
    }
    can->fd = fd;
    return LBMS_OK;
}

int lbms_posix_can_socket_open(struct lbms_posix_can *can, const char *interface_name)
{
    if (interface_name[0] == '\0' || strlen(interface_name) >= (size_t)IF_NAMESIZE) {
        lbms_posix_note(can->error, &can->error_new,
                        "socketcan: the name of the interface is missing or too long");
        return LBMS_ERR_ARGUMENT;
    }
    (void)lbms_posix_copy_name(can->name, sizeof(can->name), interface_name);
    return socket_open(can);
}

static int lost(struct lbms_posix_can *can)
{
    if (can->state != LBMS_CAN_ABSENT) {
        (void)fail(can, can->fd, LBMS_ERR_IO, "lost; trying again");
        can->fd = -1;
        can->state = LBMS_CAN_ABSENT;
        can->retry_ms = can->last_ms;
    }
    return LBMS_ERR_IO;
}

/* True when the socket can be used. */
static bool ready(struct lbms_posix_can *can)
{
    char last[LBMS_POSIX_ERROR_SIZE];
    const bool last_new = can->error_new;

    if (can->fd >= 0) {
        return true;
    }
    if ((uint32_t)(can->last_ms - can->retry_ms) < LBMS_POSIX_RETRY_MS) {
        return false;
    }
    can->retry_ms = can->last_ms;
    memcpy(last, can->error, sizeof(last));
    if (socket_open(can) != LBMS_OK) {
        memcpy(can->error, last, sizeof(last));
        can->error_new = last_new;
        return false;
    }
    can->state = LBMS_CAN_OK;
    lbms_posix_note(can->error, &can->error_new, "socketcan %s: is back", can->name);
    return true;
}

static void take_error_frame(struct lbms_posix_can *can, const struct can_frame *got)
{
    if ((got->can_id & CAN_ERR_BUSOFF) != 0u) {
        can->state = LBMS_CAN_BUS_OFF;
    } else if ((got->can_id & CAN_ERR_RESTARTED) != 0u) {
        can->state = LBMS_CAN_OK;
        can->told = false;
    } else if ((got->can_id & CAN_ERR_CRTL) != 0u && can->state != LBMS_CAN_BUS_OFF) {
        if ((got->data[1] & (CAN_ERR_CRTL_RX_PASSIVE | CAN_ERR_CRTL_TX_PASSIVE)) != 0u) {
            can->state = LBMS_CAN_WARNING;
        } else if ((got->data[1] & CAN_ERR_CRTL_ACTIVE) != 0u) {
            can->state = LBMS_CAN_OK;
        } else {
            /* a warning level of the counters, or an overflow: the state is as before */
        }
    } else {
        /* not asked for */
    }
}

int lbms_posix_can_socket_read(struct lbms_posix_can *can, struct lbms_can_frame *frame)
{
    struct can_frame got;
    ssize_t size;
    unsigned tries;

    if (!ready(can)) {
        return LBMS_ERR_IO;
    }
    for (tries = 0u; tries < FRAMES_A_CALL; tries++) {
        do {
            size = recv(can->fd, &got, sizeof(got), 0);
        } while (size < 0 && errno == EINTR);
        if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return LBMS_AGAIN;
        }
        if (size < 0) {
            return lost(can);
        }
        if (size != (ssize_t)sizeof(got) || got.can_dlc > 8u) {
            lbms_posix_count(&can->damaged);
        } else if ((got.can_id & CAN_ERR_FLAG) != 0u) {
            take_error_frame(can, &got);
        } else if ((got.can_id & CAN_RTR_FLAG) != 0u) {
            lbms_posix_count(&can->remote);
        } else {
            const bool extended = (got.can_id & CAN_EFF_FLAG) != 0u;

            frame->id =
                extended ? ((got.can_id & CAN_EFF_MASK) | LBMS_CAN_EXTENDED) : (got.can_id & CAN_SFF_MASK);
            frame->length = got.can_dlc;
            memset(frame->data, 0, sizeof(frame->data));
            memcpy(frame->data, got.data, got.can_dlc);
            lbms_posix_count(&can->frames_in);
            return LBMS_OK;
        }
    }
    return LBMS_AGAIN;
}

int lbms_posix_can_socket_write(struct lbms_posix_can *can, const struct lbms_can_frame *frame)
{
    const bool extended = (frame->id & LBMS_CAN_EXTENDED) != 0u;
    struct can_frame sent;
    ssize_t size;

    if (!ready(can)) {
        return LBMS_ERR_IO;
    }
    memset(&sent, 0, sizeof(sent));
    sent.can_id = extended ? ((frame->id & CAN_EFF_MASK) | CAN_EFF_FLAG) : (frame->id & CAN_SFF_MASK);
    sent.can_dlc = frame->length;
    memcpy(sent.data, frame->data, frame->length);
    do {
        size = send(can->fd, &sent, sizeof(sent), MSG_NOSIGNAL);
    } while (size < 0 && errno == EINTR);
    if (size == (ssize_t)sizeof(sent)) {
        lbms_posix_count(&can->frames_out);
        return LBMS_OK;
    }
    if (size >= 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
        return LBMS_AGAIN;
    }
    return lost(can);
}

#else

int lbms_posix_can_socket_open(struct lbms_posix_can *can, const char *interface_name)
{
    lbms_posix_note(can->error, &can->error_new,
                    "socketcan %s: only Linux has SocketCAN; use slcan: or log: instead", interface_name);
    return LBMS_ERR_UNSUPPORTED;
}

int lbms_posix_can_socket_read(struct lbms_posix_can *can, struct lbms_can_frame *frame)
{
    (void)can;
    (void)frame;
    return LBMS_ERR_UNSUPPORTED;
}

int lbms_posix_can_socket_write(struct lbms_posix_can *can, const struct lbms_can_frame *frame)
{
    (void)can;
    (void)frame;
    return LBMS_ERR_UNSUPPORTED;
}

#endif
