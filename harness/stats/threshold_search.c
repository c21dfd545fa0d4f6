/* Doubling, bisection and its checks (threshold_search.h). */
#include "harness/stats/threshold_search.h"

static int try_size(const struct pl_threshold_search *s, struct pl_threshold *e, uint64_t size,
                    enum pl_threshold_answer *answer)
{
    int rc = s->try(s->context, size, answer);
    if (!rc && e->trial_count < PL_THRESHOLD_TRIALS_MAX)
        e->trials[e->trial_count++] = (struct pl_threshold_trial){size, *answer};
    return rc;
}

/* Up from the first size until one is enough, or too large. */
static int find_enough(const struct pl_threshold_search *s, struct pl_threshold *e)
{
    uint64_t size = s->first;
    for (;;) {
        enum pl_threshold_answer answer;
        int rc = try_size(s, e, size, &answer);
        if (rc || answer == PL_THRESHOLD_TOO_LARGE)
            return rc;
        if (answer == PL_THRESHOLD_ENOUGH) {
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
static uint64_t middle(const struct pl_threshold_search *s, uint64_t low, uint64_t high)
{
    uint64_t size = low + (high - low) / 2;
    uint64_t on_step = size / s->step * s->step;
    return on_step > low ? on_step : on_step + s->step;
}

static int narrow(const struct pl_threshold_search *s, struct pl_threshold *e, uint64_t size)
{
    enum pl_threshold_answer answer;
    int rc = try_size(s, e, size, &answer);
    if (!rc && answer == PL_THRESHOLD_ENOUGH)
        e->enough = size;
    else if (!rc)
        e->too_small = size;
    return rc;
}

static int bisect(const struct pl_threshold_search *s, struct pl_threshold *e)
{
    int rc = 0;
    if (!e->too_small && e->enough > s->least)
        rc = narrow(s, e, s->least);
    for (uint64_t size;
         !rc && e->too_small && (size = middle(s, e->too_small, e->enough)) < e->enough;)
        rc = narrow(s, e, size);
    return rc;
}

/* Once more on both sides, and further off. */
static int check(const struct pl_threshold_search *s, struct pl_threshold *e)
{
    const uint64_t sizes[] = {e->enough,           e->too_small,  e->enough + s->step,
                              e->enough * 3 / 2,   e->enough * 2, e->too_small / 2,
                              e->too_small * 3 / 4};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size = sizes[i] / s->step * s->step;
        enum pl_threshold_answer answer;
        if (i < 2)
            size = sizes[i]; /* the least may lie on no step */
        if (size < s->least || size > s->most)
            continue;
        int rc = try_size(s, e, size, &answer);
        if (rc)
            return rc;
    }
    return 0;
}

static void judge(struct pl_threshold *e)
{
    e->monotone = true;
    for (size_t i = 0; i < e->trial_count; i++) {
        const struct pl_threshold_trial *t = &e->trials[i];
        bool enough = t->answer == PL_THRESHOLD_ENOUGH;
        bool unknown = t->answer == PL_THRESHOLD_TOO_LARGE && t->size > e->enough;
        if (unknown || enough == (t->size >= e->enough))
            continue;
        e->monotone = false;
        e->exception = t->size;
    }
}

bool pl_threshold_is_certain(const struct pl_threshold *e)
{
    return e->found && e->monotone;
}

int pl_threshold_find(const struct pl_threshold_search *s, struct pl_threshold *e)
{
    *e = (struct pl_threshold){0};
    int rc = find_enough(s, e);
    if (!rc && e->found)
        rc = bisect(s, e);
    if (!rc && e->found)
        rc = check(s, e);
    if (!rc && e->found)
        judge(e);
    return rc;
}
