#include "harness/traffic/load.h"

#include "harness/base/random.h"

void pl_load_start(struct pl_load_walk *w, const struct pl_load_settings *load, uint64_t seed,
                   uint32_t *order)
{
    *w = (struct pl_load_walk){.load = load, .random = seed, .lot = seed, .order = order};
    for (uint32_t i = 0; i < pl_load_most(load); i++)
        order[i] = i;
}

/* Sessions and time from which the way to the point at hand begins. What comes before the first
 * point, at once at its time, does so from what there is. */
static void way(const struct pl_load_walk *w, struct pl_load_point *from, struct pl_load_point *to)
{
    *to = w->load->points[w->point];
    *from = (struct pl_load_point){to->at_ns, w->sessions};
    if (w->point > 0)
        *from = w->load->points[w->point - 1];
}

static uint32_t changes(const struct pl_load_point *from, const struct pl_load_point *to)
{
    return to->sessions > from->sessions ? to->sessions - from->sessions
                                         : from->sessions - to->sessions;
}

/* @return false at the curve's end, if it does not begin again */
static bool next_point(struct pl_load_walk *w)
{
    w->change = 0;
    if (++w->point < w->load->count)
        return true;
    if (!w->load->every_ns)
        return false;
    w->base_ns += w->load->every_ns;
    w->point = 0;
    return true;
}

/* The k-th of n has the k-th share of the way. */
static int64_t drawn_ns(struct pl_load_walk *w, const struct pl_load_point *from,
                        const struct pl_load_point *to)
{
    double place = pl_random_unit(&w->random) + w->change;
    double share = place / changes(from, to);
    return w->base_ns + from->at_ns + (int64_t)((double)(to->at_ns - from->at_ns) * share);
}

static uint32_t let_in(struct pl_load_walk *w)
{
    return w->order[w->sessions++];
}

static uint32_t let_out(struct pl_load_walk *w)
{
    uint32_t drawn = (uint32_t)(pl_random_next(&w->lot) % w->sessions--);
    uint32_t session = w->order[drawn];
    w->order[drawn] = w->order[w->sessions];
    w->order[w->sessions] = session;
    return session;
}

bool pl_load_next(struct pl_load_walk *w, struct pl_load_change *change)
{
    struct pl_load_point from, to;
    /* A curve without any change would go on for ever: it is walked once around at most. */
    for (uint32_t points = 0; points <= w->load->count && w->point < w->load->count; points++) {
        way(w, &from, &to);
        if (w->point == 0)
            w->change = 0; /* counted from what there is */
        if (w->change < changes(&from, &to)) {
            change->at_ns = drawn_ns(w, &from, &to);
            change->comes = to.sessions > from.sessions;
            change->session = change->comes ? let_in(w) : let_out(w);
            w->change++;
            return true;
        }
        if (!next_point(w))
            return false;
    }
    return false;
}

/* How many go on the way to a point; to the first, from the last one of the turn before. */
static uint32_t falls_to(const struct pl_load_settings *load, uint32_t point)
{
    const struct pl_load_point *to = &load->points[point];
    const struct pl_load_point *from = &load->points[point ? point - 1 : load->count - 1];
    return from->sessions > to->sessions ? from->sessions - to->sessions : 0;
}

int64_t pl_load_fallen_ns(const struct pl_load_settings *load, int64_t until_ns)
{
    int64_t turn = load->every_ns ? until_ns / load->every_ns : 0;
    for (int64_t k = turn; k >= 0 && k >= turn - 1; k--)
        for (uint32_t i = load->count; i-- > 0;) {
            int64_t at_ns = k * load->every_ns + load->points[i].at_ns;
            if (at_ns <= until_ns && (i > 0 || k > 0) && falls_to(load, i))
                return at_ns;
        }
    return -1;
}

uint64_t pl_load_falls(const struct pl_load_settings *load, int64_t until_ns)
{
    uint64_t falls = 0;
    for (uint32_t i = 0; i < load->count; i++)
        falls += falls_to(load, i);
    return load->every_ns ? falls * (uint64_t)(until_ns / load->every_ns + 1) : falls;
}
