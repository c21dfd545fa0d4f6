/* Runs of samples (reducer.h). */
#include "harness/forecast/reducer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static struct pl_reducer_part joined(const struct pl_reducer_part *a,
                                     const struct pl_reducer_part *b)
{
    return (struct pl_reducer_part){
        .first = a->first,
        .lowest = b->lowest.value < a->lowest.value ? b->lowest : a->lowest,
        .highest = b->highest.value > a->highest.value ? b->highest : a->highest,
        .last = b->last,
    };
}

static void halve(struct pl_reducer *r)
{
    for (size_t i = 0; i < PL_REDUCER_PARTS / 2; i++)
        r->parts[i] = joined(&r->parts[2 * i], &r->parts[2 * i + 1]);
    r->count = PL_REDUCER_PARTS / 2;
    r->per *= 2;
    r->filled = r->per;
}

int pl_reducer_add(struct pl_reducer *r, int64_t t_ns, double value)
{
    const struct pl_reducer_sample sample = {t_ns, value};
    const struct pl_reducer_part alone = {sample, sample, sample, sample};
    if (!r->parts) {
        r->parts = malloc(PL_REDUCER_PARTS * sizeof *r->parts);
        if (!r->parts)
            return -ENOMEM;
        r->per = r->filled = 1;
    }
    if (r->filled == r->per && r->count == PL_REDUCER_PARTS)
        halve(r);
    r->samples++;
    if (r->filled == r->per) {
        r->parts[r->count++] = alone;
        r->filled = 1;
        return 0;
    }
    r->parts[r->count - 1] = joined(&r->parts[r->count - 1], &alone);
    r->filled++;
    return 0;
}

static void add_point(struct pl_points *p, struct pl_reducer_sample sample)
{
    size_t n = p->count;
    if (n && p->t_ns[n - 1] == sample.t_ns) {
        p->values[n - 1] = sample.value > p->values[n - 1] ? sample.value : p->values[n - 1];
        return;
    }
    p->t_ns[n] = sample.t_ns;
    p->values[n] = sample.value;
    p->count++;
}

int pl_reducer_points(const struct pl_reducer *r, struct pl_points *points)
{
    size_t most = 4 * (r->count ? r->count : 1);
    struct pl_points p = {malloc(most * sizeof *p.t_ns), malloc(most * sizeof *p.values), 0};
    if (!p.t_ns || !p.values) {
        pl_points_free(&p);
        return -ENOMEM;
    }
    for (size_t i = 0; i < r->count; i++) {
        const struct pl_reducer_part *part = &r->parts[i];
        bool low_first = part->lowest.t_ns <= part->highest.t_ns;
        add_point(&p, part->first);
        add_point(&p, low_first ? part->lowest : part->highest);
        add_point(&p, low_first ? part->highest : part->lowest);
        add_point(&p, part->last);
    }
    *points = p;
    return 0;
}

void pl_reducer_free(struct pl_reducer *r)
{
    free(r->parts);
    *r = (struct pl_reducer){0};
}
