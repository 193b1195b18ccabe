/* Frames of ASCII digits: checksums, what is refused and why, and how the receiver finds back into step. */
#include "losun_bms/link/ascii.h"

#include <string.h>

#include "frames.h"
#include "support/suite.h"

/* One whole frame after another through one receiver; @return the last event, and how many frames there were. */
static uint8_t feed(struct lbms_ascii_receiver *receiver, const char *text, uint32_t now_ms, unsigned *frames)
{
    uint8_t last = LBMS_ASCII_NONE;

    for (; *text != '\0'; text++) {
        const uint8_t event = lbms_ascii_receive(receiver, (uint8_t)*text, now_ms);

        *frames += (event == LBMS_ASCII_FRAME) ? 1u : 0u;
        last = (event != LBMS_ASCII_NONE) ? event : last;
    }
    return last;
}

START_TEST(the_documents_example_of_the_check_digit_holds)
{
    static const struct {
        uint16_t bytes;
        const char *length;
    } rows[] = {{0x012u / 2u, "D012"}, {0u, "0000"}, {0x07Au / 2u, "F07A"}, {0x04Cu / 2u, "004C"}};
    static const uint8_t info[0x40];
    char text[FRAME_TEXT_SIZE];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        frame_write(text, 0u, 0u, info, rows[i].bytes);
        ck_assert_int_eq(memcmp(text + 9, rows[i].length, 4u), 0);
    }
}
END_TEST

START_TEST(the_documents_example_of_the_checksum_holds)
{
    /* sum of the characters 1203400356ABCEFE is 038EH */
    struct lbms_ascii_sender sender = {0x038Eu};
    uint8_t out[5];
    struct lbms_writer writer;

    lbms_writer_init(&writer, out, sizeof(out));
    lbms_ascii_end(&sender, &writer);
    ck_assert(!writer.failed);
    ck_assert_int_eq(memcmp(out, "FC72\r", 5u), 0);
}
END_TEST

START_TEST(a_request_is_read_and_written)
{
    struct frame frame;
    char text[FRAME_TEXT_SIZE];

    frame_read("~250046900000FDA6", &frame);
    ck_assert_uint_eq(frame.head.version, 0x25u);
    ck_assert_uint_eq(frame.head.address, 0x00u);
    ck_assert_uint_eq(frame.head.cid1, 0x46u);
    ck_assert_uint_eq(frame.head.code, 0x90u);
    ck_assert_uint_eq(frame.size, 0u);
    frame_write(text, 0u, 0x90u, NULL, 0u);
    ck_assert_str_eq(text, "~250046900000FDA6");

    frame_read("~250F4642E0020FFD06", &frame);
    ck_assert_uint_eq(frame.head.address, 15u);
    ck_assert_uint_eq(frame.size, 1u);
    ck_assert_uint_eq(frame.info[0], 0x0Fu);
}
END_TEST

START_TEST(lower_case_digits_count_as_they_came)
{
    /* "f" and "d" of the request above in lower case raise the sum by 20H each */
    struct frame frame;

    frame_read("~250f4642e0020ffca6", &frame);
    ck_assert_uint_eq(frame.info[0], 0x0Fu);
}
END_TEST

START_TEST(each_kind_of_damage_is_told_apart)
{
    struct frame frame;

    ck_assert_uint_eq(frame_event("~250046900000FDA7", &frame), LBMS_ASCII_BAD_SUM);
    ck_assert_uint_eq(frame_event("~250046901000FDA5", &frame), LBMS_ASCII_BAD_LENGTH);
    ck_assert_uint_eq(frame_event("~250046900000FDA6X", &frame),
                      LBMS_ASCII_MALFORMED); /* no EOI at its place */
    ck_assert_uint_eq(frame_event("~2500469G0000FDA6", &frame), LBMS_ASCII_MALFORMED);
    ck_assert_uint_eq(frame_event("~2500469/0000FDA6", &frame), LBMS_ASCII_MALFORMED);
    ck_assert_uint_eq(frame_event("~2500469:0000FDA6", &frame), LBMS_ASCII_MALFORMED);
    ck_assert_uint_eq(frame_event("~2500469@0000FDA6", &frame), LBMS_ASCII_MALFORMED);
}
END_TEST

START_TEST(an_odd_length_is_delivered_as_it_is)
{
    struct lbms_ascii_receiver receiver;
    uint8_t info[4];
    unsigned frames = 0u;

    lbms_ascii_receiver_init(&receiver, info, sizeof(info));
    ck_assert_uint_eq(feed(&receiver, "~25004642F0010FD62\r", 0u, &frames), LBMS_ASCII_FRAME);
    ck_assert_uint_eq(receiver.info_chars, 1u);
}
END_TEST

START_TEST(every_truncation_is_silent_and_the_next_frame_is_received)
{
    static const char whole[] = "~25004642E00201FD31\r";
    char text[sizeof(whole)];
    size_t length;

    for (length = 0; length < strlen(whole); length++) {
        struct lbms_ascii_receiver receiver;
        uint8_t info[4];
        unsigned frames = 0u;

        lbms_ascii_receiver_init(&receiver, info, sizeof(info));
        memcpy(text, whole, length);
        text[length] = '\0';
        ck_assert_uint_eq(feed(&receiver, text, 0u, &frames), LBMS_ASCII_NONE);
        ck_assert_uint_eq(lbms_ascii_receive(&receiver, 0x7Eu, 0u),
                          (length > 0u) ? LBMS_ASCII_MALFORMED : LBMS_ASCII_NONE);
        ck_assert_uint_eq(feed(&receiver, whole + 1, 0u, &frames), LBMS_ASCII_FRAME);
        ck_assert_uint_eq(frames, 1u);
    }
}
END_TEST

