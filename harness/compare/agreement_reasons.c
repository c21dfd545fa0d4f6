/* What is known of stacks whose curve is left to chance (agreement.h): one row a stack. */
#include <string.h>

#include "harness/compare/agreement.h"

/* Shares: of jemalloc, what decays of 73 MiB in the two seconds that two purges may be apart; of
 * glibc, one heap of an arena, 64 MiB (HEAP_MAX_SIZE, malloc/arena.c), of 74 MiB. Between four runs
 * under the wall clock 29 % and 86 % were seen. */
const struct pl_agreement_reason *pl_agreement_reasons(void)
{
    static const struct pl_agreement_reason reasons[] = {
        {"jemalloc", .35,
         "jemalloc purges when a ticker runs out that is drawn anew each time from a geometric "
         "distribution with a mean of 1,000 (ticker_geom, src/ticker.c), from a seed that is an "
         "address: in the ten seconds of decay after a burst two runs purge up to some seconds "
         "apart, under either clock. Before and after they agree."},
        {"glibc", .90,
         "An arena's heaps are of 64 MiB, and one goes back only when all behind it is free. "
         "Whether a packet that arrives while thousands are being released pins it is a race of "
         "two "
         "threads, under the wall clock, too."},
        {NULL, 0, NULL},
    };
    return reasons;
}

const struct pl_agreement_reason *pl_agreement_reason(const struct pl_agreement_reason *table,
                                                      const char *stack)
{
    for (; table->stack; table++)
        if (strcmp(table->stack, stack) == 0)
            return table;
    return NULL;
}
