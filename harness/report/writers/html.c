/* HTML (writer.h). Only texts are escaped; what is written around them holds none. */
#include <math.h>
#include <stdlib.h>

#include "harness/report/writers/document.h"
#include "harness/report/writers/picture.h"
#include "harness/report/writers/text.h"

static void wrap(struct pl_doc *doc, const char *before, const char *text, const char *after)
{
    fputs(before, doc->out);
    pl_text_html(doc->out, text);
    fputs(after, doc->out);
}

static void attribute(struct pl_doc *doc, const char *name, const char *value)
{
    if (value)
        fprintf(doc->out, " %s=\"%s\"", name, value);
}

static void mark(struct pl_doc *doc, enum pl_doc_mark mark)
{
    static const char *const marks[PL_MARKS] = {
        [PL_MARK_SECTION_END] = "</section>\n",
        [PL_MARK_PARAGRAPH] = "<p>",
        [PL_MARK_NOTE] = "<p class=\"note\">",
        [PL_MARK_PARAGRAPH_END] = "</p>\n",
        [PL_MARK_LIST + PL_LIST_BULLETS] = "<ul>\n",
        [PL_MARK_LIST + PL_LIST_NUMBERS] = "<ol>\n",
        [PL_MARK_LIST + PL_LIST_TERMS] = "<dl>\n",
        [PL_MARK_LIST_END + PL_LIST_BULLETS] = "</ul>\n",
        [PL_MARK_LIST_END + PL_LIST_NUMBERS] = "</ol>\n",
        [PL_MARK_LIST_END + PL_LIST_TERMS] = "</dl>\n",
        [PL_MARK_ITEM_END + PL_LIST_BULLETS] = "</li>\n",
        [PL_MARK_ITEM_END + PL_LIST_NUMBERS] = "</li>\n",
        [PL_MARK_ITEM_END + PL_LIST_TERMS] = "</dd>\n",
        [PL_MARK_TABLE_END] = "</tbody></table></div>\n",
        [PL_MARK_ROW] = "<tr>",
        [PL_MARK_ROW_END] = "</tr>\n",
        [PL_MARK_DETAILS_END] = "</details>\n",
    };
    fputs(marks[mark], doc->out);
}

static void section(struct pl_doc *doc, struct pl_place place, const char *title)
{
    fputs("<section", doc->out);
    attribute(doc, "id", place.id);
    attribute(doc, "class", place.class);
    attribute(doc, "data-view", place.view);
    wrap(doc, "><h2>", title, "</h2>\n");
}

static void part(struct pl_doc *doc, enum pl_doc_part part, const char *text)
{
    static const char *const marks[][2] = {
        [PL_PART_HEADING] = {"<h3>", "</h3>\n"},
        [PL_PART_TERM] = {"<dt>", "</dt>\n<dd>"},
        [PL_PART_CODE] = {"<pre>", "</pre>"},
        [PL_PART_DETAILS] = {"<details><summary>", "</summary>\n"},
    };
    wrap(doc, marks[part][0], text, marks[part][1]);
}

static void text(struct pl_doc *doc, enum pl_style style, const char *text)
{
    static const char *const marks[][2] = {
        [PL_STYLE_PLAIN] = {"", ""},
        [PL_STYLE_STRONG] = {"<b>", "</b>"},
        [PL_STYLE_CODE] = {"<code>", "</code>"},
        [PL_STYLE_SMALL] = {" <small>", "</small>"},
        [PL_STYLE_GOOD] = {"<span class=\"ok\">", "</span>"},
        [PL_STYLE_BAD] = {"<span class=\"bad\">", "</span>"},
        [PL_STYLE_OPEN] = {"<span class=\"open\">", "</span>"},
    };
    if (*text)
        wrap(doc, marks[style][0], text, marks[style][1]);
}

static void outcome(struct pl_doc *doc, enum pl_outcome outcome, const char *text)
{
    fprintf(doc->out, "<span class=\"o %s\">", pl_outcome_name(outcome));
    wrap(doc, "", text, "</span>");
}

static void link_to(struct pl_doc *doc, const char *id, const char *text)
{
    fprintf(doc->out, "<a href=\"#%s\">", id);
    wrap(doc, "", text, "</a>");
}

static const char *class_of(enum pl_style style)
{
    return style == PL_STYLE_GOOD   ? "ok"
           : style == PL_STYLE_BAD  ? "bad"
           : style == PL_STYLE_OPEN ? "open"
                                    : NULL;
}

static void item(struct pl_doc *doc, enum pl_list_kind kind, enum pl_style style)
{
    (void)kind;
    fputs("<li", doc->out);
    attribute(doc, "class", class_of(style));
    fputc('>', doc->out);
}

/* A wide table keeps its size on a narrow screen and is scrolled: by keyboard, too. */
static void table(struct pl_doc *doc, const char *caption)
{
    fprintf(doc->out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
            "<table class=\"%s\">",
            doc->headless ? "host" : "figures");
    if (*caption)
        wrap(doc, "<caption>", caption, "</caption>\n");
    if (!doc->headless) {
        fputs("<thead><tr>", doc->out);
        for (size_t i = 0; i < doc->columns; i++) {
            const struct pl_doc_column *column = &doc->heads[i];
            fputs(column->figure ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
                  doc->out);
            text(doc, PL_STYLE_PLAIN, column->head);
            if (column->unit)
                text(doc, PL_STYLE_SMALL, column->unit);
            fputs("</th>", doc->out);
        }
        fputs("</tr></thead>\n", doc->out);
    }
    fputs("<tbody>\n", doc->out);
}

