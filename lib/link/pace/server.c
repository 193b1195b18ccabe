#include "losun_bms/link/pace/server.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/link/pace/codec.h"
#include "serve.h"

#define MASTER 1u
/* On a bus, what others answer looks like a request whose CID2 is their return code. */
#define RTN_LAST LBMS_PACE_REFUSED
/* The port is full: look again after this time. */
#define DRAIN_MS 5u
/* INFOFLAG and number of packs before the first block of 42H and 44H. */
#define BLOCKS_AT 2u

void lbms_pace_server_init(struct lbms_pace_server *server, const struct lbms_pace_config *config,
                           struct lbms_access *access)
{
    memset(server, 0, sizeof(*server));
    server->config = config;
    server->access = access;
    lbms_ascii_receiver_init(&server->receiver, server->info, LBMS_PACE_INFO_MAX);
}

static bool is_local(const struct lbms_pace_server *server)
{
    return server->config->port == (uint8_t)LBMS_PORT_RS232;
}

static void count(uint16_t *counter)
{
    (*counter)++; /* wraps, as documented */
}

/* ---- replies ------------------------------------------------------------------------------------------------ */

/* The reply begins as soon as the time allows; its INFO, or the beginning of it, is in server->info. */
static void reply(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t rtn, uint8_t size)
{
    server->reply.version = LBMS_PACE_VERSION;
    server->reply.address = view->own->address;
    server->reply.cid1 = LBMS_PACE_CID1;
    server->reply.code = rtn;
    server->info_size = size;
    server->info_total = size;
    server->info_at = 0u;
    server->pieces = 0u;
    server->stage = LBMS_PACE_HEAD;
    if (rtn != (uint8_t)LBMS_PACE_OK) {
        count(&server->counters.refused);
    }
}

static void refuse(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t rtn)
{
    reply(server, view, rtn, 0u);
}

/* What MOSFET commands answer with: the switches as they are commanded now. */
static uint8_t indication(const struct lbms_view *view)
{
    struct lbms_pack_state state;

    lbms_view_state(view, &state);
    state.closed = view->own->want.closed;
    return lbms_pace_indication(&state);
}

/* An order has been carried out or refused. */
static void conclude(struct lbms_pace_server *server, const struct lbms_view *view, int status)
{
    const uint8_t rtn = (status >= 0) ? LBMS_PACE_OK : LBMS_PACE_REFUSED;
    struct lbms_pace_order order;
    uint8_t size = 0u;

    (void)lbms_pace_order(server->cid2, &order);
    if (order.stored && (status >= 0)) {
        server->has_written = true;
        server->written_ms = server->since_ms;
    }
    if (order.answer == (uint8_t)LBMS_PACE_ANSWER_INDICATION) {
        server->info[0] = indication(view);
        size = 1u;
    } else if ((order.answer == (uint8_t)LBMS_PACE_ANSWER_CONTROL) && (status >= 0)) {
        server->info[1] = lbms_pace_control_status(lbms_view_functions(view)); /* behind the echoed code */
        size = 2u;
    } else {
        /* nothing to tell */
    }
    reply(server, view, rtn, size);
}

/* ---- 42H and 44H ---------------------------------------------------------------------------------------------- */

static void answer_packs(struct lbms_pace_server *server, const struct lbms_view *view)
{
    const uint8_t command = server->info[0];
    const bool master = is_local(server) && (view->own->address == MASTER);
    uint8_t packs = 1u;
    uint8_t first = 0u;

    if (master && (command == LBMS_PACE_ALL)) {
        packs = (uint8_t)(1u + view->pack_count);
    } else if (master) {
        first = lbms_pace_find_pack(view, command);
    } else {
        /* clients send the number that they are configured with: it is always this pack that is meant */
    }
    if (first > view->pack_count) {
        refuse(server, view, LBMS_PACE_REFUSED);
        return;
    }
    server->info[0] = 0u; /* INFOFLAG */
    server->info[1] = (command == LBMS_PACE_ALL) ? packs : command;
    reply(server, view, LBMS_PACE_OK, BLOCKS_AT);
    server->pieces = packs;
    server->next_pack = first;
    server->info_total =
        (uint16_t)(BLOCKS_AT + ((unsigned)packs * lbms_pace_block_size(server->config, server->cid2)));
}

