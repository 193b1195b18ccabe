#include "losun_bms/base/ring.h"

#include <string.h>

#include "support/suite.h"

static uint32_t random_next(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 16;
}

START_TEST(only_powers_of_two_from_2_to_32768_are_capacities)
{
    static uint8_t memory[LBMS_RING_CAPACITY_MAX];
    struct lbms_ring ring;
    size_t power;

    for (power = 2u; power <= LBMS_RING_CAPACITY_MAX; power *= 2u) {
        ck_assert_int_eq(lbms_ring_init(&ring, memory, power), LBMS_OK);
        ck_assert_uint_eq(lbms_ring_free(&ring), power);
        ck_assert_int_eq(lbms_ring_init(&ring, memory, power + 1u), LBMS_ERR_ARGUMENT);
    }
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 0u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 1u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 6u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 32767u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 65536u), LBMS_ERR_ARGUMENT);
}
END_TEST

START_TEST(a_ring_without_memory_is_refused)
{
    struct lbms_ring ring;
    uint8_t memory[2];

    ck_assert_int_eq(lbms_ring_init(NULL, memory, 2u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, NULL, 2u), LBMS_ERR_ARGUMENT);
}
END_TEST

START_TEST(a_refusal_leaves_the_ring_as_it_was)
{
    struct lbms_ring ring;
    uint8_t memory[4];

    ck_assert_int_eq(lbms_ring_init(&ring, memory, 4u), LBMS_OK);
    ck_assert(lbms_ring_put(&ring, 1u));
    ck_assert_int_eq(lbms_ring_init(&ring, NULL, 2u), LBMS_ERR_ARGUMENT);
    ck_assert_int_eq(lbms_ring_init(&ring, memory, 3u), LBMS_ERR_ARGUMENT);
    ck_assert_uint_eq(lbms_ring_used(&ring), 1u);
    ck_assert_uint_eq(lbms_ring_free(&ring), 3u);
}
END_TEST

START_TEST(a_new_ring_is_empty)
{
    struct lbms_ring ring;
    uint8_t memory[8];
    uint8_t byte = 0xEEu;

    memset(&ring, 0xEE, sizeof(ring));
    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert_uint_eq(lbms_ring_used(&ring), 0u);
    ck_assert_uint_eq(lbms_ring_free(&ring), 8u);
    ck_assert_uint_eq(ring.lost, 0u);
    ck_assert(!lbms_ring_get(&ring, &byte));
    ck_assert_uint_eq(byte, 0xEEu);
}
END_TEST

START_TEST(bytes_come_out_in_the_order_they_went_in)
{
    struct lbms_ring ring;
    uint8_t memory[4];
    uint8_t byte = 0u;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert(lbms_ring_put(&ring, 0xA1u));
    ck_assert(lbms_ring_put(&ring, 0xB2u));
    ck_assert_uint_eq(lbms_ring_used(&ring), 2u);
    ck_assert_uint_eq(lbms_ring_free(&ring), 2u);
    ck_assert(lbms_ring_get(&ring, &byte));
    ck_assert_uint_eq(byte, 0xA1u);
    ck_assert(lbms_ring_get(&ring, &byte));
    ck_assert_uint_eq(byte, 0xB2u);
    ck_assert(!lbms_ring_get(&ring, &byte));
}
END_TEST

START_TEST(a_full_ring_refuses_the_next_byte_and_counts_it)
{
    struct lbms_ring ring;
    uint8_t memory[4];
    uint8_t out[4];
    uint8_t i;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    for (i = 1u; i <= 4u; i++) {
        ck_assert(lbms_ring_put(&ring, i));
    }
    ck_assert_uint_eq(lbms_ring_free(&ring), 0u);
    ck_assert_uint_eq(ring.lost, 0u);
    ck_assert(!lbms_ring_put(&ring, 5u));
    ck_assert(!lbms_ring_put(&ring, 6u));
    ck_assert_uint_eq(ring.lost, 2u);

    ck_assert_uint_eq(lbms_ring_read(&ring, out, sizeof(out)), 4u);
    for (i = 1u; i <= 4u; i++) {
        ck_assert_uint_eq(out[i - 1u], i); /* the oldest have stayed */
    }
    ck_assert(lbms_ring_put(&ring, 7u));
    ck_assert_uint_eq(ring.lost, 2u);
}
END_TEST

START_TEST(the_count_of_lost_bytes_wraps_after_65535)
{
    struct lbms_ring ring;
    uint8_t memory[2] = {0u, 0u};
    uint32_t i;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert_uint_eq(lbms_ring_write(&ring, memory, 2u), 2u);
    for (i = 0u; i < 65535u; i++) {
        (void)lbms_ring_put(&ring, 0u);
    }
    ck_assert_uint_eq(ring.lost, 65535u);
    (void)lbms_ring_put(&ring, 0u);
    ck_assert_uint_eq(ring.lost, 0u);
}
END_TEST

