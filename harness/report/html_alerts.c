/* A group's alerts on the page (html_write.h). */
#include "harness/report/alerts.h"
#include "harness/report/html_write.h"

void pl_html_alerts(const struct pl_html *p, const struct pl_model_group *g)
{
    char text[640];
    if (!pl_alerts_any(g))
        return;
    fputs("<h3>Alerts</h3>\n<ul>\n", p->out);
    for (size_t i = 0; i < g->row_count; i++) {
        pl_alerts_of_row(&g->rows[i], text, sizeof text);
        if (!text[0])
            continue;
        pl_html_wrap(p, "<li><b>", g->rows[i].label, "</b> ");
        pl_html_wrap(p, "", text, "</li>\n");
    }
    fputs("</ul>\n", p->out);
}
