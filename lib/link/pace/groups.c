/* Parameters that PACE reads and writes together. */
#include "losun_bms/base/fixed.h"
#include "losun_bms/link/fields.h"
#include "losun_bms/link/pace/codec.h"

#define ITEM(name, wire, scale)                                     \
    {                                                               \
        0u, LBMS_WIRE_##wire, LBMS_SCALE_##scale, LBMS_PARAM_##name \
    }
#define MINUS(name, wire, scale)                                                    \
    {                                                                               \
        LBMS_PACE_NEGATIVE, LBMS_WIRE_##wire, LBMS_SCALE_##scale, LBMS_PARAM_##name \
    }
#define SAME(name)                                                      \
    {                                                                   \
        LBMS_PACE_SAME, LBMS_WIRE_U8, LBMS_SCALE_ONE, LBMS_PARAM_##name \
    }
#define DATE(name)                                                       \
    {                                                                    \
        LBMS_PACE_DATE, LBMS_WIRE_U32, LBMS_SCALE_ONE, LBMS_PARAM_##name \
    }
#define VOLTAGES(name)                                                          \
    {                                                                           \
        ITEM(name##_ALARM_MV, U16, ONE), ITEM(name##_PROTECT_MV, U16, ONE),     \
            ITEM(name##_RELEASE_MV, U16, ONE), ITEM(name##_DELAY_MS, U8, 100MS) \
    }
#define TEMPERATURES(name)                                                    \
    ITEM(name##_ALARM_DC, U16, KELVIN), ITEM(name##_PROTECT_DC, U16, KELVIN), \
        ITEM(name##_RELEASE_DC, U16, KELVIN)

static const struct lbms_pace_item cell_ov[] = VOLTAGES(CELL_OV);
static const struct lbms_pace_item cell_uv[] = VOLTAGES(CELL_UV);
static const struct lbms_pace_item pack_ov[] = VOLTAGES(PACK_OV);
static const struct lbms_pace_item pack_uv[] = VOLTAGES(PACK_UV);
static const struct lbms_pace_item charge_oc[] = {ITEM(CHARGE_OC_ALARM_MA, U16, AMPERE),
                                                  ITEM(CHARGE_OC_PROTECT_MA, U16, AMPERE),
                                                  ITEM(CHARGE_OC_DELAY_MS, U8, 100MS)};
static const struct lbms_pace_item discharge_oc[] = {MINUS(DISCHARGE_OC_ALARM_MA, S16, AMPERE),
                                                     MINUS(DISCHARGE_OC_PROTECT_MA, S16, AMPERE),
                                                     ITEM(DISCHARGE_OC_DELAY_MS, U8, 100MS)};
static const struct lbms_pace_item second_oc[] = {
    ITEM(DISCHARGE_OC2_PROTECT_MA, U16, AMPERE), ITEM(DISCHARGE_OC2_DELAY_MS, U8, 25),
    ITEM(CHARGE_OC2_PROTECT_MA, U16, AMPERE), ITEM(CHARGE_OC2_DELAY_MS, U8, 25)};
static const struct lbms_pace_item short_circuit[] = {ITEM(SHORT_CIRCUIT_DELAY_US, U8, 25)};
static const struct lbms_pace_item hot[] = {TEMPERATURES(CHG_OT), TEMPERATURES(DSG_OT)};
static const struct lbms_pace_item cold[] = {TEMPERATURES(CHG_UT), TEMPERATURES(DSG_UT)};
static const struct lbms_pace_item mosfet[] = {TEMPERATURES(MOS_OT)};
static const struct lbms_pace_item ambient[] = {TEMPERATURES(ENV_UT), TEMPERATURES(ENV_OT)};
static const struct lbms_pace_item sleep_cell[] = {ITEM(SLEEP_CELL_MV, U16, ONE),
                                                   ITEM(SLEEP_DELAY_S, U16, MINUTE)};
static const struct lbms_pace_item full_charge[] = {
    ITEM(FULL_CHARGE_MV, U16, ONE), ITEM(FULL_CHARGE_MA, U16, ONE), ITEM(SOC_LOW_ALARM_BP, U8, PERCENT)};
static const struct lbms_pace_item balance[] = {ITEM(BALANCE_START_MV, U16, ONE),
                                                ITEM(BALANCE_DELTA_MV, U16, ONE)};
static const struct lbms_pace_item interval[] = {ITEM(RECORD_INTERVAL_S, U8, MINUTE)};
static const struct lbms_pace_item interval_start[] = {DATE(RECORD_START_S)};
static const struct lbms_pace_item interval_end[] = {DATE(RECORD_END_S)};
static const struct lbms_pace_item limiter[] = {ITEM(LIMITER_START_MA, U16, AMPERE)};
static const struct lbms_pace_item release_soc[] = {ITEM(OV_RELEASE_SOC_BP, U8, PERCENT),
                                                    SAME(FULL_RELEASE_SOC_BP)};

#define ITEMS(items) (uint8_t)(sizeof(items) / sizeof((items)[0]))

/* read, write, enable byte, parameters, few, spare bytes, items */
const struct lbms_pace_group lbms_pace_groups[] = {
    {0xD1, 0xD0, true, ITEMS(cell_ov), 0u, 0u, cell_ov},
    {0xD3, 0xD2, true, ITEMS(cell_uv), 0u, 0u, cell_uv},
    {0xD5, 0xD4, true, ITEMS(pack_ov), 0u, 0u, pack_ov},
    {0xD7, 0xD6, true, ITEMS(pack_uv), 0u, 0u, pack_uv},
    {0xD9, 0xD8, true, ITEMS(charge_oc), 0u, 2u, charge_oc},       /* newer tools add a recovery current */
    {0xDB, 0xDA, true, ITEMS(discharge_oc), 0u, 2u, discharge_oc}, /* likewise */
    {0xDD, 0xDC, true, ITEMS(hot), 0u, 0u, hot},
    {0xDF, 0xDE, true, ITEMS(cold), 0u, 0u, cold},
    {0xE1, 0xE0, true, ITEMS(mosfet), 0u, 0u, mosfet},
    {0xE3, 0xE2, false, ITEMS(second_oc), 2u, 0u, second_oc},
    {0xE5, 0xE4, false, ITEMS(short_circuit), 0u, 0u, short_circuit},
    {0xE7, 0xE6, true, ITEMS(ambient), 0u, 0u, ambient},
    {0xA0, 0xA8, false, ITEMS(sleep_cell), 0u, 0u, sleep_cell},
    {0xAF, 0xAE, false, ITEMS(full_charge), 2u, 0u, full_charge},
    {0xB6, 0xB5, false, ITEMS(balance), 0u, 0u, balance},
    {0xB8, 0xB7, false, ITEMS(interval), 0u, 0u, interval},
    {0xBA, 0xB9, false, ITEMS(interval_start), 0u, 0u, interval_start},
    {0xBC, 0xBB, false, ITEMS(interval_end), 0u, 0u, interval_end},
    {0xED, 0xEE, false, ITEMS(limiter), 0u, 0u, limiter},
    {0x00, 0xA5, false, ITEMS(release_soc), 0u, 0u, release_soc},
};

const uint8_t lbms_pace_group_count = ITEMS(lbms_pace_groups);

#define DATE_SIZE 6u

const struct lbms_pace_group *lbms_pace_group(uint8_t cid2, bool *write)
{
    uint8_t i;

    for (i = 0u; (i < lbms_pace_group_count) && (cid2 != 0u); i++) {
        const struct lbms_pace_group *group = &lbms_pace_groups[i];

        if ((group->read == cid2) || (group->write == cid2)) {
            *write = group->write == cid2;
            return group;
        }
    }
    return NULL;
}

void lbms_pace_put_group(struct lbms_writer *out, const struct lbms_pace_group *group,
                         const struct lbms_params *params, bool request)
{
    uint8_t i;

    if (group->enable) {
        lbms_put_u8(out, 1u);
    }
    for (i = 0u; i < group->count; i++) {
        const struct lbms_pace_item *item = &group->items[i];
        const int32_t value = params->v[item->id];

        if ((item->flags & LBMS_PACE_DATE) != 0u) {
            lbms_pace_put_time(out, (uint32_t)value);
        } else if ((item->flags & LBMS_PACE_SAME) == 0u) {
            lbms_put_value(out, (!request && ((item->flags & LBMS_PACE_NEGATIVE) != 0u)) ? -value : value,
                           item->wire, item->scale);
        } else {
            /* has gone with the parameter before */
        }
    }
}

static size_t item_size(const struct lbms_pace_item *item)
{
    if ((item->flags & LBMS_PACE_SAME) != 0u) {
        return 0u;
    }
    return ((item->flags & LBMS_PACE_DATE) != 0u) ? DATE_SIZE : lbms_wire_size(item->wire);
}

static size_t items_size(const struct lbms_pace_group *group, uint8_t count)
{
    size_t size = group->enable ? 1u : 0u;
    uint8_t i;

    for (i = 0u; i < count; i++) {
        size += item_size(&group->items[i]);
    }
    return size;
}

/* How many parameters these bytes hold; 0: they are no such group. */
static uint8_t count_items(const struct lbms_pace_group *group, size_t size)
{
    const size_t whole = items_size(group, group->count);

    if ((size == whole) || ((group->spare > 0u) && (size == (whole + group->spare)))) {
        return group->count;
    }
    return (size == items_size(group, group->few)) ? group->few : 0u;
}

static int get_item(struct lbms_reader *in, const struct lbms_pace_item *item, int32_t before, int32_t *value)
{
    uint32_t seconds = 0u;

    if ((item->flags & LBMS_PACE_SAME) != 0u) {
        *value = before;
    } else if ((item->flags & LBMS_PACE_DATE) == 0u) {
        *value = lbms_get_value(in, item->wire, item->scale);
        if ((item->flags & LBMS_PACE_NEGATIVE) != 0u) {
            *value = lbms_abs_i32(*value);
        }
    } else if (!lbms_pace_get_time(in, &seconds)) {
        return LBMS_ERR_RANGE;
    } else {
        /* beyond 2038 no parameter goes */
        *value = (seconds > (uint32_t)INT32_MAX) ? INT32_MAX : (int32_t)seconds;
        *value = (seconds == LBMS_PACE_NO_TIME) ? 0 : *value;
    }
    return LBMS_OK;
}

int lbms_pace_get_group(struct lbms_reader *in, const struct lbms_pace_group *group,
                        struct lbms_param_item *items, uint8_t *count)
{
    const size_t size = lbms_reader_remaining(in);
    const uint8_t found = count_items(group, size);
    int32_t before = 0;
    uint8_t i;

    *count = 0u;
    if (found == 0u) {
        return LBMS_ERR_FORMAT;
    }
    if (group->enable && (lbms_get_u8(in) != 1u)) {
        return LBMS_ERR_UNSUPPORTED;
    }
    for (i = 0u; i < found; i++) {
        int status;

        if ((i == (uint8_t)(group->count - 1u)) && (size > items_size(group, group->count))) {
            lbms_reader_skip(in, group->spare);
        }
        items[i].id = group->items[i].id;
        status = get_item(in, &group->items[i], before, &items[i].value);
        if (status != LBMS_OK) {
            return status;
        }
        before = items[i].value;
    }
    *count = found;
    return LBMS_OK;
}
