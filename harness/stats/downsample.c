/* Thinning (downsample.h): first by parts of the time, then by straight lines. */
#include "harness/stats/downsample.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

size_t pl_points_highest(const struct pl_points *c)
{
    size_t highest = 0;
    for (size_t i = 1; i < c->count; i++)
        if (c->values[i] > c->values[highest])
            highest = i;
    return highest;
}

static size_t lowest_of(const struct pl_points *c)
{
    size_t lowest = 0;
    for (size_t i = 1; i < c->count; i++)
        if (c->values[i] < c->values[lowest])
            lowest = i;
    return lowest;
}

double pl_points_at(const struct pl_points *c, int64_t t_ns)
{
    size_t low = 0, high = c->count - 1;
    if (t_ns <= c->t_ns[0])
        return c->values[0];
    if (t_ns >= c->t_ns[high])
        return c->values[high];
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(c->t_ns[middle] <= t_ns ? &low : &high) = middle;
    }
    double share = (double)(t_ns - c->t_ns[low]) / (double)(c->t_ns[high] - c->t_ns[low]);
    return c->values[low] + share * (c->values[high] - c->values[low]);
}

static size_t bucket_of(const struct pl_points *c, size_t i, size_t buckets)
{
    double span = (double)(c->t_ns[c->count - 1] - c->t_ns[0]);
    double share = span > 0 ? (double)(c->t_ns[i] - c->t_ns[0]) / span : 0;
    return (size_t)(share * (double)buckets);
}

/* Marks the points of a part that tell how it goes from the first to before another. Of an extreme
 * that lasts both ends stay: a step is a step, wherever in the part it is. */
static void mark_part(const struct pl_points *c, size_t from, size_t to, bool *kept)
{
    size_t lowest = from, highest = from, lowest_last = from, highest_last = from;
    for (size_t i = from; i < to; i++) {
        lowest = c->values[i] < c->values[lowest] ? i : lowest;
        highest = c->values[i] > c->values[highest] ? i : highest;
        lowest_last = c->values[i] <= c->values[lowest_last] ? i : lowest_last;
        highest_last = c->values[i] >= c->values[highest_last] ? i : highest_last;
    }
    kept[from] = kept[lowest] = kept[highest] = true;
    kept[lowest_last] = kept[highest_last] = kept[to - 1] = true;
}

static void mark_parts(const struct pl_points *c, size_t buckets, bool *kept)
{
    for (size_t from = 0, to; from < c->count; from = to) {
        size_t bucket = bucket_of(c, from, buckets);
        for (to = from + 1; to < c->count && bucket_of(c, to, buckets) == bucket;)
            to++;
        mark_part(c, from, to, kept);
    }
}

/* Leaves out what is not marked. */
static void close_up(struct pl_points *c, const bool *kept)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (!kept[i])
            continue;
        c->t_ns[count] = c->t_ns[i];
        c->values[count++] = c->values[i];
    }
    c->count = count;
}

/* Marks the ends of lines that come within the tolerance of every point they pass. The slopes that
 * do so from the last end are a range, which each point passed makes narrower. */
static void mark_lines(const struct pl_points *c, double tolerance, bool *kept)
{
    size_t peak = pl_points_highest(c), trough = lowest_of(c), from = 0;
    double low = -INFINITY, high = INFINITY;
    kept[0] = kept[c->count - 1] = true;
    for (size_t i = 1; i < c->count; i++) {
        double time = (double)(c->t_ns[i] - c->t_ns[from]);
        double slope = (c->values[i] - c->values[from]) / time;
        if (slope < low || slope > high) {
            from = i - 1;
            kept[from] = true;
            low = -INFINITY, high = INFINITY;
            time = (double)(c->t_ns[i] - c->t_ns[from]);
        }
        low = fmax(low, (c->values[i] - tolerance - c->values[from]) / time);
        high = fmin(high, (c->values[i] + tolerance - c->values[from]) / time);
        if (i == peak || i == trough) {
            from = i;
            kept[i] = true;
            low = -INFINITY, high = INFINITY;
        }
    }
}

int pl_downsample(struct pl_points *c, size_t buckets, double tolerance)
{
    if (c->count < 3)
        return 0;
    bool *kept = calloc(c->count, sizeof *kept);
    if (!kept)
        return -ENOMEM;
    mark_parts(c, buckets, kept);
    close_up(c, kept);
    for (size_t i = 0; i < c->count; i++)
        kept[i] = false;
    mark_lines(c, tolerance, kept);
    close_up(c, kept);
    free(kept);
    return 0;
}

void pl_points_free(struct pl_points *c)
{
    free(c->t_ns);
    free(c->values);
    *c = (struct pl_points){0};
}
