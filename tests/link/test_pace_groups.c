/* Parameter groups: every captured read and write in both directions, odd lengths, and what is refused. */
#include "losun_bms/link/pace/codec.h"

#include <string.h>

#include "frames.h"
#include "losun_bms/model/product.h"
#include "support/suite.h"

/* A frame and the values that it carries, in the order of the group, in the library's units. */
struct golden {
    const char *text;
    uint8_t cid2; /* read or write command that the frame belongs to */
    uint8_t count;
    int32_t value[6];
};

static const struct golden replies[] = {
    {"~25004600F010010E100E740D340AFA35", 0xD1, 4, {3600, 3700, 3380, 1000}},
    {"~25004600F010010AF009C40B540AFA24", 0xD3, 4, {2800, 2500, 2900, 1000}},
    {"~25004600F01001E100E740D2F00AFA24", 0xD5, 4, {57600, 59200, 54000, 1000}},
    {"~25004600F01001AF009C40B5400AFA24", 0xD7, 4, {44800, 40000, 46400, 1000}},
    {"~25004600400C010068006E0AFB1D", 0xD9, 3, {104000, 110000, 1000}},
    {"~25004600400C01FF97FF920AFAD3", 0xDB, 3, {105000, 110000, 1000}},
    {"~25004600400C009604009604FB32", 0xE3, 4, {150000, 100, 150000, 100}},
    {"~25004600E0020CFD25", 0xE5, 1, {300}},
    {"~25004600501A010CA80CD00C9E0CDA0D020CD0F7BE", 0xDD, 6, {510, 550, 500, 560, 600, 550}},
    {"~25004600501A010AAA0A780AAA0A1409E20A14F7E5", 0xDF, 6, {0, -50, 0, -150, -200, -150}},
    {"~25004600200E010E2E0EF60DFCFA5D", 0xE1, 3, {900, 1100, 850}},
    {"~25004600501A0109E209B009E20D340D660D34F806", 0xE7, 6, {-200, -250, -200, 650, 700, 650}},
    {"~2500460080080C1C0005FBF3", 0xA0, 2, {3100, 300}},
    {"~25004600600ADAC007D005FB60", 0xAF, 3, {56000, 2000, 500}},
    {"~2500460080080D48001EFBE9", 0xB6, 2, {3400, 30}},
    {"~25004600E0021EFD22", 0xB8, 1, {1800}},
    {"~25004600C0040064FCCE", 0xED, 1, {100000}},
};

static const struct golden requests[] = {
    {"~250046D0F010010E100E740D340AFA21", 0xD0, 4, {3600, 3700, 3380, 1000}},
    {"~250046D2F010010AF009C40B540AFA0E", 0xD2, 4, {2800, 2500, 2900, 1000}},
    {"~250046D4F01001E10AE740D2F00AF9FB", 0xD4, 4, {57610, 59200, 54000, 1000}},
    {"~250046D6F01001AF009C40B5400AFA0A", 0xD6, 4, {44800, 40000, 46400, 1000}},
    {"~250046D8400C010068006E0AFB01", 0xD8, 3, {104000, 110000, 1000}},
    {"~250046DA400C010069006E0AFAF7", 0xDA, 3, {105000, 110000, 1000}},
    {"~250046E4E0020CFD0C", 0xE4, 1, {300}},
    {"~250046DC501A010CA80CD00C9E0CDA0D020CD0F797", 0xDC, 6, {510, 550, 500, 560, 600, 550}},
    {"~250046DE501A010AAA0A780AAA0A1409E20A14F7BC", 0xDE, 6, {0, -50, 0, -150, -200, -150}},
    {"~250046E0200E010E2E0EF60DFCFA48", 0xE0, 3, {900, 1100, 850}},
    {"~250046E6501A0109E209B009E20D340D660D34F7EB", 0xE6, 6, {-200, -250, -200, 650, 700, 650}},
    {"~250046A880080C1C0005FBDA", 0xA8, 2, {3100, 300}},
    {"~250046AE600ADAC007D005FB3A", 0xAE, 3, {56000, 2000, 500}},
    {"~250046B580080D48001EFBD2", 0xB5, 2, {3400, 30}},
    {"~250046EEC0040064FCA4", 0xEE, 1, {100000}},
};

