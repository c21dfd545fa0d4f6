/* What is said of a series, and its end (memory_series.h). */
#include "harness/forecast/memory_series.h"

#include <stdarg.h>
#include <stdio.h>

void pl_memory_series_note(struct pl_memory_series *s, const char *format, ...)
{
    if (s->note_count == PL_MEMORY_SERIES_NOTES)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(s->notes[s->note_count++], sizeof s->notes[0], format, args);
    va_end(args);
}

struct pl_curve pl_memory_series_curve(const struct pl_memory_series *s)
{
    return (struct pl_curve){s->points.t_ns, s->points.values, s->points.count};
}

void pl_memory_series_free(struct pl_memory_series *s)
{
    pl_points_free(&s->points);
}