static void next_block(struct lbms_pace_server *server, const struct lbms_view *view)
{
    lbms_pace_make_block(server->config, view, server->cid2, server->next_pack, server->info);
    server->info_size = lbms_pace_block_size(server->config, server->cid2);
    server->info_at = 0u;
    server->pieces--;
    server->next_pack++;
}

/* ---- requests ----------------------------------------------------------------------------------------------- */

static void ask(struct lbms_pace_server *server, const struct lbms_view *view,
                const struct lbms_pace_question *question, const struct lbms_pace_request *request)
{
    uint8_t body[LBMS_PACE_INFO_MAX];
    struct lbms_writer out;
    uint8_t rtn;

    lbms_writer_init(&out, body, sizeof(body));
    rtn = question->answer(request, &out);
    if (rtn != (uint8_t)LBMS_PACE_OK) {
        server->denied = (request->cid2 == (uint8_t)LBMS_PACE_ACCESS) ? request->cid2 : server->denied;
        refuse(server, view, rtn);
        return;
    }
    memcpy(server->info, body, out.position);
    reply(server, view, rtn, (uint8_t)out.position);
}

static bool read_group(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t size)
{
    bool write = false;
    const struct lbms_pace_group *group = lbms_pace_group(server->cid2, &write);
    struct lbms_writer out;

    if ((group == NULL) || write) {
        return false;
    }
    if (size > 0u) {
        refuse(server, view, LBMS_PACE_REFUSED);
        return true;
    }
    lbms_writer_init(&out, server->info, LBMS_PACE_INFO_MAX);
    lbms_pace_put_group(&out, group, view->params, false);
    reply(server, view, LBMS_PACE_OK, (uint8_t)out.position);
    return true;
}

/* May this order be carried out now? */
static bool permitted(struct lbms_pace_server *server, const struct lbms_pace_order *order,
                      const struct lbms_pace_request *request)
{
    const uint8_t level = lbms_pace_order_level(order, request);
    struct lbms_access *access = server->access;

    if (level > lbms_access_level(access, request->view->params, is_local(server))) {
        server->denied = server->cid2;
        return false;
    }
    if (access->open && (level == (uint8_t)LBMS_ACCESS_SERVICE)) {
        access->used_ms = request->now_ms;
    }
    return !order->stored || !server->has_written ||
           (lbms_elapsed_ms(request->now_ms, server->written_ms) >= LBMS_PACE_WRITE_GAP_MS);
}

static void obey(struct lbms_pace_server *server, const struct lbms_view *view,
                 const struct lbms_pace_request *request)
{
    struct lbms_pace_order order;

    if (!lbms_pace_order(server->cid2, &order)) {
        refuse(server, view, LBMS_PACE_UNKNOWN);
    } else if ((request->size < order.least) || (request->size > order.most) ||
               !permitted(server, &order, request)) {
        refuse(server, view, LBMS_PACE_REFUSED);
    } else {
        server->info_size = request->size;
        server->stage = LBMS_PACE_ASKING;
    }
}

static void take_other(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t size,
                       uint32_t now_ms)
{
    const struct lbms_pace_request request = {server->config, view, server->access, now_ms,
                                              server->cid2,   size, server->info};
    const struct lbms_pace_question *question = lbms_pace_question(server->cid2);

    if (question != NULL) {
        if ((size >= question->least) && (size <= question->most)) {
            ask(server, view, question, &request);
        } else {
            refuse(server, view, LBMS_PACE_REFUSED);
        }
    } else if (!read_group(server, view, size)) {
        obey(server, view, &request);
    } else {
        /* answered */
    }
}

static void take_request(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms)
{
    const uint8_t size = (uint8_t)(server->receiver.info_chars / 2u);

    if ((server->cid2 != (uint8_t)LBMS_PACE_VALUES) && (server->cid2 != (uint8_t)LBMS_PACE_STATE)) {
        take_other(server, view, size, now_ms);
    } else if (size == 1u) {
        answer_packs(server, view);
    } else {
        refuse(server, view, LBMS_PACE_REFUSED);
    }
}

