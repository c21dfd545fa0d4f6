/* Doubling, bisection and its checks (edge.h). */
#include "harness/stats/edge.h"

static int try_size(const struct pl_edge_search *s, struct pl_edge *e, uint64_t size, bool *enough)
{
    int rc = s->try(s->context, size, enough);
    if (!rc && e->trial_count < PL_EDGE_TRIALS_MAX)
        e->trials[e->trial_count++] = (struct pl_edge_trial){size, *enough};
    return rc;
}

/* Up from the first size until one is enough. */
static int find_enough(const struct pl_edge_search *s, struct pl_edge *e)
{
    uint64_t size = s->first;
    for (;;) {
        bool enough = false;
        int rc = try_size(s, e, size, &enough);
        if (rc)
            return rc;
        if (enough) {
            e->found = true;
            e->enough = size;
            return 0;
        }
        e->too_small = size;
        if (size == s->most)
            return 0;
        size = size > s->most / 2 ? s->most : 2 * size;
    }
}

/* The size in the middle, on a step; both ends when nothing lies between them. */
static uint64_t middle(const struct pl_edge_search *s, uint64_t low, uint64_t high)
{
    uint64_t size = low + (high - low) / 2;
    uint64_t on_step = size / s->step * s->step;
    return on_step > low ? on_step : on_step + s->step;
}

static int bisect(const struct pl_edge_search *s, struct pl_edge *e)
{
    bool enough = false;
    int rc = 0;
    if (!e->too_small && e->enough > s->least) { /* is the least? */
        rc = try_size(s, e, s->least, &enough);
        if (rc)
            return rc;
        if (enough)
            e->enough = s->least;
        else
            e->too_small = s->least;
    }
    for (uint64_t size; e->too_small && (size = middle(s, e->too_small, e->enough)) < e->enough;) {
        rc = try_size(s, e, size, &enough);
        if (rc)
            return rc;
        if (enough)
            e->enough = size;
        else
            e->too_small = size;
    }
    return 0;
}

/* Once more on both sides, and further off. */
static int check(const struct pl_edge_search *s, struct pl_edge *e)
{
    const uint64_t sizes[] = {e->enough,           e->too_small,  e->enough + s->step,
                              e->enough * 3 / 2,   e->enough * 2, e->too_small / 2,
                              e->too_small * 3 / 4};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size = sizes[i] / s->step * s->step;
        bool enough;
        if (i < 2)
            size = sizes[i]; /* the least may lie on no step */
        if (size < s->least || size > s->most)
            continue;
        int rc = try_size(s, e, size, &enough);
        if (rc)
            return rc;
    }
    return 0;
}

static void judge(struct pl_edge *e)
{
    e->monotone = true;
    for (size_t i = 0; i < e->trial_count; i++) {
        const struct pl_edge_trial *t = &e->trials[i];
        if (t->enough == (t->size >= e->enough))
            continue;
        e->monotone = false;
        e->exception = t->size;
    }
}

int pl_edge_find(const struct pl_edge_search *s, struct pl_edge *e)
{
    *e = (struct pl_edge){0};
    int rc = find_enough(s, e);
    if (!rc && e->found)
        rc = bisect(s, e);
    if (!rc && e->found)
        rc = check(s, e);
    if (!rc && e->found)
        judge(e);
    return rc;
}
