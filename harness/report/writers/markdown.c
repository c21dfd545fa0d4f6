/* GitHub-flavoured Markdown (writer.h). */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/writers/document.h"
#include "harness/report/writers/picture.h"
#include "harness/report/writers/text.h"

static void mark(struct pl_doc *doc, enum pl_doc_mark mark)
{
    static const char *const marks[PL_MARKS] = {
        [PL_MARK_PARAGRAPH] = "\n",
        [PL_MARK_NOTE] = "\n",
        [PL_MARK_PARAGRAPH_END] = "\n",
        [PL_MARK_LIST + PL_LIST_BULLETS] = "\n",
        [PL_MARK_LIST + PL_LIST_NUMBERS] = "\n",
        [PL_MARK_ITEM_END + PL_LIST_BULLETS] = "\n",
        [PL_MARK_ITEM_END + PL_LIST_NUMBERS] = "\n",
        [PL_MARK_ROW] = "|",
        [PL_MARK_ROW_END] = "\n",
        [PL_MARK_DETAILS_END] = "\n</details>\n",
    };
    fputs(marks[mark] ? marks[mark] : "", doc->out);
}

static void section(struct pl_doc *doc, struct pl_place place, const char *title)
{
    (void)place;
    fputs("\n## ", doc->out);
    pl_text_markdown(doc->out, title);
    fputc('\n', doc->out);
}

static void part(struct pl_doc *doc, enum pl_doc_part part, const char *text)
{
    static const struct {
        const char *before, *behind;
        void (*write)(FILE *, const char *);
    } marks[] = {
        [PL_PART_HEADING] = {"\n### ", "\n", pl_text_markdown},
        [PL_PART_TERM] = {"\n- **", "**: ", pl_text_markdown},
        [PL_PART_CODE] = {"\n\n", "", pl_text_fenced},
        [PL_PART_DETAILS] = {"\n<details><summary>", "</summary>\n", pl_text_html},
    };
    fputs(marks[part].before, doc->out);
    marks[part].write(doc->out, text);
    fputs(marks[part].behind, doc->out);
}

/* Text in backticks is taken as it is: nothing in it can be told to be no end of a cell. */
static void backticks(struct pl_doc *doc, const char *text)
{
    if (!*text || strpbrk(text, "`|\n\\"))
        pl_text_markdown(doc->out, text);
    else
        fprintf(doc->out, "`%s`", text);
}

static void text(struct pl_doc *doc, enum pl_style style, const char *text)
{
    static const char *const marks[][2] = {[PL_STYLE_STRONG] = {"**", "**"},
                                           [PL_STYLE_SMALL] = {" (", ")"},
                                           [PL_STYLE_BAD] = {"**", "**"},
                                           [PL_STYLE_OPEN] = {"", ""}};
    if (style == PL_STYLE_CODE) {
        backticks(doc, text);
        return;
    }
    const char *const *mark = marks[style];
    for (; *text == ' '; text++) /* a mark before a blank would be none */
        fputc(' ', doc->out);
    fputs(*text && mark[0] ? mark[0] : "", doc->out);
    pl_text_markdown(doc->out, text);
    fputs(*text && mark[1] ? mark[1] : "", doc->out);
}

static void outcome(struct pl_doc *doc, enum pl_outcome outcome, const char *text)
{
    (void)outcome;
    pl_text_markdown(doc->out, text);
}

static void link_to(struct pl_doc *doc, const char *id, const char *label)
{
    (void)id; /* GitHub makes its own of headings */
    text(doc, PL_STYLE_STRONG, label);
}

static void item(struct pl_doc *doc, enum pl_list_kind kind, enum pl_style style)
{
    (void)style;
    fputs(kind == PL_LIST_NUMBERS ? "1. " : "- ", doc->out);
}

static void table(struct pl_doc *doc, const char *caption)
{
    if (*caption) {
        fputc('\n', doc->out);
        pl_text_markdown(doc->out, caption);
        fputc('\n', doc->out);
    }
    fputs("\n|", doc->out);
    for (size_t i = 0; i < doc->columns; i++) {
        fputc(' ', doc->out);
        pl_text_markdown(doc->out, doc->heads[i].head);
        if (doc->heads[i].unit)
            fprintf(doc->out, ", %s", doc->heads[i].unit);
        fputs(" |", doc->out);
    }
    fputs("\n|", doc->out);
    for (size_t i = 0; i < doc->columns; i++)
        fputs(doc->heads[i].figure ? "---:|" : "---|", doc->out);
    fputc('\n', doc->out);
}

static void cell(struct pl_doc *doc, enum pl_style style)
{
    (void)style;
    fputc(' ', doc->out);
}

static void cell_end(struct pl_doc *doc)
{
    fputs(" |", doc->out);
}

#define BAR_CELLS 21

/* 21 characters of UTF-8, the middle one no change: a dot with its interval, or a diamond. */
static void bar(struct pl_doc *doc, const struct pl_doc_bar *bar, const char *label)
{
    (void)label;
    int last = BAR_CELLS - 1, middle = last / 2, at = (int)lround(bar->at * last);
    bool interval = !isnan(bar->low) && !isnan(bar->high);
    int low = interval ? (int)lround(bar->low * last) : at;
    int high = interval ? (int)lround(bar->high * last) : at;
    for (int i = 0; i <= last; i++)
        fputs(i == at                 ? (bar->beyond ? "\xe2\x97\x86" : "\xe2\x97\x8f")
              : i == middle           ? "\xe2\x94\x82"
              : i >= low && i <= high ? "\xe2\x94\x81"
                                      : "\xc2\xb7",
              doc->out);
}

static void line(struct pl_doc *doc, const struct pl_doc_line *line, const char *label)
{
    bool changed = false;
    (void)label;
    for (size_t i = 0; i < line->count; i++)
        changed |= line->marked[i];
    fputs(line->text, doc->out);
    fputs(changed ? " **changed**" : "", doc->out);
}

static void figure(struct pl_doc *doc, const char *class, const char *name, const char *caption)
{
    char path[8192];
    (void)class;
    pl_picture_path(path, sizeof path, doc->folder, name);
    if (doc->no_pictures || access(path, R_OK) != 0)
        return;
    fputs("\n![", doc->out);
    pl_text_markdown(doc->out, caption);
    fprintf(doc->out, "](plots/%s.svg)\n", name);
}

const struct pl_writer pl_writer_markdown = {
    .elsewhere = "report.html has them all",
    .mark = mark,
    .section = section,
    .part = part,
    .text = text,
    .outcome = outcome,
    .link = link_to,
    .item = item,
    .table = table,
    .cell = cell,
    .cell_end = cell_end,
    .bar = bar,
    .line = line,
    .figure = figure,
};
