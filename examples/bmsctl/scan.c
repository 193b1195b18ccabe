/* The search for packs: baud rates, protocols, addresses; and what it means when there is no pack. */
#include <string.h>

#include "bmsctl/bmsctl.h"
#include "losun_bms/base/crc.h"

#define ADDRESSES    16u
#define FIRST_MS     150u /* a pack begins to answer after 35 ms */
#define MODBUS_REPLY 21u  /* 8 registers */
#define SHORT_FRAME  18u

/* What a request leads to, the more telling ones last. */
enum finding {
    SEEN_SILENCE,
    SEEN_NOISE,
    SEEN_TEXT,
    SEEN_ECHO,
    SEEN_DIALECT,
    SEEN_ERROR_REPLY,
    SEEN_PACK,
    SEEN_COUNT
};

static const char *const names[SEEN_COUNT] = {
    "silence",
    "noise",
    "readable characters, but no frame",
    "echo of the request",
    "another dialect of these frames (VER 20)",
    "an error reply",
    "pack",
};

/* And what to do about it when nothing better is found. */
static const char *const meanings[SEEN_COUNT] = {
    ("Silence: is the pack awake (press its button), is the cable right (RJ11: 3 is its TX, 4 its RX, 5 GND; "
     "RJ45: 1 and "
     "8 are B, 2 and 7 A, 3 and 6 GND), is its address switch set? A pack with address 1 does not answer on "
     "the bus "
     "between packs, where it is the master."),
    ("Noise: something sends, but not at these baud rates, or A and B are exchanged, or GND is not "
     "connected."),
    ("Readable characters that are no frame: another protocol, or a console of another device."),
    ("Echo: RX and TX are connected with each other, or the adapter hears itself and no pack answers. On "
     "RS485 an echo "
     "is harmless as soon as there is a reply behind it."),
    ("Another dialect: Pylontech, Seplos, EG4 or the like. bmsctl cannot read it; set the protocol of the "
     "pack to PACE."),
    ("An error reply: a pack is there, but does not like the question. Try its own address: -a N."),
    "",
};

/* Most likely first. */
static const unsigned bauds[] = {9600, 19200, 115200, 57600, 38400, 4800, 2400, 1200};

struct scan {
    struct bmsctl *b;
    struct out out;
    unsigned packs;
    unsigned seen; /* 1 << enum finding */
    unsigned done, whole;
};

