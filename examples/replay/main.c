/*
 * losun_replay: feeds a recording of virtual_pack to the core again, prints what the core decides, and compares it
 * with what was decided when the recording was made. See docs/virtual-pack.md.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "losun_bms/bms.h"
#include "losun_bms/model/mode.h"
#include "losun_bms/version.h"
#include "replay/reader.h"
#include "virtual_pack/changes.h"
#include "virtual_pack/text.h"

#define EXIT_DIFFERS 1
#define EXIT_USAGE   2

struct replay {
    const char *path;
    const char *csv_path;
    bool all;
    bool help, version;
    unsigned long long until; /* 0: to the end */
    FILE *csv;
    struct reader reader;
    struct lbms_core core;
    struct lbms_restored
        restored; /* of the last start: the core gets a copy, the recording may hold more of them */
    struct changes changes;
    unsigned long long step;
    unsigned long long elapsed_ms;
    uint32_t last_ms;
    bool stepped;
};

static int complain(const char *path, const char *text)
{
    (void)fprintf(stderr, "losun_replay: %.300s%s%s\n", path, (path[0] != '\0') ? ": " : "", text);
    return EXIT_USAGE;
}

/* One line before which the time and the number of the step stand. */
static void say(void *ctx, const char *line)
{
    const struct replay *replay = ctx;
    char time[TEXT_TIME_SIZE];

    text_time(time, (double)replay->elapsed_ms / 1000.0);
    printf("%s  step %llu  %s\n", time, replay->step, line);
}

static void say_step(struct replay *replay, const struct lbms_inputs *inputs,
                     const struct lbms_outputs *outputs)
{
    const struct lbms_snapshot *s = &replay->core.snapshot;
    char line[200];

    (void)snprintf(
        line, sizeof(line),
        "%s soc %.2f %% %.3f V %.3f A closed %02x lights %03x keys %02x protections %lx faults %lx next %lu",
        lbms_mode_name(s->mode), s->soc.soc_bp / 100.0, s->m.pack_mv / 1000.0, s->m.current_ma / 1000.0,
        outputs->want.closed, outputs->lights, inputs->keys, (unsigned long)s->protections,
        (unsigned long)s->faults, (unsigned long)outputs->next_ms);
    say(replay, line);
}

static void put_csv(const struct replay *replay, const struct lbms_outputs *outputs, uint32_t digest)
{
    const struct lbms_snapshot *s = &replay->core.snapshot;

    if (replay->csv != NULL) {
        (void)fprintf(replay->csv, "%llu,%.3f,%u,%s,%u,%ld,%ld,%u,%u,%u,%u,%lu,%lu,%lu,%08lx\n", replay->step,
                      (double)replay->elapsed_ms / 1000.0, s->mode, lbms_mode_name(s->mode), s->soc.soc_bp,
                      (long)s->m.pack_mv, (long)s->m.current_ma, s->m.cell_min_mv, s->m.cell_max_mv,
                      outputs->want.closed, outputs->lights, (unsigned long)s->alarms,
                      (unsigned long)s->protections, (unsigned long)s->faults, (unsigned long)digest);
    }
}

/* One step of the core. False when it decides otherwise than it did. */
static bool step(struct replay *replay, const struct lbms_inputs *inputs, uint32_t recorded)
{
    struct lbms_outputs outputs;
    uint32_t computed;

    replay->step++;
    if (replay->stepped) {
        replay->elapsed_ms += (uint32_t)(inputs->now_ms - replay->last_ms);
    }
    replay->stepped = true;
    replay->last_ms = inputs->now_ms;
    lbms_step(&replay->core, inputs, &outputs);
    computed = lbms_trace_digest(&outputs, &replay->core.snapshot);
    changes_step(&replay->changes, inputs, &outputs, &replay->core.snapshot, say, replay);
    if (replay->all) {
        say_step(replay, inputs, &outputs);
    }
    put_csv(replay, &outputs, computed);
    if (computed != recorded) {
        printf("digest recorded %08lx, computed %08lx\n", (unsigned long)recorded, (unsigned long)computed);
    }
    return computed == recorded;
}

static void start(struct replay *replay, const struct lbms_product *product)
{
    const int status = lbms_core_init(&replay->core, product, &replay->restored);
    char line[80];

    changes_restart(&replay->changes);
    (void)snprintf(line, sizeof(line), "the core starts%s%s",
                   (status != LBMS_OK) ? ": stored parameters: " : "",
                   (status != LBMS_OK) ? lbms_status_text(status) : "");
    say(replay, line);
}

