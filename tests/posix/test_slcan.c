#include "losun_bms_port/posix_slcan.h"

#include <stdlib.h>
#include <string.h>

#include "losun_bms/base/status.h"
#include "support/suite.h"

static int decode(const char *text, struct lbms_can_frame *frame)
{
    return lbms_slcan_decode(text, strlen(text), frame);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 16;
}

/* ---- frames ----------------------------------------------------------------------------------------------- */

START_TEST(frames_become_lines)
{
    const struct lbms_can_frame standard = {0x351u, 8u, {0x38, 0x02, 0xF4, 0x01, 0x0E, 0x01, 0xC8, 0x01}};
    const struct lbms_can_frame extended = {0x18FF50E5u | LBMS_CAN_EXTENDED, 2u, {0xAA, 0xBB}};
    const struct lbms_can_frame empty = {0x7u, 0u, {0}};
    const struct lbms_can_frame impossible = {0x12345F01u, 200u, {1, 2, 3, 4, 5, 6, 7, 8}};
    char text[LBMS_SLCAN_TEXT_SIZE];

    ck_assert_uint_eq(lbms_slcan_encode(&standard, text), 22u);
    ck_assert_str_eq(text, "t35183802F4010E01C801\r");
    ck_assert_uint_eq(lbms_slcan_encode(&extended, text), 15u);
    ck_assert_str_eq(text, "T18FF50E52AABB\r");
    ck_assert_uint_eq(lbms_slcan_encode(&empty, text), 6u);
    ck_assert_str_eq(text, "t0070\r");
    ck_assert_uint_eq(lbms_slcan_encode(&impossible, text), 22u);
    ck_assert_str_eq(text, "t70180102030405060708\r");
}
END_TEST

