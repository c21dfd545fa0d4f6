/* Cells that are worse on purpose: builds with -DPLIMSOLL_PLANT=... have a regression of known size
 * in them, which the gate has to find (ci/prove). In any other build these functions are empty. */
#ifndef PL_CELL_INJECTED_REGRESSION_H
#define PL_CELL_INJECTED_REGRESSION_H

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#include "harness/clock/real.h"
#include "harness/scenario/scenario.h"

#ifndef PL_INJECTED_OBJECT_BYTES
#define PL_INJECTED_OBJECT_BYTES 0
#endif
#ifndef PL_INJECTED_RSS_BYTES
#define PL_INJECTED_RSS_BYTES 0
#endif
#ifndef PL_INJECTED_CPU_PERCENT
#define PL_INJECTED_CPU_PERCENT 0
#endif

/** Every object of every class is larger. Before the stack is opened. */
static inline void pl_injected_objects(struct pl_scenario *s)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        s->classes[i].size += PL_INJECTED_OBJECT_BYTES;
}

/** More resident memory, as soon as the window has begun. */
static inline void pl_injected_rss(void)
{
    static const size_t bytes = PL_INJECTED_RSS_BYTES, page = 4096;
    uint8_t *more =
        bytes ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
              : MAP_FAILED;
    for (size_t i = 0; more != MAP_FAILED && i < bytes; i += page)
        more[i] = 1;
}

/** More CPU, as the window ends. @param start_ns pl_real_cpu() when it began */
static inline void pl_injected_cpu(int64_t start_ns)
{
    int64_t used_ns = pl_real_cpu() - start_ns;
    while (PL_INJECTED_CPU_PERCENT &&
           pl_real_cpu() - start_ns < used_ns + used_ns * PL_INJECTED_CPU_PERCENT / 100)
        ;
}

#endif
