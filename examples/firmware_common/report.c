#include "firmware_common/report.h"

#include <string.h>

#include "firmware_common/board.h"
#include "firmware_common/text.h"
#include "losun_bms/base/timer.h"
#include "losun_bms/version.h"

#define PERIOD_MS 1000u
/* So long after the last request the port still belongs to whoever made it. */
#define TAKEN_MS 60000u

/* The lines about the start, in this order; then the state of the pack. */
enum item { ITEM_NAME, ITEM_START, ITEM_CLOCK, ITEM_BOARD, ITEM_NOT_FITTED, ITEM_MEMORY, ITEM_STATE };

/* What makes a new line worth while. */
struct state {
    uint8_t mode, closed;
    uint32_t alarms, protections, faults;
};

static struct {
    struct text line;
    size_t sent; /* of the line */
    uint8_t item;
    struct lbms_boot boot;
    int status, memory;
    struct state shown;
    uint32_t shown_ms;
    bool taken;        /* somebody uses the port for requests */
    uint16_t requests; /* seen so far */
    uint32_t taken_ms; /* the last one */
} report;

static const char *cause_name(uint8_t cause)
{
    static const char *const names[] = {"power-on", "software", "watchdog", "brown-out",
                                        "crash",    "wake-up",  "pin"};

    return (cause < (sizeof(names) / sizeof(names[0]))) ? names[cause] : "?";
}

static void put_start(struct text *line)
{
    const struct lbms_crash *crash = &report.boot.crash;

    text_put(line, "start: ");
    text_put(line, cause_name(report.boot.reset_cause));
    if (crash->valid) {
        text_put(line, ", exception ");
        text_number(line, crash->kind);
        text_put(line, " pc ");
        text_hex(line, crash->pc);
        text_put(line, " lr ");
        text_hex(line, crash->lr);
        text_put(line, " cfsr ");
        text_hex(line, crash->status);
        text_put(line, " address ");
        text_hex(line, crash->address);
    }
    if (report.status < 0) {
        text_put(line, ", stored parameters refused: ");
        text_put(line, lbms_status_text(report.status));
    }
}

static void put_clock(struct text *line)
{
    const struct lbms_cm *port = board_port();

    text_put(line, "clock: ");
    text_unsigned(line, port->clocks.hclk_hz, 0u);
    text_put(line, port->clocks.crystal ? " Hz from the crystal" : " Hz from the internal oscillator");
    if (port->clock_status < 0) {
        text_put(line, ", crystal: ");
        text_put(line, lbms_status_text(port->clock_status));
    }
}

static void put_not_fitted(struct text *line)
{
    const char *name;
    unsigned i;

    text_put(line, "not fitted:");
    for (i = 0u; (name = lbms_cm_not_fitted(board_port(), i)) != NULL; i++) {
        text_put(line, " ");
        text_put(line, name);
    }
    text_put(line, (i == 0u) ? " nothing" : "");
}

static void put_memory(struct text *line, const struct lbms_store *store)
{
    text_put(line, "memory: ");
    text_put(line, lbms_status_text(report.memory));
    text_put(line, ", event records: ");
    text_unsigned(line, lbms_log_count(&store->log), 0u);
}

static struct state state_of(const struct lbms_snapshot *s)
{
    const struct state state = {s->mode, s->want.closed, s->alarms, s->protections, s->faults};

    return state;
}

static void put_range(struct text *line, int32_t low, int32_t high, unsigned decimals, const char *unit)
{
    text_fixed(line, low, decimals);
    text_put(line, "..");
    text_fixed(line, high, decimals);
    text_put(line, unit);
}

static void put_state(struct text *line, const struct lbms_snapshot *s)
{
    const uint8_t closed = s->want.closed;

    text_put(line, "t=");
    text_unsigned(line, s->now_ms, 3u);
    text_put(line, " mode=");
    text_put(line, lbms_mode_name(s->mode));
    text_put(line, " closed=");
    text_put(line, ((closed & LBMS_SWITCH_CHARGE) != 0u) ? "C" : "-");
    text_put(line, ((closed & LBMS_SWITCH_DISCHARGE) != 0u) ? "D" : "-");
    text_put(line, ((closed & LBMS_SWITCH_PRECHARGE) != 0u) ? "P" : "-");
    text_put(line, " soc=");
    text_fixed(line, s->soc.soc_bp, 2u);
    text_put(line, "% pack=");
    text_fixed(line, s->m.pack_mv, 3u);
    text_put(line, "V current=");
    text_fixed(line, s->m.current_ma, 3u);
    text_put(line, "A cell=");
    put_range(line, s->m.cell_min_mv, s->m.cell_max_mv, 3u, "V");
    text_put(line, " temp=");
    put_range(line, s->m.temp_min_dc, s->m.temp_max_dc, 1u, "C");
    text_put(line, " alarms=");
    text_hex(line, s->alarms);
    text_put(line, " protections=");
    text_hex(line, s->protections);
    text_put(line, " faults=");
    text_hex(line, s->faults);
}

