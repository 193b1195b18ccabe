#include "campaign/run.h"

#include <string.h>

#include "campaign/shrink.h"

#define PERIOD_MS  21600000u /* every six hours ... */
#define HEALTHY_MS 1500000u  /* ... the pack has this long to recover from everything */
#define BLOCK_MS   60000u    /* the lengths of the steps change with the minute */

static void record(struct campaign *c, const struct lbms_inputs *in, const struct lbms_outputs *out,
                   const struct lbms_snapshot *s)
{
    uint8_t data[LBMS_TRACE_RECORD_MAX];
    int length;

    if (c->record == NULL) {
        return;
    }
    length = lbms_trace_step(&c->trace, in, lbms_trace_digest(out, s), data, sizeof(data));
    if (length > 0) {
        (void)fwrite(data, 1u, (size_t)length, c->record);
    }
}

/* A recording begins with a start: that of the last one stays. */
static void begin_record(struct campaign *c)
{
    uint8_t data[LBMS_TRACE_HEADER_MAX];
    int length;

    if (c->record_path == NULL) {
        return;
    }
    if (c->record != NULL) {
        (void)fclose(c->record);
    }
    c->record = fopen(c->record_path, "wb");
    memset(&c->trace, 0, sizeof(c->trace));
    length =
        lbms_trace_begin(&c->trace, &lbms_product_ls_btn0_p0548100, &c->board.retained, data, sizeof(data));
    if ((c->record != NULL) && (length > 0)) {
        (void)fwrite(data, 1u, (size_t)length, c->record);
    }
}

static void observe(void *ctx, const struct lbms_inputs *in, const struct lbms_outputs *out,
                    const struct lbms_snapshot *s)
{
    struct campaign *c = (struct campaign *)ctx;
    struct campaign_step *step = &c->last[c->last_count % CAMPAIGN_LAST];

    step->world_ms = c->board.world_ms;
    step->sample = in->sample;
    step->age_ms = in->now_ms - in->sample.at_ms;
    step->mode = s->mode;
    step->closed = out->want.closed;
    step->blocked = s->blocked;
    step->protections = s->protections;
    step->faults = s->faults;
    step->alarms = s->alarms;
    c->last_count++;
    record(c, in, out, s);
    oracle_step(&c->oracle, &c->board, in, out, s);
}

static void boot(struct campaign *c, uint8_t cause, bool unexpected)
{
    begin_record(c); /* has c->board.retained as its start value */
    c->board.retained.boot.reset_cause = cause;
    oracle_boot(&c->oracle, unexpected);
    board_boot(&c->board, cause);
    lbms_observe(&c->board.bms, observe, c);
}

static void unexpected_reset(struct campaign *c, uint8_t cause)
{
    lbms_core_save(&c->board.bms.core, &c->board.retained);
    boot(c, cause, true);
}

static void command(struct board *b, uint8_t kind)
{
    struct lbms_command send;

    memset(&send, 0, sizeof(send));
    send.kind = kind;
    send.count = 1u;
    (void)lbms_command(&b->bms, &send);
}

/* Boards differ: what is fitted and enabled, drawn anew after every healing. */
static void equip(struct campaign *c, uint32_t period)
{
    static const struct {
        uint8_t id, of; /* fitted one time of so many, or all but one time */
        bool usual;
    } parts[] = {
        {LBMS_PARAM_LIMITER_FITTED, 4u, true},      {LBMS_PARAM_LIMITER_GEAR_LOW, 3u, false},
        {LBMS_PARAM_PRECHARGE_FITTED, 5u, true},    {LBMS_PARAM_HEATER_FITTED, 2u, false},
        {LBMS_PARAM_TRIP_UNIT_FITTED, 3u, false},   {LBMS_PARAM_BALANCE_STATIC_ENABLE, 3u, false},
        {LBMS_PARAM_BALANCE_NEIGHBOURS, 3u, false},
    };
    struct lbms_command send;
    struct rng r;
    unsigned i;

    memset(&send, 0, sizeof(send));
    rng_seed(&r, (c->seed << 8) + period);
    send.kind = LBMS_COMMAND_SET_PARAMS;
    for (i = 0u; i < (sizeof(parts) / sizeof(parts[0])); i++) {
        const bool usual = rng_below(&r, parts[i].of) != 0u;

        send.item[i].id = parts[i].id;
        send.item[i].value = (usual == parts[i].usual) ? 1 : 0;
    }
    send.count = (uint8_t)i;
    (void)lbms_command(&c->board.bms, &send);
}

