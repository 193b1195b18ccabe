/*
 * Drives the library for tools/bench.sh and tools/soc_cost.sh, which count instructions. Each call of lbms_step():
 *
 *     lbms_bench quiet    a pack that discharges with 20 A: every sample is new, nothing changes
 *     lbms_bench worst    everything at once: cells and pack beyond all limits, every AFE flag, keys; then nothing
 *                         measured; then all well again
 *     lbms_bench write    the quiet pack, with as many parameters written as a command holds in each step
 *     lbms_bench pace     ten requests 42H on RS232, one call of lbms_bench_answer() each: the characters of the request,
 *                         and the reply to its last character
 *     lbms_bench modbus   likewise, a read of the 16 cell voltages
 *
 * The fuel gauge alone, each call of gauge_load_run() (bench/gauge_load.h), of at most STEPS steps:
 *
 *     lbms_bench gauge day|steady|rest|worst [STEPS]
 *
 * The board closes and opens its switches as it is told. Printed is only a digest of the gauge's results, which is the same
 * for every compiler and machine.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/gauge_load.h"
#include "losun_bms/link/pace/modbus.h"
#include "losun_bms/link/pace/server.h"
#include "losun_bms/losun_bms.h"

#define STEP_MS     100u
#define QUIET_STEPS 600u
#define PHASE_STEPS 150u

struct bench {
    struct lbms_core core;
    struct lbms_inputs in;
    struct lbms_outputs out;
};

/* A healthy pack; the values move by one bit so that no comparison with the last ones succeeds by chance. */
static void healthy(struct lbms_sample *sample, unsigned step)
{
    int32_t sum_mv = 0;
    unsigned i;

    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = (uint16_t)(3300u + i + ((step + i) & 1u));
        sum_mv += sample->cell_mv[i];
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = (int16_t)(250u + i);
    }
    sample->mosfet_dc = 300;
    sample->ambient_dc = 280;
    sample->pack_mv = sum_mv;
    sample->terminal_mv = sum_mv;
    sample->current_ma = -20000 - (int32_t)(step & 1u);
    sample->afe_flags = 0u;
}

/* Cells above and below their limits, everything hot and over-loaded. */
static void broken(struct lbms_sample *sample, unsigned step)
{
    unsigned i;

    healthy(sample, step);
    for (i = 0u; i < LBMS_CELLS; i++) {
        sample->cell_mv[i] = (uint16_t)(((i & 1u) != 0u) ? 4000u : 2000u);
    }
    for (i = 0u; i < LBMS_NTCS; i++) {
        sample->ntc_dc[i] = (int16_t)(900 + (int)i);
    }
    sample->mosfet_dc = 1200;
    sample->ambient_dc = 900;
    sample->pack_mv = 60000;
    sample->terminal_mv = -1000;
    sample->current_ma = ((step & 1u) != 0u) ? 400000 : -400000;
    sample->afe_flags = 0xFFFFu;
}

static void write_parameters(struct lbms_inputs *in, const struct lbms_product *product, unsigned step)
{
    unsigned i;

    in->has_command = true;
    in->command.kind = LBMS_COMMAND_SET_PARAMS;
    in->command.sequence = (uint16_t)(step + 1u);
    in->command.count = LBMS_COMMAND_ITEMS;
    for (i = 0u; i < LBMS_COMMAND_ITEMS; i++) {
        in->command.item[i].id = (uint16_t)i;
        in->command.item[i].value = product->params[i].def;
    }
}

static void step(struct bench *b)
{
    b->in.now_ms += STEP_MS;
    b->in.uptime_s = b->in.now_ms / 1000u;
    b->in.sample.at_ms = b->in.now_ms;
    b->in.sample.closed = b->out.want.closed;
    b->in.sample.config_seq = b->out.afe.sequence;
    b->in.afe_got = b->out.afe;
    b->in.sample_new = true;
    b->in.sample_valid = true;
    lbms_step(&b->core, &b->in, &b->out);
}

static void quiet(struct bench *b, bool writes)
{
    unsigned i;

    for (i = 0u; i < QUIET_STEPS; i++) {
        healthy(&b->in.sample, i);
        if (writes) {
            write_parameters(&b->in, b->core.product, i);
        }
        if (b->out.want.closed != LBMS_SWITCHES_MAIN) {
            b->in.sample.current_ma = 0; /* through open switches nothing flows */
        }
        step(b);
    }
}

static void worst(struct bench *b)
{
    unsigned i;

    for (i = 0u; i < (4u * PHASE_STEPS); i++) {
        const unsigned phase = i / PHASE_STEPS;

        if ((phase == 1u) || (phase == 2u)) {
            broken(&b->in.sample, (phase == 1u) ? 0u : i);
            b->in.keys = (uint16_t)(((i / 2u) & 1u) * 0xFFFFu);
            b->in.ports_seen = 0xFFu;
        } else {
            healthy(&b->in.sample, i);
            b->in.keys = LBMS_KEY_WEAK_SWITCH;
        }
        step(b);
    }
}

/* ---- requests ------------------------------------------------------------------------------------------------- */

struct ports {
    struct lbms_view view;
    struct lbms_access access;
    struct lbms_pace_config config;
    struct lbms_pace_server pace;
    struct lbms_pace_modbus modbus;
    size_t sent;
};

