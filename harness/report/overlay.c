/* Drawing two curves over each other (overlay.h). */
#include "harness/report/overlay.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "harness/report/svg.h"
#include "harness/report/text.h"

#define COLUMNS 250      /* of a curve: two points each at most */
#define LEGEND_TITLE 180 /* the width of the title */
#define LETTER 7         /* of a legend, on average */

static void widen(struct pl_overlay *o, const struct pl_rss_series *s)
{
    for (size_t i = 0; i < s->count; i++)
        o->bytes = fmax(o->bytes, s->rss_bytes[i]);
    if (s->count)
        o->seconds = fmax(o->seconds, (double)s->t_ns[s->count - 1] / 1e9);
}

static void draw_point(FILE *out, const struct pl_overlay *o, const struct pl_rss_series *s,
                       size_t i, bool first)
{
    fprintf(out, "%c%.1f %.1f", first ? 'M' : 'L',
            PL_OVERLAY_LEFT + o->width * ((double)s->t_ns[i] / 1e9 / o->seconds),
            PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT * (1 - fmax(s->rss_bytes[i], 0) / o->bytes));
}

static size_t column_of(const struct pl_overlay *o, const struct pl_rss_series *s, size_t i)
{
    return (size_t)((double)s->t_ns[i] / 1e9 / o->seconds * COLUMNS);
}

static void draw_curve(FILE *out, const struct pl_overlay *o, const struct pl_rss_series *s,
                       const char *style)
{
    fputs("<path d=\"", out);
    for (size_t i = 0, end; i < s->count; i = end) {
        size_t low = i, high = i, column = column_of(o, s, i);
        for (end = i; end < s->count && column_of(o, s, end) == column; end++) {
            low = s->rss_bytes[end] < s->rss_bytes[low] ? end : low;
            high = s->rss_bytes[end] > s->rss_bytes[high] ? end : high;
        }
        draw_point(out, o, s, low < high ? low : high, i == 0);
        if (low != high)
            draw_point(out, o, s, low < high ? high : low, false);
    }
    fprintf(out, "\" style=\"fill:none;%s\"/>\n", style);
}

static void draw_axes(FILE *out, const struct pl_overlay *o)
{
    char bytes[PL_TEXT_FIGURE], seconds[PL_TEXT_FIGURE];
    pl_text_bytes(bytes, o->bytes);
    pl_text_duration(seconds, o->seconds);
    pl_svg_line(out, PL_OVERLAY_LEFT, PL_OVERLAY_TOP, PL_OVERLAY_LEFT + o->width, PL_OVERLAY_TOP,
                PL_SVG_GRID);
    pl_svg_line(out, PL_OVERLAY_LEFT, PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT,
                PL_OVERLAY_LEFT + o->width, PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT, PL_SVG_MUTED);
    pl_svg_text(out, PL_OVERLAY_LEFT - 6, PL_OVERLAY_TOP + 4, "end", PL_SVG_MUTED, bytes);
    pl_svg_text(out, PL_OVERLAY_LEFT - 6, PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT + 4, "end",
                PL_SVG_MUTED, "0");
    pl_svg_text(out, PL_OVERLAY_LEFT + o->width, PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT + 18, "end",
                PL_SVG_MUTED, seconds);
}

static void draw_legend(FILE *out, const struct pl_overlay *o)
{
    char name[160];
    double at = PL_OVERLAY_LEFT + LEGEND_TITLE, y = PL_OVERLAY_TOP - 10;
    pl_svg_text(out, PL_OVERLAY_LEFT, y, "start", PL_SVG_INK, o->title);
    snprintf(name, sizeof name, "- - %.150s", o->first_name);
    pl_svg_text(out, at, y, "start", PL_SVG_MUTED, name);
    at += LETTER * (double)strlen(name);
    snprintf(name, sizeof name, "\u2014 %.150s", o->second_name);
    pl_svg_text(out, at, y, "start", PL_SVG_AFTER, name);
}

bool pl_overlay_scale(struct pl_overlay *o)
{
    o->seconds = o->bytes = 0;
    widen(o, o->first);
    widen(o, o->second);
    return o->seconds > 0 && o->bytes > 0; /* a single sample is no curve */
}

void pl_overlay_draw(FILE *out, const struct pl_overlay *o)
{
    draw_axes(out, o);
    draw_legend(out, o);
    if (o->first->count)
        draw_curve(out, o, o->first, "stroke:" PL_SVG_MUTED ";stroke-width:2;stroke-dasharray:6 4");
    if (o->second->count)
        draw_curve(out, o, o->second, "stroke:" PL_SVG_AFTER ";stroke-width:1.6");
}
