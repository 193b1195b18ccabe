#include "losun_bms/run_link.h"

#include <string.h>

#include "losun_bms/base/timer.h"
#include "losun_bms/link/pace/codec.h"

/* Which server of which port. On RS485 there are two. */
struct talker {
    uint8_t port;
    bool modbus;
};

/* The protocols of the PACE list that every program contains. */
#define CAN_PYLONTECH   (UINT32_C(1) << 1)
#define RS485_PACE      (UINT32_C(1) << 0)
#define RS485_PYLONTECH (UINT32_C(1) << 1)
/* This address polls the others on the parallel port. */
#define PARALLEL_MASTER 1u
/* Between the end of a reply and a change of the baud rate: the longest reply in the buffer of a port is out by then. */
#define BAUD_CHANGE_MS 300u
/* Characters that one call takes from a port: somebody who never stops sending must not hold up the pack. */
#define TAKEN_MOST 512u
/* Value of `rs485_protocol`. */
#define PROTOCOL_MODBUS 0

static const struct lbms_run_link_config plain; /* all zero */

/* Baud rate of a port, enum lbms_param. */
static const uint8_t baud_params[LBMS_SERIAL_PORTS] = {LBMS_PARAM_RS232_BAUD, LBMS_PARAM_RS485_BAUD,
                                                       LBMS_PARAM_RS485_BAUD};

void lbms_run_link_init(struct lbms_run_link *link, const struct lbms_run_link_config *config)
{
    uint8_t port;

    memset(link, 0, sizeof(*link));
    link->config = (config != NULL) ? config : &plain;
    lbms_access_init(&link->access, link->config->key);
    for (port = 0u; port < LBMS_SERIAL_PORTS; port++) {
        struct lbms_pace_config *pace = &link->pace_config[port];

        pace->port = port;
        pace->can_protocols =
            (link->config->can_protocols != 0u) ? link->config->can_protocols : CAN_PYLONTECH;
        pace->rs485_protocols = (link->config->rs485_protocols != 0u) ? link->config->rs485_protocols
                                                                      : (RS485_PACE | RS485_PYLONTECH);
        if (port == (uint8_t)LBMS_PORT_RS232) { /* other packs and monitors know the base layout only */
            pace->values_layout = link->config->values_layout;
            pace->state_extension = link->config->state_extension;
        }
        lbms_pace_server_init(&link->pace[port], pace, &link->access);
    }
    lbms_pace_modbus_init(&link->modbus, &link->pace_config[LBMS_PORT_RS485], &link->access);
}

static int count_error(struct lbms_run_link *link, int status)
{
    if ((status < 0) && (link->errors < UINT16_MAX)) {
        link->errors++;
    }
    return status;
}

/* ---- what the servers see ------------------------------------------------------------------------------------ */

static int read_record(const void *ctx, uint32_t index, struct lbms_record *record)
{
    const struct lbms_keeper *keeper = (const struct lbms_keeper *)ctx;

    return lbms_store_read_record(&keeper->store, index, record);
}

static void make_view(const struct lbms_run_link *link, const struct lbms *bms, struct lbms_view *view)
{
    const struct lbms_keeper *keeper = bms->keeper;

    memset(view, 0, sizeof(*view));
    view->own = &bms->core.snapshot;
    view->system = &bms->core.snapshot;
    view->product = bms->core.product;
    view->params = &bms->core.params;
    view->wall_s = bms->inputs.wall_s;
    view->wall_valid = bms->inputs.wall_valid;
    view->firmware = link->config->firmware;
    if (keeper != NULL) {
        view->production = &keeper->production;
        view->health = &keeper->health;
        view->records.read = read_record;
        view->records.ctx = keeper;
    }
}

/* ---- commands ------------------------------------------------------------------------------------------------- */

static void hand_in(struct lbms_run_link *link, struct lbms *bms, const struct lbms_view *view,
                    struct talker from, const struct lbms_command *command, uint32_t now_ms)
{
    const int outcome = lbms_command(bms, command);

    if (from.modbus) {
        lbms_pace_modbus_handed(&link->modbus, outcome, now_ms);
    } else {
        lbms_pace_server_handed(&link->pace[from.port], view, outcome, now_ms);
    }
}

/* ---- access -------------------------------------------------------------------------------------------------- */

/* The button held through a reset; a pack that it wakes up begins in SHUTDOWN. */
static void watch_presence(struct lbms_run_link *link, const struct lbms *bms, uint32_t now_ms)
{
    const bool down = (bms->inputs.keys & LBMS_KEY_BUTTON) != 0u;

    if (!link->started) {
        link->started = true;
        link->held_since_ms = now_ms;
        link->watching = bms->core.snapshot.mode != (uint8_t)LBMS_MODE_SHUTDOWN;
    }
    link->watching = link->watching && down;
    if (link->watching && (lbms_elapsed_ms(now_ms, link->held_since_ms) >= LBMS_RUN_LINK_PRESENCE_MS)) {
        link->watching = false;
        lbms_access_presence(&link->access, now_ms);
    }
}

