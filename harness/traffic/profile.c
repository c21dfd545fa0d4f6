/* Drawing from a profile: what a cell needs of it (profile.h). */
#include "harness/traffic/profile.h"

const struct pl_profile_row *pl_profile_draw(const struct pl_profile *p, uint64_t random)
{
    uint64_t block = random % p->blocks;
    uint32_t low = 0, high = p->row_count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->rows[middle].upto > block)
            high = middle;
        else
            low = middle + 1;
    }
    return &p->rows[low];
}
