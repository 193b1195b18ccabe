/*
 * Runs the integration example of README.md, whose main() is compiled under the name example_main and never returns.
 * The linker puts __wrap_lbms_run() in the place of lbms_run() (--wrap): it passes every call on, and ends the
 * program well when the pack has been run often enough and has made a step.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "losun_bms/run.h"

#define ENOUGH_CALLS 100

int example_main(void);
uint32_t __real_lbms_run(struct lbms *bms);
uint32_t __wrap_lbms_run(struct lbms *bms);

uint32_t __wrap_lbms_run(struct lbms *bms)
{
    static int calls;
    const uint32_t wait_ms = __real_lbms_run(bms);

    calls++;
    if (calls == ENOUGH_CALLS) {
        printf("%d calls, %s\n", calls, bms->stepped ? "running" : "but no step");
        exit(bms->stepped ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    return wait_ms;
}

int main(void)
{
    printf("the example ended by itself with %d\n", example_main());
    return EXIT_FAILURE;
}