/* The pack is repaired, a user holds the button, service clears what is latched, and a small load draws current. */
enum healing { HEAL, PRESS, RELEASE, SERVICE, PRESS_AGAIN, RELEASE_AGAIN, DRAW, JUDGE, END, HEALINGS };
static const uint32_t healing_ms[HEALINGS] = {0u,     30000u,  38000u,   60000u,    90000u,
                                              98000u, 900000u, 1200000u, HEALTHY_MS};

static void heal(struct campaign *c, enum healing what, uint32_t period)
{
    struct board *b = &c->board;

    switch (what) {
    case HEAL:
        board_heal(b);
        command(b, LBMS_COMMAND_RESTORE_DEFAULTS);
        break;
    case PRESS:
    case PRESS_AGAIN:
        b->keys = LBMS_KEY_WEAK_SWITCH | LBMS_KEY_BUTTON;
        break;
    case RELEASE:
    case RELEASE_AGAIN:
        b->keys = LBMS_KEY_WEAK_SWITCH;
        break;
    case SERVICE:
        command(b, LBMS_COMMAND_CLEAR_FAULTS);
        break;
    case DRAW:
        b->load_ma = 5000;
        break;
    case JUDGE:
        oracle_alive(&c->oracle, b);
        b->load_ma = 0;
        break;
    default:
        equip(c, period);
        break;
    }
}

/* Most of the time long steps; some minutes are looked at closely. */
static uint32_t step_length_ms(uint64_t seed, uint64_t world_ms, struct rng *steps)
{
    struct rng block;
    uint32_t kind;

    rng_seed(&block, seed ^ ((world_ms / BLOCK_MS) << 20));
    kind = rng_below(&block, 64u);
    if (kind == 0u) {
        return 10u + rng_below(steps, 40u);
    }
    if (kind < 6u) {
        return 60u + rng_below(steps, 140u);
    }
    return (kind < 14u) ? (200u + rng_below(steps, 800u)) : 1000u;
}

struct progress {
    const struct event *list;
    size_t count, next;
    uint32_t period;  /* number of the next healing */
    unsigned healing; /* its next part */
    uint32_t length_ms;
};

static uint64_t healing_at(const struct progress *p)
{
    return (uint64_t)(p->period + 1u) * PERIOD_MS - HEALTHY_MS + healing_ms[p->healing];
}

static uint64_t next_at(const struct progress *p)
{
    const uint64_t heal_ms = healing_at(p);
    const uint64_t event_ms = (p->next < p->count) ? p->list[p->next].at_ms : UINT64_MAX;

    return (event_ms < heal_ms) ? event_ms : heal_ms;
}

/* What is due now. Nothing breaks while the pack has its time to recover. */
static void happen(struct campaign *c, struct progress *p)
{
    const uint64_t now_ms = c->board.world_ms;

    while (now_ms >= healing_at(p)) {
        heal(c, (enum healing)p->healing, p->period + 1u);
        p->healing++;
        if (p->healing == HEALINGS) {
            p->healing = 0u;
            p->period++;
        }
    }
    while ((p->next < p->count) && (now_ms >= p->list[p->next].at_ms)) {
        const struct event *e = &p->list[p->next++];

        if (p->healing != 0u) {
            continue;
        }
        if (e->kind == EVENT_RESET) {
            unexpected_reset(c, (uint8_t)e->a);
        } else {
            event_apply(e, &c->board);
        }
    }
}

static void run(struct campaign *c)
{
    (void)lbms_run(&c->board.bms);
    oracle_board(&c->oracle, &c->board);
}

static void turn(struct campaign *c, struct progress *p, struct rng *steps)
{
    struct board *b = &c->board;
    uint32_t step_ms = step_length_ms(c->seed, b->world_ms, steps);
    uint64_t until_ms;

    if (((b->bms.outputs.next_ms < step_ms) && (b->keys & LBMS_KEY_BUTTON) != 0u)) {
        step_ms = (step_ms > 50u) ? 50u : step_ms;
    }
    board_pass(b, step_ms);
    happen(c, p);
    until_ms = next_at(p);
    b->sleep_limit_s = (until_ms > b->world_ms) ? (uint32_t)((until_ms - b->world_ms) / 1000u) : 0u;
    b->sleep_limit_s = (b->sleep_limit_s > 3600u) ? 3600u : b->sleep_limit_s;
    run(c);
    if (!b->restart && board_hangs(b)) {
        unexpected_reset(c, LBMS_RESET_WATCHDOG);
        run(c);
    } else if (b->restart) {
        boot(c, b->retained.boot.reset_cause, false);
        run(c); /* no time between the start and the first step */
    }
}

