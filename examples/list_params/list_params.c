/*
 * list_params: the parameter table of the library, as it is compiled in.
 *
 *     list_params             a table in Markdown, as in docs/parameters.md
 *     list_params --csv       the same for spreadsheets
 *     list_params --orders    the orderings that every write keeps
 *     list_params --modes     the transition list of the operating modes, as in docs/modes.md
 */
#include <stdio.h>
#include <string.h>

#include "losun_bms/model/product.h"
#include "losun_bms/power/mode.h"

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

static int list_markdown(void)
{
    size_t i;

    printf("| parameter | unit | default | minimum | maximum |\n| --- | --- | --- | --- | --- |\n");
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        const struct lbms_param_desc *d = &product->params[i];

        printf("| `%s` | %s | %ld | %ld | %ld |\n", d->name, lbms_unit_symbol(d->unit), (long)d->def,
               (long)d->min, (long)d->max);
    }
    return 0;
}

static int list_csv(void)
{
    size_t i;

    printf("id,name,unit,default,minimum,maximum\n");
    for (i = 0u; i < LBMS_PARAM_COUNT; i++) {
        const struct lbms_param_desc *d = &product->params[i];

        printf("%u,%s,%s,%ld,%ld,%ld\n", (unsigned)i, d->name, lbms_unit_symbol(d->unit), (long)d->def,
               (long)d->min, (long)d->max);
    }
    return 0;
}

static int list_orders(void)
{
    size_t i;

    for (i = 0u; i < product->order_count; i++) {
        const struct lbms_param_order *o = &product->orders[i];

        printf("- `%s` %s `%s`\n", product->params[o->low].name,
               (o->strict != 0u) ? "<" : "<=", product->params[o->high].name);
    }
    return 0;
}

static const char *const events[LBMS_MODE_EVENT_COUNT] = {
    [LBMS_MODE_EVENT_ALWAYS] = "otherwise",
    [LBMS_MODE_EVENT_WAKE] = "wake-up",
    [LBMS_MODE_EVENT_ASLEEP] = "terminals are dead",
    [LBMS_MODE_EVENT_NOT_READY] = "start not over",
    [LBMS_MODE_EVENT_STOP] = "request to sleep",
    [LBMS_MODE_EVENT_SWITCH_OFF] = "weak-current switch off",
    [LBMS_MODE_EVENT_FAULT] = "faults hold both paths",
    [LBMS_MODE_EVENT_PROTECTION] = "a protection holds a path",
    [LBMS_MODE_EVENT_FULL] = "charging complete",
    [LBMS_MODE_EVENT_CHARGE] = "charge current",
    [LBMS_MODE_EVENT_DISCHARGE] = "discharge current",
};

/* Names of a diagram have no hyphen. */
static void print_mode(uint8_t mode)
{
    const char *name = lbms_mode_name(mode);

    for (; *name != '\0'; name++) {
        putchar((*name == '-') ? '_' : *name);
    }
}

static bool only_one(uint16_t modes)
{
    return (modes & (modes - 1u)) == 0u;
}

/* Lines that leave a single mode are arrows between two modes; the others lead from all modes in which a pack is awake. */
static void draw_modes(void)
{
    uint8_t i;
    uint8_t mode;

    printf("```mermaid\nstateDiagram-v2\n    [*] --> STARTING: power-on or reset\n");
    for (i = 0u; i < lbms_mode_rule_count; i++) {
        const struct lbms_mode_rule *rule = &lbms_mode_rules[i];

        for (mode = 0u; mode < LBMS_MODE_COUNT; mode++) {
            if (only_one(rule->from) && (rule->from == (1u << mode)) && (rule->to != mode)) {
                printf("    ");
                print_mode(mode);
                printf(" --> ");
                print_mode(rule->to);
                printf(": %s\n", events[rule->event]);
            }
        }
    }
    printf("    STARTING --> AWAKE: start over\n    AWAKE --> STOPPING: request to sleep\n"
           "    STOPPING --> AWAKE: refused or cancelled\n    state AWAKE {\n");
    for (i = 0u; i < lbms_mode_rule_count; i++) {
        if (!only_one(lbms_mode_rules[i].from) && (lbms_mode_rules[i].to != LBMS_MODE_STOPPING)) {
            printf("        ");
            print_mode(lbms_mode_rules[i].to);
            printf(": %s\n        ", lbms_mode_name(lbms_mode_rules[i].to));
            print_mode(lbms_mode_rules[i].to);
            printf(": %s\n", events[lbms_mode_rules[i].event]);
        }
    }
    printf("    }\n```\n\n");
}

static int list_modes(void)
{
    uint8_t i;
    uint8_t mode;

    draw_modes();
    printf("| | in | when | next | paths may close in it |\n| --- | --- | --- | --- | --- |\n");
    for (i = 0u; i < lbms_mode_rule_count; i++) {
        const struct lbms_mode_rule *rule = &lbms_mode_rules[i];

        printf("| %u | ", i + 1u);
        if (only_one(rule->from)) {
            for (mode = 0u; rule->from != (1u << mode); mode++) {
            }
            printf("%s", lbms_mode_name(mode));
        } else {
            printf("any but SHUTDOWN");
        }
        printf(" | %s | %s | %s |\n", events[rule->event], lbms_mode_name(rule->to),
               lbms_mode_permits_paths(rule->to) ? "yes" : "no");
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 1) {
        return list_markdown();
    }
    if ((argc == 2) && (strcmp(argv[1], "--csv") == 0)) {
        return list_csv();
    }
    if ((argc == 2) && (strcmp(argv[1], "--orders") == 0)) {
        return list_orders();
    }
    if ((argc == 2) && (strcmp(argv[1], "--modes") == 0)) {
        return list_modes();
    }
    fprintf(stderr, "list_params: unknown argument '%s'; known are --csv, --orders and --modes\n", argv[1]);
    return 2;
}