/* Reads the INFO of a frame as the group of a command; the status. */
static int read_items(const struct frame *frame, uint8_t cid2, struct lbms_param_item *items, uint8_t *count)
{
    bool write = false;
    const struct lbms_pace_group *group = lbms_pace_group(cid2, &write);
    struct lbms_reader in;

    ck_assert_ptr_nonnull(group);
    lbms_reader_init(&in, frame->info, frame->size);
    return lbms_pace_get_group(&in, group, items, count);
}

static void both_directions(const struct golden *golden, bool request)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct lbms_params params;
    struct frame frame;
    struct lbms_writer out;
    char again[FRAME_TEXT_SIZE];
    uint8_t info[32];
    uint8_t count = 0u;
    bool write = !request;
    const struct lbms_pace_group *group = lbms_pace_group(golden->cid2, &write);
    unsigned i;

    ck_assert_ptr_nonnull(group);
    ck_assert_int_eq(write, request);
    memset(&params, 0, sizeof(params));
    frame_read(golden->text, &frame);
    ck_assert_int_eq(read_items(&frame, golden->cid2, items, &count), LBMS_OK);
    ck_assert_uint_eq(count, golden->count);
    for (i = 0; i < count; i++) {
        ck_assert_int_eq(items[i].value, golden->value[i]);
        ck_assert_uint_eq(items[i].id, group->items[i].id);
        params.v[items[i].id] = items[i].value;
    }
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_group(&out, group, &params, request);
    frame_write(again, frame.head.address, frame.head.code, info, (uint16_t)out.position);
    ck_assert_str_eq(again, golden->text);
}

START_TEST(captured_replies_in_both_directions)
{
    size_t i;

    for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
        both_directions(&replies[i], false);
    }
}
END_TEST

START_TEST(captured_writes_in_both_directions)
{
    size_t i;

    for (i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        both_directions(&requests[i], true);
    }
}
END_TEST

START_TEST(our_defaults_give_the_frames_of_the_document)
{
    static const struct {
        uint8_t cid2;
        const char *text;
    } rows[] = {{0xD1, "~25004600F010010E100E420D340AFA3A"}, {0xD3, "~25004600F010010AF00A280B540AFA29"},
                {0xD5, "~25004600F01001E100E420D2F00AFA29"}, {0xD7, "~25004600F01001B540B220BB800AFA29"},
                {0xD9, "~25004600400C010069006E0AFB1C"},     {0xDB, "~25004600400C01FF97FF920AFAD3"}};
    struct lbms_params params;
    size_t i;

    lbms_params_defaults(&params, &lbms_product_ls_btn0_p0548100);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool write;
        struct lbms_writer out;
        uint8_t info[32];
        char text[FRAME_TEXT_SIZE];

        lbms_writer_init(&out, info, sizeof(info));
        lbms_pace_put_group(&out, lbms_pace_group(rows[i].cid2, &write), &params, false);
        frame_write(text, 0u, 0u, info, (uint16_t)out.position);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(a_discharge_limit_is_accepted_with_either_sign)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct frame frame;
    uint8_t count;

    frame_read("~25004600400C01FF97FF920AFAD3", &frame);
    ck_assert_int_eq(read_items(&frame, 0xDA, items, &count), LBMS_OK);
    ck_assert_int_eq(items[0].value, 105000);
    ck_assert_int_eq(items[1].value, 110000);
}
END_TEST

START_TEST(shorter_and_longer_writes_of_old_and_new_tools_are_accepted)
{
    static const uint8_t oc_with_recovery[] = {1, 0, 105, 0, 110, 0, 99, 20};
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct frame frame;
    uint8_t count;

    frame_read("~250046E2A006009604FC4E", &frame); /* discharging only */
    ck_assert_int_eq(read_items(&frame, 0xE2, items, &count), LBMS_OK);
    ck_assert_uint_eq(count, 2u);
    ck_assert_uint_eq(items[0].id, LBMS_PARAM_DISCHARGE_OC2_PROTECT_MA);
    ck_assert_int_eq(items[0].value, 150000);
    ck_assert_int_eq(items[1].value, 100);

    frame.size = 4u; /* without the alarm of a low SOC */
    memcpy(frame.info, "\xDA\xC0\x07\xD0", 4u);
    ck_assert_int_eq(read_items(&frame, 0xAE, items, &count), LBMS_OK);
    ck_assert_uint_eq(count, 2u);
    ck_assert_int_eq(items[1].value, 2000);

    frame.size = sizeof(oc_with_recovery);
    memcpy(frame.info, oc_with_recovery, sizeof(oc_with_recovery));
    ck_assert_int_eq(read_items(&frame, 0xD8, items, &count), LBMS_OK);
    ck_assert_uint_eq(count, 3u);
    ck_assert_int_eq(items[1].value, 110000);
    ck_assert_int_eq(items[2].value, 2000);
}
END_TEST

