/* "Over the runs" on the page (html_aside.h): a line for each figure, its changes as dots. */
#include <math.h>

#include "harness/report/aside.h"
#include "harness/report/history_figures.h"
#include "harness/report/html_aside.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

#define WIDTH 120
#define HEIGHT 26
#define LEAST_SPAN 0.02
#define CHANGE_TEXT (2 * PL_HISTORY_FIGURE + 80)

struct scale {
    const struct pl_series *series;
    double low, high;
};

static struct scale scale_of(const struct pl_series *s)
{
    struct scale scale = {s, INFINITY, -INFINITY};
    for (size_t i = 0; i < s->count; i++) {
        scale.low = fmin(scale.low, s->points[i].value);
        scale.high = fmax(scale.high, s->points[i].value);
    }
    /* no less than 2 % of it from bottom to top: a page more or less is no mountain */
    double widen = (LEAST_SPAN * fabs(scale.high) - (scale.high - scale.low)) / 2;
    if (widen > 0) {
        scale.low -= widen;
        scale.high += widen;
    }
    return scale;
}

static double across(const struct scale *s, size_t i)
{
    return 4 +
           (WIDTH - 8) * (s->series->count > 1 ? (double)i / (double)(s->series->count - 1) : 0);
}

static double down(const struct scale *s, size_t i)
{
    double share =
        s->high > s->low ? (s->series->points[i].value - s->low) / (s->high - s->low) : 0;
    return HEIGHT - 4 - (HEIGHT - 8) * share;
}

static void write_changes(FILE *out, const struct scale *scale, const struct pl_trend *trend)
{
    for (size_t k = 0; k < trend->change_count; k++)
        for (size_t i = 0; i < scale->series->count; i++)
            if (scale->series->points[i].run == trend->changes[k].run)
                fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" style=\"fill:var(--line)\"/>",
                        across(scale, i), down(scale, i));
}

static void write_line(const struct pl_html *p, const struct pl_past_series *s)
{
    char last[PL_TEXT_FIGURE];
    if (!s->series) {
        fputs("<td>-</td>", p->out);
        return;
    }
    struct scale scale = scale_of(s->series);
    pl_change_value(s->series->metric, s->series->points[s->series->count - 1].value, last);
    fprintf(
        p->out,
        "<td><svg role=\"img\" width=\"%d\" height=\"%d\" aria-label=\"%zu runs, changes: %zu\">"
        "<path style=\"fill:none;stroke:var(--muted)\" d=\"",
        WIDTH, HEIGHT, s->series->count, s->trend.change_count);
    for (size_t i = 0; i < s->series->count; i++)
        fprintf(p->out, "%c%.1f %.1f", i ? 'L' : 'M', across(&scale, i), down(&scale, i));
    fputs("\"/>", p->out);
    write_changes(p->out, &scale, &s->trend);
    pl_html_wrap(p, "</svg> ", last, "</td>");
}

static void write_row(const struct pl_html *p, const struct pl_model_group *g,
                      const struct pl_past_row *row)
{
    size_t runs = 0;
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        if (row->metrics[k].series && row->metrics[k].series->count > runs)
            runs = row->metrics[k].series->count;
    if (!runs)
        return;
    pl_html_wrap(p, "<tr><th scope=\"row\">", g->scenario, " ");
    pl_html_wrap(p, "", row->row->label, " ");
    pl_html_wrap(p, "", g->format, "</th>");
    fprintf(p->out, "<td class=\"n\">%zu</td>", runs);
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        write_line(p, &row->metrics[k]);
    fputs("</tr>\n", p->out);
}

static void write_told(const struct pl_html *p, const struct pl_model_group *g,
                       const struct pl_past_row *row)
{
    char text[CHANGE_TEXT];
    for (size_t k = 0; k < PL_PAST_METRICS; k++) {
        const struct pl_past_series *s = &row->metrics[k];
        for (size_t i = 0; i < s->trend.change_count; i++) {
            pl_html_wrap(p, "<li>", g->scenario, " ");
            pl_html_wrap(p, "", row->row->label, " ");
            pl_past_change(s->series, &s->trend.changes[i], text, sizeof text);
            pl_html_wrap(p, "<code>", s->series->metric->name, "</code> ");
            pl_html_wrap(p, "", text, "</li>\n");
        }
    }
}

static void each_row(const struct pl_html *p,
                     void (*write)(const struct pl_html *, const struct pl_model_group *,
                                   const struct pl_past_row *))
{
    for (size_t g = 0; g < p->model->group_count && g < p->model->aside->past_count; g++)
        for (size_t r = 0; r < p->model->groups[g].row_count; r++)
            write(p, &p->model->groups[g], &p->model->aside->pasts[g].rows[r]);
}

void pl_html_past(const struct pl_html *p)
{
    const struct pl_aside *a = p->model->aside;
    if (!a || !a->history)
        return;
    pl_html_wrap(p,
                 "<section id=\"past\" data-view=\"past\"><h2>Over the runs</h2>\n<p>The history: ",
                 a->history,
                 ". A dot is a change of level; figures that depend on the host are of this "
                 "one.</p>\n<ul>\n");
    each_row(p, write_told);
    fputs("</ul>\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"history\">"
          "<table class=\"figures\"><thead><tr><th scope=\"col\">stack</th>"
          "<th scope=\"col\" class=\"n\">runs</th>",
          p->out);
    for (size_t k = 0; k < PL_PAST_METRICS; k++)
        pl_html_wrap(p, "<th scope=\"col\">", pl_past_metrics[k], "</th>");
    fputs("</tr></thead>\n<tbody>\n", p->out);
    each_row(p, write_row);
    fputs("</tbody></table></div>\n", p->out);
    for (size_t g = 0; g < p->model->group_count; g++)
        pl_html_left_out(p, p->whole->groups[g].row_count, "rows");
    fputs("</section>\n", p->out);
}
