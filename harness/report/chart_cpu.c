/* Drawing the bars (chart_cpu.h). */
#include "harness/report/chart_cpu.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "harness/report/axis.h"
#include "harness/report/chart_scene.h"
#include "harness/report/text.h"

enum { LEFT = 220, RIGHT = 880, ROW = 20, TOP = 30, BAR = 12 };

static const struct pl_summary *cpu_of(const struct pl_model_row *row)
{
    return &row->metrics[PL_MODEL_cpu_ns_per_packet];
}

/* A bar for each that has the figure and a place in the charts. */
static bool has_bar(const struct pl_chart *c, size_t row)
{
    return c->looks[row].shown && cpu_of(&c->group->rows[row])->count;
}

bool pl_chart_cpu_has(const struct pl_model_group *g)
{
    size_t count = 0;
    for (size_t i = 0; i < g->row_count; i++)
        count += cpu_of(&g->rows[i])->count > 0;
    return count > 1;
}

static double x_of(const struct pl_chart *c, double ns)
{
    return LEFT + (RIGHT - LEFT) * pl_axis_share(&c->time, ns);
}

static void write_axis(const struct pl_chart *c, double bottom)
{
    char text[64];
    for (size_t i = 0; i < c->time.tick_count; i++) {
        double x = x_of(c, c->time.ticks[i]);
        fprintf(c->out, "<path class=\"grid\" d=\"M%.1f,%dV%.1f\"/>", x, TOP - 6, bottom);
        pl_text_count(text, c->time.ticks[i]);
        pl_chart_text(c, x, bottom + 16, "tick middle", text, 20);
    }
    pl_chart_text(c, LEFT, 14, "tick", "CPU, ns a packet; bar: median, line: lowest to highest",
                  80);
}

static void write_bar(const struct pl_chart *c, size_t row, double y)
{
    const struct pl_summary *s = cpu_of(&c->group->rows[row]);
    char text[PL_TEXT_FIGURE];
    pl_chart_text(c, LEFT - 8, y + 10, "key end", c->group->rows[row].label, 30);
    fprintf(c->out, "<rect fill=\"var(--c%u)\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
            c->looks[row].colour, LEFT, y, x_of(c, s->median) - LEFT, BAR);
    if (s->highest > s->lowest)
        fprintf(c->out, "<path class=\"axis\" d=\"M%.1f,%.1fH%.1f\"/>", x_of(c, s->lowest),
                y + BAR / 2.0, x_of(c, s->highest));
    pl_text_count(text, s->median);
    pl_chart_text(c, x_of(c, s->highest) + 6, y + 10, "key", text, 20);
}

static void write_floor(const struct pl_chart *c, double bottom)
{
    const struct pl_model_row *floor = pl_model_floor(c->group);
    char text[PL_TEXT_FIGURE + 64], ns[PL_TEXT_FIGURE];
    if (!floor || !cpu_of(floor)->count)
        return;
    double x = x_of(c, cpu_of(floor)->median);
    pl_text_count(ns, cpu_of(floor)->median);
    snprintf(text, sizeof text, "the harness itself%s: %s ns",
             c->group->threads ? "" : " with one thread", ns);
    fprintf(c->out, "<path class=\"floor\" d=\"M%.1f,%dV%.1f\"/>", x, TOP - 6, bottom);
    pl_chart_text(c, x + 5, bottom + 32, "line", text, 60);
}

int pl_chart_cpu_write(FILE *out, const struct pl_model_group *g, const char *label)
{
    struct pl_chart c = {.out = out, .group = g};
    size_t count = 0;
    c.looks = calloc(g->row_count, sizeof *c.looks);
    if (!c.looks)
        return -ENOMEM;
    pl_look_of(g, c.looks);
    for (size_t i = 0; i < g->row_count; i++)
        if (has_bar(&c, i)) {
            c.time.high = fmax(c.time.high, cpu_of(&g->rows[i])->highest);
            count++;
        }
    c.time.high = fmax(c.time.high, 1);
    pl_axis_ticks(&c.time, 1, 8);
    double bottom = TOP + ROW * (double)count, y = TOP;
    fprintf(out, "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %.0f\" aria-label=\"",
            PL_CHART_WIDTH, bottom + 40);
    pl_text_html(out, label);
    fputs("\">\n", out);
    write_axis(&c, bottom);
    for (size_t i = 0; i < g->row_count; i++)
        if (has_bar(&c, i)) {
            write_bar(&c, i, y);
            y += ROW;
        }
    write_floor(&c, bottom);
    fputs("</svg>\n", out);
    free(c.looks);
    return 0;
}
