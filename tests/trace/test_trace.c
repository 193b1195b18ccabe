/* Recordings come back as they were written, and are small. */
#include "losun_bms/trace/trace.h"

#include <string.h>

#include "recording.h"
#include "support/suite.h"

/* Writer and reader side by side, and what the reader must give. */
struct pair {
    struct lbms_trace writer;
    struct lbms_trace reader;
    struct lbms_inputs expected;
    uint8_t use[sizeof(struct lbms_inputs)];
};

static void start_pair(struct pair *pair)
{
    struct lbms_restored restored;
    uint8_t header[LBMS_TRACE_HEADER_MAX] = {0};
    int length;

    memset(pair, 0, sizeof(*pair));
    memset(&restored, 0, sizeof(restored));
    learn_inputs(pair->use);
    length = write_header(&pair->writer, &restored, header, sizeof(header));
    ck_assert_int_gt(length, 0);
    ck_assert_int_eq(read_header(&pair->reader, &recording_product, &restored, header, (size_t)length),
                     length);
}

/* One step through writer and reader; returns the length of its record. */
static size_t pass(struct pair *pair, const struct lbms_inputs *inputs, uint32_t digest)
{
    uint8_t data[LBMS_TRACE_RECORD_MAX] = {0};
    struct lbms_inputs read;
    uint32_t read_digest = ~digest;
    const int written = write_step(&pair->writer, inputs, digest, data, sizeof(data));
    const struct lbms_command last = pair->expected.command;

    pair->expected = *inputs;
    if (!inputs->has_command) {
        pair->expected.command = last;
    }
    ck_assert_int_gt(written, 0);
    memset(&read, 0xEE, sizeof(read));
    ck_assert_int_eq(read_step(&pair->reader, &read, &read_digest, data, (size_t)written), written);
    ck_assert_uint_eq(read_digest, digest);
    ck_assert_mem_eq(&read, &pair->expected, sizeof(read));
    return (size_t)written;
}

START_TEST(random_inputs_come_back)
{
    struct randoms randoms = {1u};
    struct pair pair;
    struct lbms_inputs inputs;
    unsigned step;

    start_pair(&pair);
    memset(&inputs, 0, sizeof(inputs));
    for (step = 0u; step < 20000u; step++) {
        const uint32_t rarity = UINT32_C(1) << random_below(&randoms, 9u);

        disturb(&randoms, &inputs, pair.use, sizeof(inputs), rarity);
        pass(&pair, &inputs, random_word(&randoms));
    }
}
END_TEST

START_TEST(time_may_wrap)
{
    struct pair pair;
    struct lbms_inputs inputs;
    unsigned step;

    start_pair(&pair);
    memset(&inputs, 0, sizeof(inputs));
    inputs.now_ms = UINT32_MAX - 250u;
    pass(&pair, &inputs, 0u);
    for (step = 0u; step < 10u; step++) {
        inputs.now_ms += 100u;
        inputs.sample.at_ms = inputs.now_ms - 20u;
        ck_assert_uint_le(pass(&pair, &inputs, 0u), (step == 0u) ? 15u : 11u);
    }
}
END_TEST

/* From every pattern to every other one: the largest differences of each width in both directions. */
START_TEST(extremes_of_every_field_come_back)
{
    static const uint8_t patterns[] = {0x00, 0xFF, 0x80, 0x7F, 0x01, 0xFE};
    struct pair pair;
    struct lbms_inputs inputs;
    size_t from;
    size_t to;

    start_pair(&pair);
    for (from = 0u; from < sizeof(patterns); from++) {
        for (to = 0u; to < sizeof(patterns); to++) {
            fill(&inputs, pair.use, sizeof(inputs), patterns[from]);
            inputs.has_command = true;
            pass(&pair, &inputs, UINT32_MAX);
            fill(&inputs, pair.use, sizeof(inputs), patterns[to]);
            inputs.has_command = true;
            pass(&pair, &inputs, 0u);
        }
    }
    memset(&inputs, 0, sizeof(inputs));
    inputs.sample.current_ma = INT32_MIN;
    inputs.sample.ntc_dc[0] = LBMS_TEMP_OPEN;
    pass(&pair, &inputs, 0u);
    inputs.sample.current_ma = INT32_MAX;
    inputs.sample.ntc_dc[0] = LBMS_TEMP_SHORT;
    pass(&pair, &inputs, 0u);
}
END_TEST

