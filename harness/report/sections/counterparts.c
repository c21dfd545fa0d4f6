/* Models beside the real programs that they are held against. */
#include "harness/report/model/context.h"
#include "harness/report/model/overlays.h"
#include "harness/report/sections/sections.h"

void pl_report_counterparts(struct pl_doc *doc, const struct pl_model *m)
{
    char name[64], text[2 * PL_HELD_TEXT];
    if (!m->context || !m->context->held.count)
        return;
    const struct pl_held_list *list = &m->context->held;
    pl_doc_section(doc, (struct pl_place){.id = "counterparts", .view = "charts"}, "%s",
                   pl_held_heading);
    pl_doc_say(doc, "%s", pl_held_note);
    pl_held_rows(doc, list);
    for (size_t i = 0; i < list->count && i < doc->most && i < PL_OVERLAYS_MAX; i++) {
        pl_held_caption(&list->rows[i], text);
        pl_overlay_counterpart_name(name, sizeof name, i);
        pl_doc_figure(doc, NULL, name, "%s", text);
    }
    pl_doc_section_end(doc);
}