static bool is_readable(const uint8_t *text, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        if ((text[i] < 0x20 || text[i] > 0x7E) && text[i] != '\r' && text[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* The answer to a request, or what follows its echo. */
static enum finding judge(const uint8_t *request, size_t size, const uint8_t *answer, size_t count)
{
    if (count == 0) {
        return SEEN_SILENCE;
    }
    if (count >= size && memcmp(request, answer, size) == 0) {
        return (count == size) ? SEEN_ECHO : judge(request, size, answer + size, count - size);
    }
    if (count >= SHORT_FRAME && answer[0] == '~' && answer[count - 1] == '\r' && is_readable(answer, count)) {
        return (answer[1] == '2' && answer[2] == '5') ? SEEN_ERROR_REPLY : SEEN_DIALECT;
    }
    return is_readable(answer, count) ? SEEN_TEXT : SEEN_NOISE;
}

static void found(struct scan *scan, unsigned baud, const char *protocol, unsigned address, const char *what)
{
    char rate[12], number[12];
    const char *cells[] = {rate, protocol, number, what};

    (void)snprintf(rate, sizeof(rate), "%u", baud);
    (void)snprintf(number, sizeof(number), "%u", address);
    bmsctl_progress(NULL, 0, 0);
    out_row(&scan->out, cells);
    (void)fflush(stdout);
}

/* Each kind of surprise is told once for each baud rate. */
static void note(struct scan *scan, unsigned baud, const char *protocol, unsigned address,
                 enum finding finding, unsigned *told)
{
    scan->seen |= 1u << finding;
    if (finding != SEEN_SILENCE && (*told & (1u << finding)) == 0) {
        *told |= 1u << finding;
        found(scan, baud, protocol, address, names[finding]);
    }
}

static size_t raw_frame(uint8_t *to, size_t room, uint8_t version, uint8_t address, uint8_t cid2,
                        const uint8_t *info, uint16_t size)
{
    const struct lbms_ascii_head head = {version, address, LBMS_PACE_CID1, cid2};
    struct lbms_writer out;

    lbms_writer_init(&out, to, room);
    lbms_ascii_frame(&out, &head, info, size);
    return out.failed ? 0 : out.position;
}

static enum finding ask(struct scan *scan, const uint8_t *request, size_t size, uint8_t answer[512],
                        size_t *count)
{
    const int got = client_raw(&scan->b->client, request, size, answer, 512);

    *count = (got > 0) ? (size_t)got : 0;
    return judge(request, size, answer, *count);
}

static void report_pack(struct scan *scan, unsigned baud, uint8_t address)
{
    struct client_identity identity;
    char text[64];

    scan->packs++;
    scan->b->client.timeout_ms = 700;
    scan->b->client.tries = 2;
    memset(&identity, 0, sizeof(identity));
    (void)client_identity(&scan->b->client, &identity);
    (void)snprintf(text, sizeof(text), "%s %s", identity.product, identity.pack_serial);
    found(scan, baud, "PACE", address, text);
    scan->b->client.timeout_ms = FIRST_MS;
    scan->b->client.tries = 1;
}

/* The address in the last frame of an answer: that of the pack, which may answer to others as well. */
static uint8_t own_address(const uint8_t *answer, size_t count, uint8_t asked)
{
    size_t i = count;
    unsigned address = asked;

    while (i > 0 && answer[i - 1] != '~') {
        i--;
    }
    (void)sscanf((const char *)answer + i, "25%2X", &address);
    return (uint8_t)address;
}

/* True: a pack that answers to any address, as on RS232, so that the others need not be asked. */
static bool scan_pace(struct scan *scan, unsigned baud, uint8_t address, unsigned *told)
{
    uint8_t request[32], answer[513];
    const size_t size =
        raw_frame(request, sizeof(request), LBMS_PACE_VERSION, address, LBMS_PACE_COUNT, NULL, 0);
    struct client *client = &scan->b->client;
    size_t count;
    enum finding finding = ask(scan, request, size, answer, &count);

    client->address = address;
    if (finding == SEEN_ERROR_REPLY && client_request(client, LBMS_PACE_COUNT, NULL, 0, false) == CLIENT_OK) {
        answer[count] = '\0';
        report_pack(scan, baud, own_address(answer, count, address));
        client->address = (uint8_t)(address ^ (ADDRESSES - 1u));
        return client_request(client, LBMS_PACE_COUNT, NULL, 0, false) == CLIENT_OK;
    }
    note(scan, baud, "PACE", address, finding, told);
    return false;
}

/* Analog values of the first pack, as Pylontech and Seplos ask for them. */
static void scan_version_20(struct scan *scan, unsigned baud, uint8_t address, unsigned *told)
{
    uint8_t request[32], answer[512];
    const size_t size = raw_frame(request, sizeof(request), 0x20, address, LBMS_PACE_VALUES, &address, 1);
    size_t count;

    note(scan, baud, "VER 20", address, ask(scan, request, size, answer, &count), told);
}

static void scan_modbus(struct scan *scan, unsigned baud, uint8_t address, unsigned *told)
{
    uint8_t request[8] = {address, 3, 0, 0, 0, 8, 0, 0};
    const uint16_t crc = lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, request, 6);
    uint8_t answer[512];
    size_t count;
    enum finding finding;

    request[6] = (uint8_t)(crc & 0xFF);
    request[7] = (uint8_t)(crc >> 8);
    finding = ask(scan, request, sizeof(request), answer, &count);
    if (count >= MODBUS_REPLY && answer[count - MODBUS_REPLY] == address &&
        answer[count - MODBUS_REPLY + 1] == 3 &&
        lbms_crc16_modbus(LBMS_CRC16_MODBUS_START, answer + count - MODBUS_REPLY, MODBUS_REPLY) == 0) {
        scan->packs++;
        found(scan, baud, "Modbus", address, "registers of PACE");
        return;
    }
    note(scan, baud, "Modbus", address, finding, told);
}

static void progress(struct scan *scan)
{
    bmsctl_progress("scanning", scan->done, scan->whole);
    scan->done++;
}

static void scan_baud(struct scan *scan, unsigned baud)
{
    const int only = scan->b->address;
    bool any_address = false;
    unsigned told = 0;
    uint8_t address;

    for (address = 0; address < ADDRESSES; address++) {
        progress(scan);
        if (!any_address && (only < 0 || only == address)) {
            any_address = scan_pace(scan, baud, address, &told);
        }
    }
    for (address = 1; address < ADDRESSES; address++) {
        progress(scan);
        if (only < 0 || only == address) {
            scan_modbus(scan, baud, address, &told);
        }
        if (scan->packs == 0 && (only < 0 || only == address)) {
            scan_version_20(scan, baud, address, &told);
        }
    }
}

/* The most telling of what was seen. */
static int conclude(const struct scan *scan)
{
    int finding = SEEN_PACK - 1;

    if (scan->packs > 0) {
        return EXIT_DONE;
    }
    while (finding > SEEN_SILENCE && (scan->seen & (1u << finding)) == 0) {
        finding--;
    }
    (void)fprintf(stderr, "bmsctl: no pack found. %s\n", meanings[finding]);
    return (finding == SEEN_SILENCE) ? EXIT_SILENT : EXIT_DAMAGED;
}

int bmsctl_scan(struct bmsctl *b)
{
    static const char *const columns[] = {"baud", "protocol", "address", "what"};
    static const int widths[] = {6, -8, 7, -1};
    const size_t count = sizeof(bauds) / sizeof(bauds[0]);
    struct scan scan;
    size_t i;

    memset(&scan, 0, sizeof(scan));
    scan.b = b;
    scan.whole = (unsigned)(((b->baud != 0) ? 1u : count) * (2u * ADDRESSES - 1u));
    out_table(&scan.out, b->format, stdout, 4, columns, widths);
    for (i = 0; i < count && scan.packs == 0; i++) {
        const unsigned baud = (b->baud != 0) ? b->baud : bauds[i];

        if (client_open(&b->client, b->port, baud, 0) != 0) {
            bmsctl_progress(NULL, 0, 0);
            (void)fprintf(stderr, "bmsctl: %s\n", b->client.line.error);
            return EXIT_PORT;
        }
        b->client.timeout_ms = FIRST_MS;
        b->client.tries = 1;
        client_capture(&b->client, b->capture_file);
        scan_baud(&scan, baud);
        client_close(&b->client);
        if (b->baud != 0) {
            break;
        }
    }
    bmsctl_progress(NULL, 0, 0);
    out_end(&scan.out);
    return conclude(&scan);
}