START_TEST(a_command_is_recorded_only_when_there_is_one)
{
    struct pair pair;
    struct lbms_inputs inputs;
    size_t idle;

    start_pair(&pair);
    memset(&inputs, 0, sizeof(inputs));
    idle = pass(&pair, &inputs, 0u);
    inputs.command.sequence = 0x5555u; /* left over from somewhere */
    inputs.command.item[3].value = 0x5555;
    ck_assert_uint_eq(pass(&pair, &inputs, 0u), idle);

    memset(&inputs.command, 0, sizeof(inputs.command));
    inputs.has_command = true;
    inputs.command.kind = (uint8_t)LBMS_COMMAND_SET_PARAMS;
    inputs.command.sequence = 7u;
    inputs.command.count = 1u;
    inputs.command.item[0].id = (uint16_t)LBMS_PARAM_CELL_OV_PROTECT_MV;
    inputs.command.item[0].value = 3600;
    ck_assert_uint_le(pass(&pair, &inputs, 0u), 30u);

    inputs.has_command = false;
    memset(&inputs.command, 0, sizeof(inputs.command));
    ck_assert_uint_le(pass(&pair, &inputs, 0u), 20u); /* masks as far as has_command */
}
END_TEST

static void check_restored(const struct lbms_restored *restored, const uint8_t *use)
{
    uint8_t header[LBMS_TRACE_HEADER_MAX] = {0};
    struct lbms_restored read;
    struct lbms_trace trace;
    int length;

    length = write_header(&trace, restored, header, sizeof(header));
    ck_assert_int_gt(length, 0);
    fill(&read, use, sizeof(read), 0xEEu);
    ck_assert_int_eq(read_header(&trace, &recording_product, &read, header, (size_t)length), length);
    ck_assert_mem_eq(&read, restored, sizeof(read));
}

START_TEST(the_start_value_comes_back)
{
    static const uint8_t patterns[] = {0x00, 0xFF, 0x80, 0x7F, 0x01, 0xFE};
    struct randoms randoms = {2u};
    struct lbms_restored restored;
    uint8_t use[sizeof(struct lbms_restored)];
    size_t i;

    learn_restored(use);
    for (i = 0u; i < sizeof(patterns); i++) {
        fill(&restored, use, sizeof(restored), patterns[i]);
        check_restored(&restored, use);
    }
    for (i = 0u; i < 500u; i++) {
        disturb(&randoms, &restored, use, sizeof(restored), 1u + random_below(&randoms, 20u));
        check_restored(&restored, use);
    }
}
END_TEST

START_TEST(a_new_header_starts_anew)
{
    struct pair pair;
    struct lbms_inputs inputs;
    struct lbms_restored restored;
    struct lbms_trace zero;
    uint8_t header[LBMS_TRACE_HEADER_MAX] = {0};
    int length;

    start_pair(&pair);
    memset(&zero, 0, sizeof(zero));
    memset(&restored, 0, sizeof(restored));
    fill(&inputs, pair.use, sizeof(inputs), 0x33u);
    pass(&pair, &inputs, 0u);
    length = write_header(&pair.writer, &restored, header, sizeof(header));
    ck_assert_int_gt(length, 0);
    ck_assert_mem_eq(&pair.writer, &zero, sizeof(zero));
    ck_assert_int_eq(read_header(&pair.reader, &recording_product, &restored, header, (size_t)length),
                     length);
    ck_assert_mem_eq(&pair.reader, &zero, sizeof(zero));
}
END_TEST

/* The longest of both kinds leave a reserve, so that the structs may grow a little before the header must change. */
START_TEST(the_longest_header_and_record_fit)
{
    struct lbms_restored restored;
    struct lbms_inputs inputs;
    struct lbms_trace trace;
    uint8_t data[LBMS_TRACE_HEADER_MAX] = {0};
    uint8_t use_inputs[sizeof(struct lbms_inputs)];
    uint8_t use_restored[sizeof(struct lbms_restored)];

    learn_inputs(use_inputs);
    learn_restored(use_restored);
    /* 0x80 in every byte is the largest difference from 0 of every width; a bool costs nothing */
    fill(&restored, use_restored, sizeof(restored), 0x80u);
    fill(&inputs, use_inputs, sizeof(inputs), 0x80u);
    inputs.has_command = true;
    ck_assert_int_gt(write_header(&trace, &restored, data, LBMS_TRACE_HEADER_MAX - 64u), 0);
    ck_assert_int_gt(write_step(&trace, &inputs, UINT32_MAX, data, LBMS_TRACE_RECORD_MAX - 64u), 0);
}
END_TEST

/* A pack at rest or under load, a step every 100 ms: noise of 1 mV on the cells and of `noise_ma` on the current. */
static void make_step(struct randoms *randoms, struct lbms_inputs *inputs, uint32_t step, uint32_t noise_ma)
{
    unsigned cell;

    inputs->now_ms += 100u;
    inputs->uptime_s = step / 10u;
    inputs->wall_s = UINT32_C(1700000000) + (step / 10u);
    inputs->sample_new = true;
    inputs->sample.at_ms = inputs->now_ms - 5u - random_below(randoms, 3u);
    inputs->sample.pack_mv = 0;
    for (cell = 0u; cell < LBMS_CELLS; cell++) {
        inputs->sample.cell_mv[cell] = (uint16_t)(3300u + cell + random_below(randoms, 3u));
        inputs->sample.pack_mv += inputs->sample.cell_mv[cell];
    }
    inputs->sample.terminal_mv = inputs->sample.pack_mv - (int32_t)random_below(randoms, 20u);
    inputs->sample.current_ma = -20000 + (int32_t)random_below(randoms, noise_ma);
    if (step % 10u == 0u) {
        inputs->sample.ntc_dc[step % LBMS_NTCS] = (int16_t)(250 + (int16_t)random_below(randoms, 3u));
        inputs->sample.mosfet_dc = (int16_t)(300 + (int16_t)random_below(randoms, 3u));
    }
}

