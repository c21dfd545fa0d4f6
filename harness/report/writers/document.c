/* What all formats have in common: entries are counted, and beyond `most` they are left out
 * (document.h). */
#include "harness/report/writers/document.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/base/text_stream.h"

bool pl_doc_writes(const struct pl_doc *doc)
{
    return doc->muted == 0;
}

const char *pl_doc_elsewhere(const struct pl_doc *doc)
{
    return doc->elsewhere ? doc->elsewhere : doc->writer->elsewhere;
}

/* Text of any length: a title or a reason may come from a person's own scenario. */
#define FORMATTED(doc, last, call)                 \
    do {                                           \
        va_list arguments;                         \
        char *text = NULL;                         \
        va_start(arguments, last);                 \
        if (vasprintf(&text, last, arguments) < 0) \
            pl_memory_refused();                   \
        va_end(arguments);                         \
        if (pl_doc_writes(doc))                    \
            call;                                  \
        free(text);                                \
    } while (0)

static void mark(struct pl_doc *doc, enum pl_doc_mark mark)
{
    if (pl_doc_writes(doc))
        doc->writer->mark(doc, mark);
}

/* Of lists of a kind. */
static enum pl_doc_mark mark_of(enum pl_doc_mark first, enum pl_list_kind kind)
{
    return (enum pl_doc_mark)((int)first + (int)kind);
}

void pl_doc_section(struct pl_doc *doc, struct pl_place place, const char *format, ...)
{
    FORMATTED(doc, format, doc->writer->section(doc, place, text));
}

void pl_doc_section_end(struct pl_doc *doc)
{
    mark(doc, PL_MARK_SECTION_END);
}

void pl_doc_heading(struct pl_doc *doc, const char *format, ...)
{
    FORMATTED(doc, format, doc->writer->part(doc, PL_PART_HEADING, text));
}

void pl_doc_paragraph(struct pl_doc *doc)
{
    mark(doc, PL_MARK_PARAGRAPH);
}

void pl_doc_paragraph_end(struct pl_doc *doc)
{
    mark(doc, PL_MARK_PARAGRAPH_END);
}

static void say(struct pl_doc *doc, enum pl_doc_mark begin, enum pl_style style, const char *text)
{
    mark(doc, begin);
    doc->writer->text(doc, style, text);
    mark(doc, PL_MARK_PARAGRAPH_END);
}

void pl_doc_say(struct pl_doc *doc, const char *format, ...)
{
    FORMATTED(doc, format, say(doc, PL_MARK_PARAGRAPH, PL_STYLE_PLAIN, text));
}

void pl_doc_say_styled(struct pl_doc *doc, enum pl_style style, const char *format, ...)
{
    FORMATTED(doc, format, say(doc, PL_MARK_PARAGRAPH, style, text));
}

void pl_doc_note(struct pl_doc *doc, const char *format, ...)
{
    FORMATTED(doc, format, say(doc, PL_MARK_NOTE, PL_STYLE_PLAIN, text));
}

void pl_doc_text(struct pl_doc *doc, enum pl_style style, const char *text)
{
    if (pl_doc_writes(doc))
        doc->writer->text(doc, style, text);
}

void pl_doc_textf(struct pl_doc *doc, enum pl_style style, const char *format, ...)
{
    FORMATTED(doc, format, doc->writer->text(doc, style, text));
}

void pl_doc_outcome(struct pl_doc *doc, enum pl_outcome outcome, const char *text)
{
    if (pl_doc_writes(doc))
        doc->writer->outcome(doc, outcome, text);
}

void pl_doc_link(struct pl_doc *doc, const char *id, const char *text)
{
    if (pl_doc_writes(doc))
        doc->writer->link(doc, id, text);
}

static void open_level(struct pl_doc *doc, enum pl_list_kind kind, const char *what)
{
    assert(doc->depth < PL_DOC_DEPTH);
    doc->levels[doc->depth++] = (struct pl_doc_level){.what = what, .kind = kind};
}

static struct pl_doc_level *level_of(struct pl_doc *doc)
{
    assert(doc->depth > 0);
    return &doc->levels[doc->depth - 1];
}

/* Says what a list or a table, which has ended, left out. */
static void close_level(struct pl_doc *doc)
{
    const struct pl_doc_level *level = &doc->levels[--doc->depth];
    if (level->count > doc->most)
        pl_doc_note(doc, "%zu of %zu %s left out here: %s.", level->count - doc->most, level->count,
                    level->what, pl_doc_elsewhere(doc));
}

/* @return whether the entry is written */
static bool open_entry(struct pl_doc *doc)
{
    if (doc->muted || level_of(doc)->count++ >= doc->most)
        doc->muted++;
    return !doc->muted;
}

/* @return whether the entry was written */
static bool close_entry(struct pl_doc *doc)
{
    if (!doc->muted)
        return true;
    doc->muted--;
    return false;
}

void pl_doc_list(struct pl_doc *doc, enum pl_list_kind kind, const char *what)
{
    open_level(doc, kind, what);
    mark(doc, mark_of(PL_MARK_LIST, kind));
}

void pl_doc_list_end(struct pl_doc *doc)
{
    mark(doc, mark_of(PL_MARK_LIST_END, level_of(doc)->kind));
    close_level(doc);
}

void pl_doc_item(struct pl_doc *doc, enum pl_style style)
{
    if (open_entry(doc) && doc->writer->item)
        doc->writer->item(doc, level_of(doc)->kind, style);
}

