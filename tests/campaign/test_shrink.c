/* Random campaigns: the same seed is the same day, and a failing day shrinks to the events that matter. */
#include <string.h>

#include "campaign/shrink.h"
#include "support/suite.h"

#define MARKS_MAX 8u

/* A fake campaign: it fails when all of these events happen, in this order. */
struct fake {
    int32_t marks[MARKS_MAX];
    size_t count;
    unsigned runs;
};

static bool fails(void *ctx, const struct event *list, size_t count)
{
    struct fake *f = (struct fake *)ctx;
    size_t found = 0u;
    size_t i;

    f->runs++;
    for (i = 0u; (i < count) && (found < f->count); i++) {
        found += (list[i].a == f->marks[found]) ? 1u : 0u;
    }
    return found == f->count;
}

static void number_events(struct event *list, size_t count)
{
    size_t i;

    memset(list, 0, count * sizeof(*list));
    for (i = 0u; i < count; i++) {
        list[i].at_ms = (uint32_t)(i * 1000u);
        list[i].a = (int32_t)i;
    }
}

START_TEST(only_the_events_that_matter_remain_in_their_order)
{
    static const size_t lengths[] = {701u, 702u, 1023u, 1024u, EVENTS_MAX};
    static struct event list[EVENTS_MAX];
    unsigned i;
    unsigned k;

    for (i = 0u; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct fake f = {{0, 3, 4, 350, 700}, 5u, 0u};

        number_events(list, lengths[i]);
        ck_assert_uint_eq(shrink(list, lengths[i], fails, &f), 5u);
        for (k = 0u; k < 5u; k++) {
            ck_assert_int_eq(list[k].a, f.marks[k]);
            ck_assert_uint_eq(list[k].at_ms, (uint32_t)f.marks[k] * 1000u);
        }
        ck_assert_uint_lt(f.runs, 250u); /* each run is a part of a simulated day: not one for every event */
    }
}
END_TEST

START_TEST(a_failure_that_needs_no_event_leaves_none)
{
    struct event list[7];
    struct fake f = {{0}, 0u, 0u};

    number_events(list, 7u);
    ck_assert_uint_eq(shrink(list, 7u, fails, &f), 0u);
    ck_assert_uint_eq(shrink(list, 0u, fails, &f), 0u);
}
END_TEST

START_TEST(a_failure_that_needs_every_event_keeps_them)
{
    struct event list[MARKS_MAX];
    size_t count;
    size_t i;

    for (count = 1u; count <= MARKS_MAX; count++) {
        struct fake f = {{0, 1, 2, 3, 4, 5, 6, 7}, 0u, 0u};

        f.count = count;
        number_events(list, count);
        ck_assert_uint_eq(shrink(list, count, fails, &f), count);
        for (i = 0u; i < count; i++) {
            ck_assert_int_eq(list[i].a, (int32_t)i);
        }
    }
}
END_TEST

/* Event n can go only when event n + 1 has gone already. */
static bool fails_as_a_chain(void *ctx, const struct event *list, size_t count)
{
    const int32_t most = *(const int32_t *)ctx;
    size_t i;

    for (i = 0u; i < count; i++) {
        if (list[i].a != (int32_t)i) {
            return false;
        }
    }
    return (int32_t)count <= most;
}

START_TEST(an_event_that_becomes_needless_late_goes_too)
{
    struct event list[11];
    int32_t most = 11;

    number_events(list, 11u);
    ck_assert_uint_eq(shrink(list, 11u, fails_as_a_chain, &most), 0u);
}
END_TEST

START_TEST(the_same_seed_is_the_same_day_and_another_seed_another)
{
    static struct event first[EVENTS_MAX];
    static struct event again[EVENTS_MAX];
    static struct event other[EVENTS_MAX];
    const uint32_t day_ms = 86400000u;
    const size_t count = events_draw(first, 42u, day_ms);
    size_t i;

    memset(again, 0xA5, sizeof(again));
    ck_assert_uint_gt(count, 20u);
    ck_assert_uint_eq(events_draw(again, 42u, day_ms), count);
    for (i = 0u; i < count; i++) {
        ck_assert(first[i].at_ms == again[i].at_ms && first[i].kind == again[i].kind &&
                  first[i].a == again[i].a && first[i].b == again[i].b);
        ck_assert_uint_lt(first[i].at_ms, day_ms);
        ck_assert(i == 0u || first[i - 1u].at_ms <= first[i].at_ms);
    }
    ck_assert(events_draw(other, 43u, day_ms) != count || memcmp(first, other, sizeof(first[0])) != 0);
}
END_TEST

SUITE("campaign/shrink", CASE("", only_the_events_that_matter_remain_in_their_order),
      CASE("", a_failure_that_needs_no_event_leaves_none),
      CASE("", a_failure_that_needs_every_event_keeps_them),
      CASE("", an_event_that_becomes_needless_late_goes_too),
      CASE("", the_same_seed_is_the_same_day_and_another_seed_another))