START_TEST(lines_become_frames)
{
    struct lbms_can_frame frame;

    ck_assert_int_eq(decode("t35183802F4010E01C801", &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x351u);
    ck_assert_uint_eq(frame.length, 8u);
    ck_assert_mem_eq(frame.data, "\x38\x02\xF4\x01\x0E\x01\xC8\x01", 8u);
    ck_assert_int_eq(decode("T18ff50e52aaBb", &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x18FF50E5u | LBMS_CAN_EXTENDED);
    ck_assert_uint_eq(frame.length, 2u);
    ck_assert_mem_eq(frame.data, "\xAA\xBB\0\0\0\0\0\0", 8u);
    ck_assert_int_eq(decode("t7FF0", &frame), LBMS_OK);
    ck_assert_int_eq(decode("T1FFFFFFF0", &frame), LBMS_OK);
    ck_assert_int_eq(decode("t1231EE1A2B", &frame), LBMS_OK); /* with the time stamp of the adapter */
    ck_assert_uint_eq(frame.length, 1u);
    ck_assert_uint_eq(frame.data[0], 0xEEu);
}
END_TEST

START_TEST(remote_frames_are_known_and_not_returned)
{
    struct lbms_can_frame frame = {5u, 5u, {5}};

    ck_assert_int_eq(decode("r3510", &frame), LBMS_AGAIN);
    ck_assert_int_eq(decode("r3518", &frame), LBMS_AGAIN);
    ck_assert_int_eq(decode("R18FF50E58", &frame), LBMS_AGAIN);
    ck_assert_int_eq(decode("R18FF50E581234", &frame), LBMS_AGAIN);
    ck_assert_int_eq(decode("r35111", &frame), LBMS_ERR_FORMAT);
    ck_assert_uint_eq(frame.id, 5u);
}
END_TEST

START_TEST(every_truncation_and_every_wrong_digit_is_refused)
{
    static const char *const good[] = {"t35183802F4010E01C801", "T18FF50E580102030405060708", "r3510",
                                       "R18FF50E50"};
    struct lbms_can_frame frame = {5u, 5u, {5}};
    char text[40];
    size_t i, at;

    for (i = 0u; i < sizeof(good) / sizeof(good[0]); i++) {
        const size_t length = strlen(good[i]);

        ck_assert_int_ge(lbms_slcan_decode(good[i], length, &frame), LBMS_OK);
        frame.id = 5u;
        for (at = 0u; at < length; at++) {
            char *exact = malloc(at + 1u); /* so that a sanitizer sees a read behind the end */

            ck_assert_ptr_nonnull(exact);
            memcpy(exact + 1, good[i], at);
            ck_assert_int_eq(lbms_slcan_decode(exact + 1, at, &frame), LBMS_ERR_FORMAT);
            free(exact);
            memcpy(text, good[i], length);
            text[at] = 'g';
            ck_assert_int_eq(lbms_slcan_decode(text, length, &frame), LBMS_ERR_FORMAT);
        }
        memcpy(text, good[i], length);
        memcpy(&text[length], "12345", 5u);
        for (at = 1u; at <= 5u; at++) { /* four more digits are a time stamp */
            ck_assert_int_eq(lbms_slcan_decode(text, length + at, &frame) < 0, at != 4u);
        }
        text[length + 3u] = 'x';
        ck_assert_int_eq(lbms_slcan_decode(text, length + 4u, &frame), LBMS_ERR_FORMAT);
    }
    ck_assert_int_eq(decode("t8000", &frame), LBMS_ERR_FORMAT);
    ck_assert_int_eq(decode("T200000000", &frame), LBMS_ERR_FORMAT);
    ck_assert_int_eq(decode("t1239112233445566778899", &frame), LBMS_ERR_FORMAT);
    ck_assert_int_eq(decode("t123F", &frame), LBMS_ERR_FORMAT);
    ck_assert_int_eq(lbms_slcan_decode(NULL, 0u, &frame), LBMS_ERR_FORMAT);
}
END_TEST

START_TEST(every_frame_survives_a_round_trip)
{
    uint32_t random = 7u;
    char text[LBMS_SLCAN_TEXT_SIZE];
    unsigned i, at;

    for (i = 0u; i < 20000u; i++) {
        struct lbms_can_frame frame, back;
        size_t length;

        memset(&frame, 0, sizeof(frame));
        frame.id = ((next_random(&random) << 16) | next_random(&random)) & 0x1FFFFFFFu;
        frame.id = ((next_random(&random) & 1u) != 0u) ? (frame.id | LBMS_CAN_EXTENDED) : (frame.id & 0x7FFu);
        frame.length = (uint8_t)(next_random(&random) % 9u);
        for (at = 0u; at < frame.length; at++) {
            frame.data[at] = (uint8_t)next_random(&random);
        }
        length = lbms_slcan_encode(&frame, text);
        memset(&back, 0xEE, sizeof(back));
        if (length != strlen(text) || lbms_slcan_decode(text, length - 1u, &back) != LBMS_OK ||
            back.id != frame.id || back.length != frame.length || memcmp(back.data, frame.data, 8u) != 0) {
            ck_abort_msg("%s", text);
        }
    }
}
END_TEST

/* ---- lines ------------------------------------------------------------------------------------------------ */

START_TEST(lines_end_with_cr_and_bel_is_a_refusal)
{
    struct lbms_slcan_line line;
    const char *text = "t0070\n";
    size_t i;

    memset(&line, 0, sizeof(line));
    for (i = 0u; text[i] != '\0'; i++) {
        ck_assert_int_eq(lbms_slcan_feed(&line, (uint8_t)text[i]), LBMS_SLCAN_NOTHING);
    }
    ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_LINE);
    ck_assert_uint_eq(line.length, 5u);
    ck_assert_mem_eq(line.text, "t0070", 5u);
    ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_LINE);
    ck_assert_uint_eq(line.length, 0u);
    ck_assert_int_eq(lbms_slcan_feed(&line, 't'), LBMS_SLCAN_NOTHING);
    ck_assert_int_eq(lbms_slcan_feed(&line, 0x07u), LBMS_SLCAN_REFUSED);
    ck_assert_int_eq(lbms_slcan_feed(&line, 'V'), LBMS_SLCAN_NOTHING);
    ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_LINE);
    ck_assert_uint_eq(line.length, 1u);
}
END_TEST

