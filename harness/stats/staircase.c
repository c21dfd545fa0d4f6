/* Finding jumps, and their rule (staircase.h). */
#include "harness/stats/staircase.h"

#include <math.h>

#include "harness/stats/values.h"

/* A jump is more than a level varies by from sample to sample: 16 pages, or a share of it. */
#define JUMP_BYTES (64.0 * 1024)
#define JUMP_SHARE 0.02

#define FALL_SHARE 0.1  /* of a height: what falls by more begins anew */
#define RISE_SHARE 0.8  /* of the rise has to be by jumps */
#define TIME_SHARE 0.25 /* of the time may go by while jumping */
#define ALIKE 0.35      /* how far ratios or heights may be off their median */
#define LAST 3          /* steps from which the rule is taken: the first ones hold what starts */
#define RATIO_MIN 1.3   /* of two steps, which are no series by height */
#define DOUBLES 0.1     /* off 2, of the heights of two steps: from two no other ratio is told */
#define ERROR_MIN 0.1   /* of the wait for a step: demand is no line to the byte */
#define ERROR_FEW 0.25  /* of two steps, which always lie on a line, or of heights that double */
#define ERROR_MAX 0.5   /* steps that come by chance add up to a line */
#define BEGAN_SHARE 0.5 /* of the time: a rise since a later fall is one of a sawtooth */
#define LATE_MAX 0.5    /* waits half as long, or twice */
#define AHEAD_MAX 10000 /* steps: what comes later is as good as never */
#define WAITS 12        /* latest ones, by which a staircase is regular or not */
#define SPREAD_MAX 0.8  /* of their median, between their quartiles */

static double noise(double level)
{
    return fmax(JUMP_BYTES, JUMP_SHARE * level);
}

struct search {
    struct pl_staircase *stairs;
    double base;    /* where the rise began */
    double jumping; /* seconds */
    double began;   /* behind the last fall */
    bool many;      /* more than there is room for */
};

static void add_step(struct search *s, const struct pl_curve *c, size_t before, size_t after)
{
    struct pl_step step = {(double)c->t_ns[after] / 1e9, c->values[before], c->values[after]};
    s->many |= s->stairs->count == PL_STAIRCASE_STEPS_MAX;
    if (s->many)
        return;
    if (s->stairs->count == 0)
        s->base = step.before;
    s->jumping += (double)(c->t_ns[after] - c->t_ns[before]) / 1e9;
    s->stairs->steps[s->stairs->count++] = step;
}

/* A jump is a run of samples each of which rises by more than noise. */
static void find_steps(struct search *s, const struct pl_curve *c)
{
    for (size_t i = 1; i < c->count; i++) {
        size_t first = i - 1;
        while (i < c->count && c->values[i] - c->values[i - 1] > noise(c->values[i - 1]))
            i++;
        if (i - 1 > first)
            add_step(s, c, first, i - 1);
        size_t n = s->stairs->count;
        if (n && i < c->count && c->values[i] < (1 - FALL_SHARE) * s->stairs->steps[n - 1].after) {
            s->stairs->count = 0;
            s->jumping = 0;
            s->began = (double)c->t_ns[i] / 1e9;
        }
    }
}

/* The median of the latest, and whether all of those are about that. */
static bool alike(const double *values, size_t count, double *median)
{
    double sorted[LAST];
    for (size_t i = 0; i < count; i++)
        sorted[i] = values[i];
    *median = pl_values_median(sorted, count);
    for (size_t i = 0; i < count; i++)
        if (fabs(values[i] - *median) > ALIKE * *median)
            return false;
    return true;
}

/* Of heights alone: the level below them does not double. */
static bool find_growth(struct pl_staircase *z, const double *heights, size_t count)
{
    double ratios[LAST - 1];
    for (size_t i = 0; i + 1 < count; i++)
        ratios[i] = heights[i + 1] / heights[i];
    bool found = alike(ratios, count - 1, &z->growth) && z->growth >= RATIO_MIN;
    if (count < LAST)
        found = fabs(z->growth / 2 - 1) <= DOUBLES;
    return found;
}

