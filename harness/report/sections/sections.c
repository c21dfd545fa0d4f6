/* A report from its first section to its last (sections.h). */
#include "harness/report/sections/sections.h"

void pl_report_sections(struct pl_doc *doc, const struct pl_model *model)
{
#define SECTION(name) pl_report_##name,
    static void (*const sections[])(struct pl_doc *,
                                    const struct pl_model *) = {PL_REPORT_SECTIONS(SECTION)};
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        sections[i](doc, model);
}
