/*
 * list_params: the parameter table of the library, as it is compiled in.
 *
 *     list_params             a table in Markdown, as in docs/parameters.md
 *     list_params --csv       the same for spreadsheets
 *     list_params --orders    the orderings that every write keeps
 */
#include <stdio.h>
#include <string.h>

#include "losun_bms/model/product.h"

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
    fprintf(stderr, "list_params: unknown argument '%s'; known are --csv and --orders\n", argv[1]);
    return 2;
}
