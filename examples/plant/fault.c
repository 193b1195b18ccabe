#include "plant/fault.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE  32u
#define VALUE_MAX  1000000
#define KIND(kind) (1u << PLANT_FAULT_##kind)

/* What a target is called, how many there are (0: it has no number), what can be wrong with it. */
struct target {
    const char *name;
    uint8_t count;
    unsigned kinds;
    const char *choices;
};

static const struct target targets[PLANT_TARGET_COUNT] = {
    [PLANT_TARGET_NONE] = {"none", 0u, 0u, ""},
    [PLANT_TARGET_CELL] = {"cell", 16u,
                           KIND(OK) | KIND(STUCK) | KIND(OPEN) | KIND(OFFSET) | KIND(SWAP) | KIND(LEAK),
                           "stuck, open, offset:MV, swapN, leak:MA, ok"},
    [PLANT_TARGET_CELLS] = {"cells", 0u, KIND(OK) | KIND(STUCK), "stuck, ok"},
    [PLANT_TARGET_NTC] = {"ntc", 4u, KIND(OK) | KIND(STUCK) | KIND(OPEN) | KIND(SHORT) | KIND(OFFSET),
                          "open, short, stuck, offset:DC, ok"},
    [PLANT_TARGET_MOSFET] = {"mosfet", 0u, KIND(OK) | KIND(STUCK) | KIND(OPEN) | KIND(SHORT) | KIND(OFFSET),
                             "open, short, stuck, offset:DC, ok"},
    [PLANT_TARGET_AMBIENT] = {"ambient", 0u, KIND(OK) | KIND(STUCK) | KIND(OPEN) | KIND(SHORT) | KIND(OFFSET),
                              "open, short, stuck, offset:DC, ok"},
    [PLANT_TARGET_CURRENT] = {"current", 0u, KIND(OK) | KIND(STUCK) | KIND(OFFSET), "stuck, offset:MA, ok"},
    [PLANT_TARGET_PACK] = {"pack", 0u, KIND(OK) | KIND(STUCK) | KIND(OFFSET), "stuck, offset:MV, ok"},
    [PLANT_TARGET_TERMINAL] = {"terminal", 0u, KIND(OK) | KIND(STUCK) | KIND(OFFSET), "stuck, offset:MV, ok"},
    [PLANT_TARGET_SAMPLES] = {"samples", 0u, KIND(OK) | KIND(MISSING) | KIND(STALE), "missing, stale, ok"},
    [PLANT_TARGET_AFE] = {"afe", 0u, KIND(OK) | KIND(SILENT) | KIND(STALE) | KIND(RESET),
                          "silent, stale, reset, ok"},
    [PLANT_TARGET_CHARGE] = {"chg", 0u, KIND(OK) | KIND(WELDED) | KIND(DEAD), "welded, dead, ok"},
    [PLANT_TARGET_DISCHARGE] = {"dsg", 0u, KIND(OK) | KIND(WELDED) | KIND(DEAD), "welded, dead, ok"},
    [PLANT_TARGET_PRECHARGE] = {"pre", 0u, KIND(OK) | KIND(WELDED) | KIND(DEAD), "welded, dead, ok"},
    [PLANT_TARGET_LIMITER] = {"lim", 0u, KIND(OK) | KIND(WELDED) | KIND(DEAD), "welded, dead, ok"},
};

static const char *const kind_name[PLANT_FAULT_COUNT] = {
    [PLANT_FAULT_OK] = "ok",         [PLANT_FAULT_STUCK] = "stuck",     [PLANT_FAULT_OPEN] = "open",
    [PLANT_FAULT_SHORT] = "short",   [PLANT_FAULT_OFFSET] = "offset",   [PLANT_FAULT_SWAP] = "swap",
    [PLANT_FAULT_LEAK] = "leak",     [PLANT_FAULT_MISSING] = "missing", [PLANT_FAULT_STALE] = "stale",
    [PLANT_FAULT_SILENT] = "silent", [PLANT_FAULT_RESET] = "reset",     [PLANT_FAULT_WELDED] = "welded",
    [PLANT_FAULT_DEAD] = "dead",
};

/* Whole number of this text: true only when nothing else stands there. */
static bool number_of(const char *text, int32_t low, int32_t high, int32_t *number)
{
    char *end = NULL;
    long value;

    if ((text[0] != '-') && (text[0] != '+') && (isdigit((unsigned char)text[0]) == 0)) {
        return false;
    }
    value = strtol(text, &end, 10);
    if ((end == text) || (*end != '\0') || (value < low) || (value > high)) {
        return false;
    }
    *number = (int32_t)value;
    return true;
}