static bool find_rule(struct pl_staircase *z)
{
    double ratios[LAST], heights[LAST], excess;
    size_t last = z->count < LAST ? z->count : LAST;
    for (size_t i = 0; i < last; i++) {
        const struct pl_step *s = &z->steps[z->count - last + i];
        ratios[i] = s->after / fmax(s->before, 1) - 1;
        heights[i] = s->after - s->before;
    }
    bool by_ratio = alike(ratios, last, &excess), by_height = alike(heights, last, &z->height);
    z->ratio = 1 + excess;
    z->geometric = by_ratio && (!by_height || z->ratio >= RATIO_MIN);
    z->growth = 1;
    if (z->count < LAST ? z->geometric && z->ratio >= RATIO_MIN : by_ratio || by_height)
        return true;
    z->geometric = false;
    return find_growth(z, heights, last);
}

/* How many of the latest waits count: where heights double, those of the rule alone, since what
 * came before them is the start of the process, which fills by no demand. */
static size_t waits_of(const struct pl_staircase *z, size_t most)
{
    size_t waits = z->count - 1;
    if (z->growth > 1)
        most = LAST - 1;
    return waits < most ? waits : most;
}

/* From each of the steps before to the latest one. */
static bool find_demand(struct pl_staircase *z)
{
    double rates[LAST] = {0};
    const struct pl_step *latest = &z->steps[z->count - 1];
    size_t last = waits_of(z, LAST);
    for (size_t i = 0; i < last; i++) {
        const struct pl_step *s = &z->steps[z->count - 1 - last + i];
        rates[i] = (latest->seconds - s->seconds) / (latest->before - s->before);
        if (!(rates[i] > 0) || isinf(rates[i]))
            return false;
    }
    alike(rates, last, &z->seconds_per_byte);
    z->error = last < 2 || z->growth > 1 ? ERROR_FEW : ERROR_MIN;
    for (size_t i = 0; i < last; i++)
        z->error = fmax(z->error, fabs(rates[i] / z->seconds_per_byte - 1));
    return z->error <= ERROR_MAX;
}

/* Steps that come by chance, as those of a leak, add up to a line. Of waits for a byte that are
 * drawn from an exponential distribution the quartiles are 1.6 medians apart. */
static bool is_regular(const struct pl_staircase *z)
{
    double waits[WAITS];
    size_t count = waits_of(z, WAITS);
    for (size_t i = 0; i < count; i++) {
        const struct pl_step *b = &z->steps[z->count - 1 - i], *a = b - 1;
        waits[i] = (b->seconds - a->seconds) / (b->before - a->before);
    }
    pl_values_sort(waits, count);
    double spread = pl_values_quantile(waits, count, 0.75) - pl_values_quantile(waits, count, 0.25);
    return spread <= SPREAD_MAX * pl_values_quantile(waits, count, 0.5);
}

bool pl_staircase_find(const struct pl_curve *c, struct pl_staircase *z)
{
    struct search s = {.stairs = z, .began = (double)c->t_ns[0] / 1e9};
    *z = (struct pl_staircase){0};
    find_steps(&s, c);
    if (z->count < 2 || s.many)
        return false;
    double rise = 0, whole = c->values[c->count - 1] - s.base;
    double end = (double)c->t_ns[c->count - 1] / 1e9, span = end - (double)c->t_ns[0] / 1e9;
    for (size_t i = 0; i < z->count; i++)
        rise += z->steps[i].after - z->steps[i].before;
    return end - s.began >= BEGAN_SHARE * span && rise >= RISE_SHARE * whole &&
           s.jumping <= TIME_SHARE * span && find_rule(z) && find_demand(z) && is_regular(z);
}

struct pl_step pl_staircase_next(const struct pl_staircase *z, struct pl_step step, double late)
{
    double wait = (step.after - step.before) * z->seconds_per_byte * (1 + fmax(late, -0.9));
    double height = z->growth > 1 ? (step.after - step.before) * z->growth : z->height;
    double after = z->geometric ? step.after * z->ratio : step.after + height;
    return (struct pl_step){step.seconds + wait, step.after, after};
}

double pl_staircase_at(const struct pl_staircase *z, double seconds, double late)
{
    struct pl_step step = z->steps[z->count - 1];
    for (double n = 1;; n++) {
        struct pl_step next =
            pl_staircase_next(z, step, fmin(fmax(n * late, -LATE_MAX), 2 * LATE_MAX));
        if (next.seconds > seconds || isinf(next.after) || n > AHEAD_MAX)
            return step.after;
        step = next;
    }
}
