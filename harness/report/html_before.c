/* "Before and after" on the page (html_aside.h). */
#include <math.h>
#include <string.h>

#include "harness/report/aside.h"
#include "harness/report/html_aside.h"
#include "harness/report/picture.h"
#include "harness/report/text.h"

#define BAR 130
#define BAR_HEIGHT 16

static void write_interval(FILE *out, const struct pl_before_bar *bar)
{
    if (isnan(bar->low) || isnan(bar->high))
        return;
    fprintf(out, "<path d=\"M%.1f 8H%.1f\" style=\"stroke:var(--ink);stroke-width:2;fill:none\"/>",
            BAR * bar->low, BAR * bar->high);
}

/* The difference as a dot, at the bar's end where it lies beyond, with its interval; the band of
 * what would not count behind it. */
static void write_bar(const struct pl_html *p, double reach, const struct pl_judged *j,
                      const char *label)
{
    struct pl_before_bar bar;
    if (!pl_before_bar(reach, j, &bar))
        return;
    fprintf(p->out, "<svg role=\"img\" width=\"%d\" height=\"%d\" ", BAR, BAR_HEIGHT);
    pl_html_wrap(p, "aria-label=\"", label[0] ? label : "no difference", "\">");
    if (!isnan(bar.band))
        fprintf(p->out,
                "<rect x=\"%.1f\" width=\"%.1f\" height=\"%d\" style=\"fill:var(--grid)\"/>",
                BAR * (.5 - bar.band), BAR * 2 * bar.band, BAR_HEIGHT);
    fprintf(p->out, "<path d=\"M%d 0V%d\" style=\"stroke:var(--muted)\"/>", BAR / 2, BAR_HEIGHT);
    write_interval(p->out, &bar);
    double at = fmin(fmax(BAR * bar.at, 5), BAR - 5);
    if (bar.beyond)
        fprintf(p->out, "<path d=\"M%.1f 3l5 5l-5 5l-5 -5z\" style=\"fill:var(--line)\"/>", at);
    else
        fprintf(p->out, "<circle cx=\"%.1f\" cy=\"8\" r=\"4\" style=\"fill:var(--line)\"/>", at);
    fputs("</svg>", p->out);
}

static void write_figure(const struct pl_html *p, const char *text)
{
    pl_html_wrap(p, "<td class=\"n\">", text, "</td>");
}

static void write_row(const struct pl_html *p, double reach, const struct pl_before_row *row)
{
    const struct pl_judged *j = row->judged;
    char name[PL_FACT_NAME], before[PL_TEXT_FIGURE], after[PL_TEXT_FIGURE], text[PL_CHANGE_TEXT];
    pl_cell_name_text(&row->cell->match->name, name, sizeof name);
    pl_html_wrap(p, "<tr><th scope=\"row\">", name, "</th>");
    pl_html_wrap(p, "<td>", j->metric->name, " (");
    pl_html_wrap(p, "", pl_class_name(j->metric->class), ")");
    pl_html_wrap(p, "<br><small class=\"note\">", j->why, "</small></td>");
    pl_before_verdict(j, text);
    pl_html_wrap(p,
                 pl_judged_fails(j)              ? "<td class=\"bad\">"
                 : j->change == PL_CHANGE_BETTER ? "<td class=\"ok\">"
                                                 : "<td>",
                 text, "</td>");
    pl_change_values(j, before, after);
    write_figure(p, before);
    write_figure(p, after);
    pl_change_size(j, text);
    write_figure(p, text[0] ? text : "-");
    fputs("<td>", p->out);
    write_bar(p, reach, j, text);
    fputs("</td>", p->out);
    pl_before_p(j, text);
    write_figure(p, text);
    pl_before_threshold(j, text);
    write_figure(p, text);
    pl_before_beyond(j, text);
    write_figure(p, text);
    fputs("</tr>\n", p->out);
}

/* More say less, and a page may have 3 MB. */
#define ROWS_MAX 250

static void write_rows(const struct pl_html *p, const struct pl_before *b, size_t first, size_t end,
                       const char *caption)
{
    double reach = b->reach[first >= b->changed];
    if (first == end)
        return;
    pl_html_wrap(p,
                 "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"before and "
                 "after\"><table class=\"figures\"><caption>",
                 caption, "</caption>\n<thead><tr>");
    fprintf(p->out,
            "<th scope=\"col\">cell</th><th scope=\"col\">metric (class)</th>"
            "<th scope=\"col\">verdict</th><th scope=\"col\" class=\"n\">before</th>"
            "<th scope=\"col\" class=\"n\">after</th><th scope=\"col\" class=\"n\">difference</th>"
            "<th scope=\"col\">%.3g to %.3g times</th><th scope=\"col\" class=\"n\">p</th>"
            "<th scope=\"col\" class=\"n\">threshold</th><th scope=\"col\" class=\"n\">beyond "
            "it</th></tr></thead>\n<tbody>\n",
            1 / reach, reach);
    size_t last = end - first > ROWS_MAX ? first + ROWS_MAX : end;
    for (size_t i = first; i < last; i++)
        write_row(p, reach, &b->rows[i]);
    fputs("</tbody></table></div>\n", p->out);
    if (last < end)
        fprintf(p->out, "<p class=\"note\">The first %d of %zu; report.json has them all.</p>\n",
                ROWS_MAX, end - first);
}

