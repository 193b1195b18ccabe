#include "server_rig.h"

#include <check.h>
#include <string.h>

#define STEP_MS 1u

static int read_record(const void *ctx, uint32_t index, struct lbms_record *record)
{
    const struct server_rig *rig = ctx;

    if (index >= RIG_RECORDS) {
        return LBMS_ERR_MISSING;
    }
    *record = rig->record[index];
    return rig->record_status[index];
}

static void describe(struct server_rig *rig)
{
    const struct lbms_pack_values s1 = frame_values_s1();
    struct lbms_measured *m = &rig->own.m;

    memcpy(m->cell_mv, s1.cell_mv, sizeof(m->cell_mv));
    memcpy(m->ntc_dc, s1.temp_dc, sizeof(m->ntc_dc));
    m->mosfet_dc = s1.temp_dc[LBMS_PACK_MOSFET];
    m->ambient_dc = s1.temp_dc[LBMS_PACK_AMBIENT];
    m->current_ma = s1.current_ma;
    m->pack_mv = s1.pack_mv;
    m->terminal_mv = s1.pack_mv;
    m->cells_valid = LBMS_ALL_CELLS;
    m->ntcs_valid = LBMS_ALL_NTCS;
    m->valid = 0x1FFu;
    m->closed = LBMS_SWITCHES_MAIN;
    rig->own.want.closed = LBMS_SWITCHES_MAIN;
    rig->own.soc.soc_bp = 6755u; /* 67.89 of 100.50 Ah */
    rig->own.soc.capacity_mah = 100500;
    rig->health.v[LBMS_HEALTH_CYCLES] = 12;
}

void server_rig_init(struct server_rig *rig, uint8_t port, uint8_t address)
{
    memset(rig, 0, sizeof(*rig));
    rig->config.port = port;
    rig->config.can_protocols = (1u << 1) | (1u << 7);
    rig->config.rs485_protocols = (1u << 0) | (1u << 1);
    memset(rig->key.salt, 0x5A, sizeof(rig->key.salt));
    lbms_access_make_key(&rig->key, "open sesame", 11u);
    lbms_access_init(&rig->access, &rig->key);
    lbms_params_defaults(&rig->params, &lbms_product_ls_btn0_p0548100);
    lbms_health_defaults(&rig->health);
    lbms_production_defaults(&rig->production);
    describe(rig);
    rig->own.address = address;
    rig->view.own = &rig->own;
    rig->view.system = &rig->own;
    rig->view.product = &lbms_product_ls_btn0_p0548100;
    rig->view.params = &rig->params;
    rig->view.production = &rig->production;
    rig->view.health = &rig->health;
    rig->view.records.read = read_record;
    rig->view.records.ctx = rig;
    rig->view.firmware = "demo 1.2.3";
    rig->port_takes = 7u;
    rig->now_ms = UINT32_MAX - 300u; /* the clock wraps in every test */
    lbms_pace_server_init(&rig->server, &rig->config, &rig->access);
}

static void carry_out(struct server_rig *rig)
{
    const struct lbms_command *c = &rig->command;

    if (rig->result != LBMS_OK) {
        return;
    }
    if (c->kind == LBMS_COMMAND_SET_PARAMS) {
        rig->result = lbms_params_set(&rig->params, rig->view.product, c->item, c->count, NULL);
    } else if (c->kind == LBMS_COMMAND_FORCE_OFF) {
        rig->own.forced_off = (uint8_t)c->item[0].value;
        rig->own.want.closed = (uint8_t)(LBMS_SWITCHES_MAIN & ~(unsigned)rig->own.forced_off);
    } else {
        /* the test looks at the command */
    }
}

static void hand_in(struct server_rig *rig)
{
    rig->commands++;
    if (rig->refuse != 0) {
        lbms_pace_server_handed(&rig->server, &rig->view, rig->refuse, rig->now_ms);
        return;
    }
    lbms_pace_server_handed(&rig->server, &rig->view, (int)(700u + rig->commands), rig->now_ms);
}

static void give_result(struct server_rig *rig)
{
    if (rig->server.stage == LBMS_PACE_WAITING && rig->own.result_sequence != rig->server.sequence &&
        rig->now_ms - rig->server.since_ms >= rig->result_ms) {
        carry_out(rig);
        rig->own.result_sequence = rig->server.sequence;
        rig->own.result = (int8_t)rig->result;
        rig->result = LBMS_OK;
    }
}

const char *server_rig_ask(struct server_rig *rig, const char *text)
{
    const size_t length = strlen(text);
    size_t taken;
    size_t replied = 0;
    uint32_t waited;

    taken = lbms_pace_server_receive(&rig->server, &rig->view, (const uint8_t *)text, length, rig->now_ms);
    ck_assert_uint_eq(taken, length);
    (void)lbms_pace_server_receive(&rig->server, &rig->view, (const uint8_t *)"\r", 1u, rig->now_ms);
    for (waited = 0; waited < 500u; waited += STEP_MS) {
        const uint8_t *out;
        size_t count;

        if (lbms_pace_server_step(&rig->server, &rig->view, rig->now_ms, &rig->command)) {
            hand_in(rig);
        }
        give_result(rig);
        count = lbms_pace_server_text(&rig->server, &rig->view, rig->now_ms, &out);
        if (count > 0) {
            rig->silence_ms = (replied == 0) ? waited : rig->silence_ms;
            count = (count < rig->port_takes) ? count : rig->port_takes;
            memcpy(rig->reply + replied, out, count);
            replied += count;
            lbms_pace_server_sent(&rig->server, count, rig->now_ms);
            waited = 0;
        }
        if (replied > 0 && rig->reply[replied - 1] == '\r') {
            break;
        }
        rig->now_ms += STEP_MS;
    }
    rig->reply[(replied > 0) ? (replied - 1) : 0] = '\0';
    return rig->reply;
}

int server_rig_command(struct server_rig *rig, uint8_t cid2, const uint8_t *info, uint16_t size,
                       struct frame *answer)
{
    char text[FRAME_TEXT_SIZE];

    frame_write(text, rig->own.address, cid2, info, size);
    if (*server_rig_ask(rig, text) == '\0') {
        return -1;
    }
    frame_read(rig->reply, answer);
    ck_assert_uint_eq(answer->head.version, 0x25u);
    ck_assert_uint_eq(answer->head.cid1, 0x46u);
    ck_assert_uint_eq(answer->head.address, rig->own.address);
    return answer->head.code;
}