START_TEST(every_other_length_is_refused)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    uint8_t g;

    for (g = 0; g < lbms_pace_group_count; g++) {
        const struct lbms_pace_group *group = &lbms_pace_groups[g];
        unsigned accepted = 0u;
        size_t size;

        for (size = 0; size < 40u; size++) {
            struct lbms_reader in;
            uint8_t count = 9u;
            uint8_t info[40];
            int status;

            memset(info, 1, sizeof(info));
            lbms_reader_init(&in, info, size);
            status = lbms_pace_get_group(&in, group, items, &count);
            ck_assert(status == LBMS_OK || (status == LBMS_ERR_FORMAT && count == 0u));
            accepted += (status == LBMS_OK) ? 1u : 0u;
        }
        ck_assert_uint_eq(accepted, ((group->few > 0u) || (group->spare > 0u)) ? 2u : 1u);
    }
}
END_TEST

START_TEST(a_protection_cannot_be_switched_off)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct frame frame;
    uint8_t count;

    frame_read("~250046D4F01000E100E740D2F00AFA0D", &frame);
    ck_assert_int_eq(read_items(&frame, 0xD4, items, &count), LBMS_ERR_UNSUPPORTED);
    ck_assert_uint_eq(count, 0u);
    frame.info[0] = 2u;
    ck_assert_int_eq(read_items(&frame, 0xD4, items, &count), LBMS_ERR_UNSUPPORTED);
}
END_TEST

START_TEST(the_release_soc_is_one_value_for_two_parameters)
{
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct frame frame;
    struct lbms_params params;
    struct lbms_writer out;
    uint8_t info[4];
    uint8_t count;
    bool write;

    frame.size = 1u;
    frame.info[0] = 95u;
    ck_assert_int_eq(read_items(&frame, 0xA5, items, &count), LBMS_OK);
    ck_assert_uint_eq(count, 2u);
    ck_assert_uint_eq(items[0].id, LBMS_PARAM_OV_RELEASE_SOC_BP);
    ck_assert_uint_eq(items[1].id, LBMS_PARAM_FULL_RELEASE_SOC_BP);
    ck_assert_int_eq(items[0].value, 9500);
    ck_assert_int_eq(items[1].value, 9500);
    memset(&params, 0, sizeof(params));
    params.v[LBMS_PARAM_OV_RELEASE_SOC_BP] = 9500;
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_group(&out, lbms_pace_group(0xA5, &write), &params, true);
    ck_assert_uint_eq(out.position, 1u);
    ck_assert_uint_eq(info[0], 95u);
}
END_TEST

START_TEST(the_window_of_timed_records_is_written_as_dates)
{
    static const uint8_t none[] = {0, 1, 1, 0, 0, 0};
    static const uint8_t moment[] = {24, 8, 20, 14, 15, 37};
    static const uint8_t no_date[] = {24, 2, 30, 0, 0, 0};
    static const uint8_t far[] = {100, 1, 1, 0, 0, 0};
    struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
    struct frame frame;
    uint8_t count;

    frame.size = 6u;
    memcpy(frame.info, none, 6u);
    ck_assert_int_eq(read_items(&frame, 0xB9, items, &count), LBMS_OK);
    ck_assert_int_eq(items[0].value, 0);
    ck_assert_uint_eq(items[0].id, LBMS_PARAM_RECORD_START_S);
    memcpy(frame.info, moment, 6u);
    ck_assert_int_eq(read_items(&frame, 0xBB, items, &count), LBMS_OK);
    ck_assert_uint_eq(items[0].id, LBMS_PARAM_RECORD_END_S);
    ck_assert_int_eq(items[0].value, 1724163337); /* date -u -d "2024-08-20 14:15:37" +%s */
    memcpy(frame.info, no_date, 6u);
    ck_assert_int_eq(read_items(&frame, 0xBB, items, &count), LBMS_ERR_RANGE);
    memcpy(frame.info, far, 6u);
    ck_assert_int_eq(read_items(&frame, 0xBB, items, &count), LBMS_OK);
    ck_assert_int_eq(items[0].value, INT32_MAX);
}
END_TEST

