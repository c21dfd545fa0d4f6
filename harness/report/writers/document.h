/* A report while it is written. Sections say what there is: headings, paragraphs, lists, tables,
 * figures; a writer, one a format, says how that looks. Lists and tables end at `most` entries,
 * and say how many were left out. */
#ifndef PL_REPORT_WRITERS_DOCUMENT_H
#define PL_REPORT_WRITERS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "harness/report/writers/writer.h"

struct pl_terminal;

#define PL_DOC_DEPTH 8

/** One list, table or item that is open. */
struct pl_doc_level {
    const char *what; /* entries are called: "rows" */
    size_t count;     /* of them, so far */
    enum pl_list_kind kind;
};

/** What is being written: a caller sets the first fields, all others are zero. */
struct pl_doc {
    const struct pl_writer *writer;
    FILE *out;
    const char *elsewhere;   /* where what is left out stands; NULL: where the writer says */
    size_t most;             /* entries of a list, rows of a table */
    bool commands;           /* that reproduce each row are written */
    const char *folder;      /* whose plots/ has the pictures */
    const char *no_pictures; /* why there are none, or NULL */
    size_t room;             /* bytes left for pictures, where they stand in the document itself */
    unsigned pictures;       /* so far */
    struct pl_terminal *terminal; /* what its writer keeps (terminal.h) */
    /* The rest is the document's own. */
    struct pl_doc_level levels[PL_DOC_DEPTH];
    unsigned depth;
    unsigned muted; /* entries that are open and left out */
    size_t columns; /* of the table */
    size_t column;  /* of the cell */
    const struct pl_doc_column *heads;
    bool headless;
};

/** Writes the whole of a document. */
typedef void (*pl_doc_function)(struct pl_doc *doc, const void *context);

void pl_doc_section(struct pl_doc *doc, struct pl_place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void pl_doc_section_end(struct pl_doc *doc);

/** A heading below a section's. */
void pl_doc_heading(struct pl_doc *doc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

void pl_doc_paragraph(struct pl_doc *doc);
void pl_doc_paragraph_end(struct pl_doc *doc);

/** A whole paragraph. */
void pl_doc_say(struct pl_doc *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A whole paragraph in one style. */
void pl_doc_say_styled(struct pl_doc *doc, enum pl_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A whole paragraph in small print. */
void pl_doc_note(struct pl_doc *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** A run of text within a paragraph, an item or a cell. */
void pl_doc_text(struct pl_doc *doc, enum pl_style style, const char *text);
void pl_doc_textf(struct pl_doc *doc, enum pl_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** A run of text in the colour of an outcome. */
void pl_doc_outcome(struct pl_doc *doc, enum pl_outcome outcome, const char *text);

/** A run of text that leads to a section. @param id of its place */
void pl_doc_link(struct pl_doc *doc, const char *id, const char *text);

/** @param what its entries are called, in the plural */
void pl_doc_list(struct pl_doc *doc, enum pl_list_kind kind, const char *what);
void pl_doc_list_end(struct pl_doc *doc);

/** @param style of the item: good, bad, open or plain */
void pl_doc_item(struct pl_doc *doc, enum pl_style style);
void pl_doc_item_end(struct pl_doc *doc);

/** A whole item of plain text. */
void pl_doc_item_text(struct pl_doc *doc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A whole item that begins with what it is of, strong. */
void pl_doc_item_named(struct pl_doc *doc, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** An item of terms: its text explains the term. */
void pl_doc_term(struct pl_doc *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Columns in an array, and how many. */
#define PL_DOC_COLUMNS(columns) (columns), sizeof(columns) / sizeof *(columns)

/** @param columns outlives the table @param what its rows are called
 *  @param format of the caption; "": none */
void pl_doc_table(struct pl_doc *doc, const struct pl_doc_column *columns, size_t count,
                  const char *what, const char *format, ...) __attribute__((format(printf, 5, 6)));
void pl_doc_table_end(struct pl_doc *doc);
void pl_doc_row(struct pl_doc *doc);
void pl_doc_row_end(struct pl_doc *doc);

/** The next cell of the row. @param style of the whole of it: good, bad or plain */
void pl_doc_cell(struct pl_doc *doc, enum pl_style style);
void pl_doc_cell_end(struct pl_doc *doc);

/** The next cell of the row, with plain text. */
void pl_doc_cell_text(struct pl_doc *doc, const char *text);
void pl_doc_cell_textf(struct pl_doc *doc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** The next cell of the row, with text in one style. */
void pl_doc_cell_styled(struct pl_doc *doc, enum pl_style style, const char *text);

/** A whole row of plain text. @param texts one a column */
void pl_doc_row_texts(struct pl_doc *doc, const char *const *texts);

/** Within a cell. @param label what a screen reader says */
void pl_doc_bar(struct pl_doc *doc, const struct pl_doc_bar *bar, const char *label);
void pl_doc_line(struct pl_doc *doc, const struct pl_doc_line *line, const char *label);

/** What is typed, as it is. */
void pl_doc_code(struct pl_doc *doc, const char *text);

/** A command that reproduces a row; left out where the document has no room for those. */
void pl_doc_command(struct pl_doc *doc, const char *text);

/** What is folded away. */
void pl_doc_details(struct pl_doc *doc, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pl_doc_details_end(struct pl_doc *doc);

/** A picture of plots/, where there is one. @param class of the figure, or NULL
 *  @param name without ".svg" */
void pl_doc_figure(struct pl_doc *doc, const char *class, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** Where what is left out stands: "report.html has them all". */
const char *pl_doc_elsewhere(const struct pl_doc *doc);

/** Whether something is written now: an entry that is left out need not be made. */
bool pl_doc_writes(const struct pl_doc *doc);

/** Writes a document that must not be longer than so many bytes into new memory; where the whole
 * is, without commands and with the longest lists that fit.
 *  @param doc its writer and pictures; `most` is the longest list that it may have
 *  @return free() it; longer than `limit` where no list is left to cut */
char *pl_doc_fitted(struct pl_doc doc, pl_doc_function write, const void *context, size_t limit,
                    size_t *size);

#endif