START_TEST(a_damaged_line_is_dropped_as_a_whole_and_the_next_one_is_good)
{
    static const uint8_t never_sent[] = {0x00u, 0x01u, 0x20u, 0x7Fu, 0x80u, 0xFFu};
    struct lbms_slcan_line line;
    size_t i, k;

    memset(&line, 0, sizeof(line));
    for (i = 0u; i <= sizeof(never_sent); i++) {
        if (i < sizeof(never_sent)) {
            ck_assert_int_eq(lbms_slcan_feed(&line, 't'), LBMS_SLCAN_NOTHING);
            ck_assert_int_eq(lbms_slcan_feed(&line, never_sent[i]), LBMS_SLCAN_NOTHING);
            ck_assert_int_eq(lbms_slcan_feed(&line, '0'), LBMS_SLCAN_NOTHING);
        } else {
            for (k = 0u; k < LBMS_SLCAN_LINE_MAX + 1u; k++) { /* too long by one */
                ck_assert_int_eq(lbms_slcan_feed(&line, 't'), LBMS_SLCAN_NOTHING);
            }
        }
        ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_DAMAGED);
        ck_assert_int_eq(lbms_slcan_feed(&line, 'O'), LBMS_SLCAN_NOTHING);
        ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_LINE);
        ck_assert_uint_eq(line.length, 1u);
    }
    for (k = 0u; k < LBMS_SLCAN_LINE_MAX; k++) { /* just fits */
        ck_assert_int_eq(lbms_slcan_feed(&line, 't'), LBMS_SLCAN_NOTHING);
    }
    ck_assert_int_eq(lbms_slcan_feed(&line, 0x0Du), LBMS_SLCAN_LINE);
    ck_assert_uint_eq(line.length, LBMS_SLCAN_LINE_MAX);
}
END_TEST

/* Real lines, one character in 64 of them changed, with noise between them. */
struct fuzz {
    uint32_t random;
    const char *line;
};

static uint8_t fuzz_byte(struct fuzz *fuzz)
{
    static const char *const lines[] = {"t35183802F4010E01C801\r",
                                        "T18FF50E52AABB\r",
                                        "r3510\r",
                                        "R18FF50E50\r",
                                        "t1230\r",
                                        "S6\r",
                                        "O\r",
                                        "C\r",
                                        "L\r",
                                        "V\r",
                                        "N\r",
                                        "F\r",
                                        "\r"};
    uint8_t byte = (uint8_t)next_random(&fuzz->random);

    if (fuzz->line == NULL || *fuzz->line == '\0') {
        fuzz->line = lines[next_random(&fuzz->random) % (sizeof(lines) / sizeof(lines[0]))];
        if (byte % 4u == 0u) {
            return (uint8_t)next_random(&fuzz->random); /* noise between two lines */
        }
    }
    if (next_random(&fuzz->random) % 64u != 0u) {
        byte = (uint8_t)*fuzz->line;
    }
    fuzz->line++;
    return byte;
}

START_TEST(any_bytes_leave_line_and_adapter_in_a_possible_state)
{
    struct lbms_slcan_line line;
    struct lbms_slcan_adapter adapter;
    struct fuzz fuzz = {20240229u, NULL};
    unsigned long i, commands = 0u, frames = 0u;

    memset(&line, 0, sizeof(line));
    memset(&adapter, 0, sizeof(adapter));
    for (i = 0u; i < 500000u; i++) {
        struct lbms_can_frame frame;
        char reply[LBMS_SLCAN_REPLY_SIZE];
        int status;

        if (lbms_slcan_feed(&line, fuzz_byte(&fuzz)) != LBMS_SLCAN_LINE) {
            if (line.length > LBMS_SLCAN_LINE_MAX) {
                ck_abort_msg("byte %lu: length %u", i, (unsigned)line.length);
            }
            continue;
        }
        memset(&frame, 0xEE, sizeof(frame));
        memset(reply, 'x', sizeof(reply));
        status = lbms_slcan_command(&adapter, line.text, line.length, reply, &frame);
        if (memchr(reply, '\0', sizeof(reply)) == NULL || (reply[0] == '\a') != (status < 0)) {
            ck_abort_msg("byte %lu: reply does not fit status %d", i, status);
        }
        if (status == LBMS_OK) {
            if (!adapter.open || adapter.listen_only || frame.length > 8u) {
                ck_abort_msg("byte %lu: impossible frame", i);
            }
            frames++;
        }
        commands += (status == LBMS_AGAIN) ? 1u : 0u;
    }
    ck_assert_uint_gt(commands, 10000u);
    ck_assert_uint_gt(frames, 1000u);
}
END_TEST

/* ---- adapter ---------------------------------------------------------------------------------------------- */

static const char *say(struct lbms_slcan_adapter *adapter, const char *text)
{
    static char reply[LBMS_SLCAN_REPLY_SIZE];
    struct lbms_can_frame frame;

    (void)lbms_slcan_command(adapter, text, strlen(text), reply, &frame);
    return reply;
}