static bool state_due(const struct lbms_snapshot *s)
{
    const struct state now = state_of(s);
    const struct state *shown = &report.shown;
    const bool changed = (now.mode != shown->mode) || (now.closed != shown->closed) ||
                         (now.alarms != shown->alarms) || (now.protections != shown->protections) ||
                         (now.faults != shown->faults);

    return changed || (lbms_elapsed_ms(s->now_ms, report.shown_ms) >= PERIOD_MS);
}

/* True when there is something to say now. */
static bool compose(struct text *line, const struct lbms *bms)
{
    const struct lbms_snapshot *s = lbms_snapshot(bms);

    switch (report.item) {
    case ITEM_NAME:
        text_put(line, "losun_bms ");
        text_number(line, LBMS_VERSION_MAJOR);
        text_put(line, ".");
        text_number(line, LBMS_VERSION_MINOR);
        text_put(line, ".");
        text_number(line, LBMS_VERSION_PATCH);
        text_put(line, " on ");
        text_put(line, board_port()->board->name);
        text_put(line, ", ");
        text_put(line, board_port()->chip->name);
        break;
    case ITEM_START:
        put_start(line);
        break;
    case ITEM_CLOCK:
        put_clock(line);
        break;
    case ITEM_BOARD:
        text_put(line, "wiring: ");
        text_put(line, lbms_status_text(board_status()));
        break;
    case ITEM_NOT_FITTED:
        put_not_fitted(line);
        break;
    case ITEM_MEMORY:
        put_memory(line, &bms->keeper->store);
        break;
    default:
        if (!state_due(s)) {
            return false;
        }
        put_state(line, s);
        report.shown = state_of(s);
        report.shown_ms = s->now_ms;
        break;
    }
    if (report.item < ITEM_STATE) {
        report.item++;
    }
    text_put(line, "\r\n");
    return true;
}

void report_start(const struct lbms_restored *restored, int status, int memory)
{
    memset(&report, 0, sizeof(report));
    report.boot = restored->boot;
    report.status = status;
    report.memory = memory;
}

/* A request has been received or is just coming. */
static bool is_taken(const struct lbms_run_link *link, uint32_t now_ms)
{
    const struct lbms_pace_server *pace = &link->pace[LBMS_PORT_RS232];
    const struct lbms_port_counters *seen = &pace->counters;
    const uint16_t requests = (uint16_t)(seen->frames + seen->damaged);
    const bool coming = (pace->receiver.position > 0u) &&
                        (lbms_elapsed_ms(now_ms, pace->receiver.last_ms) <= LBMS_ASCII_GAP_MS);

    if (coming || (pace->stage != (uint8_t)LBMS_PACE_LISTENING) || (requests != report.requests)) {
        report.taken = true;
        report.taken_ms = now_ms;
        report.requests = requests;
    }
    report.taken = report.taken && (lbms_elapsed_ms(now_ms, report.taken_ms) < TAKEN_MS);
    return report.taken;
}

void report_run(const struct lbms *bms, const struct lbms_run_link *link)
{
    const struct lbms_hal *hal = bms->hal;
    int taken;

    if (is_taken(link, hal->now_ms(hal->ctx))) {
        report.sent = report.line.length; /* the rest of a line would be in the middle of a reply */
        return;
    }
    if (report.sent == report.line.length) {
        text_clear(&report.line);
        report.sent = 0u;
        if (!compose(&report.line, bms)) {
            return;
        }
    }
    taken = hal->serial_write(hal->ctx, LBMS_PORT_RS232, (const uint8_t *)&report.line.data[report.sent],
                              report.line.length - report.sent);
    if (taken < 0) {
        report.sent = report.line.length; /* no such port: nobody listens */
    } else {
        report.sent += (size_t)taken;
    }
}
