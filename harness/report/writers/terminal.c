/* The terminal (writer.h): sentences wrap, tables stand in columns (wrap.h, grid.h). Runs of text
 * are kept until it is known how long they are together. */
#include "harness/report/writers/terminal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"

/* Lines of a head: two of its words, so that a column is no wider than its figures, and the unit.
 */
enum { FIRST, SECOND, UNIT, HEADS };

#define BAD "\033[31m"
#define WORST "\033[1;31m"
#define OPEN "\033[33m"
#define GOOD "\033[32m"

static const char *const escapes[] = {
    [PL_STYLE_GOOD] = GOOD, [PL_STYLE_BAD] = WORST, [PL_STYLE_OPEN] = OPEN};

struct pl_terminal {
    struct pl_terminal_layout layout;
    char *text; /* runs that are not yet written */
    size_t used, capacity;
    struct pl_grid grid; /* of the open table */
    size_t row;
    const char *escape; /* of the open cell */
    bool begun;         /* something stands above */
    bool titled;        /* right above is what the next belongs to */
};

static void keep(struct pl_doc *doc, const char *text)
{
    struct pl_terminal *t = doc->terminal;
    size_t length = strlen(text);
    if (t->used + length >= t->capacity) {
        t->capacity = 2 * (t->used + length) + 64;
        t->text = realloc(t->text, t->capacity);
        if (!t->text)
            pl_memory_refused();
    }
    memcpy(t->text + t->used, text, length + 1);
    t->used += length;
}

/* What was kept, of which nothing is left. */
static const char *take(struct pl_doc *doc)
{
    struct pl_terminal *t = doc->terminal;
    t->used = 0;
    return t->text ? t->text : "";
}

/* Writes what was kept, behind `mark`; its lines begin behind that. */
static void flush(struct pl_doc *doc, size_t indent, const char *mark)
{
    const struct pl_terminal *t = doc->terminal;
    size_t at = indent + strlen(mark);
    if (!t->used)
        return;
    fprintf(doc->out, "%*s%s", (int)indent, "", mark);
    pl_wrap(doc->out, take(doc), at, at, pl_wrap_width(doc->out, t->layout.assumed));
}

/* A blank line before what stands for itself. */
static void stand_off(struct pl_doc *doc)
{
    struct pl_terminal *t = doc->terminal;
    if (t->begun && !t->titled)
        fputc('\n', doc->out);
    t->begun = true;
    t->titled = false;
}

static void title(struct pl_doc *doc, size_t indent, const char *text)
{
    if (!*text)
        return;
    doc->terminal->titled = false;
    stand_off(doc);
    keep(doc, text);
    flush(doc, indent, "");
    doc->terminal->titled = true;
}

static void section(struct pl_doc *doc, struct pl_place place, const char *text)
{
    (void)place;
    title(doc, 0, text);
}

static void text(struct pl_doc *doc, enum pl_style style, const char *text)
{
    bool small = style == PL_STYLE_SMALL && *text;
    if (style >= PL_STYLE_GOOD && *text)
        doc->terminal->escape = escapes[style];
    keep(doc, small ? " (" : "");
    keep(doc, text);
    keep(doc, small ? ")" : "");
}

static void outcome(struct pl_doc *doc, enum pl_outcome outcome, const char *text)
{
    doc->terminal->escape = outcome == PL_OUTCOME_BOUNDED   ? GOOD
                            : outcome == PL_OUTCOME_GROWING ? OPEN
                                                            : BAD;
    keep(doc, text);
}

static void link_to(struct pl_doc *doc, const char *id, const char *text)
{
    (void)id;
    keep(doc, text);
}

static size_t indent_of(const struct pl_doc *doc, size_t depth)
{
    return doc->terminal->layout.indent + 2 * (depth - 1);
}

/* Ends the line of an item, which a list within it does, too. */
static void end_item_at(struct pl_doc *doc, size_t depth)
{
    bool bullet = doc->levels[depth - 1].kind != PL_LIST_TERMS;
    flush(doc, indent_of(doc, depth), bullet ? "- " : "");
}

static void table(struct pl_doc *doc, const char *caption)
{
    struct pl_terminal *t = doc->terminal;
    title(doc, t->layout.indent, caption);
    stand_off(doc);
    t->grid = pl_grid_make(doc->headless ? 0 : HEADS, doc->columns);
    t->grid.indent = t->layout.indent;
    t->grid.assumed = t->layout.assumed;
    t->row = t->grid.heads;
    for (size_t i = 0; i < doc->columns; i++) {
        t->grid.columns[i].left = !doc->heads[i].figure;
        t->grid.columns[i].rank = doc->heads[i].rank;
        t->grid.prose |= doc->heads[i].sentence;
    }
}

static void cell(struct pl_doc *doc, enum pl_style style)
{
    doc->terminal->escape = style >= PL_STYLE_GOOD ? escapes[style] : NULL;
}

