/* Fits over a grid of bends (saturation.h). */
#include "harness/stats/saturation.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#define GRID 100
#define CHI2_95 3.841 /* of one degree of freedom */
#define BETTER 10.0   /* of AIC, by which an end has to be better than none */
#define ALIKE 8.0     /* neighbours that tell as much as one: maxima over time go together */

struct trial {
    struct pl_saturation_curve curve;
    double squares;
};

struct points {
    const double *seconds, *bytes;
    size_t count;
};

static double bend_of(enum pl_saturation_shape shape, int i)
{
    static const double least[] = {1.0 / 50, 0.05}, most[] = {1.5, 0.95};
    return least[shape] * pow(most[shape] / least[shape], (double)i / (GRID - 1));
}

static double x_of(enum pl_saturation_shape shape, double bend, double share)
{
    if (shape == PL_SATURATION_ENDS)
        return -expm1(-share / bend);
    return share > 0 ? pow(share, bend) : 0;
}

/* Least squares of a and b for one bend. */
static struct trial try(const struct points *p, enum pl_saturation_shape shape, double bend)
{
    double n = (double)p->count, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    double start = p->seconds[0], span = p->seconds[p->count - 1] - start;
    for (size_t i = 0; i < p->count; i++) {
        double x = x_of(shape, bend, (p->seconds[i] - start) / span);
        double y = p->bytes[i] - p->bytes[0];
        sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
    }
    double rise = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    double left = syy - sy * sy / n - rise * (sxy - sx * sy / n);
    double base = p->bytes[0] + (sy - rise * sx) / n;
    return (struct trial){{base, rise, bend}, left > 0 ? left : 0};
}

/* Those bends whose sum of squares is not worse than chance makes it. */
static void find_bounds(const struct points *p, struct pl_saturation *f)
{
    double now = p->seconds[p->count - 1], far = now + f->seen_seconds;
    double most = f->squares * exp(CHI2_95 * ALIKE / (double)p->count);
    f->low = f->high = f->best;
    for (int i = 0; i < GRID; i++) {
        struct trial z = try(p, f->shape, bend_of(f->shape, i));
        if (z.squares > most || !(z.curve.rise > 0))
            continue;
        double level = pl_saturation_at(f, z.curve, far);
        if (level < pl_saturation_at(f, f->low, far))
            f->low = z.curve;
        if (level > pl_saturation_at(f, f->high, far))
            f->high = z.curve;
    }
}

static void fit_shape(const struct points *p, enum pl_saturation_shape shape,
                      struct pl_saturation *f)
{
    struct trial best = {.squares = INFINITY};
    int place = 0;
    for (int i = 0; i < GRID; i++) {
        struct trial z = try(p, shape, bend_of(shape, i));
        if (!(z.squares < best.squares))
            continue;
        best = z;
        place = i;
    }
    bool inside = place > 0 && place < GRID - 1 && best.curve.rise > 0;
    if (!inside || !(best.squares < f->squares))
        return;
    f->shape = shape;
    f->best = best.curve;
    f->squares = best.squares;
}

int pl_saturation_fit(const double *seconds, const double *bytes, size_t count,
                      struct pl_saturation *fit)
{
    const struct points p = {seconds, bytes, count};
    if (count < 4 || !(seconds[count - 1] > seconds[0]))
        return -EINVAL;
    struct pl_saturation f = {.start_seconds = seconds[0],
                              .seen_seconds = seconds[count - 1] - seconds[0],
                              .squares = INFINITY};
    fit_shape(&p, PL_SATURATION_SLOWS, &f);
    f.squares *= exp(-BETTER / (double)count); /* what the other has to be below */
    double slows = f.squares;
    fit_shape(&p, PL_SATURATION_ENDS, &f);
    if (f.squares == slows)
        f.squares *= exp(BETTER / (double)count);
    if (isinf(f.squares))
        return -EINVAL;
    find_bounds(&p, &f);
    *fit = f;
    return 0;
}

double pl_saturation_at(const struct pl_saturation *f, struct pl_saturation_curve curve,
                        double seconds)
{
    double share = (seconds - f->start_seconds) / f->seen_seconds;
    return curve.base + curve.rise * x_of(f->shape, curve.bend, share);
}

double pl_saturation_end(const struct pl_saturation *f, struct pl_saturation_curve curve)
{
    return f->shape == PL_SATURATION_ENDS ? curve.base + curve.rise : (double)INFINITY;
}