bool campaign_run(struct campaign *c, const struct event *list, size_t count, uint32_t length_ms)
{
    struct progress p = {list, count, 0u, 0u, 0u, length_ms};
    struct rng steps;

    board_init(&c->board);
    oracle_init(&c->oracle, c->enabled);
    c->last_count = 0u;
    rng_seed(&steps, c->seed + 77u);
    c->board.loses_memory = (c->seed % 2u) == 0u;
    /* A third of the campaigns crosses the wrap of the millisecond clock. */
    c->board.now_ms = ((c->seed % 3u) == 0u) ? (UINT32_MAX - (length_ms / 2u)) : 1000u;
    boot(c, LBMS_RESET_POWER_ON, false);
    equip(c, 0u);
    while ((c->board.world_ms < length_ms) && !c->oracle.failed) {
        turn(c, &p, &steps);
    }
    c->failed_ms = c->board.world_ms;
    if (c->record != NULL) {
        (void)fclose(c->record);
        c->record = NULL;
    }
    return c->oracle.failed;
}

struct same_failure {
    struct campaign *c;
    char text[ORACLE_TEXT];
    uint32_t length_ms; /* a shorter list need not run for longer than the last that failed */
};

static bool fails_again(void *ctx, const struct event *list, size_t count)
{
    struct same_failure *f = (struct same_failure *)ctx;

    if (!campaign_run(f->c, list, count, f->length_ms) || (strcmp(f->text, f->c->oracle.text) != 0)) {
        return false;
    }
    f->length_ms = (uint32_t)f->c->failed_ms + 1u;
    return true;
}

size_t campaign_shrink(struct campaign *c, struct event *list, size_t count)
{
    struct same_failure f;

    f.c = c;
    memcpy(f.text, c->oracle.text, sizeof(f.text));
    f.length_ms = (uint32_t)c->failed_ms + 1u;
    while ((count > 0u) && (list[count - 1u].at_ms > c->failed_ms)) {
        count--;
    }
    return shrink(list, count, fails_again, &f);
}

static void print_step(const struct campaign_step *s, FILE *out)
{
    uint16_t min = UINT16_MAX;
    uint16_t max = 0u;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        min = (s->sample.cell_mv[i] < min) ? s->sample.cell_mv[i] : min;
        max = (s->sample.cell_mv[i] > max) ? s->sample.cell_mv[i] : max;
    }
    (void)fprintf(
        out, "%10.3f %5lu %5u %5u %6ld %6ld %8ld %6d %6d %6d %2x %3x  %-11s %2x %2x  %05lx %05lx %03lx\n",
        (double)s->world_ms / 1000.0, (unsigned long)s->age_ms, (unsigned)min, (unsigned)max,
        (long)s->sample.pack_mv, (long)s->sample.terminal_mv, (long)s->sample.current_ma, s->sample.ntc_dc[0],
        s->sample.mosfet_dc, s->sample.ambient_dc, s->sample.closed, s->sample.afe_flags,
        lbms_mode_name(s->mode), s->closed, s->blocked, (unsigned long)s->alarms,
        (unsigned long)s->protections, (unsigned long)s->faults);
}

void campaign_report(const struct campaign *c, const struct event *list, size_t count, FILE *out)
{
    const unsigned shown = (c->last_count < CAMPAIGN_LAST) ? c->last_count : CAMPAIGN_LAST;
    char text[128];
    size_t i;

    (void)fprintf(out, "seed %llu, %.3f s: %s\n", (unsigned long long)c->seed, (double)c->failed_ms / 1000.0,
                  c->oracle.text);
    (void)fprintf(out, "%zu events:\n", count);
    for (i = 0u; i < count; i++) {
        event_text(&list[i], text, sizeof(text));
        (void)fprintf(out, "%s\n", text);
    }
    (void)fprintf(
        out, "last steps:\n      time   age   min   max   pack   port  current    ntc mosfet  board cl afe  "
             "mode        wa bl  alarm prot  flt\n");
    for (i = 0u; i < shown; i++) {
        print_step(&c->last[(c->last_count - shown + i) % CAMPAIGN_LAST], out);
    }
}
