#include "ports_rig.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "losun_bms/base/timer.h"

static struct ports_rig *of(void *ctx)
{
    return (struct ports_rig *)ctx;
}

static int serial_read(void *ctx, unsigned port, uint8_t *data, size_t size)
{
    struct ports_rig *rig = of(ctx);
    size_t count = 0;

    if (rig->fail_read != 0) {
        return rig->fail_read;
    }
    while (count < size && rig->in_at[port] < rig->in_size[port] &&
           lbms_reached_ms(rig->b.now_ms, rig->in_ms[port])) {
        data[count++] = (uint8_t)rig->in[port][rig->in_at[port]++];
        rig->last_in_ms[port] = rig->in_ms[port];
        rig->in_ms[port]++;
    }
    return (int)count;
}

static int serial_write(void *ctx, unsigned port, const uint8_t *data, size_t size)
{
    struct ports_rig *rig = of(ctx);
    const size_t count = (size < rig->takes) ? size : rig->takes;

    if (rig->fail_write != 0) {
        return rig->fail_write;
    }
    if (rig->out_size[port] == 0) {
        rig->out_ms[port] = rig->b.now_ms;
    }
    ck_assert_uint_lt(rig->out_size[port] + count, RIG_TEXT);
    memcpy(rig->out[port] + rig->out_size[port], data, count);
    rig->out_size[port] += count;
    return (int)count;
}

static int serial_setup(void *ctx, unsigned port, uint32_t baud, uint8_t format)
{
    ck_assert_uint_eq(format, LBMS_SERIAL_8N1);
    of(ctx)->baud[port] = baud;
    of(ctx)->setups++;
    return LBMS_OK;
}

static void open_flash(struct lbms_posix_flash *flash, uint32_t block_size, uint16_t blocks)
{
    const struct lbms_posix_flash_options options = {
        .block_size = block_size, .block_count = blocks, .program_unit = 8u, .erase_worst_ms = 40u};

    ck_assert_int_eq(lbms_posix_flash_open(flash, &options), LBMS_OK);
}

void ports_rig_board(struct ports_rig *rig, uint8_t address, bool flash)
{
    memset(rig, 0, sizeof(*rig));
    bench_board(&rig->b);
    rig->b.dip = address;
    rig->b.wall_s = 1800000000u;
    rig->b.wall_set = true;
    rig->b.hal.serial_read = serial_read;
    rig->b.hal.serial_write = serial_write;
    rig->b.hal.serial_setup = serial_setup;
    rig->takes = 64u;
    memset(rig->key.salt, 7, sizeof(rig->key.salt));
    lbms_access_make_key(&rig->key, "secret", 6u);
    rig->config.key = &rig->key;
    rig->config.firmware = "test 1";
    rig->has_flash = flash;
    if (flash) {
        open_flash(&rig->values, 16384u, 2u);
        open_flash(&rig->records, 2048u, 16u);
        rig->b.hal.flash = &rig->values.flash;
        rig->b.hal.log_flash = &rig->records.flash;
    }
}

void ports_rig_boot(struct ports_rig *rig)
{
    if (rig->has_flash) {
        (void)lbms_keeper_open(&rig->keeper, &rig->b.hal, &lbms_product_ls_btn0_p0548100, &rig->b.restored);
    }
    ck_assert_int_eq(bench_boot(&rig->b), LBMS_OK);
    lbms_keep(&rig->b.bms, rig->has_flash ? &rig->keeper : NULL);
    lbms_run_link_init(&rig->link, &rig->config);
}

void ports_rig_start(struct ports_rig *rig, uint8_t address, bool flash)
{
    ports_rig_board(rig, address, flash);
    ports_rig_boot(rig);
    ports_rig_run(rig, 10000u);
}

void ports_rig_end(struct ports_rig *rig)
{
    if (rig->has_flash) {
        ck_assert_uint_eq(rig->values.violations, 0u);
        ck_assert_uint_eq(rig->records.violations, 0u);
        lbms_posix_flash_close(&rig->values);
        lbms_posix_flash_close(&rig->records);
    }
}

