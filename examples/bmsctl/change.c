/* Commands that change something: params, switches, restore-defaults, shutdown, access. */
#include <stdlib.h>
#include <string.h>

#include "bmsctl/bmsctl.h"
#include "losun_bms/link/access.h"
#include "losun_bms/model/product.h"
#include "losun_bms/model/switches.h"

static const struct lbms_product *const product = &lbms_product_ls_btn0_p0548100;

static void put_params(struct bmsctl *b, const struct lbms_params *params, const bool *known,
                       bool only_changed, const char *name)
{
    static const char *const names[] = {"name", "value", "unit", "default", "min", "max"};
    static const int widths[] = {-28, 10, -8, 10, 10, 10};
    struct out out;
    unsigned i;

    out_table(&out, b->format, stdout, 6, names, widths);
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        const struct lbms_param_desc *desc = &product->params[i];
        char text[4][16];
        const char *cells[] = {desc->name, text[0], lbms_unit_symbol(desc->unit), text[1], text[2], text[3]};

        if (!known[i] || (only_changed && params->v[i] == desc->def) ||
            (name != NULL && strcmp(name, desc->name) != 0)) {
            continue;
        }
        (void)snprintf(text[0], 16, "%ld", (long)params->v[i]);
        (void)snprintf(text[1], 16, "%ld", (long)desc->def);
        (void)snprintf(text[2], 16, "%ld", (long)desc->min);
        (void)snprintf(text[3], 16, "%ld", (long)desc->max);
        out_row(&out, cells);
    }
    out_end(&out);
}

/* NAME and VALUE into an item; a message and false when they are none. */
static bool take_item(const char *name, const char *value, struct lbms_param_item *item)
{
    const int id = lbms_param_find(product, name);
    char *end;
    long number;

    if (id < 0) {
        (void)fprintf(stderr, "bmsctl: there is no parameter '%s'\n", name);
        return false;
    }
    number = strtol(value, &end, 10);
    if (*value == '\0' || *end != '\0' || number < product->params[id].min ||
        number > product->params[id].max) {
        (void)fprintf(stderr, "bmsctl: %s must be from %ld to %ld %s\n", name, (long)product->params[id].min,
                      (long)product->params[id].max, lbms_unit_symbol(product->params[id].unit));
        return false;
    }
    item->id = (uint16_t)id;
    item->value = (int32_t)number;
    return true;
}

/* Acknowledged by the pack, and read back. */
static int set_items(struct bmsctl *b, const struct lbms_param_item *items, unsigned count)
{
    static struct lbms_params params;
    static bool known[LBMS_PARAM_COUNT];
    unsigned done;
    int status;

    for (done = 0; done < count;) {
        const unsigned left = count - done;
        const uint8_t part = (uint8_t)((left < LBMS_PARAM_ITEMS_MAX) ? left : LBMS_PARAM_ITEMS_MAX);

        bmsctl_progress("writing", done, count);
        status = client_set_params(&b->client, items + done, part);
        if (status != CLIENT_OK) {
            return bmsctl_fail(b, "params", status);
        }
        done += part;
    }
    bmsctl_progress(NULL, 0, 0);
    status = client_params(&b->client, &params, known);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "params: written, but reading back failed", status);
    }
    for (done = 0; done < count; done++) {
        if (params.v[items[done].id] != items[done].value) {
            (void)fprintf(stderr, "bmsctl: %s reads back as %ld\n", product->params[items[done].id].name,
                          (long)params.v[items[done].id]);
            return EXIT_REFUSED;
        }
    }
    return EXIT_DONE;
}

static int set_params(struct bmsctl *b)
{
    static struct lbms_param_item items[LBMS_PARAM_COUNT];
    unsigned count = 0;
    int i;

    if (b->arguments < 3 || b->arguments % 2 == 0) {
        return bmsctl_usage("params set NAME VALUE ...");
    }
    for (i = 1; i + 1 < b->arguments && count < LBMS_PARAM_ITEMS_MAX; i += 2) {
        if (!take_item(b->argument[i], b->argument[i + 1], &items[count])) {
            return EXIT_USAGE;
        }
        count++;
    }
    return set_items(b, items, count);
}

static int export_params(struct bmsctl *b, const struct lbms_params *params, const bool *known)
{
    FILE *file = (b->arguments == 2) ? fopen(b->argument[1], "w") : NULL;
    unsigned i;

    if (file == NULL) {
        return bmsctl_usage("params export FILE");
    }
    for (i = 0; i < LBMS_PARAM_COUNT; i++) {
        if (known[i]) {
            (void)fprintf(file, "%s=%ld\n", product->params[i].name, (long)params->v[i]);
        }
    }
    return (fclose(file) == 0) ? EXIT_DONE : EXIT_PORT;
}