static void cell_end(struct pl_doc *doc)
{
    struct pl_terminal *t = doc->terminal;
    pl_grid_set(&t->grid, t->row, doc->column, take(doc), t->escape);
}

/* The widest figure of a column. */
static size_t widest(const struct pl_grid *grid, size_t column)
{
    size_t most = 0;
    for (size_t row = HEADS; row < grid->rows; row++) {
        const char *text = grid->cells[row * grid->column_count + column].text;
        size_t width = text ? pl_wrap_columns(text) : 0;
        most = width > most ? width : most;
    }
    return most;
}

/* Where a head is cut so that its longer part is as short as can be. @return NULL for a word */
static const char *middle(const char *head)
{
    const char *best = NULL;
    size_t length = strlen(head), shortest = length;
    for (const char *at = head; (at = strchr(at, ' ')); at++) {
        size_t before = (size_t)(at - head), behind = length - before - 1;
        size_t longer = before > behind ? before : behind;
        if (longer < shortest) {
            shortest = longer;
            best = at;
        }
    }
    return best;
}

static void set_head(struct pl_grid *grid, size_t column, const struct pl_doc_column *head,
                     size_t last)
{
    char first[64] = "";
    const char *cut =
        head->figure && strlen(head->head) > widest(grid, column) ? middle(head->head) : NULL;
    snprintf(first, sizeof first, "%.*s", cut ? (int)(cut - head->head) : 0, head->head);
    pl_grid_set(grid, FIRST, column, first, NULL);
    pl_grid_set(grid, head->figure ? SECOND : last, column, cut ? cut + 1 : head->head, NULL);
    if (head->unit)
        pl_grid_set(grid, UNIT, column, head->unit, NULL);
}

static void table_end(struct pl_doc *doc)
{
    struct pl_grid *grid = &doc->terminal->grid;
    size_t last = SECOND; /* line of the heads, where those of words stand */
    for (size_t i = 0; i < doc->columns; i++)
        last = doc->heads[i].unit && *doc->heads[i].unit ? UNIT : last;
    for (size_t i = 0; i < doc->columns && !doc->headless; i++)
        set_head(grid, i, &doc->heads[i], last);
    pl_grid_print(doc->out, grid);
}

/* A list ends the line of the item that it stands in. */
static void begin_list(struct pl_doc *doc)
{
    if (doc->depth > 1)
        end_item_at(doc, doc->depth - 1);
    doc->terminal->begun = true;
    doc->terminal->titled = false;
}

static void mark(struct pl_doc *doc, enum pl_doc_mark mark)
{
    if (mark == PL_MARK_PARAGRAPH || mark == PL_MARK_NOTE)
        stand_off(doc);
    else if (mark == PL_MARK_PARAGRAPH_END)
        flush(doc, doc->terminal->layout.indent, "");
    else if (mark >= PL_MARK_LIST && mark < PL_MARK_LIST_END)
        begin_list(doc);
    else if (mark >= PL_MARK_ITEM_END && mark < PL_MARK_TABLE_END)
        end_item_at(doc, doc->depth);
    else if (mark == PL_MARK_TABLE_END)
        table_end(doc);
    else if (mark == PL_MARK_ROW_END)
        doc->terminal->row++;
}

static void bar(struct pl_doc *doc, const struct pl_doc_bar *bar, const char *label)
{
    (void)bar; /* what it shows stands beside it */
    keep(doc, label);
}

static void line(struct pl_doc *doc, const struct pl_doc_line *line, const char *label)
{
    (void)label;
    keep(doc, line->text);
}

/* In one line, to be copied. */
static void code(struct pl_doc *doc, const char *text)
{
    if (doc->depth)
        end_item_at(doc, doc->depth);
    else
        stand_off(doc);
    fprintf(doc->out, "%*s", (int)doc->terminal->layout.indent + 2, "");
    pl_text_plain(doc->out, text);
    fputc('\n', doc->out);
}

static void part(struct pl_doc *doc, enum pl_doc_part part, const char *text)
{
    if (part == PL_PART_CODE) {
        code(doc, text);
    } else if (part == PL_PART_TERM) {
        keep(doc, text);
        keep(doc, ": ");
    } else {
        title(doc, doc->terminal->layout.indent, text);
    }
}

static const struct pl_writer terminal = {
    .elsewhere = "results.json has them all",
    .mark = mark,
    .section = section,
    .part = part,
    .text = text,
    .outcome = outcome,
    .link = link_to,
    .table = table,
    .cell = cell,
    .cell_end = cell_end,
    .bar = bar,
    .line = line,
};

void pl_terminal_print(FILE *out, struct pl_terminal_layout layout, pl_doc_function write,
                       const void *context)
{
    struct pl_terminal state = {.layout = layout};
    struct pl_doc doc = {
        .writer = &terminal, .out = out, .terminal = &state, .most = SIZE_MAX, .commands = true};
    write(&doc, context);
    free(state.text);
}