START_TEST(a_typical_step_takes_few_bytes)
{
    static const uint32_t noise_ma[] = {20u, 500u};
    struct randoms randoms = {3u};
    struct pair pair;
    struct lbms_inputs inputs;
    size_t run;
    uint32_t step;

    for (run = 0u; run < sizeof(noise_ma) / sizeof(noise_ma[0]); run++) {
        size_t total = 0u;
        size_t longest = 0u;

        start_pair(&pair);
        memset(&inputs, 0, sizeof(inputs));
        inputs.sample.ntc_dc[1] = 250;
        for (step = 0u; step < 3000u; step++) {
            size_t length;

            make_step(&randoms, &inputs, step, noise_ma[run]);
            length = pass(&pair, &inputs, random_word(&randoms));
            if (step > 10u) {
                total += length;
                longest = (length > longest) ? length : longest;
            }
        }
        ck_assert_uint_le(total / (step - 11u), 32u);
        ck_assert_uint_le(longest, 40u);
    }
}
END_TEST

START_TEST(a_step_without_a_new_sample_takes_nearly_nothing)
{
    struct pair pair;
    struct lbms_inputs inputs;

    start_pair(&pair);
    memset(&inputs, 0, sizeof(inputs));
    pass(&pair, &inputs, 0u);
    inputs.now_ms += 50u;
    ck_assert_uint_eq(pass(&pair, &inputs, 0u), 9u);
    ck_assert_uint_eq(pass(&pair, &inputs, 0u), 7u);
}
END_TEST

/* The bytes of docs/trace-format.md. */
START_TEST(a_record_has_the_documented_bytes)
{
    static const uint8_t first[] = {0x0A, 0x78, 0x56, 0x34, 0x12, 0x0F, 0xE8,
                                    0x07, 0x01, 0xE8, 0x07, 0x3A, 0x7D};
    static const uint8_t second[] = {0x07, 0x78, 0x56, 0x34, 0x12, 0x0D, 0x64, 0x77, 0xF2, 0x29};
    struct pair pair;
    struct lbms_inputs inputs;
    uint8_t data[LBMS_TRACE_RECORD_MAX] = {0};

    start_pair(&pair);
    memset(&inputs, 0, sizeof(inputs));
    inputs.now_ms = 1000u;
    inputs.uptime_s = 1u;
    inputs.wall_s = 500u;
    inputs.wall_valid = true;
    ck_assert_int_eq(write_step(&pair.writer, &inputs, UINT32_C(0x12345678), data, sizeof(data)), 13);
    ck_assert_mem_eq(data, first, sizeof(first));
    inputs.now_ms += 100u;
    inputs.wall_s -= 60u;
    inputs.wall_valid = false;
    ck_assert_int_eq(write_step(&pair.writer, &inputs, UINT32_C(0x12345678), data, sizeof(data)), 10);
    ck_assert_mem_eq(data, second, sizeof(second));
}
END_TEST

START_TEST(a_header_has_the_documented_bytes)
{
    static const uint8_t start[] = {'L', 'B', 'M', 'T', 1u, 28u, 0u};
    static const uint8_t model[] = {
        LBMS_CELLS, LBMS_PARAM_COUNT, 0u, 7u, 'L', 'S', '-', 'T', 'E', 'S', 'T', 0x01u, 0x06u};
    struct lbms_restored restored;
    struct lbms_trace trace;
    uint8_t data[LBMS_TRACE_HEADER_MAX] = {0};

    memset(&restored, 0, sizeof(restored));
    restored.boot.reset_cause = 3u;
    ck_assert_int_eq(write_header(&trace, &restored, data, sizeof(data)), 28);
    ck_assert_mem_eq(data, start, sizeof(start));
    ck_assert_mem_eq(data + 11, model, sizeof(model));
}
END_TEST

SUITE("trace/trace", CASE("", random_inputs_come_back), CASE("", time_may_wrap),
      CASE("", extremes_of_every_field_come_back), CASE("", a_command_is_recorded_only_when_there_is_one),
      CASE("", the_start_value_comes_back), CASE("", a_new_header_starts_anew),
      CASE("", the_longest_header_and_record_fit), CASE("", a_typical_step_takes_few_bytes),
      CASE("", a_step_without_a_new_sample_takes_nearly_nothing), CASE("", a_record_has_the_documented_bytes),
      CASE("", a_header_has_the_documented_bytes))
