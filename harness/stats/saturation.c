/* Fits over a grid of bends (saturation.h). */
#include "harness/stats/saturation.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>

#define GRID 100
#define CHI2_95 3.841 /* of one degree of freedom */
#define BETTER 10.0   /* of AIC, by which an end has to be better than none */
#define ALIKE 8.0     /* neighbours that tell as much as one: maxima over time go together */
#define TERMS_MAX 3

/* Of the bends. A start is over, to 1 %, after five of them: within a quarter of what was seen. */
static const double least[] = {1.0 / 50, 0.05, 1.0 / 200}, most[] = {1.5, 0.95, 1.0 / 20};
static const size_t terms[] = {2, 2, 3};

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
    return least[shape] * pow(most[shape] / least[shape], (double)i / (GRID - 1));
}

static double x_of(enum pl_saturation_shape shape, double bend, double share)
{
    if (shape != PL_SATURATION_SLOWS)
        return -expm1(-share / bend);
    return share > 0 ? pow(share, bend) : 0;
}

/* Gauss without pivots: of normal equations, which are positive definite. */
static void solve(double m[TERMS_MAX][TERMS_MAX + 1], size_t n, double *solution)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = k + 1; i < n; i++) {
            double factor = m[i][k] / m[k][k];
            for (size_t j = k; j <= n; j++)
                m[i][j] -= factor * m[k][j];
        }
    for (size_t k = n; k-- > 0;) {
        solution[k] = m[k][n];
        for (size_t j = k + 1; j < n; j++)
            solution[k] -= m[k][j] * solution[j];
        solution[k] /= m[k][k];
    }
}

static double share_of(const struct points *p, size_t i)
{
    return (p->seconds[i] - p->seconds[0]) / (p->seconds[p->count - 1] - p->seconds[0]);
}

static double level_of(struct pl_saturation_curve c, double share)
{
    return c.base + c.rise * x_of(c.shape, c.bend, share) + c.drift * share;
}

/* Least squares of a, b and c for one bend. */
static struct trial try(const struct points *p, enum pl_saturation_shape shape, double bend)
{
    double m[TERMS_MAX][TERMS_MAX + 1] = {{0}}, solution[TERMS_MAX] = {0};
    const size_t n = terms[shape];
    for (size_t i = 0; i < p->count; i++) {
        double share = share_of(p, i), row[] = {1, x_of(shape, bend, share), share};
        for (size_t k = 0; k < n; k++) {
            for (size_t j = 0; j < n; j++)
                m[k][j] += row[k] * row[j];
            m[k][n] += row[k] * (p->bytes[i] - p->bytes[0]);
        }
    }
    solve(m, n, solution);
    struct trial z = {{shape, p->bytes[0] + solution[0], solution[1], solution[2], bend}, 0};
    for (size_t i = 0; i < p->count; i++) {
        double off = p->bytes[i] - level_of(z.curve, share_of(p, i));
        z.squares += off * off;
    }
    return z;
}

static bool slows(struct pl_saturation_curve c)
{
    return c.rise > 0 && c.drift >= 0;
}

/* Those curves, of any shape, whose sum of squares is not worse than chance makes it: what was seen
 * may not tell an end from none. */
static void find_bounds(const struct points *p, struct pl_saturation *f)
{
    double now = p->seconds[p->count - 1], far = now + f->seen_seconds;
    double worst = f->squares * exp(CHI2_95 * ALIKE / (double)p->count);
    f->low = f->high = f->best;
    for (int i = 0; i < GRID * PL_SATURATION_SHAPES; i++) {
        enum pl_saturation_shape shape = (enum pl_saturation_shape)(i / GRID);
        struct trial z = try(p, shape, bend_of(shape, i % GRID));
        if (z.squares > worst || !slows(z.curve))
            continue;
        double level = pl_saturation_at(f, z.curve, far);
        if (level < pl_saturation_at(f, f->low, far))
            f->low = z.curve;
        if (level > pl_saturation_at(f, f->high, far))
            f->high = z.curve;
    }
}

/* The best bend; one at an end of the grid is no bend, but a step or a line. */
static bool fit_shape(const struct points *p, enum pl_saturation_shape shape, struct trial *best)
{
    int place = 0;
    *best = (struct trial){.squares = INFINITY};
    for (int i = 0; i < GRID; i++) {
        struct trial z = try(p, shape, bend_of(shape, i));
        if (!(z.squares < best->squares))
            continue;
        *best = z;
        place = i;
    }
    return place > 0 && place < GRID - 1 && slows(best->curve);
}

/* Akaike's criterion: twice the parameters, and what an end has to be better by. */
static double criterion(const struct trial *z, size_t count)
{
    enum pl_saturation_shape shape = z->curve.shape;
    return (double)count * log(z->squares) + 2.0 * (double)terms[shape] +
           (shape == PL_SATURATION_ENDS ? BETTER : 0);
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
    double best = INFINITY;
    for (int shape = 0; shape < PL_SATURATION_SHAPES; shape++) {
        struct trial z;
        if (count <= terms[shape] + 1) /* it would go through all points */
            continue;
        if (!fit_shape(&p, (enum pl_saturation_shape)shape, &z) || criterion(&z, count) >= best)
            continue;
        best = criterion(&z, count);
        f.best = z.curve;
        f.squares = z.squares;
        f.parameters = terms[shape] + 1;
    }
    if (isinf(f.squares))
        return -EINVAL;
    find_bounds(&p, &f);
    *fit = f;
    return 0;
}

double pl_saturation_at(const struct pl_saturation *f, struct pl_saturation_curve curve,
                        double seconds)
{
    return level_of(curve, (seconds - f->start_seconds) / f->seen_seconds);
}

double pl_saturation_end(struct pl_saturation_curve curve)
{
    return curve.shape == PL_SATURATION_ENDS ? curve.base + curve.rise : (double)INFINITY;
}