START_TEST(a_date_is_read_as_it_was_written)
{
    struct lbms_params params;
    struct lbms_writer out;
    uint8_t info[6];
    static const uint8_t moment[] = {24, 8, 20, 14, 15, 37};
    static const uint8_t none[] = {0, 1, 1, 0, 0, 0};
    bool write;

    memset(&params, 0, sizeof(params));
    params.v[LBMS_PARAM_RECORD_START_S] = 1724163337;
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_group(&out, lbms_pace_group(0xBA, &write), &params, false);
    ck_assert_mem_eq(info, moment, 6u);
    params.v[LBMS_PARAM_RECORD_START_S] = 0;
    lbms_writer_init(&out, info, sizeof(info));
    lbms_pace_put_group(&out, lbms_pace_group(0xBA, &write), &params, false);
    ck_assert_mem_eq(info, none, 6u);
}
END_TEST

START_TEST(commands_that_are_no_group_are_none)
{
    static const uint8_t others[] = {0x00, 0x42, 0x44, 0x90, 0x99, 0x9A, 0xA1,
                                     0xA4, 0xA6, 0xB1, 0xB4, 0xC1, 0xEB, 0xFF};
    bool write = false;
    size_t i;

    for (i = 0; i < sizeof(others); i++) {
        ck_assert_ptr_null(lbms_pace_group(others[i], &write));
    }
}
END_TEST

START_TEST(every_group_survives_a_round_trip_of_every_parameter_at_its_limits)
{
    const struct lbms_param_desc *table = lbms_product_ls_btn0_p0548100.params;
    unsigned pass;
    uint8_t g;
    uint8_t i;

    for (pass = 0; pass < 3u; pass++) {
        for (g = 0; g < lbms_pace_group_count; g++) {
            const struct lbms_pace_group *group = &lbms_pace_groups[g];
            struct lbms_param_item items[LBMS_PARAM_ITEMS_MAX];
            struct lbms_params params;
            struct lbms_writer out;
            struct lbms_reader in;
            uint8_t info[32];
            uint8_t again[32];
            uint8_t count;

            memset(&params, 0, sizeof(params));
            for (i = 0; i < group->count; i++) {
                const struct lbms_param_desc *desc = &table[group->items[i].id];

                params.v[group->items[i].id] =
                    (pass == 0u) ? desc->min : ((pass == 1u) ? desc->def : desc->max);
            }
            lbms_writer_init(&out, info, sizeof(info));
            lbms_pace_put_group(&out, group, &params, true);
            lbms_reader_init(&in, info, out.position);
            ck_assert_int_eq(lbms_pace_get_group(&in, group, items, &count), LBMS_OK);
            for (i = 0; i < count; i++) {
                params.v[items[i].id] = items[i].value;
            }
            lbms_writer_init(&out, again, sizeof(again));
            lbms_pace_put_group(&out, group, &params, true);
            ck_assert_mem_eq(again, info, out.position);
        }
    }
}
END_TEST

SUITE("link/pace_groups", CASE("R-COM-07", captured_replies_in_both_directions),
      CASE("R-COM-07", captured_writes_in_both_directions),
      CASE("R-COM-07", our_defaults_give_the_frames_of_the_document),
      CASE("", a_discharge_limit_is_accepted_with_either_sign),
      CASE("", shorter_and_longer_writes_of_old_and_new_tools_are_accepted),
      CASE("", every_other_length_is_refused), CASE("", a_protection_cannot_be_switched_off),
      CASE("", the_release_soc_is_one_value_for_two_parameters),
      CASE("", the_window_of_timed_records_is_written_as_dates), CASE("", a_date_is_read_as_it_was_written),
      CASE("", commands_that_are_no_group_are_none),
      CASE("", every_group_survives_a_round_trip_of_every_parameter_at_its_limits))