/* Only what differs is written. All of it is checked before anything is. */
static int import_params(struct bmsctl *b, const struct lbms_params *params, const bool *known)
{
    static struct lbms_param_item items[LBMS_PARAM_COUNT];
    static struct lbms_params wanted;
    FILE *file = (b->arguments == 2) ? fopen(b->argument[1], "r") : NULL;
    char line[128];
    unsigned count = 0;
    uint16_t culprit = 0;

    if (file == NULL) {
        return bmsctl_usage("params import FILE");
    }
    wanted = *params;
    while (count < LBMS_PARAM_COUNT && fgets(line, sizeof(line), file) != NULL) {
        char *value = strchr(line, '=');

        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        if (value != NULL) {
            *value++ = '\0';
        }
        if (value == NULL || !take_item(line, value, &items[count])) {
            (void)fclose(file);
            return EXIT_USAGE;
        }
        if (!known[items[count].id] || params->v[items[count].id] != items[count].value) {
            wanted.v[items[count].id] = items[count].value;
            count++;
        }
    }
    (void)fclose(file);
    if (known[LBMS_PARAM_COUNT - 1] && lbms_params_check(&wanted, product, &culprit) != LBMS_OK) {
        (void)fprintf(stderr, "bmsctl: %s contradicts another parameter\n", product->params[culprit].name);
        return EXIT_USAGE;
    }
    return (count > 0) ? set_items(b, items, count) : EXIT_DONE;
}

int bmsctl_params(struct bmsctl *b)
{
    static struct lbms_params params;
    static bool known[LBMS_PARAM_COUNT];
    const char *what = (b->arguments > 0) ? b->argument[0] : "";
    int status;

    if (strcmp(what, "set") == 0) {
        return set_params(b);
    }
    if (strcmp(what, "get") == 0 && (b->arguments != 2 || lbms_param_find(product, b->argument[1]) < 0)) {
        return bmsctl_usage("params get NAME: there is no such parameter");
    }
    status = client_params(&b->client, &params, known);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "params", status);
    }
    if (strcmp(what, "export") == 0) {
        return export_params(b, &params, known);
    }
    if (strcmp(what, "import") == 0) {
        return import_params(b, &params, known);
    }
    if (strcmp(what, "") != 0 && strcmp(what, "get") != 0 && strcmp(what, "diff") != 0) {
        return bmsctl_usage("params [get NAME | set NAME VALUE ... | diff | export FILE | import FILE]");
    }
    put_params(b, &params, known, strcmp(what, "diff") == 0,
               (strcmp(what, "get") == 0) ? b->argument[1] : NULL);
    return EXIT_DONE;
}

/* ---- switches --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *value;
    uint8_t code;
} controls[] = {
    {"balance", "on", LBMS_PACE_STATIC_BALANCE_ON}, {"balance", "off", LBMS_PACE_STATIC_BALANCE_OFF},
    {"led", "on", LBMS_PACE_LED_ALARM_ON},          {"led", "off", LBMS_PACE_LED_ALARM_OFF},
    {"gear", "high", LBMS_PACE_GEAR_HIGH},          {"gear", "low", LBMS_PACE_GEAR_LOW},
    {"limiter", "on", LBMS_PACE_LIMITER_ON},        {"limiter", "off", LBMS_PACE_LIMITER_OFF},
    {"buzzer", "on", LBMS_PACE_BUZZER_ON},          {"buzzer", "off", LBMS_PACE_BUZZER_OFF},
};

static int change_switch(struct bmsctl *b, const char *name, const char *value)
{
    const bool on = strcmp(value, "on") == 0;
    uint8_t indication = 0;
    size_t i;

    if ((strcmp(name, "charge") == 0 || strcmp(name, "discharge") == 0) &&
        (on || strcmp(value, "off") == 0)) {
        return client_switch(&b->client, strcmp(name, "charge") == 0, on, &indication);
    }
    for (i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
        if (strcmp(controls[i].name, name) == 0 && strcmp(controls[i].value, value) == 0) {
            return client_control(&b->client, controls[i].code);
        }
    }
    return CLIENT_STRANGE;
}

static const char *on_off(unsigned bit)
{
    return (bit != 0) ? "on" : "off";
}

int bmsctl_switches(struct bmsctl *b)
{
    const uint8_t command = (uint8_t)((bmsctl_address(b) > 0) ? bmsctl_address(b) : 1u);
    struct lbms_pack_state s;
    unsigned count = 1;
    struct out out;
    int status;

    if (b->arguments > 0) {
        if (b->arguments != 2) {
            return bmsctl_usage("switches NAME on|off");
        }
        status = change_switch(b, b->argument[0], b->argument[1]);
        if (status == CLIENT_STRANGE) {
            return bmsctl_usage(
                "switches charge|discharge|buzzer|led|limiter|balance on|off, or gear high|low");
        }
        if (status != CLIENT_OK) {
            return bmsctl_fail(b, b->argument[0], status);
        }
    }
    status = client_state(&b->client, command, &s, &count);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "switches", status);
    }
    out_list(&out, b->format, stdout);
    out_text(&out, "charge", on_off(s.closed & (LBMS_SWITCH_CHARGE | LBMS_SWITCH_LIMITER)));
    out_text(&out, "discharge", on_off(s.closed & LBMS_SWITCH_DISCHARGE));
    out_text(&out, "charge_forced_off", on_off(s.functions & LBMS_PACK_CHARGE_OFF));
    out_text(&out, "discharge_forced_off", on_off(s.functions & LBMS_PACK_DISCHARGE_OFF));
    out_text(&out, "buzzer", on_off(s.functions & LBMS_PACK_BUZZER));
    out_text(&out, "led_alarm", on_off(s.functions & LBMS_PACK_LED_ALARM));
    out_text(&out, "limiter", on_off(s.functions & LBMS_PACK_LIMITER));
    out_text(&out, "gear", ((s.functions & LBMS_PACK_GEAR_LOW) != 0) ? "low" : "high");
    out_end(&out);
    return EXIT_DONE;
}

/* ---- the rest ----------------------------------------------------------------------------------------------------- */

