/*
 * Random safety campaigns:
 *     campaign [--days N] [--seed S] [--jobs N] [--without GROUP] [--only GROUP] [--shrink 0|1] [--record FILE]
 * Each seed is one day. Exit status 1 with a minimal trace when an invariant broke.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "campaign/run.h"

#define JOBS_MAX      16
#define PROGRESS_DAYS 1000u

struct options {
    unsigned long days, seed, shrink;
    int jobs;
    uint32_t enabled;
    const char *record;
};

static int usage(void)
{
    unsigned i;

    (void)fprintf(stderr, "usage: campaign [--days N] [--seed S] [--jobs N] [--only GROUP] [--without GROUP] "
                          "[--shrink 0|1] [--record FILE]\ngroups:");
    for (i = 0u; i < ORACLE_GROUPS; i++) {
        (void)fprintf(stderr, " %s", oracle_group_name(i));
    }
    (void)fprintf(stderr, "\n");
    return 2;
}

static bool number(const char *text, unsigned long *value)
{
    char *end;

    *value = strtoul(text, &end, 10);
    return (*text != '\0') && (*end == '\0');
}

static bool parse(int argc, char **argv, struct options *o)
{
    unsigned long jobs = 1u;
    bool only = false;
    int i;

    for (i = 1; (i + 1) < argc; i += 2) {
        const char *value = argv[i + 1];
        const int group = oracle_group(value);

        if (strcmp(argv[i], "--days") == 0) {
            if (!number(value, &o->days)) {
                return false;
            }
        } else if (strcmp(argv[i], "--seed") == 0) {
            if (!number(value, &o->seed)) {
                return false;
            }
        } else if (strcmp(argv[i], "--jobs") == 0) {
            if (!number(value, &jobs) || (jobs < 1u) || (jobs > JOBS_MAX)) {
                return false;
            }
        } else if (strcmp(argv[i], "--shrink") == 0) {
            if (!number(value, &o->shrink)) {
                return false;
            }
        } else if ((strcmp(argv[i], "--without") == 0) && (group >= 0)) {
            o->enabled &= ~(UINT32_C(1) << group);
        } else if ((strcmp(argv[i], "--only") == 0) && (group >= 0)) {
            o->enabled = (only ? o->enabled : 0u) | (UINT32_C(1) << group);
            only = true;
        } else if (strcmp(argv[i], "--record") == 0) {
            o->record = value;
        } else {
            return false;
        }
    }
    o->jobs = (int)jobs;
    return i == argc;
}

/* A campaign that broke: shrink it, write its recording, tell. */
static void explain(struct campaign *c, struct event *list, size_t count, const struct options *o)
{
    char name[64];

    if (o->shrink == 0u) {
        (void)printf("seed %llu, %.3f s: %s\n", (unsigned long long)c->seed, (double)c->failed_ms / 1000.0,
                     c->oracle.text);
        return;
    }
    count = campaign_shrink(c, list, count);
    (void)snprintf(name, sizeof(name), "campaign-%llu.lbt", (unsigned long long)c->seed);
    c->record_path = (o->record != NULL) ? o->record : name;
    (void)campaign_run(c, list, count, (uint32_t)CAMPAIGN_DAY_MS);
    campaign_report(c, list, count, stdout);
    (void)printf("recording of the last start: %s\n", c->record_path);
    (void)fflush(stdout);
}

static int work(const struct options *o, unsigned job)
{
    static struct campaign c;
    static struct event list[EVENTS_MAX];
    const clock_t start = clock();
    double steps = 0.0;
    double closed = 0.0;
    unsigned long trips = 0u;
    unsigned long faults = 0u;
    unsigned long day;
    unsigned long done = 0u;

    c.enabled = o->enabled;
    for (day = job; day < o->days; day += (unsigned long)o->jobs) {
        size_t count;

        c.seed = o->seed + day;
        count = events_draw(list, c.seed, CAMPAIGN_DAY_MS);
        if (campaign_run(&c, list, count, CAMPAIGN_DAY_MS)) {
            explain(&c, list, count, o);
            return 1;
        }
        steps += c.oracle.steps;
        closed += c.oracle.closed_steps;
        trips += c.oracle.trips;
        faults += c.oracle.faults;
        done++;
        if ((done % PROGRESS_DAYS) == 0u) {
            (void)fprintf(stderr, "%lu days, seeds to %lu\n", done, o->seed + day);
        }
    }
    (void)printf("%lu days: %.0f steps, %.0f %% with both switches closed, %lu trips, "
                 "%lu faults, %.1f days/s\n",
                 done, steps, 100.0 * closed / ((steps > 0.0) ? steps : 1.0), trips, faults,
                 (double)done * CLOCKS_PER_SEC / (double)(clock() - start + 1));
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {50u, 1u, 1u, 1, (UINT32_C(1) << ORACLE_GROUPS) - 1u, NULL};
    pid_t child[JOBS_MAX];
    int failed = 0;
    int i;

    if (!parse(argc, argv, &o)) {
        return usage();
    }
    if (o.jobs == 1) {
        return work(&o, 0u);
    }
    (void)fflush(stdout);
    for (i = 0; i < o.jobs; i++) {
        child[i] = fork();
        if (child[i] == 0) {
            exit(work(&o, (unsigned)i));
        }
        failed = (child[i] < 0) ? 1 : failed;
    }
    for (i = 0; i < o.jobs; i++) {
        int status = 1;

        failed = ((child[i] < 0) || (waitpid(child[i], &status, 0) < 0) || (status != 0)) ? 1 : failed;
    }
    return failed;
}
