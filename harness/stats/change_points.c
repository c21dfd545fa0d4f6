/* Divides, tests, and goes on with the parts (change_points.h). */
#include "harness/stats/change_points.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/random.h"
#include "harness/stats/energy.h"
#include "harness/stats/values.h"

#define ROUNDS_MAX 100000

/* Permutations of few or tied values give the same distance by other sums. */
#define SAME 1e-9

struct segment {
    size_t first, end;
    struct pl_energy_split split;
    double p; /* of the change with which it begins */
};

struct search {
    struct pl_change_options options;
    double *values;   /* from 0 to 1 */
    double *shuffled; /* as many */
    double *work;     /* twice as many */
    size_t count;
    struct segment *segments; /* in their order */
    size_t segment_count;
    uint64_t random;
};

static bool read_options(const struct pl_change_options *given, struct pl_change_options *o)
{
    *o = given ? *given : (struct pl_change_options){0};
    o->alpha = o->alpha != 0 ? o->alpha : PL_CHANGE_ALPHA;
    o->min_segment = o->min_segment ? o->min_segment : PL_CHANGE_MIN_SEGMENT;
    o->rounds = o->rounds ? o->rounds : PL_CHANGE_ROUNDS;
    o->level = o->level != 0 ? o->level : PL_CHANGE_LEVEL;
    return o->alpha > 0 && o->alpha < 2 && o->min_segment >= 2 && o->rounds >= 19 &&
           o->rounds <= ROUNDS_MAX && o->level > 0 && o->level < 1;
}

/* From 0 to 1: the sums of distances then stay finite, and what Q is compared with has a scale. */
static void normalise(const double *values, size_t count, double *scaled)
{
    double low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    for (size_t i = 0; i < count; i++)
        scaled[i] = high > low ? (values[i] - low) / (high - low) : 0;
}

static struct pl_energy_split divide(struct search *s, const double *values,
                                     const struct segment *segment)
{
    return pl_energy_divide(values + segment->first, segment->end - segment->first,
                            s->options.alpha, s->options.min_segment, s->work);
}

static void shuffle(double *values, size_t count, uint64_t *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)(pl_random_next(random) % i);
        double swap = values[i - 1];
        values[i - 1] = values[j];
        values[j] = swap;
    }
}

/* Whether some segment, its values shuffled, can be divided by at least this distance. */
static bool as_far_by_chance(struct search *s, double distance)
{
    memcpy(s->shuffled, s->values, s->count * sizeof *s->values);
    bool reached = false;
    for (size_t i = 0; i < s->segment_count; i++) {
        struct segment *g = &s->segments[i];
        shuffle(s->shuffled + g->first, g->end - g->first, &s->random);
        reached = reached || divide(s, s->shuffled, g).distance >= distance * (1 - SAME);
    }
    return reached;
}

/* The share of permutations that divide as far, the observed order being one of them (Matteson &
 * James 2014, section 3.2). Ends as soon as the level is out of reach: then p is a lower bound. */
static double chance_of(struct search *s, double distance)
{
    double rounds = (double)s->options.rounds + 1, reached = 1;
    for (size_t i = 0; i < s->options.rounds && reached <= s->options.level * rounds; i++)
        reached += as_far_by_chance(s, distance);
    return reached / rounds;
}

/* The segment that can be divided the furthest; NULL where none can. */
static struct segment *furthest(struct search *s)
{
    struct segment *best = NULL;
    for (size_t i = 0; i < s->segment_count; i++)
        if (s->segments[i].split.at &&
            (!best || s->segments[i].split.distance > best->split.distance))
            best = &s->segments[i];
    return best;
}

static void cut(struct search *s, struct segment *segment, double p)
{
    size_t place = (size_t)(segment - s->segments);
    memmove(segment + 1, segment, (s->segment_count - place) * sizeof *segment);
    s->segment_count++;
    segment[0].end = segment[1].first = segment[0].first + segment[0].split.at;
    segment[1].p = p;
    segment[0].split = divide(s, s->values, &segment[0]);
    segment[1].split = divide(s, s->values, &segment[1]);
}

static void divide_all(struct search *s)
{
    s->segments[0] = (struct segment){.end = s->count};
    s->segment_count = 1;
    s->segments[0].split = divide(s, s->values, &s->segments[0]);
    for (struct segment *next; (next = furthest(s)) != NULL;) {
        double p = chance_of(s, next->split.distance);
        if (p > s->options.level)
            break;
        cut(s, next, p);
    }
}

static double median_of(struct search *s, const double *values, const struct segment *g)
{
    memcpy(s->work, values + g->first, (g->end - g->first) * sizeof *values);
    return pl_values_median(s->work, g->end - g->first);
}

static int report(struct search *s, const double *values, struct pl_change_point *points,
                  size_t capacity, size_t *found)
{
    if (s->segment_count - 1 > capacity)
        return -ENOSPC;
    for (size_t i = 1; i < s->segment_count; i++)
        points[i - 1] =
            (struct pl_change_point){.index = s->segments[i].first,
                                     .p = s->segments[i].p,
                                     .before = median_of(s, values, &s->segments[i - 1]),
                                     .after = median_of(s, values, &s->segments[i])};
    *found = s->segment_count - 1;
    return 0;
}

int pl_change_points(const double *values, size_t count, const struct pl_change_options *options,
                     struct pl_change_point *points, size_t capacity, size_t *found)
{
    struct search s = {.count = count};
    if (!read_options(options, &s.options) || count > PL_CHANGE_VALUES_MAX ||
        !pl_values_usable(values, count))
        return -EINVAL;
    s.random = s.options.seed;
    s.values = malloc(4 * count * sizeof *s.values);
    s.segments = malloc((count / s.options.min_segment + 1) * sizeof *s.segments);
    int rc = s.values && s.segments ? 0 : -ENOMEM;
    if (!rc) {
        s.shuffled = s.values + count;
        s.work = s.shuffled + count;
        normalise(values, count, s.values);
        divide_all(&s);
        rc = report(&s, values, points, capacity, found);
    }
    free(s.values);
    free(s.segments);
    return rc;
}
