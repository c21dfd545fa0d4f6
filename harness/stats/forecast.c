/* Choosing the kind, and the levels and times that follow from it (forecast.h). */
#include "harness/stats/forecast.h"

#include <errno.h>
#include <math.h>

#include "harness/stats/envelope.h"

#define SURE 5.0     /* scatters that a rise has to have */
#define OVERDUE 1.5  /* times its error that a step may be late; then the staircase has ended */
#define SEARCH 400   /* moments at which a level is looked for, evenly over their logarithm */
#define SOONEST 1e-5 /* the first of them, a share of the furthest */
#define HALVINGS 50  /* of an interval of time, to find the moment in it */
/* Of the criterion, very strong: Kass & Raftery, "Bayes Factors", JASA 90, 1995. */
#define BETTER 10.0
#define FIT_FLOOR 0.1 /* of the noise of a level: fits closer than that are equally good */

const char *pl_forecast_kind_name(enum pl_forecast_kind kind)
{
    static const char *const names[PL_FORECAST_KINDS] = {"none", "linear", "staircase",
                                                         "saturating"};
    return names[kind];
}

static double noise(double level)
{
    return fmax(PL_FORECAST_FLOOR_BYTES, PL_FORECAST_FLOOR_SHARE * level);
}

static double seconds_of(int64_t t_ns)
{
    return (double)t_ns / 1e9;
}

/* Sum of squares around the least squares line of points first to last. */
static double squares_of(const struct pl_trend_points *p, size_t first, size_t last)
{
    double n = (double)(last - first + 1), sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    for (size_t i = first; i <= last; i++) {
        double x = p->seconds[i] - p->seconds[first], y = p->bytes[i] - p->bytes[first];
        sx += x, sy += y, sxx += x * x, sxy += x * y, syy += y * y;
    }
    double xx = sxx - sx * sx / n, xy = sxy - sx * sy / n, yy = syy - sy * sy / n;
    return fmax(0, yy - (xx > 0 ? xy * xy / xx : 0));
}

/* Schwarz's criterion ("Estimating the Dimension of a Model", Annals of Statistics 6, 1978): the
 * least is the best. */
static double criterion(double squares, size_t count, size_t parameters, double level)
{
    double n = (double)count, floor = FIT_FLOOR * noise(level);
    return n * log(squares / n + floor * floor) + (double)parameters * log(n);
}

/* Whether a saturation from the beginning of one of the pieces on fits better than the pieces. */
static bool saturates(const struct pl_envelope *e, const struct pl_trend_pieces *pieces,
                      double level, struct pl_saturation *best, size_t *from)
{
    const struct pl_trend_points *p = &e->points;
    double squares = 0;
    bool found = false;
    for (size_t k = pieces->count; k-- > 0;) {
        size_t first = pieces->first[k], count = p->count - first;
        struct pl_saturation s;
        squares += squares_of(p, first, pieces->first[k + 1]);
        size_t parameters = 3 * (pieces->count - k) - 1;
        if (pl_saturation_fit(p->seconds + first, p->bytes + first, count, &s) ||
            criterion(s.squares, count, s.parameters, level) + BETTER >=
                criterion(squares, count, parameters, level))
            continue;
        *best = s;
        *from = first;
        found = true;
    }
    return found;
}

static bool grows(const struct pl_trend_line *line)
{
    double rise = line->rate * line->seen;
    return line->rate_low > 0 && rise > fmax(PL_FORECAST_FLOOR_BYTES, SURE * line->scatter);
}

/* What neither grows nor falls meets a limit at its highest; of what falls, the end counts: there
 * are the last eighth's parts. */
static void set_level(struct pl_forecast *f, const struct pl_envelope *e, size_t first)
{
    double low = INFINITY, high = 0;
    size_t last = e->points.count - e->points.count / 8;
    if (f->line.rate * f->line.seen < -PL_FORECAST_FLOOR_BYTES && last > first)
        first = last;
    for (size_t i = first; i < e->points.count; i++) {
        low = fmin(low, e->bytes[i]);
        high = fmax(high, e->bytes[i]);
    }
    f->level = high;
    f->spread = high - low;
}

static void take_saturation(struct pl_forecast *f, const struct pl_envelope *e, size_t first)
{
    const struct pl_saturation *s = &f->saturation;
    f->kind = PL_FORECAST_SATURATING;
    f->from_ns = (int64_t)(e->seconds[first] * 1e9);
    f->level = pl_saturation_at(s, s->best, seconds_of(f->end_ns));
    f->spread = 2 * sqrt(s->squares / (double)(e->points.count - first));
}

static int fit(const struct pl_curve *c, struct pl_forecast *f)
{
    struct pl_envelope e;
    struct pl_trend_pieces pieces;
    size_t from = 0;
    int rc = pl_envelope_find(c, noise(c->values[0]), &e);
    rc = rc ? rc : pl_trend_cut(&e.points, &pieces);
    size_t first = rc ? 0 : pieces.first[pieces.count - 1];
    rc = rc ? rc : pl_trend_fit(&e.points, first, &f->line);
    if (rc)
        return rc;
    f->from_ns = (int64_t)(e.seconds[first] * 1e9);
    if (!grows(&f->line)) {
        set_level(f, &e, first);
        return 0;
    }
    bool slows = f->line.slows || pieces.count > 1;
    if (slows && saturates(&e, &pieces, f->line.level, &f->saturation, &from)) {
        take_saturation(f, &e, from);
        return 0;
    }
    f->kind = PL_FORECAST_LINEAR;
    f->level = f->line.level + f->line.rate * (seconds_of(f->end_ns) - f->line.end_seconds);
    f->spread = 2 * f->line.scatter;
    return 0;
}

