#include "client/client.h"

#include <poll.h>
#include <string.h>
#include <time.h>

#define FIRST_MS     700u /* a write is answered after 400 ms at the latest, and 35 ms more */
#define QUIET_MS     250  /* between two characters of a reply */
#define WRITE_GAP_MS 1050u

uint64_t client_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static uint32_t now32(void)
{
    return (uint32_t)(client_now_ms() & UINT32_MAX);
}

static void pause_ms(uint64_t ms)
{
    (void)poll(NULL, 0, (int)ms);
}

int client_open(struct client *client, const char *path, uint32_t baud, uint8_t address)
{
    struct lbms_posix_serial_options options;

    memset(client, 0, sizeof(*client));
    memset(&options, 0, sizeof(options));
    options.target = path;
    options.baud = baud;
    client->address = address;
    client->timeout_ms = FIRST_MS;
    client->tries = 3;
    client->started_ms = client_now_ms();
    return (lbms_posix_serial_open(&client->line, &options, now32()) == LBMS_OK) ? 0 : -1;
}

void client_close(struct client *client)
{
    lbms_posix_serial_close(&client->line);
}

void client_capture(struct client *client, FILE *file)
{
    client->capture = file;
}

static void note_traffic(struct client *client, char direction, const uint8_t *data, size_t size)
{
    size_t i;

    if (client->capture == NULL || size == 0) {
        return;
    }
    (void)fprintf(client->capture, "%lu %c ", (unsigned long)(client_now_ms() - client->started_ms),
                  direction);
    for (i = 0; i < size; i++) {
        (void)fprintf(client->capture, "%02X", data[i]);
    }
    (void)fputc('\n', client->capture);
    (void)fflush(client->capture);
}

static int send_all(struct client *client, const uint8_t *data, size_t size)
{
    const uint64_t end_ms = client_now_ms() + 10000u;
    size_t done = 0;

    note_traffic(client, '>', data, size);
    while (done < size) {
        const int count = lbms_posix_serial_write(&client->line, now32(), data + done, size - done);

        if (count < 0 || client_now_ms() > end_ms) {
            return CLIENT_PORT;
        }
        done += (size_t)count;
        if (count == 0) {
            pause_ms(2);
        }
    }
    client->traffic.sent += size;
    return CLIENT_OK;
}

/* What is there within this time; 0: nothing. */
static int receive(struct client *client, uint8_t *data, size_t size, int wait_ms)
{
    struct pollfd wait = {lbms_posix_serial_fd(&client->line), POLLIN, 0};
    int count;

    if (wait.fd < 0) {
        return CLIENT_PORT;
    }
    if (poll(&wait, 1, wait_ms) <= 0) {
        return 0;
    }
    count = lbms_posix_serial_read(&client->line, now32(), data, size);
    if (count < 0) {
        return CLIENT_PORT;
    }
    note_traffic(client, '<', data, (size_t)count);
    client->traffic.received += (unsigned long)count;
    return count;
}

int client_raw(struct client *client, const uint8_t *data, size_t size, uint8_t *answer, size_t room)
{
    size_t got = 0;
    int count = send_all(client, data, size);

    while (count >= 0 && got < room) {
        count = receive(client, answer + got, room - got, (got == 0) ? (int)client->timeout_ms : QUIET_MS);
        if (count == 0) {
            break;
        }
        got += (count > 0) ? (size_t)count : 0u;
    }
    return (count < 0) ? count : (int)got;
}

/* What was left over from an earlier request. */
static void drain(struct client *client)
{
    uint8_t rest[256];

    while (receive(client, rest, sizeof(rest), 0) > 0) {
    }
}

/*
 * A reply does not tell which request it answers, so one that comes late would be taken for that of the next request. It is
 * waited for, and thrown away.
 */
static void settle(struct client *client)
{
    uint8_t rest[256];
    int wait_ms = (int)client->timeout_ms;

    while (client->owed && receive(client, rest, sizeof(rest), wait_ms) > 0) {
        wait_ms = QUIET_MS;
    }
    client->owed = false;
}

