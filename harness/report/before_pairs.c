/* Drawing pairs (before_pairs.h). */
#include "harness/report/before_pairs.h"

#include <math.h>
#include <stdlib.h>

#include "harness/base/memory.h"
#include "harness/report/svg.h"

#define PANELS_MAX 3
#define INSET 30 /* from a panel's side to its dots */

struct panel {
    const struct pl_judged *judged;
    const double *base, *new;
    size_t count;
    double low, high; /* of all values */
    double left, top, height;
};

static bool is_drawn(const struct pl_before *b, const struct pl_judged *j)
{
    return !b->comparison->unpaired && j->metric->class == PL_CLASS_N &&
           (j->change == PL_CHANGE_WORSE || j->change == PL_CHANGE_BETTER);
}

size_t pl_before_pairs_count(const struct pl_before *b, const struct pl_compared *cell)
{
    size_t count = 0;
    for (size_t k = 0; k < cell->judged_count; k++)
        count += is_drawn(b, &cell->judged[k]);
    return count < PANELS_MAX ? count : PANELS_MAX;
}

static double height_of(const struct panel *p, double value)
{
    double share = p->high > p->low ? (value - p->low) / (p->high - p->low) : .5;
    return p->top + p->height * (1 - share);
}

static void draw_pair(FILE *out, const struct panel *p, double before, double after,
                      const char *style)
{
    fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\" style=\"fill:none;%s\"/>\n", p->left + INSET,
            height_of(p, before), p->left + PL_BEFORE_PANEL_WIDTH - INSET, height_of(p, after),
            style);
}

static void draw_labels(FILE *out, const struct panel *p)
{
    char low[PL_TEXT_FIGURE], high[PL_TEXT_FIGURE], range[2 * PL_TEXT_FIGURE + 8];
    double right = p->left + PL_BEFORE_PANEL_WIDTH - INSET, foot = p->top + p->height + 18;
    pl_change_value(p->judged->metric, p->low, low);
    pl_change_value(p->judged->metric, p->high, high);
    pl_svg_text(out, p->left + INSET, p->top - 10, "start", PL_SVG_INK, p->judged->metric->name);
    pl_svg_text(out, p->left + INSET, foot, "middle", PL_SVG_MUTED, "before");
    pl_svg_text(out, right, foot, "middle", PL_SVG_AFTER, "after");
    snprintf(range, sizeof range, "%s to %s", low, high);
    pl_svg_text(out, p->left + PL_BEFORE_PANEL_WIDTH / 2.0, foot + 16, "middle", PL_SVG_MUTED,
                range);
}

static void draw_panel(FILE *out, struct panel *p)
{
    p->low = INFINITY;
    p->high = -INFINITY;
    for (size_t i = 0; i < p->count; i++) {
        p->low = fmin(p->low, fmin(p->base[i], p->new[i]));
        p->high = fmax(p->high, fmax(p->base[i], p->new[i]));
    }
    for (size_t i = 0; i < p->count; i++) {
        draw_pair(out, p, p->base[i], p->new[i], "stroke:" PL_SVG_MUTED ";stroke-opacity:.45");
        pl_svg_dot(out, p->left + INSET, height_of(p, p->base[i]), PL_SVG_MUTED);
        pl_svg_dot(out, p->left + PL_BEFORE_PANEL_WIDTH - INSET, height_of(p, p->new[i]),
                   PL_SVG_AFTER);
    }
    draw_pair(out, p, p->judged->base, p->judged->new, "stroke:" PL_SVG_INK ";stroke-width:2.5");
    draw_labels(out, p);
}

void pl_before_pairs_draw(FILE *out, const struct pl_before *b, const struct pl_compared *cell,
                          double left, double top, double height)
{
    const struct pl_match *m = cell->match;
    double *values = pl_memory_take(2 * m->base_count + 1, sizeof *values);
    for (size_t k = 0, drawn = 0; k < cell->judged_count && drawn < PANELS_MAX; k++) {
        if (!is_drawn(b, &cell->judged[k]))
            continue;
        double *new = values + m->base_count;
        struct panel p = {.judged = &cell->judged[k],
                          .base = values,
                          .new = new,
                          .left = left + (double)drawn++ *PL_BEFORE_PANEL_WIDTH,
                          .top = top,
                          .height = height};
        p.count = pl_match_pairs(m, p.judged->metric->name, values, new);
        if (p.count)
            draw_panel(out, &p);
    }
    free(values);
}