static bool is_overdue(const struct pl_staircase *z, double end)
{
    double late = OVERDUE * z->error;
    return pl_staircase_next(z, z->steps[z->count - 1], late).seconds < end;
}

int pl_forecast_make(const struct pl_curve *c, struct pl_forecast *f)
{
    if (c->count < PL_FORECAST_SAMPLES_MIN)
        return -EINVAL;
    *f = (struct pl_forecast){
        .kind = PL_FORECAST_NONE, .start_ns = c->t_ns[0], .end_ns = c->t_ns[c->count - 1]};
    struct pl_staircase *z = &f->stairs;
    if (!pl_staircase_find(c, z) || is_overdue(z, seconds_of(f->end_ns)))
        return fit(c, f);
    f->kind = PL_FORECAST_STAIRCASE;
    f->from_ns = (int64_t)(z->steps[0].seconds * 1e9);
    f->level = z->steps[z->count - 1].after;
    return 0;
}

static struct pl_forecast_range around(double best, double half)
{
    return (struct pl_forecast_range){best, fmax(0, best - half), best + half};
}

static struct pl_forecast_range stairs_at(const struct pl_forecast *f, double ahead)
{
    double at = seconds_of(f->end_ns) + ahead, error = f->stairs.error;
    double best = pl_staircase_at(&f->stairs, at, 0);
    double low = pl_staircase_at(&f->stairs, at, error);
    double high = pl_staircase_at(&f->stairs, at, -error);
    return (struct pl_forecast_range){best, fmax(0, low - noise(low)), high + noise(high)};
}

static struct pl_forecast_range saturation_at(const struct pl_forecast *f, double ahead)
{
    const struct pl_saturation *s = &f->saturation;
    double at = seconds_of(f->end_ns) + ahead;
    double best = pl_saturation_at(s, s->best, at), half = fmax(noise(best), f->spread);
    double straight = f->level + f->line.rate * ahead + pl_trend_width(&f->line, ahead);
    double low = pl_saturation_at(s, s->low, at);
    double high = fmax(pl_saturation_at(s, s->high, at), straight);
    return (struct pl_forecast_range){best, fmax(0, fmin(low, best) - half),
                                      fmax(high, best) + half};
}

struct pl_forecast_range pl_forecast_at(const struct pl_forecast *f, double ahead)
{
    double best = f->level + (f->kind == PL_FORECAST_LINEAR ? f->line.rate * ahead : 0);
    double half = fmax(noise(best), f->spread);
    switch (f->kind) {
    case PL_FORECAST_STAIRCASE:
        return stairs_at(f, ahead);
    case PL_FORECAST_SATURATING:
        return saturation_at(f, ahead);
    case PL_FORECAST_LINEAR:
        return around(best, hypot(half, pl_trend_width(&f->line, ahead)));
    default: { /* a rate that may be none may be some, too */
        struct pl_forecast_range r = around(best, half);
        r.high += fmax(0, f->line.rate_high) * ahead;
        return r;
    }
    }
}

enum bound { BEST, LOW, HIGH };

static double bound_at(const struct pl_forecast *f, enum bound bound, double ahead)
{
    struct pl_forecast_range r = pl_forecast_at(f, ahead);
    return bound == LOW ? r.low : bound == HIGH ? r.high : r.best;
}

/* The first moment; a low bound may fall again, where the walk gets wider than the line rises. */
static double first_moment(const struct pl_forecast *f, enum bound bound, double bytes,
                           double furthest)
{
    double before = 0;
    if (bound_at(f, bound, 0) >= bytes)
        return 0;
    for (int i = 0; i <= SEARCH; i++) {
        double share = (double)i / SEARCH;
        double ahead = furthest * pow(SOONEST, 1 - share);
        if (bound_at(f, bound, ahead) < bytes) {
            before = ahead;
            continue;
        }
        for (int k = 0; k < HALVINGS; k++) {
            double middle = (before + ahead) / 2;
            *(bound_at(f, bound, middle) < bytes ? &before : &ahead) = middle;
        }
        return ahead;
    }
    return INFINITY;
}

double pl_forecast_reach(const struct pl_forecast *f)
{
    return PL_FORECAST_REACH * seconds_of(f->end_ns - f->start_ns);
}

struct pl_forecast_range pl_forecast_meets(const struct pl_forecast *f, double bytes,
                                           double furthest)
{
    double beside = fmin(PL_FORECAST_BESIDE_BYTES, bytes / 2);
    return (struct pl_forecast_range){first_moment(f, BEST, bytes, furthest),
                                      first_moment(f, HIGH, bytes - beside, furthest),
                                      first_moment(f, LOW, bytes, furthest)};
}

double pl_forecast_rate(const struct pl_forecast *f)
{
    const struct pl_saturation *s = &f->saturation;
    double now = seconds_of(f->end_ns), moment = s->seen_seconds / 100;
    switch (f->kind) {
    case PL_FORECAST_LINEAR:
        return f->line.rate;
    case PL_FORECAST_SATURATING:
        return (pl_saturation_at(s, s->best, now) - pl_saturation_at(s, s->best, now - moment)) /
               moment;
    case PL_FORECAST_STAIRCASE: {
        struct pl_step latest = f->stairs.steps[f->stairs.count - 1];
        struct pl_step next = pl_staircase_next(&f->stairs, latest, 0);
        return (next.after - latest.after) / (next.seconds - latest.seconds);
    }
    default:
        return 0;
    }
}