/* `denied` is a request that was refused, or 0. */
static void record_refusal(struct lbms_run_link *link, struct lbms *bms, uint8_t port, uint8_t *denied)
{
    const uint32_t uptime_s = bms->core.snapshot.uptime_s;
    const struct lbms_event_note note = {LBMS_RECORD_REFUSED, *denied, (int32_t)port, 0};

    if (note.code == 0u) {
        return;
    }
    *denied = 0u;
    if ((bms->keeper != NULL) &&
        (!link->recorded || ((uptime_s - link->recorded_s) >= LBMS_RUN_LINK_RECORD_S))) {
        link->recorded = true;
        link->recorded_s = uptime_s;
        lbms_events_note(&bms->keeper->events, &note);
    }
}

/* ---- one port ------------------------------------------------------------------------------------------------ */

/* A pack asleep, or one that saves its last charge, is silent on the buses. Its own master asks other packs only. */
static bool is_silent(const struct lbms_snapshot *own, uint8_t port)
{
    return (port != (uint8_t)LBMS_PORT_RS232) &&
           ((own->mode == (uint8_t)LBMS_MODE_SHUTDOWN) || ((own->state & LBMS_STATE_REDUCED) != 0u) ||
            ((port == (uint8_t)LBMS_PORT_PARALLEL) && (own->address == PARALLEL_MASTER)));
}

/* Modbus shares the port with the frames of ASCII digits, which are welcome at any time. */
static bool has_modbus(const struct lbms *bms, uint8_t port)
{
    return (port == (uint8_t)LBMS_PORT_RS485) &&
           (bms->core.params.v[LBMS_PARAM_RS485_PROTOCOL] == PROTOCOL_MODBUS);
}

static bool is_listening(const struct lbms_run_link *link, uint8_t port)
{
    return (link->pace[port].stage == (uint8_t)LBMS_PACE_LISTENING) &&
           ((port != (uint8_t)LBMS_PORT_RS485) || (link->modbus.stage == (uint8_t)LBMS_PACE_LISTENING));
}

static uint32_t last_sent_ms(const struct lbms_run_link *link, uint8_t port, uint32_t now_ms)
{
    const uint32_t pace_ms = lbms_elapsed_ms(now_ms, link->pace[port].sent_ms);
    const uint32_t modbus_ms = lbms_elapsed_ms(now_ms, link->modbus.sent_ms);

    return ((port == (uint8_t)LBMS_PORT_RS485) && (modbus_ms < pace_ms)) ? modbus_ms : pace_ms;
}

