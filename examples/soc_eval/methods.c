#include "soc_eval/method.h"

#include <string.h>

const struct soc_method *const soc_methods[] = {
    &soc_method_estimator, &soc_method_light, &soc_method_counter, &soc_method_anchors,
    &soc_method_rest,      &soc_method_ekf5,  &soc_method_ekf20,   NULL,
};

const struct soc_method *soc_method_find(const char *name)
{
    size_t i;

    for (i = 0u; soc_methods[i] != NULL; i++) {
        if (strcmp(soc_methods[i]->name, name) == 0) {
            return soc_methods[i];
        }
    }
    return NULL;
}