static bool is_echo(struct lbms_pace_server *server, uint32_t now_ms)
{
    const struct lbms_ascii_receiver *r = &server->receiver;
    const bool echo = server->echo_expected && (r->tail == server->echo_sum) &&
                      (r->head.code == server->reply.code) &&
                      (r->info_chars == (2u * (unsigned)server->info_total)) &&
                      (lbms_elapsed_ms(now_ms, server->sent_ms) < LBMS_PACE_ECHO_MS);

    server->echo_expected = false;
    return echo;
}

/* A verified frame. On a bus, everything that is not clearly for this pack is passed over in silence. */
static void take_frame(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms)
{
    const struct lbms_ascii_head *head = &server->receiver.head;
    const bool local = is_local(server);

    if (is_echo(server, now_ms) ||
        (!local && ((head->address != view->own->address) || (head->version != LBMS_PACE_VERSION) ||
                    (head->cid1 != LBMS_PACE_CID1) || (head->code <= (uint8_t)RTN_LAST)))) {
        return;
    }
    server->cid2 = head->code;
    server->since_ms = now_ms;
    count(&server->counters.frames);
    if (head->version != LBMS_PACE_VERSION) {
        refuse(server, view, LBMS_PACE_BAD_VERSION);
    } else if (head->cid1 != LBMS_PACE_CID1) {
        refuse(server, view, LBMS_PACE_BAD_CID1);
    } else if (((server->receiver.info_chars & 1u) != 0u) ||
               (server->receiver.info_chars > (2u * LBMS_PACE_INFO_MAX))) {
        refuse(server, view, LBMS_PACE_REFUSED);
    } else {
        take_request(server, view, now_ms);
    }
}

static void take_damage(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t rtn,
                        uint32_t now_ms)
{
    count(&server->counters.damaged);
    if (is_local(server)) { /* on a bus nobody knows for whom it was */
        server->since_ms = now_ms;
        refuse(server, view, rtn);
    }
}

static void take_event(struct lbms_pace_server *server, const struct lbms_view *view, uint8_t event,
                       uint32_t now_ms)
{
    switch (event) {
    case LBMS_ASCII_FRAME:
        take_frame(server, view, now_ms);
        break;
    case LBMS_ASCII_BAD_LENGTH:
        take_damage(server, view, LBMS_PACE_BAD_LENGTH, now_ms);
        break;
    case LBMS_ASCII_BAD_SUM:
        take_damage(server, view, LBMS_PACE_BAD_CHECKSUM, now_ms);
        break;
    default:
        count(&server->counters.malformed);
        break;
    }
}

size_t lbms_pace_server_receive(struct lbms_pace_server *server, const struct lbms_view *view,
                                const uint8_t *data, size_t count_in, uint32_t now_ms)
{
    size_t i = 0u;

    while ((i < count_in) && (server->stage == (uint8_t)LBMS_PACE_LISTENING)) {
        const uint8_t event = lbms_ascii_receive(&server->receiver, data[i], now_ms);

        if (event != (uint8_t)LBMS_ASCII_NONE) {
            take_event(server, view, event, now_ms);
        }
        i++;
    }
    return i;
}

/* ---- commands ----------------------------------------------------------------------------------------------- */

bool lbms_pace_server_step(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms,
                           struct lbms_command *command)
{
    const struct lbms_pace_request request = {
        server->config, view, server->access, now_ms, server->cid2, server->info_size, server->info};
    struct lbms_pace_order order;
    int status;

    if (server->has_written && (lbms_elapsed_ms(now_ms, server->written_ms) >= LBMS_PACE_WRITE_GAP_MS)) {
        server->has_written = false;
    }
    if (server->stage == (uint8_t)LBMS_PACE_WAITING) {
        if (view->own->result_sequence == server->sequence) {
            conclude(server, view, view->own->result);
        } else if (lbms_elapsed_ms(now_ms, server->since_ms) >= lbms_pace_order_ms(server->cid2)) {
            conclude(server, view, LBMS_ERR_TIMEOUT);
        } else {
            /* goes on */
        }
    }
    if (server->stage != (uint8_t)LBMS_PACE_ASKING) {
        return false;
    }
    memset(command, 0, sizeof(*command));
    command->origin = server->config->port;
    (void)lbms_pace_order(server->cid2, &order);
    status = order.build(&request, command);
    if ((status != LBMS_OK) || (command->kind == (uint8_t)LBMS_COMMAND_NONE)) {
        conclude(server, view, status);
        return false;
    }
    server->since_ms = now_ms;
    return true;
}

