/*
 * Emulator only: what the pack was told and what it has counted is there again after its supply was cut. The cut is a
 * restart without warning and without retained memory; only the emulated flash is left.
 */
#include <string.h>

#include "firmware_common/emu.h"
#include "losun_bms/base/fixed.h"
#include "losun_bms/model/record.h"
#include "losun_bms_port/cortex_m/compiler.h"
#include "losun_bms_port/cortex_m/retained.h"
#include "losun_bms_port/cortex_m/system.h"

#define MAGIC     UINT32_C(0x53544F52) /* "STOR" */
#define TELL_MS   6000u                /* awake, paths closed */
#define CUT_MS    120000u              /* in the middle of charging with 50 A */
#define TOLD      LBMS_PARAM_SLEEP_DELAY_S
#define TOLD_S    777
#define LOST_MAS  360000 /* 0.1 % of 100 Ah */
#define SERIAL_0  "EMU-00042"
#define RECORDS_0 2u /* start, parameter */

/* What must be there again. */
static LBMS_CM_KEEP struct {
    uint32_t magic;
    int32_t charge_mas;
    uint32_t records;
    uint16_t told; /* sequence number of the command */
} before;

static void tell(void)
{
    struct lbms_command command;
    struct lbms_production production;
    int status;

    memset(&command, 0, sizeof(command));
    command.kind = LBMS_COMMAND_SET_PARAMS;
    command.count = 1u;
    command.item[0].id = (uint16_t)TOLD;
    command.item[0].value = TOLD_S;
    before.told = (uint16_t)lbms_command(emu.bms, &command);
    production = emu.bms->keeper->production;
    memcpy(production.identity.pack_serial, SERIAL_0, sizeof(SERIAL_0));
    status = lbms_keeper_produce(emu.bms->keeper, &production, true);
    emu_check(status == LBMS_OK, "store: production data are accepted");
}

static void cut(void)
{
    const struct lbms_snapshot *s = lbms_snapshot(emu.bms);

    emu_check((s->result_sequence == before.told) && (s->result == LBMS_OK),
              "store: a parameter is acknowledged");
    before.charge_mas = lbms_gauge_charge_mas(&emu.bms->core.gauge);
    before.records = lbms_log_count(&emu.bms->keeper->store.log);
    emu_check(before.records >= RECORDS_0, "store: events are recorded");
    before.magic = MAGIC;
    memset(lbms_cm_retained(), 0, sizeof(*lbms_cm_retained()));
    lbms_cm_restart((uint8_t)LBMS_RESET_POWER_ON);
}

/* The start after the cut. The newest record is its own. */
static void check(void)
{
    const struct lbms_keeper *keeper = emu.bms->keeper;
    const int32_t lost_mas = lbms_abs_i32(lbms_gauge_charge_mas(&emu.bms->core.gauge) - before.charge_mas);
    struct lbms_record record;
    int status;

    emu_check(emu.bms->core.params.v[TOLD] == TOLD_S, "store: the parameter is there after a power cut");
    emu_print("store.lost_mas", (uint32_t)lost_mas);
    emu_check(lost_mas <= LOST_MAS, "store: the charge within 0.1 %");
    emu_check(strcmp(keeper->production.identity.pack_serial, SERIAL_0) == 0, "store: the serial number");
    emu_check(lbms_log_count(&keeper->store.log) == (before.records + 1u), "store: the records");
    status = lbms_store_read_record(&keeper->store, 0u, &record);
    emu_check((status == LBMS_OK) && (record.kind == (uint8_t)LBMS_RECORD_START) &&
                  (record.code == (uint8_t)LBMS_RESET_POWER_ON),
              "store: and a new one of the start");
    emu_check(keeper->store.trouble == 0u, "store: no trouble");
    emu_finish();
}

void emu_store(uint32_t now_ms)
{
    static bool told;

    if (before.magic == MAGIC) {
        if (now_ms >= TELL_MS) {
            check();
        }
    } else if (now_ms >= CUT_MS) {
        cut();
    } else if ((now_ms >= TELL_MS) && !told) {
        told = true;
        tell();
    } else {
        /* counting */
    }
}
