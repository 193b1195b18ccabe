#include "virtual_pack/changes.h"

#include <stdarg.h>
#include <stdio.h>

#include "losun_bms/model/bits.h"
#include "losun_bms/model/mode.h"
#include "virtual_pack/describe.h"
#include "virtual_pack/text.h"

#define WORD_BITS 32u

struct listener {
    changes_say say;
    void *ctx;
};

static void tell(const struct listener *listener, const char *format, ...) TEXT_PRINTF(2, 3);

static void tell(const struct listener *listener, const char *format, ...)
{
    char line[2 * DESCRIBE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    listener->say(listener->ctx, line);
}

void changes_restart(struct changes *changes)
{
    const unsigned long trips = changes->trips;
    const struct changes fresh = {LBMS_MODE_COUNT, 0, 0, 0, 0, false, false, 0, 0};

    *changes = fresh;
    changes->trips = trips;
}

/* A kind of bits. */
struct kind {
    const char *word;
    const char *(*name)(uint8_t bit);
    void (*value)(char *text, const struct lbms_snapshot *snapshot, uint8_t bit);
    bool value_at_end; /* what a fault was about is well again when it ends */
};

static const struct kind alarm_kind = {"alarm", lbms_bit_name, describe_bit_value, true};
static const struct kind protection_kind = {"protection", lbms_bit_name, describe_bit_value, true};
static const struct kind fault_kind = {"fault", lbms_fault_name, describe_fault_value, false};

/* What began, what ended. */
static void tell_bits(const struct listener *listener, const struct lbms_snapshot *snapshot,
                      const struct kind *kind, uint32_t before, uint32_t now)
{
    uint8_t bit;

    for (bit = 0; before != now && bit < WORD_BITS; bit++) {
        const bool begins = (now & LBMS_MASK(bit)) != 0;
        char text[DESCRIBE_SIZE] = "";

        if (((before ^ now) & LBMS_MASK(bit)) == 0) {
            continue;
        }
        if (begins || kind->value_at_end) {
            kind->value(text, snapshot, bit);
        }
        tell(listener, "%s %s: %s%s%s", kind->word, begins ? "begins" : "ends", kind->name(bit),
             (text[0] != '\0') ? ", " : "", text);
    }
}

static unsigned count_bits(uint32_t word)
{
    unsigned count = 0;

    for (; word != 0; word &= word - 1u) {
        count++;
    }
    return count;
}

static void tell_sleep(struct changes *changes, const struct listener *listener,
                       const struct lbms_outputs *outputs)
{
    char text[DESCRIBE_SIZE];

    if (outputs->sleep.requested && !changes->sleeping) {
        describe_wake(text, outputs->sleep.wake_sources);
        tell(listener, "sleep begins: reason %s, can be woken by %s",
             lbms_sleep_reason_name(outputs->sleep.reason), text);
    }
    changes->sleeping = outputs->sleep.requested;
}

static void tell_mode(const struct changes *changes, const struct listener *listener,
                      const struct lbms_snapshot *snapshot)
{
    if (changes->mode == LBMS_MODE_COUNT) {
        tell(listener, "mode %s", lbms_mode_name(snapshot->mode));
    } else if (snapshot->mode != changes->mode) {
        tell(listener, "mode %s -> %s", lbms_mode_name(changes->mode), lbms_mode_name(snapshot->mode));
    }
}

void changes_step(struct changes *changes, const struct lbms_inputs *inputs,
                  const struct lbms_outputs *outputs, const struct lbms_snapshot *snapshot, changes_say say,
                  void *ctx)
{
    const struct listener listener = {say, ctx};

    if (inputs->wake_reason != 0) {
        char text[DESCRIBE_SIZE];

        describe_wake(text, inputs->wake_reason);
        tell(&listener, "woken by %s", text);
    }
    changes->trips += count_bits(snapshot->protections & ~changes->protections);
    tell_bits(&listener, snapshot, &fault_kind, changes->faults, snapshot->faults);
    tell_bits(&listener, snapshot, &protection_kind, changes->protections, snapshot->protections);
    tell_bits(&listener, snapshot, &alarm_kind, changes->alarms, snapshot->alarms);
    tell_mode(changes, &listener, snapshot);
    if (snapshot->want.closed != changes->closed) {
        char text[DESCRIBE_SIZE];

        describe_switches(text, snapshot->want.closed);
        tell(&listener, "switches closed: %s", text);
    }
    if (snapshot->dip_changed && !changes->dip_changed) {
        tell(&listener, "address switch moved to %u: the pack keeps %u until it is restarted", inputs->dip,
             snapshot->address);
    }
    tell_sleep(changes, &listener, outputs);
    if (snapshot->result_sequence != changes->result_sequence) {
        tell(&listener, "command %u: %s", snapshot->result_sequence, lbms_status_text(snapshot->result));
        changes->result_sequence = snapshot->result_sequence;
    }
    changes->mode = snapshot->mode;
    changes->closed = snapshot->want.closed;
    changes->alarms = snapshot->alarms;
    changes->protections = snapshot->protections;
    changes->faults = snapshot->faults;
    changes->dip_changed = snapshot->dip_changed;
}
