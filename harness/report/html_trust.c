/* The worst, and how far all of it is to be trusted, on the page (html_aside.h). */
#include <stdlib.h>

#include "harness/report/doubts.h"
#include "harness/report/html_aside.h"
#include "harness/report/noise.h"
#include "harness/report/worst.h"
#include "harness/results/document.h"

void pl_html_worst(const struct pl_html *p)
{
    struct pl_worst worst[PL_WORST_MAX];
    char reason[PL_WORST_TEXT];
    size_t count = pl_worst_find(p->whole, worst);
    fputs("<section id=\"worst\"><h2>The worst</h2>\n", p->out);
    if (!count)
        fputs("<p>Nothing sank, grew, failed or was dropped.</p>\n", p->out);
    fputs(count ? "<ol>\n" : "", p->out);
    for (size_t i = 0; i < count; i++) {
        pl_html_wrap(p, "<li><b>", worst[i].group->scenario, " ");
        pl_html_wrap(p, "", worst[i].row->label, "</b> ");
        pl_html_wrap(p, "", worst[i].group->format, ": ");
        pl_worst_reason(&worst[i], reason);
        pl_html_wrap(p, worst[i].rank == PL_WORST_FAILED ? "<span class=\"bad\">" : "<span>",
                     reason, "</span></li>\n");
    }
    if (count)
        pl_html_wrap(p, "</ol>\n<p class=\"note\">", pl_worst_rule, "</p>\n");
    fputs("</section>\n", p->out);
}

static void write_noise(const struct pl_html *p)
{
    char text[PL_NOISE_TEXT];
    size_t count = pl_noise_count(p->model->aside);
    pl_noise_summary(p->model->aside, text);
    pl_html_wrap(p, "<p>Noise of this host: ", text, "</p>\n");
    fputs(count ? "<ul>\n" : "", p->out);
    for (size_t i = 0; i < count; i++) {
        pl_noise_line(p->model->aside, i, text);
        pl_html_wrap(p, "<li>", text, "</li>\n");
    }
    fputs(count ? "</ul>\n" : "", p->out);
}

static void write_doubts(const struct pl_html *p, const json_t *doubts)
{
    const json_t *doubt;
    size_t i;
    fputs("<h3>What was not checked, skipped or is missing</h3>\n<ul>\n", p->out);
    json_array_foreach(doubts, i, doubt)
    {
        if (i >= p->most)
            break;
        char *text = pl_doubt_text(doubt, p->most);
        pl_html_wrap(p, "<li><b>", pl_document_string(doubt, "kind"), "</b>: ");
        pl_html_wrap(p, "", text, "</li>\n");
        free(text);
    }
    if (!json_array_size(doubts))
        fputs("<li>Nothing: every cell was run whole and checked.</li>\n", p->out);
    fputs("</ul>\n", p->out);
    pl_html_left_out(p, json_array_size(doubts), "of these");
}

void pl_html_trust(const struct pl_html *p)
{
    json_t *doubts = pl_doubts_make(p->whole);
    fputs("<section id=\"trust\" data-view=\"about\"><h2>Trust</h2>\n", p->out);
    write_noise(p);
    write_doubts(p, doubts);
    fputs("</section>\n", p->out);
    json_decref(doubts);
}