static int damaged(const struct replay *replay)
{
    char text[120];

    if (replay->reader.offset == 0) {
        return complain(replay->path, (replay->reader.status == LBMS_ERR_CHECKSUM)
                                          ? "the header is damaged"
                                          : "no recording of this product and version of the library");
    }
    (void)snprintf(text, sizeof(text), "damaged at byte %llu, behind step %llu (%s)", replay->reader.offset,
                   replay->step, lbms_status_text(replay->reader.status));
    return complain(replay->path, text);
}

static int run(struct replay *replay)
{
    const struct lbms_product *product = &lbms_product_ls_btn0_p0548100;
    enum reader_item item = READER_START;

    while (replay->until == 0 || replay->step < replay->until) {
        struct lbms_inputs inputs;
        uint32_t digest;

        item = reader_next(&replay->reader, product, &replay->restored, &inputs, &digest);
        if (item == READER_START) {
            start(replay, product);
        } else if (item != READER_STEP) {
            break;
        } else if (!step(replay, &inputs, digest)) {
            printf("step %llu differs\n", replay->step);
            return EXIT_DIFFERS;
        }
    }
    if (item == READER_DAMAGED) {
        return damaged(replay);
    }
    if (item == READER_CUT) {
        (void)fprintf(stderr,
                      "losun_replay: %.300s: ends inside a record: what follows step %llu is missing\n",
                      replay->path, replay->step);
    }
    printf("replayed %llu steps: identical\n", replay->step);
    return EXIT_SUCCESS;
}

static bool open_csv(struct replay *replay)
{
    if (replay->csv_path == NULL) {
        return true;
    }
    replay->csv = fopen(replay->csv_path, "w");
    if (replay->csv != NULL) {
        (void)fputs("step,time_s,mode,mode_name,soc_bp,pack_mV,current_mA,cell_min_mV,cell_max_mV,closed,"
                    "lights,alarms,"
                    "protections,faults,digest\n",
                    replay->csv);
    }
    return replay->csv != NULL;
}

static void show_help(void)
{
    printf(
        "usage: losun_replay FILE [options]\n"
        "Feeds a recording (virtual_pack --record FILE) to the core again and compares what it decides.\n\n"
        "  --all        print every step, not only changes\n"
        "  --until N    stop after step N\n"
        "  --csv FILE   decisions of every step\n"
        "  --help, --version\n\n"
        "The last line is 'replayed N steps: identical' (exit status 0) or 'step K differs' (1). A file that "
        "is damaged\n"
        "or no recording gives one line on standard error and exit status 2.\n");
}

/* The value of an option that needs one; NULL when it is missing. */
static const char *value_of(int argc, char **argv, int *i)
{
    (*i)++;
    return (*i < argc && argv[*i][0] != '\0') ? argv[*i] : NULL;
}

static int parse_option(struct replay *replay, int argc, char **argv, int *i)
{
    const char *name = argv[*i];
    long long until;

    if (strcmp(name, "--all") == 0) {
        replay->all = true;
    } else if (strcmp(name, "--help") == 0) {
        replay->help = true;
    } else if (strcmp(name, "--version") == 0) {
        replay->version = true;
    } else if (strcmp(name, "--csv") == 0) {
        replay->csv_path = value_of(argc, argv, i);
        return (replay->csv_path != NULL) ? 0 : complain(name, "needs a value: FILE");
    } else if (strcmp(name, "--until") == 0) {
        const char *value = value_of(argc, argv, i);

        if (value == NULL || !text_integer(value, 1, INT64_MAX, &until)) {
            return complain(name, "needs the number of a step, 1 or more");
        }
        replay->until = (unsigned long long)until;
    } else if (strncmp(name, "--", 2) == 0 || replay->path != NULL) {
        return complain(name,
                        (name[0] == '-') ? "no such option; see --help" : "only one recording at a time");
    } else {
        replay->path = name;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct replay replay; /* too large for some stacks */
    int status;
    int i;

    for (i = 1; i < argc; i++) {
        status = parse_option(&replay, argc, argv, &i);
        if (status != 0) {
            return status;
        }
    }
    if (replay.help || replay.version) {
        if (replay.help) {
            show_help();
        } else {
            printf("losun_replay %d.%d.%d\n", LBMS_VERSION_MAJOR, LBMS_VERSION_MINOR, LBMS_VERSION_PATCH);
        }
        return EXIT_SUCCESS;
    }
    if (replay.path == NULL) {
        return complain("", "which recording? see --help");
    }
    if (!reader_open(&replay.reader, replay.path)) {
        return complain(replay.path, strerror(errno));
    }
    if (!open_csv(&replay)) {
        return complain(replay.csv_path, strerror(errno));
    }
    status = run(&replay);
    reader_close(&replay.reader);
    if (replay.csv != NULL && fclose(replay.csv) != 0) {
        return complain(replay.csv_path, strerror(errno));
    }
    return status;
}
