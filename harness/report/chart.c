/* Axes and curves of the still chart (chart.h). */
#include "harness/report/chart.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text_stream.h"
#include "harness/report/chart_scene.h"
#include "harness/report/text.h"

#define NS 1e9
#define PIXEL 0.4 /* what is closer to a line than this is on it */
#define PARTS 160

double pl_chart_peak(const struct pl_group_curves *curves)
{
    double peak = 0;
    for (size_t i = 0; i < curves->row_count; i++)
        peak = fmax(peak, curves->rows[i].peak_bytes);
    return peak;
}

bool pl_chart_logarithmic(const struct pl_model_group *g, const struct pl_group_curves *curves)
{
    double peak = pl_chart_peak(curves);
    return peak > 0 && g->container_bytes > 0 && peak < g->container_bytes / 6;
}

const json_t *pl_chart_limits(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++) {
        const json_t *limits = json_object_get(g->rows[i].cells[0], "limits");
        if (json_object_size(limits))
            return limits;
    }
    return NULL;
}

double pl_chart_limit(const json_t *limits)
{
    const char *name;
    const json_t *bytes;
    double sum = 0;
    json_object_foreach((json_t *)limits, name, bytes) sum += json_number_value(bytes);
    return sum;
}

double pl_chart_x(const struct pl_chart *c, double seconds)
{
    return PL_CHART_LEFT + (PL_CHART_RIGHT - PL_CHART_LEFT) * pl_axis_share(&c->time, seconds);
}

double pl_chart_y(const struct pl_chart *c, double bytes)
{
    return c->top + PL_CHART_HEIGHT * (1 - pl_axis_share(&c->bytes, bytes));
}

bool pl_chart_has(const struct pl_chart *c, size_t row)
{
    return c->looks[row].shown && c->curves->rows[row].runs;
}

void pl_chart_text(const struct pl_chart *c, double x, double y, const char *class,
                   const char *text, int most)
{
    char cut[128];
    size_t length = strlen(text);
    snprintf(cut, sizeof cut, "%.*s", most, text);
    if (length > (size_t)most) { /* a letter of more than one byte goes whole */
        size_t end = (size_t)most - 1;
        while (end && (cut[end] & 0xc0) == 0x80)
            end--;
        snprintf(cut + end, sizeof cut - end, "\xe2\x80\xa6");
    }
    fprintf(c->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, y);
    pl_text_html(c->out, cut);
    fputs("</text>", c->out);
}

void pl_chart_stroke(const struct pl_chart *c, size_t row)
{
    const struct pl_look *look = &c->looks[row];
    fprintf(c->out, " stroke=\"var(--c%u)\"", look->colour);
    if (pl_look_dashes[look->dash][0])
        fprintf(c->out, " stroke-dasharray=\"%s\"", pl_look_dashes[look->dash]);
}

static void set_axes(struct pl_chart *c)
{
    const struct pl_model_group *g = c->group;
    const char *unit;
    double peak = pl_chart_peak(c->curves), seconds = pl_axis_time_unit(g->duration_seconds, &unit);
    c->time = (struct pl_axis){.high = g->duration_seconds > 0 ? g->duration_seconds : 1};
    pl_axis_ticks(&c->time, seconds, 9);
    c->linear = !pl_chart_logarithmic(g, c->curves);
    if (c->linear) {
        c->bytes = (struct pl_axis){.high = fmax(fmax(peak, g->container_bytes), 1) * 1.06};
    } else {
        double least = peak;
        for (size_t i = 0; i < c->curves->row_count; i++)
            for (size_t k = 0; k < c->curves->rows[i].rss.count; k++)
                least = fmin(least, c->curves->rows[i].rss.values[k]);
        least = fmax(least, peak / 64);
        c->bytes = (struct pl_axis){
            .low = least / 2, .high = g->container_bytes * 1.5, .logarithmic = true};
    }
    pl_axis_ticks(&c->bytes, PL_CHART_MIB, 8);
    c->top = 30 + 13 * pl_chart_kill_rows(c);
}

static void write_axes(const struct pl_chart *c)
{
    const char *unit;
    char text[64];
    double seconds = pl_axis_time_unit(c->group->duration_seconds, &unit);
    double bottom = c->top + PL_CHART_HEIGHT;
    for (size_t i = 0; i < c->bytes.tick_count; i++) {
        double y = pl_chart_y(c, c->bytes.ticks[i]);
        fprintf(c->out, "<path class=\"grid\" d=\"M%d,%.1fH%d\"/>", PL_CHART_LEFT, y,
                PL_CHART_RIGHT);
        snprintf(text, sizeof text, "%.4g", c->bytes.ticks[i] / PL_CHART_MIB);
        pl_chart_text(c, PL_CHART_LEFT - 7, y + 4, "tick end", text, 12);
    }
    for (size_t i = 0; i < c->time.tick_count; i++) {
        double x = pl_chart_x(c, c->time.ticks[i]);
        fprintf(c->out, "<path class=\"grid\" d=\"M%.1f,%.1fV%.1f\"/>", x, c->top, bottom);
        snprintf(text, sizeof text, "%.4g", c->time.ticks[i] / seconds);
        pl_chart_text(c, x, bottom + 17, "tick middle", text, 12);
    }
    fprintf(c->out, "<path class=\"axis\" d=\"M%d,%.1fV%.1fH%d\"/>", PL_CHART_LEFT, c->top, bottom,
            PL_CHART_RIGHT);
    snprintf(text, sizeof text, "time of the replay, %s", unit);
    pl_chart_text(c, (PL_CHART_LEFT + PL_CHART_RIGHT) / 2.0, bottom + 36, "tick middle", text, 40);
    pl_chart_text(c, PL_CHART_LEFT - 50, 14, "tick",
                  c->linear ? "resident memory (RssAnon), MiB"
                            : "resident memory (RssAnon), MiB, logarithmic",
                  60);
}