/* The two that are counted. */
void lbms_bench_pace(struct ports *p, uint32_t now_ms);
void lbms_bench_modbus(struct ports *p, uint32_t now_ms);

void lbms_bench_pace(struct ports *p, uint32_t now_ms)
{
    static const uint8_t request[] = "~25004642E00201FD31\r";
    struct lbms_command command;
    const uint8_t *text;
    size_t count;

    (void)lbms_pace_server_receive(&p->pace, &p->view, request, sizeof(request) - 1u, now_ms);
    (void)lbms_pace_server_step(&p->pace, &p->view, now_ms, &command);
    while ((count = lbms_pace_server_text(&p->pace, &p->view, now_ms, &text)) > 0u) {
        p->sent += count;
        lbms_pace_server_sent(&p->pace, count, now_ms);
    }
}

void lbms_bench_modbus(struct ports *p, uint32_t now_ms)
{
    static const uint8_t request[] = {0x01, 0x03, 0x00, 0x0F, 0x00, 0x10, 0x74, 0x05};
    struct lbms_command command;
    const uint8_t *text;
    size_t count;
    size_t i;

    for (i = 0u; i < sizeof(request); i++) {
        lbms_pace_modbus_receive(&p->modbus, request[i], now_ms);
    }
    (void)lbms_pace_modbus_step(&p->modbus, &p->view, now_ms + 10u, &command);
    while ((count = lbms_pace_modbus_text(&p->modbus, &p->view, &text)) > 0u) {
        p->sent += count;
        lbms_pace_modbus_sent(&p->modbus, count, now_ms);
    }
}

/* True when every request had its whole reply. */
static bool answer(struct bench *b, bool modbus)
{
    static struct ports p; /* all zero */
    unsigned i;

    quiet(b, false);
    b->core.snapshot.address = modbus ? 1u : 0u;
    p.view.own = &b->core.snapshot;
    p.view.system = &b->core.snapshot;
    p.view.product = b->core.product;
    p.view.params = &b->core.params;
    lbms_access_init(&p.access, NULL);
    lbms_pace_server_init(&p.pace, &p.config, &p.access);
    lbms_pace_modbus_init(&p.modbus, &p.config, &p.access);
    for (i = 0u; i < 10u; i++) {
        if (modbus) {
            lbms_bench_modbus(&p, 100u * i);
        } else {
            lbms_bench_pace(&p, 100u * i);
        }
    }
    return p.sent == (modbus ? 370u : 1400u);
}

/* ---- fuel gauge ----------------------------------------------------------------------------------------------- */

static int run_gauge(uint8_t kind, unsigned long most)
{
    static struct gauge_load load;
    uint32_t i;

    gauge_load_start(&load, kind);
    for (i = 0u; (i < gauge_load_steps(kind)) && (i < most); i++) {
        gauge_load_next(&load);
        gauge_load_run(&load);
        gauge_load_digest(&load);
    }
    (void)printf("gauge.%s.digest: %" PRIu32 "\n", gauge_load_name(kind), load.digest);
    return EXIT_SUCCESS;
}

static int usage(void)
{
    (void)fprintf(stderr,
                  "usage: lbms_bench quiet|worst|write|pace|modbus|gauge day|steady|rest|worst [STEPS]\n");
    return 2;
}

static int gauge(int argc, char **argv)
{
    uint8_t kind = 0u;

    while ((argc >= 3) && (kind < (uint8_t)GAUGE_LOADS) && (strcmp(argv[2], gauge_load_name(kind)) != 0)) {
        kind++;
    }
    if ((argc < 3) || (argc > 4) || (kind == (uint8_t)GAUGE_LOADS)) {
        return usage();
    }
    return run_gauge(kind, (argc == 4) ? strtoul(argv[3], NULL, 10) : UINT32_MAX);
}

int main(int argc, char **argv)
{
    static struct bench b; /* all zero */
    struct lbms_restored restored;

    const char *what = (argc == 2) ? argv[1] : "";

    const bool asks = (strcmp(what, "pace") == 0) || (strcmp(what, "modbus") == 0);

    if ((argc > 1) && (strcmp(argv[1], "gauge") == 0)) {
        return gauge(argc, argv);
    }
    if ((strcmp(what, "quiet") != 0) && (strcmp(what, "worst") != 0) && (strcmp(what, "write") != 0) &&
        !asks) {
        return usage();
    }
    lbms_restored_defaults(&restored);
    if (lbms_core_init(&b.core, &lbms_product_ls_btn0_p0548100, &restored) != LBMS_OK) {
        return EXIT_FAILURE;
    }
    b.in.keys = LBMS_KEY_WEAK_SWITCH;
    if (asks) {
        return answer(&b, strcmp(what, "modbus") == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (strcmp(what, "worst") != 0) {
        quiet(&b, strcmp(what, "write") == 0);
        /* a bench that measures a pack which is not running would prove nothing */
        return ((b.core.snapshot.protections == 0u) && (b.core.snapshot.faults == 0u) &&
                (b.out.want.closed == LBMS_SWITCHES_MAIN))
                   ? EXIT_SUCCESS
                   : EXIT_FAILURE;
    }
    worst(&b);
    return EXIT_SUCCESS;
}
