/* Writing report.md (markdown.h). */
#include "harness/report/markdown_report.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text_stream.h"
#include "harness/report/model/context.h"
#include "harness/report/model/facts.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/writer.h"

static void write_page(struct pl_doc *doc, const struct pl_model *m)
{
    char fact[PL_FACT];
    fputs("# Plimsoll report\n\n", doc->out);
    pl_fact_run(m, fact, sizeof fact);
    pl_text_markdown(doc->out, fact);
    fputc('\n', doc->out);
    pl_report_sections(doc, m);
}

/* Writes with lists of at most `doc.most`. */
static int render(struct pl_doc doc, const struct pl_model *m, char **text, size_t *size)
{
    struct pl_text_stream stream;
    *text = NULL;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    doc.out = stream.out;
    write_page(&doc, m);
    return pl_text_stream_close(&stream, text, size);
}

/* The longest lists with which the page fits; 0 where none does. */
static size_t longest_lists(struct pl_doc doc, const struct pl_model *m)
{
    size_t fits = 0, limit = m->cell_count;
    if (m->context && m->context->diff.count > limit)
        limit = m->context->diff.count; /* the longest list there is */
    while (fits < limit) {
        char *text;
        size_t size;
        doc.most = fits + (limit - fits + 1) / 2;
        if (render(doc, m, &text, &size))
            return 0;
        if (size <= PL_MARKDOWN_MAX)
            fits = doc.most;
        else
            limit = doc.most - 1;
        free(text);
    }
    return fits;
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

int pl_markdown_make(const struct pl_model *m, const char *folder, const char *no_pictures,
                     char **text, size_t *size)
{
    struct pl_doc doc = {.writer = &pl_writer_markdown,
                         .most = SIZE_MAX,
                         .commands = true,
                         .folder = folder,
                         .no_pictures = no_pictures};
    int rc = render(doc, m, text, size);
    if (rc || *size <= PL_MARKDOWN_MAX)
        return rc;
    free(*text);
    doc.commands = false;
    doc.most = longest_lists(doc, m);
    rc = render(doc, m, text, size);
    if (!rc)
        cut(*text, size);
    return rc;
}
