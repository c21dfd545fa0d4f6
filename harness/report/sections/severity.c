/* The worst of the run, with reasons and the rule. */
#include "harness/report/model/severity.h"

#include "harness/report/sections/sections.h"

static void write_one(struct pl_doc *doc, const struct pl_severe *worst)
{
    char reason[PL_SEVERITY_TEXT];
    pl_severe_reason(worst, reason);
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_STRONG, "%s %s", worst->group->scenario, worst->row->label);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " %s: ", worst->group->format);
    pl_doc_text(doc, worst->rank == PL_SEVERITY_FAILED ? PL_STYLE_BAD : PL_STYLE_PLAIN, reason);
    pl_doc_item_end(doc);
}

void pl_report_severe(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_severe worst[PL_SEVERITY_MAX];
    size_t count = pl_severe_find(m, worst);
    pl_doc_section(doc, (struct pl_place){.id = "worst"}, "The worst");
    if (!count) {
        pl_doc_say(doc, "Nothing was killed, grew, failed or was dropped.");
        pl_doc_section_end(doc);
        return;
    }
    pl_doc_list(doc, PL_LIST_NUMBERS, "stacks");
    for (size_t i = 0; i < count; i++)
        write_one(doc, &worst[i]);
    pl_doc_list_end(doc);
    pl_doc_note(doc, "%s", pl_severe_rule);
    pl_doc_section_end(doc);
}
