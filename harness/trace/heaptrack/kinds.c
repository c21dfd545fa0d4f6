/* Queues of live blocks, linked by slot (kinds.h). */
#include "harness/trace/heaptrack/kinds.h"

#include <errno.h>

int pl_heaptrack_kind_came(struct pl_heaptrack_kinds *kinds, struct pl_heaptrack_kind *kind,
                           uint32_t slot)
{
    uint32_t *mine = pl_heaptrack_reach(&kinds->later, slot, sizeof *mine);
    if (!mine)
        return -ENOMEM;
    uint32_t *later = kinds->later.at;
    *mine = 0;
    if (kind->latest)
        later[kind->latest - 1] = slot + 1;
    else
        kind->oldest = slot + 1;
    kind->latest = slot + 1;
    return 0;
}

int64_t pl_heaptrack_kind_goes(struct pl_heaptrack_kinds *kinds, struct pl_heaptrack_kind *kind)
{
    const uint32_t *later = kinds->later.at;
    if (!kind->oldest)
        return -1;
    const uint32_t slot = kind->oldest - 1;
    kind->oldest = later[slot];
    if (!kind->oldest)
        kind->latest = 0;
    return slot;
}

void pl_heaptrack_kinds_free(struct pl_heaptrack_kinds *kinds)
{
    free(kinds->list.at);
    free(kinds->later.at);
    *kinds = (struct pl_heaptrack_kinds){.list = {.at = NULL}};
}
