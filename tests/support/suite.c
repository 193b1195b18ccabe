#include "support/suite.h"

#include <stdlib.h>

int suite_run(const char *name, const struct suite_case *cases, size_t count)
{
    Suite *suite = suite_create(name);
    TCase *group = tcase_create(name);
    size_t i;
    int failed;
    SRunner *runner;

    tcase_set_timeout(group, 120.0);
    for (i = 0u; i < count; i++) {
        tcase_add_test(group, cases[i].test);
    }
    suite_add_tcase(suite, group);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return (failed == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}
