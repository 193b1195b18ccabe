#include "campaign/shrink.h"

#include <string.h>

static size_t without(struct event *out, const struct event *list, size_t count, size_t from, size_t chunk)
{
    const size_t to = ((from + chunk) < count) ? (from + chunk) : count;

    memcpy(out, list, from * sizeof(*list));
    memcpy(out + from, list + to, (count - to) * sizeof(*list));
    return count - (to - from);
}

/* One pass over the list. */
static size_t remove_chunks(struct event *list, size_t count, size_t chunk, shrink_test fails, void *ctx)
{
    static struct event fewer[EVENTS_MAX];
    size_t from = 0u;

    while (from < count) {
        const size_t left = without(fewer, list, count, from, chunk);

        if (fails(ctx, fewer, left)) {
            memcpy(list, fewer, left * sizeof(*list));
            count = left;
        } else {
            from += chunk;
        }
    }
    return count;
}

size_t shrink(struct event *list, size_t count, shrink_test fails, void *ctx)
{
    size_t chunk = (count + 1u) / 2u;
    size_t before;

    for (; chunk > 1u; chunk = (chunk + 1u) / 2u) {
        count = remove_chunks(list, count, chunk, fails, ctx);
    }
    do { /* without a later event an earlier one may have become needless */
        before = count;
        count = remove_chunks(list, count, 1u, fails, ctx);
    } while (count < before);
    return count;
}