static uint32_t limited(const struct ports_rig *rig, uint32_t wait_ms)
{
    unsigned port;

    for (port = 0; port < LBMS_SERIAL_PORTS; port++) { /* the interrupt of a port ends the wait */
        if (rig->in_at[port] < rig->in_size[port]) {
            return 1u;
        }
    }
    return (wait_ms < 100u) ? wait_ms : 100u;
}

void ports_rig_run(struct ports_rig *rig, uint32_t ms)
{
    const uint32_t end_ms = rig->b.now_ms + ms;

    while (!lbms_reached_ms(rig->b.now_ms, end_ms)) {
        const uint32_t wait_ms = limited(rig, lbms_run_link(&rig->link, &rig->b.bms, lbms_run(&rig->b.bms)));
        const uint32_t left_ms = end_ms - rig->b.now_ms;

        rig->b.now_ms += (wait_ms == 0u) ? 1u : ((wait_ms < left_ms) ? wait_ms : left_ms);
    }
}

void ports_rig_send(struct ports_rig *rig, unsigned port, const char *data, size_t size)
{
    if (rig->in_at[port] == rig->in_size[port]) {
        rig->in_at[port] = 0;
        rig->in_size[port] = 0;
        rig->in_ms[port] = rig->b.now_ms;
    }
    ck_assert_uint_lt(rig->in_size[port] + size, RIG_TEXT);
    memcpy(rig->in[port] + rig->in_size[port], data, size);
    rig->in_size[port] += size;
}

const char *ports_rig_ask(struct ports_rig *rig, unsigned port, const char *text)
{
    unsigned waited;

    rig->out_size[port] = 0;
    ports_rig_send(rig, port, text, strlen(text));
    ports_rig_send(rig, port, "\r", 1u);
    for (waited = 0; waited < 600u; waited++) {
        ports_rig_run(rig, 1u);
        if (rig->in_at[port] < rig->in_size[port]) {
            waited = 0;
        }
        if (rig->out_size[port] > 0 && rig->out[port][rig->out_size[port] - 1] == '\r') {
            rig->out[port][rig->out_size[port] - 1] = '\0';
            return rig->out[port];
        }
    }
    return "";
}

const char *ports_rig_request(unsigned address, unsigned cid2, const char *info)
{
    static char text[300];
    unsigned sum = 0;
    const unsigned lenid = (unsigned)strlen(info);
    const unsigned check = (16u - ((lenid & 15u) + ((lenid >> 4) & 15u) + (lenid >> 8)) % 16u) % 16u;
    const char *c;

    (void)snprintf(text, sizeof(text), "~25%02X46%02X%X%03X%s", address, cid2, check, lenid, info);
    for (c = text + 1; *c != '\0'; c++) {
        sum += (unsigned char)*c;
    }
    (void)snprintf(text + strlen(text), 5u, "%04X", (0x10000u - sum) & 0xFFFFu);
    return text;
}

unsigned ports_rig_rtn(struct ports_rig *rig, unsigned port, unsigned address, unsigned cid2,
                       const char *info)
{
    const char *reply = ports_rig_ask(rig, port, ports_rig_request(address, cid2, info));
    unsigned value = 0x100u;

    (void)sscanf(reply, "~25%*2X46%2X", &value);
    return value;
}

uint32_t ports_rig_silence_ms(const struct ports_rig *rig, unsigned port)
{
    return rig->out_ms[port] - rig->last_in_ms[port];
}

const char *ports_rig_ask_long(struct ports_rig *rig, const char *text)
{
    unsigned waited;

    if (ports_rig_ask(rig, LBMS_PORT_RS232, text)[0] != '\0') {
        return rig->out[LBMS_PORT_RS232];
    }
    for (waited = 0; waited < 11000u; waited++) {
        const size_t size = rig->out_size[LBMS_PORT_RS232];

        ports_rig_run(rig, 1u);
        if (size > 0 && rig->out[LBMS_PORT_RS232][size - 1] == '\r') {
            rig->out[LBMS_PORT_RS232][size - 1] = '\0';
            return rig->out[LBMS_PORT_RS232];
        }
    }
    return "";
}

void ports_rig_again(struct ports_rig *rig)
{
    lbms_restored_defaults(&rig->b.restored);
    ports_rig_boot(rig);
    ports_rig_run(rig, 10000u);
}