/* Waits for a frame that is not the echo of the request. */
static int await_reply(struct client *client, uint8_t cid2, uint16_t size)
{
    struct lbms_ascii_receiver receiver;
    int wait_ms = (int)client->timeout_ms;
    bool anything = false;

    lbms_ascii_receiver_init(&receiver, client->info, LBMS_ASCII_INFO_MAX);
    for (;;) {
        uint8_t data[256];
        const int count = receive(client, data, sizeof(data), wait_ms);
        int i;

        if (count <= 0) {
            client->owed = true;
            return (count < 0) ? count : (anything ? CLIENT_DAMAGED : CLIENT_SILENT);
        }
        for (i = 0; i < count; i++) {
            const uint8_t event = lbms_ascii_receive(&receiver, data[i], 0u); /* QUIET_MS decides */

            if (event == LBMS_ASCII_FRAME && receiver.head.code == cid2 && receiver.info_chars == 2u * size &&
                cid2 != LBMS_PACE_BAD_CID1) {
                client->traffic.echoes++;
            } else if (event == LBMS_ASCII_FRAME) {
                client->rtn = receiver.head.code;
                client->size = (uint16_t)(receiver.info_chars / 2u);
                return CLIENT_OK;
            } else if (event != LBMS_ASCII_NONE) {
                return CLIENT_DAMAGED;
            }
        }
        anything = true;
        wait_ms = QUIET_MS;
    }
}

static int attempt(struct client *client, uint8_t cid2, const uint8_t *info, uint16_t size)
{
    const struct lbms_ascii_head head = {LBMS_PACE_VERSION, client->address, LBMS_PACE_CID1, cid2};
    uint8_t frame[LBMS_ASCII_OVERHEAD + 2u * 128u];
    struct lbms_writer out;
    int status;

    lbms_writer_init(&out, frame, sizeof(frame));
    lbms_ascii_frame(&out, &head, info, size);
    if (out.failed) {
        return CLIENT_STRANGE;
    }
    drain(client);
    client->traffic.requests++;
    status = send_all(client, frame, out.position);
    if (status == CLIENT_OK) {
        status = await_reply(client, cid2, size);
    }
    client->traffic.silent += status == CLIENT_SILENT;
    client->traffic.damaged += status == CLIENT_DAMAGED;
    return status;
}

static void pace_write(struct client *client)
{
    const uint64_t passed_ms = client_now_ms() - client->written_ms;

    if (client->written_ms != 0 && passed_ms < WRITE_GAP_MS) {
        pause_ms(WRITE_GAP_MS - passed_ms);
    }
}

static int request_once(struct client *client, uint8_t cid2, const uint8_t *info, uint16_t size, bool stored)
{
    unsigned tries = client->tries;
    int status;

    do {
        if (stored) {
            pace_write(client);
        }
        status = attempt(client, cid2, info, size);
        if (stored) {
            client->written_ms = client_now_ms();
        }
        /* the pack may have received noise: that is not what was asked */
        if (status == CLIENT_OK &&
            (client->rtn == LBMS_PACE_BAD_CHECKSUM || client->rtn == LBMS_PACE_BAD_LENGTH)) {
            status = CLIENT_DAMAGED;
        }
        tries--;
        if ((status == CLIENT_SILENT || status == CLIENT_DAMAGED) && tries > 0) {
            client->traffic.retries++;
            pause_ms(60);
        }
    } while ((status == CLIENT_SILENT || status == CLIENT_DAMAGED) && tries > 0);
    if (status == CLIENT_OK) {
        settle(client);
    }
    if (status != CLIENT_OK || client->rtn == LBMS_PACE_OK) {
        return status;
    }
    return (client->rtn == LBMS_PACE_UNKNOWN) ? CLIENT_UNKNOWN : CLIENT_REFUSED;
}

int client_request(struct client *client, uint8_t cid2, const uint8_t *info, uint16_t size, bool stored)
{
    const bool first = client->written_ms == 0;
    int status = request_once(client, cid2, info, size, stored);

    /* somebody else may have written less than a second ago */
    if (stored && first && status == CLIENT_REFUSED) {
        status = request_once(client, cid2, info, size, stored);
    }
    return status;
}

const char *client_text(const struct client *client, int status, char text[64])
{
    switch (status) {
    case CLIENT_OK:
        return "done";
    case CLIENT_END:
        return "there is no more";
    case CLIENT_SILENT:
        return "no reply";
    case CLIENT_DAMAGED:
        return "only damaged characters come back";
    case CLIENT_REFUSED:
        (void)snprintf(text, 64, "the pack refuses (RTN %02XH)", client->rtn);
        return text;
    case CLIENT_UNKNOWN:
        return "the pack does not know this command (RTN 04H)";
    case CLIENT_PORT:
        return (client->line.error[0] != '\0') ? client->line.error : "the port has failed";
    default:
        return "a reply that cannot be understood";
    }
}