START_TEST(a_gap_of_more_than_100_ms_ends_a_frame)
{
    struct lbms_ascii_receiver receiver;
    uint8_t info[4];
    unsigned frames = 0u;

    lbms_ascii_receiver_init(&receiver, info, sizeof(info));
    (void)feed(&receiver, "~25004642", UINT32_MAX - 50u, &frames);
    ck_assert_uint_eq(feed(&receiver, "E00201FD31\r", 49u, &frames), LBMS_ASCII_FRAME); /* 100 ms later */
    (void)feed(&receiver, "~25004642", 1000u, &frames);
    ck_assert_uint_eq(lbms_ascii_receive(&receiver, (uint8_t)'E', 1101u), LBMS_ASCII_MALFORMED);
    ck_assert_uint_eq(feed(&receiver, "00201FD31\r", 1101u, &frames), LBMS_ASCII_NONE);
    ck_assert_uint_eq(frames, 1u);
    (void)feed(&receiver, "~25004642", 2000u, &frames);
    ck_assert_uint_eq(feed(&receiver, "~25004642E00201FD31\r", 2101u, &frames), LBMS_ASCII_FRAME);
}
END_TEST

START_TEST(noise_between_frames_is_ignored)
{
    struct lbms_ascii_receiver receiver;
    uint8_t info[4];
    unsigned frames = 0u;

    lbms_ascii_receiver_init(&receiver, info, sizeof(info));
    (void)feed(&receiver, "\r\nxyz\xFF~25004642E00201FD31\r\n\r~250046900000FDA6\r", 0u, &frames);
    ck_assert_uint_eq(frames, 2u);
    ck_assert_uint_eq(receiver.head.code, 0x90u);
}
END_TEST

START_TEST(a_longer_info_than_there_is_room_for_is_verified_and_cut)
{
    static uint8_t info[LBMS_ASCII_INFO_MAX];
    char text[FRAME_TEXT_SIZE];
    struct lbms_ascii_receiver receiver;
    uint8_t room[3] = {0u, 0u, 0xEEu};
    unsigned frames = 0u;
    size_t i;

    for (i = 0; i < sizeof(info); i++) {
        info[i] = (uint8_t)(i + 1u);
    }
    frame_write(text, 0u, 0x42u, info, LBMS_ASCII_INFO_MAX);
    ck_assert_uint_eq(strlen(text), 4111u); /* and CR: the longest frame that there is */
    strcat(text, "\r");
    lbms_ascii_receiver_init(&receiver, room, 2u);
    ck_assert_uint_eq(feed(&receiver, text, 0u, &frames), LBMS_ASCII_FRAME);
    ck_assert_uint_eq(receiver.info_chars, 4094u);
    ck_assert_uint_eq(room[0], 1u);
    ck_assert_uint_eq(room[1], 2u);
    ck_assert_uint_eq(room[2], 0xEEu);
}
END_TEST

START_TEST(a_writer_without_room_fails_and_stays_inside)
{
    const struct lbms_ascii_head head = {0x25u, 0u, 0x46u, 0x90u};
    uint8_t memory[18];
    size_t room;

    for (room = 0; room < 18u; room++) {
        struct lbms_writer out;

        memset(memory, 0xEE, sizeof(memory));
        lbms_writer_init(&out, memory, room);
        lbms_ascii_frame(&out, &head, NULL, 0u);
        ck_assert(out.failed);
        ck_assert_uint_eq(memory[room], 0xEEu);
    }
}
END_TEST

START_TEST(one_wrong_character_never_gives_a_frame_with_other_content)
{
    struct frame frame;
    char text[FRAME_TEXT_SIZE];
    char damaged[FRAME_TEXT_SIZE];
    const uint8_t info[] = {1u, 2u, 3u, 4u};
    size_t i;
    int c;

    frame_write(text, 1u, 0x90u, info, sizeof(info));
    for (i = 1; i < strlen(text); i++) {
        for (c = 1; c < 256; c++) {
            strcpy(damaged, text);
            damaged[i] = (char)c;
            /* a lower-case digit has the same value; but in what is summed up, another sum */
            if ((c != text[i]) && ((c != (text[i] | 0x20)) || (i < strlen(text) - 4u))) {
                ck_assert_uint_ne(frame_event(damaged, &frame), LBMS_ASCII_FRAME);
            }
        }
    }
}
END_TEST

SUITE("link/ascii", CASE("", the_documents_example_of_the_check_digit_holds),
      CASE("", the_documents_example_of_the_checksum_holds), CASE("R-COM-07", a_request_is_read_and_written),
      CASE("", lower_case_digits_count_as_they_came), CASE("", each_kind_of_damage_is_told_apart),
      CASE("", an_odd_length_is_delivered_as_it_is),
      CASE("", every_truncation_is_silent_and_the_next_frame_is_received),
      CASE("", a_gap_of_more_than_100_ms_ends_a_frame), CASE("", noise_between_frames_is_ignored),
      CASE("", a_longer_info_than_there_is_room_for_is_verified_and_cut),
      CASE("", a_writer_without_room_fails_and_stays_inside),
      CASE("", one_wrong_character_never_gives_a_frame_with_other_content))
