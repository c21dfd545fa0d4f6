/* What a profile is drawn from by (profile.h). */
#include "harness/traffic/profile.h"

void pl_profile_finish(struct pl_profile *p)
{
    p->bytes = sizeof *p + p->row_count * sizeof *p->rows;
    p->part_shift = 0;
    while ((p->blocks - 1) >> p->part_shift >= PL_PROFILE_PARTS)
        p->part_shift++;
    uint32_t row = 0;
    for (uint64_t part = 0; part << p->part_shift < p->blocks && part < PL_PROFILE_PARTS; part++) {
        while (p->rows[row].upto <= part << p->part_shift)
            row++;
        p->part_rows[part] = row;
    }
}
