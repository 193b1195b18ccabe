/* The address switch: read at a start, then latched. */
#include "losun_bms/panel/dip.h"

#include <string.h>

#include "support/suite.h"

struct board {
    struct lbms_params params;
    struct lbms_dip dip;
    uint32_t now_ms;
};

/* A board whose time wraps after 50 ms. */
static void fresh(struct board *b)
{
    memset(b, 0, sizeof(*b));
    lbms_params_defaults(&b->params, &lbms_product_ls_btn0_p0548100);
    b->now_ms = UINT32_MAX - 49u;
    memset(&b->dip, 0xA5, sizeof(b->dip)); /* whatever was there before */
    lbms_dip_init(&b->dip);
}

static void step(struct board *b, unsigned position, bool start, uint32_t ms)
{
    b->now_ms += ms;
    lbms_dip_step(&b->dip, (uint8_t)position, start, b->now_ms, &b->params, &lbms_product_ls_btn0_p0548100);
}

START_TEST(each_position_of_the_manual_is_an_address)
{
    /* manual 2.4: switches #1 #2 #3 #4, and the address */
    static const struct {
        unsigned on[4], address;
    } rows[] = {{{0, 0, 0, 0}, 0},  {{1, 0, 0, 0}, 1},  {{0, 1, 0, 0}, 2},  {{1, 1, 0, 0}, 3},
                {{0, 0, 1, 0}, 4},  {{1, 0, 1, 0}, 5},  {{0, 1, 1, 0}, 6},  {{1, 1, 1, 0}, 7},
                {{0, 0, 0, 1}, 8},  {{1, 0, 0, 1}, 9},  {{0, 1, 0, 1}, 10}, {{1, 1, 0, 1}, 11},
                {{0, 0, 1, 1}, 12}, {{1, 0, 1, 1}, 13}, {{0, 1, 1, 1}, 14}, {{1, 1, 1, 1}, 15}};
    unsigned i;

    for (i = 0u; i < 16u; i++) {
        const unsigned raw =
            rows[i].on[0] + (2u * rows[i].on[1]) + (4u * rows[i].on[2]) + (8u * rows[i].on[3]);
        struct board b;

        fresh(&b);
        step(&b, raw | 0xF0u, true, 0u); /* other bits of the port mean nothing */
        step(&b, raw | 0xF0u, false, 100u);
        ck_assert_uint_eq(b.dip.address, rows[i].address);
        ck_assert(b.dip.latched);
        ck_assert(!b.dip.changed);
    }
}
END_TEST

START_TEST(the_address_is_taken_after_100_ms_without_a_change)
{
    struct board b;

    fresh(&b);
    step(&b, 5u, true, 0u);
    step(&b, 5u, false, 99u);
    ck_assert(!b.dip.latched);
    ck_assert_uint_eq(b.dip.address, 0u);
    step(&b, 7u, false, 1u); /* bounces */
    step(&b, 5u, false, 10u);
    step(&b, 5u, false, 99u);
    ck_assert(!b.dip.latched);
    step(&b, 5u, false, 1u);
    ck_assert(b.dip.latched);
    ck_assert_uint_eq(b.dip.address, 5u);
}
END_TEST

START_TEST(a_later_change_only_asks_for_a_restart)
{
    struct board b;

    fresh(&b);
    step(&b, 5u, true, 0u);
    step(&b, 5u, false, 100u);
    step(&b, 6u, false, 1000u);
    step(&b, 6u, false, 99u);
    ck_assert(!b.dip.changed);
    step(&b, 6u, false, 1u);
    ck_assert(b.dip.changed);
    ck_assert_uint_eq(b.dip.address, 5u);
    step(&b, 6u, false, 3600000u);
    ck_assert_uint_eq(b.dip.address, 5u);
    step(&b, 5u, false, 10u);
    ck_assert(b.dip.changed);
    step(&b, 5u, false, 100u);
    ck_assert(!b.dip.changed);
}
END_TEST

START_TEST(the_next_start_reads_the_switch_again)
{
    struct board b;

    fresh(&b);
    step(&b, 5u, true, 0u);
    step(&b, 5u, false, 100u);
    step(&b, 6u, false, 1000u);
    step(&b, 6u, false, 1000u);
    step(&b, 6u, true, 1000u); /* 100 ms from here, however long it has been there */
    ck_assert_uint_eq(b.dip.address, 5u);
    step(&b, 6u, false, 99u);
    ck_assert_uint_eq(b.dip.address, 5u);
    step(&b, 6u, false, 1u);
    ck_assert_uint_eq(b.dip.address, 6u);
    ck_assert(!b.dip.changed);
}
END_TEST

START_TEST(the_address_gives_the_role)
{
    unsigned address;

    ck_assert_uint_eq(lbms_dip_role(0u), LBMS_ROLE_ALONE);
    ck_assert_uint_eq(lbms_dip_role(1u), LBMS_ROLE_MASTER);
    for (address = 2u; address <= 15u; address++) {
        ck_assert_uint_eq(lbms_dip_role((uint8_t)address), LBMS_ROLE_SLAVE);
    }
}
END_TEST

SUITE("panel/dip", CASE("R-DIP-01 R-DIP-05 R-IND-02", each_position_of_the_manual_is_an_address),
      CASE("R-DIP-04", the_address_is_taken_after_100_ms_without_a_change),
      CASE("R-DIP-04", a_later_change_only_asks_for_a_restart),
      CASE("R-DIP-04", the_next_start_reads_the_switch_again), CASE("R-DIP-02", the_address_gives_the_role))