bool bmsctl_confirmed(const struct bmsctl *b, const char *question)
{
    char line[16] = "";

    if (b->yes) {
        return true;
    }
    (void)fprintf(stderr, "%s [y/N] ", question);
    return fgets(line, sizeof(line), stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
}

static int plain(struct bmsctl *b, const char *what, int (*request)(struct client *))
{
    const int status = request(&b->client);

    return (status == CLIENT_OK) ? EXIT_DONE : bmsctl_fail(b, what, status);
}

int bmsctl_restore(struct bmsctl *b)
{
    if (!bmsctl_confirmed(b, "Restore every parameter to its default?")) {
        return EXIT_REFUSED;
    }
    return plain(b, "restore-defaults", client_defaults);
}

int bmsctl_shutdown(struct bmsctl *b)
{
    if (!bmsctl_confirmed(b, "Send the pack to sleep?")) {
        return EXIT_REFUSED;
    }
    return plain(b, "shutdown", client_sleep);
}

/* C text for the firmware of a pack. The salt makes equal codes of two packs look different. */
static int print_key(const char *code)
{
    struct lbms_access_key key;
    FILE *random = fopen("/dev/urandom", "rb");
    unsigned i;

    if (random == NULL || fread(key.salt, sizeof(key.salt), 1, random) != 1) {
        return bmsctl_usage("no random numbers for the salt");
    }
    (void)fclose(random);
    lbms_access_make_key(&key, code, strlen(code));
    printf("static const struct lbms_access_key service_key = {\n    {");
    for (i = 0; i < sizeof(key.salt); i++) {
        printf("%s0x%02X", (i > 0) ? ", " : "", key.salt[i]);
    }
    printf("},\n    {");
    for (i = 0; i < sizeof(key.digest); i++) {
        printf("%s0x%02X", (i > 0) ? ", " : "", key.digest[i]);
    }
    printf("}};\n");
    return EXIT_DONE;
}

int bmsctl_access(struct bmsctl *b)
{
    static const char *const levels[] = {"read", "operate", "parameters", "service"};
    const bool close = b->arguments == 1 && strcmp(b->argument[0], "close") == 0;
    uint8_t level = 0;
    unsigned wait_s = 0;
    struct out out;
    int status;

    if (b->arguments == 2 && strcmp(b->argument[0], "key") == 0) {
        return print_key(b->argument[1]);
    }
    if (b->arguments > 0 && !close) {
        return bmsctl_usage("access [close | key CODE]");
    }
    status = client_access(&b->client, close ? LBMS_PACE_ACCESS_CLOSE : LBMS_PACE_ACCESS_ASK, NULL, &level,
                           &wait_s);
    if (status != CLIENT_OK) {
        return bmsctl_fail(b, "access", status);
    }
    out_list(&out, b->format, stdout);
    out_text(&out, "level", levels[level & 3u]);
    out_number(&out, "wait", wait_s, 0, "s");
    out_end(&out);
    return EXIT_DONE;
}