/* Whether text is this target, with its number where it has one. */
static bool target_is(const struct target *t, const char *text, uint8_t *index)
{
    const size_t length = strlen(t->name);
    int32_t number = 0;

    if (strncmp(text, t->name, length) != 0) {
        return false;
    }
    if (t->count == 0u) {
        *index = 0u;
        return text[length] == '\0';
    }
    if (!number_of(text + length, 1, (int32_t)t->count, &number)) {
        return false;
    }
    *index = (uint8_t)(number - 1);
    return true;
}

/* Whether text is this kind, with the number that belongs to it. */
static bool kind_is(enum plant_fault_kind kind, const char *text, struct plant_fault *fault)
{
    const size_t length = strlen(kind_name[kind]);
    int32_t number = 0;

    if (strncmp(text, kind_name[kind], length) != 0) {
        return false;
    }
    if (kind == PLANT_FAULT_SWAP) {
        if (!number_of(text + length, 1, 16, &number) || (number - 1 == (int32_t)fault->index)) {
            return false;
        }
        fault->other = (uint8_t)(number - 1);
        return true;
    }
    if ((kind == PLANT_FAULT_OFFSET) || (kind == PLANT_FAULT_LEAK)) {
        const int32_t low = (kind == PLANT_FAULT_LEAK) ? 0 : -VALUE_MAX;

        return (text[length] == ':') && number_of(text + length + 1u, low, VALUE_MAX, &fault->value);
    }
    return text[length] == '\0';
}

static int complain(char *error, size_t size, const char *text, const char *what, const char *choices)
{
    if ((error != NULL) && (size > 0u)) {
        (void)snprintf(error, size, "fault \"%.40s\": %s; %s", text, what, choices);
    }
    return -1;
}

static bool find_target(const char *name, struct plant_fault *fault)
{
    int i;

    for (i = (int)PLANT_TARGET_CELL; i < (int)PLANT_TARGET_COUNT; i++) {
        if (target_is(&targets[i], name, &fault->index)) {
            fault->target = (enum plant_fault_target)i;
            return true;
        }
    }
    return false;
}

static bool find_kind(const char *name, struct plant_fault *fault)
{
    int i;

    for (i = (int)PLANT_FAULT_OK; i < (int)PLANT_FAULT_COUNT; i++) {
        if (((targets[fault->target].kinds & (1u << i)) != 0u) &&
            kind_is((enum plant_fault_kind)i, name, fault)) {
            fault->kind = (enum plant_fault_kind)i;
            return true;
        }
    }
    return false;
}

int plant_fault_parse(const char *text, struct plant_fault *fault, char *error, size_t error_size)
{
    struct plant_fault found;
    char copy[NAME_SIZE];
    char choices[96];
    char *kind;
    size_t i;

    memset(&found, 0, sizeof(found));
    for (i = 0u; (i < NAME_SIZE - 1u) && (text[i] != '\0'); i++) {
        copy[i] = (char)tolower((unsigned char)text[i]);
    }
    copy[i] = '\0';
    if ((text[i] == '\0') && (strcmp(copy, "none") == 0)) {
        *fault = found;
        return 0;
    }
    kind = strpbrk(copy, "=+");
    if ((text[i] != '\0') || (kind == NULL)) {
        return complain(error, error_size, text, "not TARGET=WHAT",
                        "e.g. cell3=stuck, ntc2=open, chg=welded");
    }
    *kind = '\0';
    if (!find_target(copy, &found)) {
        return complain(error, error_size, text, "unknown target",
                        "cell1..16, cells, ntc1..4, mosfet, ambient, current, pack, terminal, samples, "
                        "afe, chg, dsg, pre, lim");
    }
    if (!find_kind(kind + 1, &found)) {
        (void)snprintf(choices, sizeof(choices), "%s takes %s", copy, targets[found.target].choices);
        return complain(error, error_size, text, "unknown kind", choices);
    }
    *fault = found;
    return 0;
}

int plant_fault_format(const struct plant_fault *fault, char *text, size_t size)
{
    const struct target *t = &targets[(unsigned)fault->target % (unsigned)PLANT_TARGET_COUNT];
    const char *kind = kind_name[(unsigned)fault->kind % (unsigned)PLANT_FAULT_COUNT];
    char number[8] = "";
    char value[16] = "";

    if (fault->target == PLANT_TARGET_NONE) {
        return snprintf(text, size, "none");
    }
    if (t->count > 0u) {
        (void)snprintf(number, sizeof(number), "%u", (unsigned)fault->index + 1u);
    }
    if (fault->kind == PLANT_FAULT_SWAP) {
        (void)snprintf(value, sizeof(value), "%u", (unsigned)fault->other + 1u);
    } else if ((fault->kind == PLANT_FAULT_OFFSET) || (fault->kind == PLANT_FAULT_LEAK)) {
        (void)snprintf(value, sizeof(value), ":%ld", (long)fault->value);
    }
    return snprintf(text, size, "%s%s=%s%s", t->name, number, kind, value);
}