START_TEST(a_write_takes_what_fits_and_loses_nothing)
{
    struct lbms_ring ring;
    uint8_t memory[8];
    const uint8_t data[] = {1, 2, 3, 4, 5, 6};
    uint8_t out[9] = {0};

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert_uint_eq(lbms_ring_write(&ring, data, 6u), 6u);
    ck_assert_uint_eq(lbms_ring_write(&ring, data, 6u), 2u);
    ck_assert_uint_eq(lbms_ring_write(&ring, data, 6u), 0u);
    ck_assert_uint_eq(ring.lost, 0u);
    ck_assert_uint_eq(lbms_ring_read(&ring, out, sizeof(out)), 8u);
    ck_assert_mem_eq(out, data, 6u);
    ck_assert_mem_eq(&out[6], data, 2u);
    ck_assert_uint_eq(out[8], 0u);
}
END_TEST

START_TEST(a_read_takes_no_more_than_it_may)
{
    struct lbms_ring ring;
    uint8_t memory[8];
    const uint8_t data[] = {1, 2, 3};
    uint8_t out[3] = {0xEE, 0xEE, 0xEE};

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert_uint_eq(lbms_ring_write(&ring, data, 3u), 3u);
    ck_assert_uint_eq(lbms_ring_read(&ring, out, 2u), 2u);
    ck_assert(out[0] == 1u && out[1] == 2u && out[2] == 0xEEu);
    ck_assert_uint_eq(lbms_ring_used(&ring), 1u);
    ck_assert_uint_eq(lbms_ring_read(&ring, out, 3u), 1u);
    ck_assert(out[0] == 3u && out[1] == 2u);
}
END_TEST

START_TEST(reading_and_writing_nothing_changes_nothing)
{
    struct lbms_ring ring;
    uint8_t memory[2];

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    ck_assert_uint_eq(lbms_ring_write(&ring, NULL, 0u), 0u);
    ck_assert_uint_eq(lbms_ring_read(&ring, NULL, 0u), 0u);
    ck_assert_uint_eq(lbms_ring_used(&ring), 0u);
}
END_TEST

START_TEST(clearing_drops_the_waiting_bytes_and_keeps_the_count_of_lost_ones)
{
    struct lbms_ring ring;
    uint8_t memory[2];
    uint8_t byte = 0u;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    (void)lbms_ring_put(&ring, 1u);
    (void)lbms_ring_put(&ring, 2u);
    (void)lbms_ring_put(&ring, 3u);
    lbms_ring_clear(&ring);
    ck_assert_uint_eq(lbms_ring_used(&ring), 0u);
    ck_assert_uint_eq(lbms_ring_free(&ring), 2u);
    ck_assert_uint_eq(ring.lost, 1u);
    ck_assert(lbms_ring_put(&ring, 4u));
    ck_assert(lbms_ring_get(&ring, &byte));
    ck_assert_uint_eq(byte, 4u);
}
END_TEST

START_TEST(the_indices_may_wrap_with_the_ring_empty_or_full)
{
    struct lbms_ring ring;
    uint8_t memory[4];
    uint8_t byte = 0u;
    uint32_t i;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    for (i = 0u; i < 70000u; i++) {
        ck_assert(lbms_ring_put(&ring, (uint8_t)i));
        ck_assert_uint_eq(lbms_ring_used(&ring), 1u);
        ck_assert(lbms_ring_get(&ring, &byte));
        ck_assert_uint_eq(byte, (uint8_t)i);
        ck_assert_uint_eq(lbms_ring_free(&ring), 4u);
    }
    for (i = 0u; i < 4u; i++) {
        ck_assert(lbms_ring_put(&ring, (uint8_t)i));
    }
    for (i = 4u; i < 70000u; i++) { /* now full before each get */
        ck_assert_uint_eq(lbms_ring_free(&ring), 0u);
        ck_assert(lbms_ring_get(&ring, &byte));
        ck_assert_uint_eq(byte, (uint8_t)(i - 4u));
        ck_assert(lbms_ring_put(&ring, (uint8_t)i));
    }
    ck_assert_uint_eq(ring.lost, 0u);
}
END_TEST

