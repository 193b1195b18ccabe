/* Delta debugging: the few events of a failing campaign that matter. */
#ifndef LBMS_CAMPAIGN_SHRINK_H
#define LBMS_CAMPAIGN_SHRINK_H

#include "campaign/event.h"

/* Does a campaign of these events alone still fail in the same way? */
typedef bool (*shrink_test)(void *ctx, const struct event *list, size_t count);

/*
 * Remove events as long as the rest still fails: first large parts of the list, then smaller ones, at last one by one
 * until none can go any more. The order stays. Returns how many remain.
 */
size_t shrink(struct event *list, size_t count, shrink_test fails, void *ctx);

#endif
