#include "soc_bench/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES_MAX 64u

void *bench_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return (memory == MAP_FAILED) ? NULL : memory;
}

/* Every `stride`-th job: which process does which does not depend on their speed. */
static bool do_share(size_t first, size_t jobs, size_t stride, bench_job job, void *context)
{
    bool good = true;
    size_t n;

    for (n = first; n < jobs; n += stride) {
        if (job(context, n) != 0) {
            good = false;
        }
    }
    return good;
}

bool bench_work(size_t jobs, unsigned processes, bench_job job, void *context)
{
    pid_t child[PROCESSES_MAX];
    bool good;
    unsigned k;

    (void)fflush(NULL);
    for (k = 1u; k < processes; k++) {
        child[k] = fork();
        if (child[k] == 0) {
            const bool done = do_share(k, jobs, processes, job, context);

            (void)fflush(NULL);
            _exit(done ? EXIT_SUCCESS : EXIT_FAILURE);
        }
    }
    good = do_share(0u, jobs, processes, job, context);
    for (k = 1u; k < processes; k++) {
        int status = -1;

        if ((child[k] < 0) || (waitpid(child[k], &status, 0) != child[k]) || (status != 0)) {
            good = false;
        }
    }
    return good;
}
