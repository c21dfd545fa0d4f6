/* Drawing a cell before and after (before_picture.h). A curve has its lowest and its highest sample
 * of each column of the picture, so that peaks survive. */
#include "harness/report/before_picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text_stream.h"
#include "harness/report/before_pairs.h"
#include "harness/report/svg.h"
#include "harness/results/rss_series.h"

#define LEFT 70
#define TOP 24
#define ALL 1060 /* the width of every picture, so that all have letters of one size */
#define HEIGHT 150
#define COLUMNS 250 /* of a curve: two points each at most */

struct overlay {
    struct pl_rss_series base, new; /* count 0: none */
    double seconds, bytes;          /* the ends of the axes */
    double width;                   /* of the plot */
};

void pl_before_picture_name(char *name, size_t capacity, size_t number)
{
    snprintf(name, capacity, "before-%zu", number + 1);
}

/* The first repetition whose curve is there: pairs keep that of the first alone. */
static void read_first(const char *folder, const json_t *const *cells, size_t count,
                       struct pl_rss_series *series)
{
    struct pl_error ignored;
    for (size_t i = 0; i < count; i++)
        if (pl_rss_series_read(folder, cells[i], series, &ignored) == 0)
            return;
    *series = (struct pl_rss_series){0};
}

static void widen(struct overlay *o, const struct pl_rss_series *s)
{
    for (size_t i = 0; i < s->count; i++)
        o->bytes = fmax(o->bytes, s->rss_bytes[i]);
    if (s->count)
        o->seconds = fmax(o->seconds, (double)s->t_ns[s->count - 1] / 1e9);
}

static void draw_point(FILE *out, const struct overlay *o, const struct pl_rss_series *s, size_t i,
                       bool first)
{
    fprintf(out, "%c%.1f %.1f", first ? 'M' : 'L',
            LEFT + o->width * ((double)s->t_ns[i] / 1e9 / o->seconds),
            TOP + HEIGHT * (1 - s->rss_bytes[i] / o->bytes));
}

static size_t column_of(const struct overlay *o, const struct pl_rss_series *s, size_t i)
{
    return (size_t)((double)s->t_ns[i] / 1e9 / o->seconds * COLUMNS);
}

static void draw_curve(FILE *out, const struct overlay *o, const struct pl_rss_series *s,
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

static void draw_axes(FILE *out, const struct overlay *o)
{
    char bytes[PL_TEXT_FIGURE], seconds[PL_TEXT_FIGURE];
    pl_text_bytes(bytes, o->bytes);
    pl_text_duration(seconds, o->seconds);
    pl_svg_line(out, LEFT, TOP, LEFT + o->width, TOP, PL_SVG_GRID);
    pl_svg_line(out, LEFT, TOP + HEIGHT, LEFT + o->width, TOP + HEIGHT, PL_SVG_MUTED);
    pl_svg_text(out, LEFT - 6, TOP + 4, "end", PL_SVG_MUTED, bytes);
    pl_svg_text(out, LEFT - 6, TOP + HEIGHT + 4, "end", PL_SVG_MUTED, "0");
    pl_svg_text(out, LEFT + o->width, TOP + HEIGHT + 18, "end", PL_SVG_MUTED, seconds);
    pl_svg_text(out, LEFT, TOP - 10, "start", PL_SVG_INK, "RSS over the replay's time:");
    pl_svg_text(out, LEFT + 180, TOP - 10, "start", PL_SVG_MUTED, "- - before");
    pl_svg_text(out, LEFT + 250, TOP - 10, "start", PL_SVG_AFTER, "\u2014 after");
}

static void draw_overlay(FILE *out, const struct overlay *o)
{
    draw_axes(out, o);
    if (o->base.count)
        draw_curve(out, o, &o->base, "stroke:" PL_SVG_MUTED ";stroke-width:2;stroke-dasharray:6 4");
    if (o->new.count)
        draw_curve(out, o, &o->new, "stroke:" PL_SVG_AFTER ";stroke-width:1.6");
}

static char *draw(const struct overlay *o, const struct pl_before *b,
                  const struct pl_compared *cell, size_t panels)
{
    char *text = NULL;
    size_t size;
    double left = ALL - (double)panels * PL_BEFORE_PANEL_WIDTH;
    struct pl_text_stream stream;
    if (pl_text_stream_open(&stream))
        return NULL;
    FILE *out = stream.out;
    pl_svg_begin(out, ALL, TOP + HEIGHT + 44);
    if (o->bytes > 0)
        draw_overlay(out, o);
    pl_before_pairs_draw(out, b, cell, left, TOP, HEIGHT);
    pl_svg_end(out);
    return pl_text_stream_close(&stream, &text, &size) ? NULL : text;
}

char *pl_before_picture(const struct pl_before *b, const struct pl_compared *cell, const char *base,
                        const char *new)
{
    const struct pl_match *m = cell->match;
    size_t panels = pl_before_pairs_count(b, cell);
    struct overlay o = {.width = ALL - LEFT - 20 - (double)panels * PL_BEFORE_PANEL_WIDTH};
    read_first(base, m->base, m->base_count, &o.base);
    read_first(new, m->new, m->new_count, &o.new);
    widen(&o, &o.base);
    widen(&o, &o.new);
    if (o.seconds <= 0)
        o.bytes = 0; /* a single sample is no curve */
    char *text = o.bytes > 0 || panels ? draw(&o, b, cell, panels) : NULL;
    pl_rss_series_free(&o.base);
    pl_rss_series_free(&o.new);
    return text;
}
