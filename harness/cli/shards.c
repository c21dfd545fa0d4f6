#include "harness/cli/shards.h"

#include <stdlib.h>

#include "harness/base/spare_memory.h"

struct piece {
    int64_t ns;
    size_t place;
};

/* The longest first, and those that take as long in their order: qsort is not stable. */
static int by_length(const void *a, const void *b)
{
    const struct piece *one = a, *other = b;
    if (one->ns != other->ns)
        return one->ns < other->ns ? 1 : -1;
    return one->place > other->place ? 1 : -1;
}

/* @return the first of those that have least. Pieces that take no time are spread, too. */
static uint32_t shortest(const int64_t *sums, const size_t *pieces, uint32_t shards)
{
    uint32_t found = 0;
    for (uint32_t s = 1; s < shards; s++)
        if (sums[s] < sums[found] || (sums[s] == sums[found] && pieces[s] < pieces[found]))
            found = s;
    return found;
}

void pl_shards_cut(const int64_t *ns, size_t count, uint32_t shards, uint32_t *shard_of)
{
    struct piece *sorted = pl_memory_take(count + 1, sizeof *sorted);
    int64_t *sums = pl_memory_take(shards, sizeof *sums);
    size_t *pieces = pl_memory_take(shards, sizeof *pieces);
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct piece){ns[i], i};
    qsort(sorted, count, sizeof *sorted, by_length);
    for (size_t i = 0; i < count; i++) {
        uint32_t shard = shortest(sums, pieces, shards);
        sums[shard] += sorted[i].ns;
        pieces[shard]++;
        shard_of[sorted[i].place] = shard + 1;
    }
    free(sorted);
    free(sums);
    free(pieces);
}
