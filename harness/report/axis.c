/* Ticks and places (axis.h). */
#include "harness/report/axis.h"

#include <math.h>

static double round_step(double least)
{
    double power = pow(10, floor(log10(least)));
    static const double steps[] = {1, 2, 5};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * power >= least * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}

static void add_tick(struct pl_axis *a, double value)
{
    if (a->tick_count < PL_AXIS_TICKS && value <= a->high * (1 + 1e-9))
        a->ticks[a->tick_count++] = value + 0.0; /* no minus before a zero */
}

static void tick_powers(struct pl_axis *a, double unit, size_t most)
{
    double first = ceil(log2(a->low / unit) - 1e-9), last = floor(log2(a->high / unit) + 1e-9);
    double step = fmax(1, ceil((last - first + 1) / (double)most));
    for (double power = first; power <= last; power += step)
        add_tick(a, exp2(power) * unit);
}

void pl_axis_ticks(struct pl_axis *a, double unit, size_t most)
{
    a->tick_count = 0;
    if (a->logarithmic) {
        tick_powers(a, unit, most);
        return;
    }
    double step = round_step((a->high - a->low) / unit / (double)(most - 1)) * unit;
    for (double at = ceil(a->low / step - 1e-9); at * step <= a->high * (1 + 1e-9); at++)
        add_tick(a, at * step);
}

double pl_axis_share(const struct pl_axis *a, double value)
{
    if (a->logarithmic)
        return log2(fmax(value, a->low) / a->low) / log2(a->high / a->low);
    return (value - a->low) / (a->high - a->low);
}

double pl_axis_time_unit(double duration_seconds, const char **name)
{
    if (duration_seconds <= 600) {
        *name = "s";
        return 1;
    }
    *name = duration_seconds <= 3 * 3600 ? "min" : "h";
    return duration_seconds <= 3 * 3600 ? 60 : 3600;
}
