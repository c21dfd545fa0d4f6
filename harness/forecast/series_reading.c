/* Taking samples (series_reading.h). */
#include "harness/forecast/series_reading.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

#define BYTES_MOST 7e13 /* 64 TiB: more is of another unit */

int pl_memory_reading_add(struct pl_memory_reading *r, size_t line, int64_t t_ns, double bytes,
                          struct pl_error *error)
{
    char at[32] = "";
    if (line)
        snprintf(at, sizeof at, ":%zu", line);
    if (!isfinite(bytes) || bytes < 0)
        return pl_error_set(error, -EINVAL, "%s%s: the memory is no number; expected 0 or more",
                            r->path, at);
    if (bytes > BYTES_MOST)
        return pl_error_set(error, -EINVAL,
                            "%s%s: more than 64 TiB; expected another unit, such as --unit B",
                            r->path, at);
    if (r->reducer.samples && t_ns < r->last_ns)
        return pl_error_set(error, -EINVAL, "%s%s: time goes back; expected times that ascend",
                            r->path, at);
    if (r->reducer.samples && t_ns - r->last_ns > r->series->gap_ns) {
        r->series->gap_ns = t_ns - r->last_ns;
        r->series->gap_at_ns = r->last_ns;
    }
    r->last_ns = t_ns;
    return pl_reducer_add(&r->reducer, t_ns, bytes) ? pl_error_set(error, -ENOMEM, "out of memory")
                                                    : 0;
}
