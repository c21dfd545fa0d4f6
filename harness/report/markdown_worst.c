/* The worst of a run in Markdown (markdown_aside.h). */
#include "harness/report/markdown_aside.h"
#include "harness/report/text.h"
#include "harness/report/worst.h"

void pl_markdown_worst(FILE *out, const struct pl_model *m)
{
    struct pl_worst worst[PL_WORST_MAX];
    char reason[PL_WORST_TEXT];
    size_t count = pl_worst_find(m, worst);
    fputs("\n## The worst\n\n", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "%zu. **", i + 1);
        pl_text_markdown(out, worst[i].group->scenario);
        fputc(' ', out);
        pl_text_markdown(out, worst[i].row->label);
        fputs("** ", out);
        pl_text_markdown(out, worst[i].group->format);
        fputs(": ", out);
        pl_worst_reason(&worst[i], reason);
        pl_text_markdown(out, reason);
        fputc('\n', out);
    }
    if (!count)
        fputs("Nothing sank, grew, failed or was dropped.\n", out);
    else
        fprintf(out, "\n%s\n", pl_worst_rule);
}