static void write_ends(const struct pl_html *p, const struct pl_comparison *c)
{
    char name[PL_FACT_NAME];
    size_t count = 0;
    fputs("<ul>\n", p->out);
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        bool same = cell->outcome == PL_CHANGE_SAME || cell->outcome == PL_CHANGE_NOT_COMPARABLE;
        if ((same && !cell->missing) || ++count > p->most)
            continue;
        pl_cell_name_text(&cell->match->name, name, sizeof name);
        pl_html_wrap(p, "<li><b>", cell->missing ? "missing after" : pl_change_name(cell->outcome),
                     "</b> ");
        pl_html_wrap(p, "", name, ": ends ");
        pl_html_wrap(p, "", cell->missing ? "unknown: only before has it" : cell->outcome_why,
                     "</li>\n");
    }
    fputs("</ul>\n", p->out);
    pl_html_left_out(p, count, "cells");
}

static void write_pictures(struct pl_html *p, const struct pl_aside *a)
{
    char name[PL_FACT_NAME];
    for (size_t i = 0; i < a->picture_count; i++) {
        size_t size = a->pictures[i] ? strlen(a->pictures[i]) : 0;
        if (!size || size > p->room)
            continue;
        p->room -= size;
        pl_cell_name_text(&a->before.cells[i]->match->name, name, sizeof name);
        fputs("<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
              "aria-label=\"chart\">\n",
              p->out);
        pl_picture_write(p->out, a->pictures[i], ++p->pictures, name);
        pl_html_wrap(p, "</div><figcaption>", name,
                     ": resident memory before and after, and its pairs where they were "
                     "run.</figcaption></figure>\n");
    }
    if (a->before.cell_count > a->picture_count)
        fprintf(p->out,
                "<p class=\"note\">Drawn are the first %zu of %zu cells that changed.</p>\n",
                a->picture_count, a->before.cell_count);
}

struct reasons {
    const struct pl_html *page;
    const char *kind;
};

static void write_reason(void *context, const char *why, size_t count)
{
    const struct reasons *r = context;
    fprintf(r->page->out, "<li><b>%s</b>, %zu metrics of cells: ", r->kind, count);
    pl_html_wrap(r->page, "", why, "</li>\n");
}

static void write_open(const struct pl_html *p, const struct pl_comparison *c)
{
    static const enum pl_change open[] = {PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    fputs("<ul>\n", p->out);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        pl_change_open(c, open[i], write_reason, &(struct reasons){p, pl_change_name(open[i])});
    fputs("</ul>\n", p->out);
}

static void write_heap(void *context, const struct pl_heap_change *heap, const char *line)
{
    (void)heap;
    pl_html_wrap(context, "<p><b>", line, "</b></p>\n");
}

void pl_html_before(struct pl_html *p)
{
    const struct pl_aside *a = p->model->aside;
    char counts[320];
    if (!a || !a->baseline)
        return;
    const char *part = pl_comparison_incomplete(&a->comparison);
    pl_change_counts(&a->comparison, counts, sizeof counts);
    pl_html_wrap(p,
                 "<section id=\"before\" data-view=\"before\"><h2>Before and after</h2>\n<p>Before "
                 "(base) is ",
                 a->baseline, ", after (new) is this run. ");
    fprintf(p->out, "%zu cells, their metrics: %s. What is the same is not listed.</p>\n",
            a->comparison.cell_count, counts);
    pl_change_heaps(&a->comparison, write_heap, p);
    if (part)
        pl_html_wrap(p, "<p class=\"bad\">", part,
                     " was stopped before its end: what it lacks is not compared.</p>\n");
    write_ends(p, &a->comparison);
    write_rows(p, &a->before, 0, a->before.changed,
               "What changed. The bar has no change in its middle, the band of the threshold in "
               "grey, the 95 % interval of class N as a line; a diamond lies beyond its end.");
    write_pictures(p, a);
    write_rows(p, &a->before, a->before.changed, a->before.count, "Measured, and can't be told");
    write_open(p, &a->comparison);
    fputs("</section>\n", p->out);
}