START_TEST(the_adapter_answers_as_the_manual_says)
{
    struct lbms_slcan_adapter adapter;

    memset(&adapter, 0, sizeof(adapter));
    ck_assert_str_eq(say(&adapter, ""), "\r");
    ck_assert_str_eq(say(&adapter, "V"), "V1010\r");
    ck_assert_str_eq(say(&adapter, "N"), "NLBMS\r");
    ck_assert_str_eq(say(&adapter, "F"), "\a"); /* closed */
    ck_assert_str_eq(say(&adapter, "t0070"), "\a");
    ck_assert_str_eq(say(&adapter, "S6"), "\r");
    ck_assert_uint_eq(adapter.bitrate, 500000u);
    ck_assert_str_eq(say(&adapter, "S9"), "\a");
    ck_assert_str_eq(say(&adapter, "S"), "\a");
    ck_assert_str_eq(say(&adapter, "S66"), "\a");
    ck_assert_str_eq(say(&adapter, "Z0"), "\r");
    ck_assert_str_eq(say(&adapter, "Z1"), "\a"); /* no time stamps */
    ck_assert_str_eq(say(&adapter, "M00000000"), "\r");
    ck_assert_str_eq(say(&adapter, "mFFFFFFFF"), "\r");
    ck_assert_str_eq(say(&adapter, "M00000001"), "\a"); /* no filter */
    ck_assert_str_eq(say(&adapter, "Q"), "\a");
    ck_assert_str_eq(say(&adapter, "O"), "\r");
    ck_assert(adapter.open);
    ck_assert_str_eq(say(&adapter, "O"), "\a");
    ck_assert_str_eq(say(&adapter, "S5"), "\a");
    ck_assert_uint_eq(adapter.bitrate, 500000u);
    ck_assert_str_eq(say(&adapter, "F"), "F00\r");
    adapter.trouble = true;
    ck_assert_str_eq(say(&adapter, "F"), "F80\r");
    ck_assert_str_eq(say(&adapter, "t0070"), "\r");
    ck_assert_str_eq(say(&adapter, "t007"), "\a");
    ck_assert_str_eq(say(&adapter, "r0070"), "\r");
    ck_assert_str_eq(say(&adapter, "C"), "\r");
    ck_assert(!adapter.open);
    ck_assert_str_eq(say(&adapter, "C"), "\r");
    ck_assert_str_eq(say(&adapter, "L"), "\r");
    ck_assert_str_eq(say(&adapter, "t0070"), "\a"); /* listens only */
}
END_TEST

START_TEST(the_adapter_hands_on_the_frames_of_an_open_channel)
{
    struct lbms_slcan_adapter adapter;
    struct lbms_can_frame frame;
    char reply[LBMS_SLCAN_REPLY_SIZE];

    memset(&adapter, 0, sizeof(adapter));
    ck_assert_int_eq(lbms_slcan_command(&adapter, "t30510A", 7u, reply, &frame), LBMS_ERR_STATE);
    ck_assert_int_eq(lbms_slcan_command(&adapter, "O", 1u, reply, &frame), LBMS_AGAIN);
    ck_assert_int_eq(lbms_slcan_command(&adapter, "t30510A", 7u, reply, &frame), LBMS_OK);
    ck_assert_uint_eq(frame.id, 0x305u);
    ck_assert_uint_eq(frame.data[0], 0x0Au);
    ck_assert_int_eq(lbms_slcan_command(&adapter, "r3051", 5u, reply, &frame), LBMS_AGAIN);
}
END_TEST

START_TEST(the_nine_bit_rates_have_numbers)
{
    ck_assert_int_eq(lbms_slcan_rate_number(10000u), 0);
    ck_assert_int_eq(lbms_slcan_rate_number(250000u), 5);
    ck_assert_int_eq(lbms_slcan_rate_number(500000u), 6);
    ck_assert_int_eq(lbms_slcan_rate_number(1000000u), 8);
    ck_assert_int_eq(lbms_slcan_rate_number(333333u), LBMS_ERR_RANGE);
    ck_assert_int_eq(lbms_slcan_rate_number(0u), LBMS_ERR_RANGE);
}
END_TEST

SUITE("posix/slcan", CASE("", frames_become_lines), CASE("", lines_become_frames),
      CASE("", remote_frames_are_known_and_not_returned),
      CASE("", every_truncation_and_every_wrong_digit_is_refused),
      CASE("", every_frame_survives_a_round_trip), CASE("", lines_end_with_cr_and_bel_is_a_refusal),
      CASE("", a_damaged_line_is_dropped_as_a_whole_and_the_next_one_is_good),
      CASE("", any_bytes_leave_line_and_adapter_in_a_possible_state),
      CASE("", the_adapter_answers_as_the_manual_says),
      CASE("", the_adapter_hands_on_the_frames_of_an_open_channel), CASE("", the_nine_bit_rates_have_numbers))