static void write_points(const struct pl_chart *c, const struct pl_points *points, char command)
{
    for (size_t i = 0; i < points->count; i++, command = 'L')
        fprintf(c->out, "%c%.1f,%.1f", command, pl_chart_x(c, (double)points->t_ns[i] / NS),
                pl_chart_y(c, points->values[i]));
}

static int copy_points(const struct pl_points *from, struct pl_points *to)
{
    size_t room = from->count ? from->count : 1;
    to->t_ns = malloc(room * sizeof *to->t_ns);
    to->values = malloc(room * sizeof *to->values);
    if (!to->t_ns || !to->values)
        return -ENOMEM;
    memcpy(to->t_ns, from->t_ns, from->count * sizeof *to->t_ns);
    memcpy(to->values, from->values, from->count * sizeof *to->values);
    to->count = from->count;
    return 0;
}

/* A still picture can't be zoomed into: it wants fewer points still. */
static int write_path(const struct pl_chart *c, const struct pl_points *points, size_t row,
                      const char *class)
{
    struct pl_points coarse = {0};
    double pixel = c->linear ? PIXEL * c->bytes.high / PL_CHART_HEIGHT : c->bytes.low / 100;
    int rc = copy_points(points, &coarse);
    if (!rc)
        rc = pl_thin(&coarse, PARTS, pixel);
    if (!rc) {
        fprintf(c->out, "<path class=\"%s\"", class);
        pl_chart_stroke(c, row);
        fputs(" d=\"", c->out);
        write_points(c, &coarse, 'M');
        fputs("\"/>\n", c->out);
    }
    pl_points_free(&coarse);
    return rc;
}

static void write_band(const struct pl_chart *c, size_t row)
{
    const struct pl_row_curves *r = &c->curves->rows[row];
    if (!r->band_low.count)
        return;
    fprintf(c->out, "<path class=\"band\" fill=\"var(--c%u)\" d=\"", c->looks[row].colour);
    write_points(c, &r->band_low, 'M');
    for (size_t i = r->band_high.count; i-- > 0;)
        fprintf(c->out, "L%.1f,%.1f", pl_chart_x(c, (double)r->band_high.t_ns[i] / NS),
                pl_chart_y(c, r->band_high.values[i]));
    fputs("Z\"/>\n", c->out);
}

static bool same(const struct pl_points *a, const struct pl_points *b)
{
    return a->count == b->count && memcmp(a->t_ns, b->t_ns, a->count * sizeof *a->t_ns) == 0 &&
           memcmp(a->values, b->values, a->count * sizeof *a->values) == 0;
}

/* Stacks that were given the same work hold the same: one line shows them all. */
static bool live_is_new(const struct pl_chart *c, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (pl_chart_has(c, i) && same(&c->curves->rows[i].live, &c->curves->rows[row].live))
            return false;
    return true;
}

static int write_curves(const struct pl_chart *c)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < c->curves->row_count; i++)
        if (pl_chart_has(c, i) && live_is_new(c, i))
            rc = write_path(c, &c->curves->rows[i].live, i, "live");
    for (size_t i = 0; !rc && i < c->curves->row_count; i++) {
        if (!pl_chart_has(c, i))
            continue;
        write_band(c, i);
        rc = write_path(c, &c->curves->rows[i].rss, i, c->looks[i].dots ? "rss dots" : "rss");
    }
    return rc;
}

static int write_all(struct pl_chart *c, const char *label)
{
    set_axes(c);
    char *body = NULL;
    size_t size = 0;
    FILE *page = c->out;
    struct pl_text_stream stream;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    c->out = stream.out;
    write_axes(c);
    int rc = write_curves(c);
    pl_chart_lines(c);
    pl_chart_marks(c);
    double bottom = fmax(pl_chart_legend(c), c->top + PL_CHART_HEIGHT + 44);
    rc = pl_text_stream_close(&stream, &body, &size) ? -ENOMEM : rc;
    if (!rc) { /* its height is known now */
        fprintf(page, "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %.0f\" aria-label=\"",
                PL_CHART_WIDTH, bottom);
        pl_text_html(page, label);
        fputs("\">\n", page);
        fwrite(body, 1, size, page);
        fputs("</svg>\n", page);
    }
    free(body);
    return rc;
}

int pl_chart_write(FILE *out, const struct pl_model_group *g, const struct pl_group_curves *curves,
                   const char *label)
{
    struct pl_chart c = {.out = out, .group = g, .curves = curves};
    if (pl_chart_peak(curves) <= 0)
        return 0;
    c.looks = calloc(g->row_count, sizeof *c.looks);
    if (!c.looks)
        return -ENOMEM;
    pl_look_of(g, c.looks);
    int rc = write_all(&c, label);
    free(c.looks);
    return rc;
}
