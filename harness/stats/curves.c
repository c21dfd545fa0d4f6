/* Comparing curves by the envelope of their neighbourhood (curves.h). */
#include "harness/stats/curves.h"

#include <math.h>

/* The time that two curves have in common; empty where `to` is less than `from`. */
struct span {
    int64_t from, to;
};

static struct span common_of(const struct pl_curve *a, const struct pl_curve *b)
{
    int64_t a_to = a->t_ns[a->count - 1], b_to = b->t_ns[b->count - 1];
    return (struct span){a->t_ns[0] > b->t_ns[0] ? a->t_ns[0] : b->t_ns[0],
                         a_to < b_to ? a_to : b_to};
}

static int64_t length_of(const struct pl_curve *c)
{
    return c->t_ns[c->count - 1] - c->t_ns[0];
}

double pl_curve_peak(const struct pl_curve *c)
{
    double peak = c->values[0];
    for (size_t i = 1; i < c->count; i++)
        peak = fmax(peak, c->values[i]);
    return peak;
}

double pl_curves_common(const struct pl_curve *a, const struct pl_curve *b)
{
    struct span common = common_of(a, b);
    int64_t longer = length_of(a) > length_of(b) ? length_of(a) : length_of(b);
    if (common.to < common.from)
        return 0;
    return longer ? (double)(common.to - common.from) / (double)longer : 1;
}

/* How far a value is from the range of samples `first` to `last` of a curve. */
static double beyond(double value, const struct pl_curve *c, size_t first, size_t last)
{
    double low = c->values[first], high = c->values[first];
    for (size_t i = first + 1; i <= last; i++) {
        low = fmin(low, c->values[i]);
        high = fmax(high, c->values[i]);
    }
    return fmax(fmax(low - value, value - high), 0);
}

/* One way: from the samples of `a` to the envelope of `b`. */
static struct pl_curve_gap gap_from(const struct pl_curve *a, const struct pl_curve *b,
                                    struct span common, int64_t window_ns)
{
    struct pl_curve_gap gap = {0};
    for (size_t i = 0, first = 0, end = 0; i < a->count && a->t_ns[i] <= common.to; i++) {
        if (a->t_ns[i] < common.from)
            continue;
        while (first < b->count && b->t_ns[first] < a->t_ns[i] - window_ns)
            first++;
        while (end < b->count && b->t_ns[end] <= a->t_ns[i] + window_ns)
            end++;
        /* none within the window: `b` has a sample on either side, for the time is both's */
        double distance = first < end ? beyond(a->values[i], b, first, end - 1)
                                      : beyond(a->values[i], b, first - 1, first);
        if (distance > gap.most)
            gap = (struct pl_curve_gap){distance, a->t_ns[i]};
    }
    return gap;
}

struct pl_curve_gap pl_curves_gap(const struct pl_curve *a, const struct pl_curve *b,
                                  int64_t window_ns)
{
    struct span common = common_of(a, b);
    struct pl_curve_gap there = gap_from(a, b, common, window_ns),
                        back = gap_from(b, a, common, window_ns);
    if (there.most != back.most)
        return there.most > back.most ? there : back;
    return there.at_ns < back.at_ns ? there : back;
}
