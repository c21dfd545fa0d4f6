/* A group's frontier in the page (html_write.h). */
#include <stdio.h>

#include "harness/report/facts.h"
#include "harness/report/frontier.h"
#include "harness/report/html_write.h"
#include "harness/report/text.h"

static void write_point(const struct pl_html *p, const struct pl_frontier_point *point)
{
    char cpu[PL_TEXT_FIGURE] = "-", rss[PL_TEXT_FIGURE] = "-";
    if (point->place != PL_FRONTIER_LEFT_OUT) {
        pl_frontier_cpu(point, cpu);
        pl_text_decimal(rss, point->rss_bytes / (1024 * 1024));
    }
    pl_html_wrap(p, "<tr><th scope=\"row\">", point->row->label, "</th>");
    fprintf(p->out, point->place == PL_FRONTIER_ON ? "<td><b>%s</b>" : "<td>%s",
            pl_frontier_place_name(point->place));
    if (point->place == PL_FRONTIER_LEFT_OUT)
        fprintf(p->out, ": %s", pl_frontier_why(point));
    fprintf(p->out, "</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n", rss, cpu);
}

static void write_table(const struct pl_html *p, const struct pl_frontier *f)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
          "<table class=\"figures\"><caption>What memory costs in CPU</caption>\n"
          "<thead><tr><th scope=\"col\">stack</th><th scope=\"col\">frontier</th>"
          "<th scope=\"col\" class=\"n\">peak RSS <small>MiB</small></th>"
          "<th scope=\"col\" class=\"n\">CPU <small>% of real time</small></th></tr></thead>\n"
          "<tbody>\n",
          p->out);
    for (size_t i = 0; i < f->count; i++)
        write_point(p, &f->points[i]);
    fputs("</tbody></table></div>\n", p->out);
}

void pl_html_frontier(struct pl_html *p, const struct pl_model_group *g)
{
    struct pl_frontier f;
    char fact[PL_FACT], name[sizeof g->picture + 16];
    if (pl_frontier_make(g, &f) || !f.count)
        return;
    pl_frontier_fact(g, &f, fact, sizeof fact);
    snprintf(name, sizeof name, "%s-frontier", g->picture);
    pl_html_picture(p, name,
                    "Peak memory against CPU of each swept stack, with the frontier; the table "
                    "below has the figures.",
                    "Towards the lower left is better. The line joins the swept stacks that no "
                    "other beats in both.");
    pl_html_wrap(p, "<p>", fact, "</p>\n");
    write_table(p, &f);
    pl_frontier_free(&f);
}
