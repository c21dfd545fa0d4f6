/* Writing report.md (markdown.h). */
#include "harness/report/markdown_report.h"

#include <string.h>

#include "harness/report/model/context.h"
#include "harness/report/model/facts.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/fitted.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/writer.h"

static void write_page(struct pl_doc *doc, const void *context)
{
    const struct pl_model *m = context;
    char fact[PL_FACT];
    fputs("# Plimsoll report\n\n", doc->out);
    pl_fact_run(m, fact, sizeof fact);
    pl_text_markdown(doc->out, fact);
    fputc('\n', doc->out);
    pl_report_sections(doc, m);
}

/* The longest list there is. */
static size_t longest_list(const struct pl_model *m)
{
    size_t rows = m->context ? m->context->diff.count : 0;
    return rows > m->cell_count ? rows : m->cell_count;
}

/* Even with every list cut it may be too long, by one text of a scenario: then its end goes. */
static void cut(char *text, size_t *size)
{
    static const char note[] = "\n\nCut here: the rest is in report.html.\n";
    if (*size <= PL_MARKDOWN_MAX)
        return;
    size_t at = PL_MARKDOWN_MAX - sizeof note;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--; /* no character is cut in two */
    memcpy(text + at, note, sizeof note);
    *size = at + sizeof note - 1;
}

char *pl_markdown_make(const struct pl_model *m, const char *folder, const char *no_pictures,
                       size_t *size)
{
    const struct pl_doc doc = {.writer = &pl_writer_markdown,
                               .most = longest_list(m),
                               .folder = folder,
                               .no_pictures = no_pictures};
    char *text = pl_doc_fitted(doc, write_page, m, PL_MARKDOWN_MAX, size);
    cut(text, size);
    return text;
}