void lbms_pace_server_handed(struct lbms_pace_server *server, const struct lbms_view *view, int outcome,
                             uint32_t now_ms)
{
    if (outcome > 0) {
        server->sequence = (uint16_t)outcome;
        server->since_ms = now_ms;
        server->stage = LBMS_PACE_WAITING;
    } else {
        conclude(server, view, outcome);
    }
}

/* ---- sending ------------------------------------------------------------------------------------------------ */

/* As much of INFO as there is room for. */
static void put_body(struct lbms_pace_server *server, const struct lbms_view *view, struct lbms_writer *out)
{
    size_t part = lbms_writer_remaining(out) / 2u;
    size_t left;

    if ((server->info_at == server->info_size) && (server->pieces > 0u)) {
        next_block(server, view);
    }
    left = (size_t)server->info_size - server->info_at;
    part = (part < left) ? part : left;
    lbms_ascii_put(&server->sender, out, &server->info[server->info_at], part);
    server->info_at = (uint8_t)(server->info_at + part);
    if ((server->info_at == server->info_size) && (server->pieces == 0u)) {
        server->stage = LBMS_PACE_TAIL;
    }
}

static void put_tail(struct lbms_pace_server *server, struct lbms_writer *out)
{
    lbms_ascii_end(&server->sender, out);
    server->echo_sum = (uint16_t)(0x10000u - server->sender.sum);
    server->echo_expected = true;
    server->stage = LBMS_PACE_LISTENING;
}

/* The next characters of the reply. */
static void fill(struct lbms_pace_server *server, const struct lbms_view *view)
{
    struct lbms_writer out;

    lbms_writer_init(&out, server->text, LBMS_PACE_TEXT_MAX);
    if (server->stage == (uint8_t)LBMS_PACE_HEAD) {
        lbms_ascii_begin(&server->sender, &out, &server->reply, server->info_total);
        server->stage = LBMS_PACE_BODY;
    }
    if (server->stage == (uint8_t)LBMS_PACE_BODY) {
        put_body(server, view, &out);
    }
    if ((server->stage == (uint8_t)LBMS_PACE_TAIL) && (lbms_writer_remaining(&out) >= LBMS_ASCII_TAIL)) {
        put_tail(server, &out);
    }
    server->text_size = (uint8_t)out.position;
    server->text_at = 0u;
}

size_t lbms_pace_server_text(struct lbms_pace_server *server, const struct lbms_view *view, uint32_t now_ms,
                             const uint8_t **text)
{
    const bool early =
        (server->stage == (uint8_t)LBMS_PACE_HEAD) && (lbms_pace_server_due(server, now_ms) > 0u);

    if ((server->text_at == server->text_size) && (server->stage >= (uint8_t)LBMS_PACE_HEAD) && !early) {
        fill(server, view);
    }
    *text = &server->text[server->text_at];
    return (size_t)server->text_size - server->text_at;
}

void lbms_pace_server_sent(struct lbms_pace_server *server, size_t count_out, uint32_t now_ms)
{
    server->text_at = (uint8_t)(server->text_at + count_out);
    server->sent_ms = now_ms;
}

uint32_t lbms_pace_server_due(const struct lbms_pace_server *server, uint32_t now_ms)
{
    const uint32_t passed_ms = lbms_elapsed_ms(now_ms, server->since_ms);
    uint32_t result_ms;

    switch (server->stage) {
    case LBMS_PACE_ASKING:
        return 0u;
    case LBMS_PACE_WAITING:
        result_ms = lbms_pace_order_ms(server->cid2);
        return (passed_ms < result_ms) ? (result_ms - passed_ms) : 0u;
    case LBMS_PACE_HEAD:
        return (is_local(server) || (passed_ms >= LBMS_PACE_TURN_MS)) ? 0u : (LBMS_PACE_TURN_MS - passed_ms);
    case LBMS_PACE_LISTENING:
        return (server->text_at < server->text_size) ? DRAIN_MS : UINT32_MAX;
    default:
        return DRAIN_MS;
    }
}