/* The first cell names the row. */
static void cell(struct pl_doc *doc, enum pl_style style)
{
    const char *class = class_of(style);
    if (doc->column == 0) {
        fputs("<th scope=\"row\">", doc->out);
        return;
    }
    fputs("<td", doc->out);
    attribute(doc, "class", class ? class : doc->heads[doc->column].figure ? "n" : NULL);
    fputc('>', doc->out);
}

static void cell_end(struct pl_doc *doc)
{
    fputs(doc->column == 0 ? "</th>" : "</td>", doc->out);
}

#define BAR_WIDTH 130
#define BAR_HEIGHT 16

/* The ratio as a dot, at the bar's end as a diamond where it lies beyond, with its interval; what
 * would not count as a band behind it. */
static void bar(struct pl_doc *doc, const struct pl_doc_bar *bar, const char *label)
{
    FILE *out = doc->out;
    fprintf(out, "<svg role=\"img\" width=\"%d\" height=\"%d\" ", BAR_WIDTH, BAR_HEIGHT);
    wrap(doc, "aria-label=\"", label, "\">");
    if (!isnan(bar->band))
        fprintf(out, "<rect x=\"%.1f\" width=\"%.1f\" height=\"%d\" style=\"fill:var(--grid)\"/>",
                BAR_WIDTH * (.5 - bar->band), BAR_WIDTH * 2 * bar->band, BAR_HEIGHT);
    fprintf(out, "<path d=\"M%d 0V%d\" style=\"stroke:var(--muted)\"/>", BAR_WIDTH / 2, BAR_HEIGHT);
    if (!isnan(bar->low) && !isnan(bar->high))
        fprintf(out,
                "<path d=\"M%.1f 8H%.1f\" style=\"stroke:var(--ink);stroke-width:2;fill:none\"/>",
                BAR_WIDTH * bar->low, BAR_WIDTH * bar->high);
    double at = fmin(fmax(BAR_WIDTH * bar->at, 5), BAR_WIDTH - 5);
    if (bar->beyond)
        fprintf(out, "<path d=\"M%.1f 3l5 5l-5 5l-5 -5z\" style=\"fill:var(--line)\"/>", at);
    else
        fprintf(out, "<circle cx=\"%.1f\" cy=\"8\" r=\"4\" style=\"fill:var(--line)\"/>", at);
    fputs("</svg>", out);
}

#define LINE_WIDTH 120
#define LINE_HEIGHT 26
#define LINE_MARGIN 4
#define LINE_LEAST_SPAN 0.02 /* of its value: a page more or less is no mountain */

struct scale {
    double low, high;
    size_t count;
};

static struct scale scale_of(const struct pl_doc_line *line)
{
    struct scale scale = {INFINITY, -INFINITY, line->count};
    for (size_t i = 0; i < line->count; i++) {
        scale.low = fmin(scale.low, line->values[i]);
        scale.high = fmax(scale.high, line->values[i]);
    }
    double widen = (LINE_LEAST_SPAN * fabs(scale.high) - (scale.high - scale.low)) / 2;
    if (widen > 0) {
        scale.low -= widen;
        scale.high += widen;
    }
    return scale;
}

static double across(const struct scale *s, size_t i)
{
    double share = s->count > 1 ? (double)i / (double)(s->count - 1) : 0;
    return LINE_MARGIN + (LINE_WIDTH - 2 * LINE_MARGIN) * share;
}

static double down(const struct scale *s, double value)
{
    double share = s->high > s->low ? (value - s->low) / (s->high - s->low) : 0;
    return LINE_HEIGHT - LINE_MARGIN - (LINE_HEIGHT - 2 * LINE_MARGIN) * share;
}

static void line(struct pl_doc *doc, const struct pl_doc_line *line, const char *label)
{
    struct scale scale = scale_of(line);
    fprintf(doc->out, "<svg role=\"img\" width=\"%d\" height=\"%d\" ", LINE_WIDTH, LINE_HEIGHT);
    wrap(doc, "aria-label=\"", label, "\"><path style=\"fill:none;stroke:var(--muted)\" d=\"");
    for (size_t i = 0; i < line->count; i++)
        fprintf(doc->out, "%c%.1f %.1f", i ? 'L' : 'M', across(&scale, i),
                down(&scale, line->values[i]));
    fputs("\"/>", doc->out);
    for (size_t i = 0; i < line->count; i++)
        if (line->marked[i])
            fprintf(doc->out,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" style=\"fill:var(--line)\"/>",
                    across(&scale, i), down(&scale, line->values[i]));
    fputs("</svg>", doc->out);
}

/* @return new memory, free() it; NULL where there is no picture, or no room for it */
static char *read_picture(struct pl_doc *doc, const char *name)
{
    char path[8192];
    size_t size;
    if (doc->no_pictures)
        return NULL;
    pl_picture_path(path, sizeof path, doc->folder, name);
    char *svg = pl_picture_read(path, &size);
    if (svg && size > doc->room) {
        free(svg);
        wrap(doc, "<p class=\"note\">No room in this page: plots/", name, ".svg</p>\n");
        return NULL;
    }
    if (svg)
        doc->room -= size;
    return svg;
}

/* The script puts its own charts into figures of a class, so those are there without a picture,
 * too. */
static void figure(struct pl_doc *doc, const char *class, const char *name, const char *caption)
{
    char *svg = read_picture(doc, name);
    if (!svg && !class)
        return;
    fputs("<figure", doc->out);
    attribute(doc, "class", class);
    wrap(doc, " id=\"picture-", name,
         "\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
         "aria-label=\"chart\">\n");
    if (svg)
        pl_picture_write(doc->out, svg, ++doc->pictures, caption);
    wrap(doc, "</div><figcaption>", caption, "</figcaption></figure>\n");
    free(svg);
}

const struct pl_writer pl_writer_html = {
    .elsewhere = "report.json has them all",
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
