/* A group's frontier in report.md. */
#include "harness/report/markdown_frontier.h"

#include "harness/report/facts.h"
#include "harness/report/frontier.h"
#include "harness/report/text.h"

static void write_point(FILE *out, const struct pl_frontier_point *p)
{
    char cpu[PL_TEXT_FIGURE], rss[PL_TEXT_FIGURE];
    fputs("| ", out);
    pl_text_markdown(out, p->row->label);
    if (p->place == PL_FRONTIER_LEFT_OUT) {
        fprintf(out, " | left out: %s | - | - |\n", pl_frontier_why(p));
        return;
    }
    pl_frontier_cpu(p, cpu);
    pl_text_decimal(rss, p->rss_bytes / (1024 * 1024));
    fprintf(out, p->place == PL_FRONTIER_ON ? " | **%s** | %s | %s |\n" : " | %s | %s | %s |\n",
            pl_frontier_place_name(p->place), rss, cpu);
}

void pl_markdown_frontier(FILE *out, const struct pl_model_group *g, size_t most)
{
    struct pl_frontier f;
    char fact[PL_FACT];
    if (pl_frontier_make(g, &f) || !f.count)
        return;
    pl_frontier_fact(g, &f, fact, sizeof fact);
    fputs("\nWhat memory costs in CPU. ", out);
    pl_text_markdown(out, fact);
    fputs("\n\n| stack | frontier | peak RSS, MiB | CPU, % of real time |\n|---|---|---:|---:|\n",
          out);
    for (size_t i = 0; i < f.count && i < most; i++)
        write_point(out, &f.points[i]);
    if (f.count > most)
        fprintf(out, "\n%zu of %zu rows left out here: report.html has them all.\n", f.count - most,
                f.count);
    pl_frontier_free(&f);
}
