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
#include "firmware_common/bench_load.h"
#include "losun_bms/link/pace/modbus.h"
#include "losun_bms/link/pace/server.h"
#include "losun_bms/losun_bms.h"

static void run(struct bench_load *load, void (*inputs)(struct bench_load *load, unsigned step))
{
    unsigned i;

    for (i = 0u; i < BENCH_LOAD_STEPS; i++) {
        inputs(load, i);
        lbms_step(&load->core, &load->in, &load->out);
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
static bool answer(struct bench_load *load, bool modbus)
{
    static struct ports p; /* all zero */
    unsigned i;

    run(load, bench_load_quiet);
    load->core.snapshot.address = modbus ? 1u : 0u;
    p.view.own = &load->core.snapshot;
    p.view.system = &load->core.snapshot;
    p.view.product = load->core.product;
    p.view.params = &load->core.params;
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
    static struct bench_load load;
    const char *what = (argc == 2) ? argv[1] : "";
    const bool asks = (strcmp(what, "pace") == 0) || (strcmp(what, "modbus") == 0);
    const bool writes = strcmp(what, "write") == 0;

    if ((argc > 1) && (strcmp(argv[1], "gauge") == 0)) {
        return gauge(argc, argv);
    }
    if ((strcmp(what, "quiet") != 0) && (strcmp(what, "worst") != 0) && !writes && !asks) {
        return usage();
    }
    if (bench_load_start(&load) != LBMS_OK) {
        return EXIT_FAILURE;
    }
    if (asks) {
        return answer(&load, strcmp(what, "modbus") == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (strcmp(what, "worst") == 0) {
        run(&load, bench_load_worst);
        return EXIT_SUCCESS;
    }
    run(&load, writes ? bench_load_write : bench_load_quiet);
    /* a bench that measures a pack which is not running would prove nothing */
    return ((load.core.snapshot.protections == 0u) && (load.core.snapshot.faults == 0u) &&
            (load.out.want.closed == LBMS_SWITCHES_MAIN))
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
