/* What the limit counts (limit.h). */
#include "harness/interpose/limit.h"

struct pl_limit pl_limit;
PL_TLS int64_t pl_limit_seen;
PL_TLS struct pl_limit_guess pl_limit_guesses[PL_LIMIT_GUESSES];

void pl_limit_refused(size_t size)
{
    pl_count_shared(&pl_process->refusals, 1);
    pl_count_max(&pl_process->refused_bytes_max, size);
}