START_TEST(the_largest_ring_can_be_filled)
{
    static uint8_t memory[LBMS_RING_CAPACITY_MAX];
    struct lbms_ring ring;
    uint8_t byte = 0u;
    uint32_t i;

    ck_assert_int_eq(lbms_ring_init(&ring, memory, sizeof(memory)), LBMS_OK);
    for (i = 0u; i < LBMS_RING_CAPACITY_MAX; i++) {
        ck_assert(lbms_ring_put(&ring, (uint8_t)(i % 251u)));
    }
    ck_assert_uint_eq(lbms_ring_used(&ring), LBMS_RING_CAPACITY_MAX);
    ck_assert(!lbms_ring_put(&ring, 0u));
    for (i = 0u; i < LBMS_RING_CAPACITY_MAX; i++) {
        ck_assert(lbms_ring_get(&ring, &byte));
        ck_assert_uint_eq(byte, i % 251u);
    }
    ck_assert(!lbms_ring_get(&ring, &byte));
}
END_TEST

START_TEST(two_rings_do_not_disturb_each_other)
{
    struct lbms_ring a;
    struct lbms_ring b;
    uint8_t memory_a[2];
    uint8_t memory_b[2];
    uint8_t byte = 0u;

    ck_assert_int_eq(lbms_ring_init(&a, memory_a, 2u), LBMS_OK);
    ck_assert_int_eq(lbms_ring_init(&b, memory_b, 2u), LBMS_OK);
    ck_assert(lbms_ring_put(&a, 1u));
    ck_assert_uint_eq(lbms_ring_used(&b), 0u);
    ck_assert(lbms_ring_put(&b, 2u));
    ck_assert(lbms_ring_get(&a, &byte));
    ck_assert_uint_eq(byte, 1u);
    ck_assert(lbms_ring_get(&b, &byte));
    ck_assert_uint_eq(byte, 2u);
}
END_TEST

/* Every byte accepted comes out once and in order, and neither side leaves the memory. */
START_TEST(random_traffic_loses_only_what_was_refused)
{
    uint8_t guarded[10];
    struct lbms_ring ring;
    uint32_t random = 90u;
    uint8_t next_in = 0u;
    uint8_t next_out = 0u;
    size_t waiting = 0u;
    uint16_t refused = 0u;
    int round;

    guarded[0] = 0x5Au;
    guarded[9] = 0xA5u;
    ck_assert_int_eq(lbms_ring_init(&ring, &guarded[1], 8u), LBMS_OK);
    for (round = 0; round < 100000; round++) {
        const size_t burst = random_next(&random) % 6u;
        uint8_t bytes[6];
        size_t count;
        size_t i;

        for (i = 0u; i < burst; i++) {
            bytes[i] = (uint8_t)(next_in + i);
        }
        switch (random_next(&random) % 3u) {
        case 0u:
            count = lbms_ring_write(&ring, bytes, burst);
            ck_assert_uint_eq(count, (burst < 8u - waiting) ? burst : 8u - waiting);
            next_in = (uint8_t)(next_in + count);
            waiting += count;
            break;
        case 1u:
            if (lbms_ring_put(&ring, next_in)) {
                next_in++;
                waiting++;
            } else {
                ck_assert_uint_eq(waiting, 8u);
                refused++;
            }
            break;
        default:
            count = lbms_ring_read(&ring, bytes, burst);
            ck_assert_uint_eq(count, (burst < waiting) ? burst : waiting);
            waiting -= count;
            for (i = 0u; i < count; i++) {
                ck_assert_uint_eq(bytes[i], next_out);
                next_out++;
            }
            break;
        }
        ck_assert_uint_eq(lbms_ring_used(&ring), waiting);
        ck_assert_uint_eq(lbms_ring_free(&ring), 8u - waiting);
        ck_assert_uint_eq(ring.lost, refused);
    }
    ck_assert(guarded[0] == 0x5Au && guarded[9] == 0xA5u);
}
END_TEST

SUITE("base/ring", CASE("", only_powers_of_two_from_2_to_32768_are_capacities),
      CASE("", a_ring_without_memory_is_refused), CASE("", a_refusal_leaves_the_ring_as_it_was),
      CASE("", a_new_ring_is_empty), CASE("", bytes_come_out_in_the_order_they_went_in),
      CASE("", a_full_ring_refuses_the_next_byte_and_counts_it),
      CASE("", the_count_of_lost_bytes_wraps_after_65535),
      CASE("", a_write_takes_what_fits_and_loses_nothing), CASE("", a_read_takes_no_more_than_it_may),
      CASE("", reading_and_writing_nothing_changes_nothing),
      CASE("", clearing_drops_the_waiting_bytes_and_keeps_the_count_of_lost_ones),
      CASE("", the_indices_may_wrap_with_the_ring_empty_or_full), CASE("", the_largest_ring_can_be_filled),
      CASE("", two_rings_do_not_disturb_each_other), CASE("", random_traffic_loses_only_what_was_refused))