/* After a change of its parameter, the port speaks at the old rate until the reply is out. */
static void set_baud(struct lbms_run_link *link, const struct lbms *bms, uint8_t port, uint32_t now_ms)
{
    const struct lbms_hal *hal = bms->hal;
    const uint32_t baud = (uint32_t)bms->core.params.v[baud_params[port]];
    const bool first = link->baud[port] == 0u;

    if ((baud == link->baud[port]) || (hal->serial_setup == NULL)) {
        return;
    }
    if (first || (is_listening(link, port) && (last_sent_ms(link, port, now_ms) >= BAUD_CHANGE_MS))) {
        link->baud[port] = baud;
        (void)count_error(link, hal->serial_setup(hal->ctx, port, baud, LBMS_SERIAL_8N1));
        if (port == (uint8_t)LBMS_PORT_RS485) {
            lbms_pace_modbus_set_baud(&link->modbus, baud);
        }
    }
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

/* Fetches characters when none are left; true when there are some. */
static bool fetch(struct lbms_run_link *link, const struct lbms *bms, uint8_t port)
{
    const struct lbms_hal *hal = bms->hal;
    int count;

    if (link->in_at[port] < link->in_count[port]) {
        return true;
    }
    count = count_error(link, hal->serial_read(hal->ctx, port, link->in[port], LBMS_RUN_LINK_CHUNK));
    link->in_at[port] = 0u;
    link->in_count[port] = (uint8_t)((count > 0) ? count : 0);
    return count > 0;
}

/* How many characters were taken. The first one of a frame tells which protocol it belongs to. */
static size_t deliver(struct lbms_run_link *link, const struct lbms *bms, const struct lbms_view *view,
                      uint8_t port, const uint8_t *data, size_t count, uint32_t now_ms)
{
    struct lbms_pace_server *pace = &link->pace[port];

    if (is_silent(view->own, port)) {
        return count;
    }
    if (!has_modbus(bms, port)) {
        return lbms_pace_server_receive(pace, view, data, count, now_ms);
    }
    if (lbms_modbus_busy(&link->modbus.receiver) ||
        ((pace->receiver.position == 0u) && (data[0] != LBMS_ASCII_SOI))) {
        lbms_pace_modbus_receive(&link->modbus, data[0], now_ms);
    } else {
        (void)lbms_pace_server_receive(pace, view, data, 1u, now_ms);
    }
    return 1u;
}

static void add_counters(struct lbms_port_counters *sum, const struct lbms_port_counters *more)
{
    sum->frames = (uint16_t)(sum->frames + more->frames);
    sum->damaged = (uint16_t)(sum->damaged + more->damaged);
    sum->malformed = (uint16_t)(sum->malformed + more->malformed);
    sum->refused = (uint16_t)(sum->refused + more->refused);
}

static void report(struct lbms_run_link *link, struct lbms *bms, uint8_t port)
{
    struct lbms_port_counters counters = link->pace[port].counters;

    if (port == (uint8_t)LBMS_PORT_RS485) {
        add_counters(&counters, &link->modbus.counters);
    }
    if (counters.frames != bms->inputs.port[port].frames) {
        bms->inputs.ports_seen = (uint8_t)(bms->inputs.ports_seen | (1u << port));
    }
    bms->inputs.port[port] = counters;
}

static void receive(struct lbms_run_link *link, const struct lbms *bms, const struct lbms_view *view,
                    uint8_t port, uint32_t now_ms)
{
    unsigned taken = 0u;

    while (is_listening(link, port) && (taken < TAKEN_MOST) && fetch(link, bms, port)) {
        const uint8_t *data = &link->in[port][link->in_at[port]];
        const size_t left = (size_t)link->in_count[port] - link->in_at[port];
        const size_t count = deliver(link, bms, view, port, data, left, now_ms);

        link->in_at[port] = (uint8_t)(link->in_at[port] + count);
        taken += (unsigned)count;
    }
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static size_t text_of(struct lbms_run_link *link, const struct lbms_view *view, struct talker from,
                      uint32_t now_ms, const uint8_t **text)
{
    return from.modbus ? lbms_pace_modbus_text(&link->modbus, view, text)
                       : lbms_pace_server_text(&link->pace[from.port], view, now_ms, text);
}

static void sent(struct lbms_run_link *link, struct talker from, size_t count, uint32_t now_ms)
{
    if (from.modbus) {
        lbms_pace_modbus_sent(&link->modbus, count, now_ms);
    } else {
        lbms_pace_server_sent(&link->pace[from.port], count, now_ms);
    }
}

static void send(struct lbms_run_link *link, const struct lbms *bms, const struct lbms_view *view,
                 struct talker from, uint32_t now_ms)
{
    const struct lbms_hal *hal = bms->hal;
    const uint8_t *text;
    size_t size = text_of(link, view, from, now_ms, &text);

    while (size > 0u) {
        const int taken = count_error(link, hal->serial_write(hal->ctx, from.port, text, size));

        if (taken <= 0) { /* full: the rest later; broken: what cannot be sent must not hold up the port */
            sent(link, from, (taken < 0) ? size : 0u, now_ms);
            return;
        }
        sent(link, from, (size_t)taken, now_ms);
        size = text_of(link, view, from, now_ms, &text);
    }
}

/* ---- one server ------------------------------------------------------------------------------------------------- */

static bool next_command(struct lbms_run_link *link, const struct lbms_view *view, struct talker from,
                         uint32_t now_ms, struct lbms_command *command)
{
    return from.modbus ? lbms_pace_modbus_step(&link->modbus, view, now_ms, command)
                       : lbms_pace_server_step(&link->pace[from.port], view, now_ms, command);
}

/* The wait until this server wants to go on. */
static uint32_t serve(struct lbms_run_link *link, struct lbms *bms, const struct lbms_view *view,
                      struct talker who, uint32_t now_ms)
{
    struct lbms_command command;
    uint32_t due_ms;

    if (next_command(link, view, who, now_ms, &command)) {
        hand_in(link, bms, view, who, &command, now_ms);
    }
    record_refusal(link, bms, who.port, who.modbus ? &link->modbus.denied : &link->pace[who.port].denied);
    send(link, bms, view, who, now_ms);
    due_ms = who.modbus ? lbms_pace_modbus_due(&link->modbus, now_ms)
                        : lbms_pace_server_due(&link->pace[who.port], now_ms);
    return (bms->queued > 0u) ? 0u : due_ms;
}

static uint32_t earlier(uint32_t a_ms, uint32_t b_ms)
{
    return (a_ms < b_ms) ? a_ms : b_ms;
}

uint32_t lbms_run_link(struct lbms_run_link *link, struct lbms *bms, uint32_t wait_ms)
{
    const struct lbms_hal *hal = bms->hal;
    const uint32_t now_ms = hal->now_ms(hal->ctx);
    struct lbms_view view;
    uint8_t port;

    lbms_access_step(&link->access, now_ms);
    watch_presence(link, bms, now_ms);
    if ((hal->serial_read == NULL) || (hal->serial_write == NULL)) {
        return wait_ms;
    }
    make_view(link, bms, &view);
    for (port = 0u; port < LBMS_SERIAL_PORTS; port++) {
        const struct talker pace = {port, false};
        const struct talker modbus = {port, true};

        set_baud(link, bms, port, now_ms);
        receive(link, bms, &view, port, now_ms);
        wait_ms = earlier(wait_ms, serve(link, bms, &view, pace, now_ms));
        if (port == (uint8_t)LBMS_PORT_RS485) {
            wait_ms = earlier(wait_ms, serve(link, bms, &view, modbus, now_ms));
        }
        report(link, bms, port);
    }
    return wait_ms;
}