void pl_doc_item_text(struct pl_doc *doc, const char *format, ...)
{
    pl_doc_item(doc, PL_STYLE_PLAIN);
    FORMATTED(doc, format, doc->writer->text(doc, PL_STYLE_PLAIN, text));
    pl_doc_item_end(doc);
}

void pl_doc_item_named(struct pl_doc *doc, const char *name, const char *format, ...)
{
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_STRONG, name);
    FORMATTED(doc, format, doc->writer->text(doc, PL_STYLE_PLAIN, text));
    pl_doc_item_end(doc);
}

void pl_doc_term(struct pl_doc *doc, const char *format, ...)
{
    open_entry(doc);
    FORMATTED(doc, format, doc->writer->part(doc, PL_PART_TERM, text));
}

void pl_doc_item_end(struct pl_doc *doc)
{
    if (close_entry(doc))
        mark(doc, mark_of(PL_MARK_ITEM_END, level_of(doc)->kind));
}

static bool is_headless(const struct pl_doc_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (columns[i].head[0])
            return false;
    return true;
}

void pl_doc_table(struct pl_doc *doc, const struct pl_doc_column *columns, size_t count,
                  const char *what, const char *format, ...)
{
    open_level(doc, PL_LIST_BULLETS, what);
    doc->heads = columns;
    doc->columns = count;
    doc->headless = is_headless(columns, count);
    FORMATTED(doc, format, doc->writer->table(doc, text));
}

void pl_doc_table_end(struct pl_doc *doc)
{
    mark(doc, PL_MARK_TABLE_END);
    close_level(doc);
}

void pl_doc_row(struct pl_doc *doc)
{
    doc->column = 0;
    if (open_entry(doc))
        mark(doc, PL_MARK_ROW);
}

void pl_doc_row_end(struct pl_doc *doc)
{
    assert(doc->column == doc->columns);
    if (close_entry(doc))
        mark(doc, PL_MARK_ROW_END);
}

void pl_doc_cell(struct pl_doc *doc, enum pl_style style)
{
    if (pl_doc_writes(doc))
        doc->writer->cell(doc, style);
}

void pl_doc_cell_end(struct pl_doc *doc)
{
    if (pl_doc_writes(doc))
        doc->writer->cell_end(doc);
    doc->column++;
}

void pl_doc_cell_styled(struct pl_doc *doc, enum pl_style style, const char *text)
{
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, style, text);
    pl_doc_cell_end(doc);
}

void pl_doc_cell_text(struct pl_doc *doc, const char *text)
{
    pl_doc_cell_styled(doc, PL_STYLE_PLAIN, text);
}

void pl_doc_row_texts(struct pl_doc *doc, const char *const *texts)
{
    pl_doc_row(doc);
    for (size_t i = 0; i < doc->columns; i++)
        pl_doc_cell_text(doc, texts[i]);
    pl_doc_row_end(doc);
}

void pl_doc_cell_textf(struct pl_doc *doc, const char *format, ...)
{
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    FORMATTED(doc, format, doc->writer->text(doc, PL_STYLE_PLAIN, text));
    pl_doc_cell_end(doc);
}

void pl_doc_bar(struct pl_doc *doc, const struct pl_doc_bar *bar, const char *label)
{
    if (pl_doc_writes(doc))
        doc->writer->bar(doc, bar, label);
}

void pl_doc_line(struct pl_doc *doc, const struct pl_doc_line *line, const char *label)
{
    if (pl_doc_writes(doc))
        doc->writer->line(doc, line, label);
}

void pl_doc_code(struct pl_doc *doc, const char *text)
{
    if (pl_doc_writes(doc))
        doc->writer->part(doc, PL_PART_CODE, text);
}

void pl_doc_command(struct pl_doc *doc, const char *text)
{
    if (doc->commands)
        pl_doc_code(doc, text);
}

void pl_doc_details(struct pl_doc *doc, const char *format, ...)
{
    FORMATTED(doc, format, doc->writer->part(doc, PL_PART_DETAILS, text));
}

void pl_doc_details_end(struct pl_doc *doc)
{
    mark(doc, PL_MARK_DETAILS_END);
}

void pl_doc_figure(struct pl_doc *doc, const char *class, const char *name, const char *format, ...)
{
    if (doc->writer->figure)
        FORMATTED(doc, format, doc->writer->figure(doc, class, name, text));
}

struct fitted {
    struct pl_doc doc;
    pl_doc_function write;
    const void *context;
};

static void write_one(FILE *out, const void *context)
{
    const struct fitted *f = context;
    struct pl_doc doc = f->doc;
    doc.out = out;
    f->write(&doc, f->context);
}

/* The longest lists with which the document fits; 0 where none does. */
static size_t longest_lists(struct fitted f, size_t limit)
{
    size_t fits = 0, most = f.doc.most, size;
    while (fits < most) {
        f.doc.most = fits + (most - fits + 1) / 2;
        free(pl_text_written(write_one, &f, &size));
        if (size <= limit)
            fits = f.doc.most;
        else
            most = f.doc.most - 1;
    }
    return fits;
}

char *pl_doc_fitted(struct pl_doc doc, pl_doc_function write, const void *context, size_t limit,
                    size_t *size)
{
    struct fitted f = {doc, write, context};
    f.doc.most = SIZE_MAX;
    f.doc.commands = true;
    char *whole = pl_text_written(write_one, &f, size);
    if (*size <= limit)
        return whole;
    free(whole);
    f.doc = doc;
    f.doc.commands = false;
    f.doc.most = longest_lists(f, limit);
    return pl_text_written(write_one, &f, size);
}
