/* What memory costs in CPU, where a group has a sweep: a picture and a table. */
#include "harness/report/model/frontier.h"

#include <stdlib.h>

#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"

/* Three figures: heaps differ by little, and all of them may take a hundredth of a percent. */
static void write_cpu(const struct pl_frontier_point *p, char *text)
{
    if (p->cpu_percent < 1000)
        snprintf(text, PL_TEXT_FIGURE, "%#.3g", p->cpu_percent);
    else
        pl_text_count(text, p->cpu_percent);
}

/* How to read the table below it, with what was left out. */
static void write_reading(const struct pl_model_group *g, const struct pl_frontier *f, char *text,
                          size_t capacity)
{
    snprintf(text, capacity,
             "on: no other swept stack takes less of both, memory and CPU. ahead: a stack that is "
             "not swept, and that no swept one equals in both.");
    if (f->left_out)
        pl_text_add(text, capacity,
                    " %zu %s left out: what was killed or failed has no place among those that "
                    "went on.",
                    f->left_out, f->left_out > 1 ? "stacks are" : "stack is");
    if (g->repetitions < 2)
        pl_text_add(text, capacity,
                    " With one repetition CPU is off by some percent, and neighbours may change "
                    "places: --repeat 5 would tell.");
}

static void write_point(struct pl_doc *doc, const struct pl_frontier_point *point)
{
    bool left_out = point->place == PL_FRONTIER_LEFT_OUT;
    char cpu[PL_TEXT_FIGURE] = "-", rss[PL_TEXT_FIGURE] = "-";
    if (!left_out) {
        write_cpu(point, cpu);
        pl_text_decimal(rss, point->rss_bytes / (1024 * 1024));
    }
    pl_doc_row(doc);
    pl_doc_cell_text(doc, point->row->label);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, point->place == PL_FRONTIER_ON ? PL_STYLE_STRONG : PL_STYLE_PLAIN,
                pl_frontier_place_name(point->place));
    if (left_out)
        pl_doc_textf(doc, PL_STYLE_PLAIN, ": %s", pl_frontier_why(point));
    pl_doc_cell_end(doc);
    pl_doc_cell_text(doc, rss);
    pl_doc_cell_text(doc, cpu);
    pl_doc_row_end(doc);
}

void pl_report_frontier(struct pl_doc *doc, const struct pl_model_group *g)
{
    static const struct pl_doc_column columns[] = {{.head = "stack"},
                                                   {.head = "frontier"},
                                                   {"peak RSS", "MiB", .figure = true},
                                                   {"CPU", "% of real time", .figure = true}};
    const struct pl_frontier f = pl_frontier_make(g);
    char fact[1024], name[sizeof g->picture + 16];
    if (!f.count)
        return;
    write_reading(g, &f, fact, sizeof fact);
    snprintf(name, sizeof name, "%s-frontier", g->picture);
    pl_doc_figure(doc, NULL, name,
                  "Peak memory against CPU of each swept stack: towards the lower left is better. "
                  "The line joins those that no other beats in both.");
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "What memory costs in CPU. %s", fact);
    for (size_t i = 0; i < f.count; i++)
        write_point(doc, &f.points[i]);
    pl_doc_table_end(doc);
    free(f.points);
}
