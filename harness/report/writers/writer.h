/* What a document is made of, and what a format is: how each part looks. Of its functions
 * only `item` and `figure` may be NULL: the format has none. */
#ifndef PL_REPORT_WRITERS_WRITER_H
#define PL_REPORT_WRITERS_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/measure/outcome.h"

struct pl_doc;

/** How a run of text stands out. */
enum pl_style {
    PL_STYLE_PLAIN,
    PL_STYLE_STRONG,
    PL_STYLE_CODE,
    PL_STYLE_SMALL, /* what belongs to the text before it: a spread, a reason */
    PL_STYLE_GOOD,
    PL_STYLE_BAD,
    PL_STYLE_OPEN /* neither: not checked */
};

/** What a section is to the page's script and to links. */
struct pl_place {
    const char *id;    /* NULL: no link leads there */
    const char *view;  /* the tab that it stands under; NULL: all */
    const char *class; /* NULL: none */
};

/** A column of a table. */
struct pl_doc_column {
    const char *head; /* all of them empty: a table without a head */
    const char *unit; /* NULL: none */
    bool figure;      /* set to the right */
    unsigned rank; /* on a terminal too narrow for all, the highest is left out first; 0: never */
    bool sentence; /* the last one, which wraps there */
};

enum pl_list_kind { PL_LIST_BULLETS, PL_LIST_NUMBERS, PL_LIST_TERMS, PL_LIST_KINDS };

/** A ratio on a bar, in shares of its length from 0 to 1; .5 is no change. */
struct pl_doc_bar {
    double at;
    double low, high; /* of its interval; NaN where there is none */
    double band;      /* half the width of what would not count; NaN: none */
    bool beyond;      /* it lies outside of the bar, at whose end it is drawn */
};

/** A series as a small line. */
struct pl_doc_line {
    const double *values;
    const bool *marked; /* changes of level */
    size_t count;
    const char *text; /* the same in characters, for a format that draws nothing */
};

/** Where parts begin or end that have nothing of their own to say. Of lists and items each kind has
 *  one, in the order of enum pl_list_kind. */
enum pl_doc_mark {
    PL_MARK_SECTION_END,
    PL_MARK_PARAGRAPH,
    PL_MARK_NOTE, /* a paragraph in small print */
    PL_MARK_PARAGRAPH_END,
    PL_MARK_LIST,
    PL_MARK_LIST_END = PL_MARK_LIST + PL_LIST_KINDS,
    PL_MARK_ITEM_END = PL_MARK_LIST_END + PL_LIST_KINDS,
    PL_MARK_TABLE_END = PL_MARK_ITEM_END + PL_LIST_KINDS,
    PL_MARK_ROW,
    PL_MARK_ROW_END,
    PL_MARK_DETAILS_END,
    PL_MARKS
};

/** Parts that are one text. */
enum pl_doc_part { PL_PART_HEADING, PL_PART_TERM, PL_PART_CODE, PL_PART_DETAILS };

struct pl_writer {
    const char *elsewhere; /* where what was left out stands: "report.html has them all" */
    void (*mark)(struct pl_doc *, enum pl_doc_mark);
    void (*section)(struct pl_doc *, struct pl_place, const char *title);
    void (*part)(struct pl_doc *, enum pl_doc_part, const char *text);
    void (*text)(struct pl_doc *, enum pl_style, const char *text);
    void (*outcome)(struct pl_doc *, enum pl_outcome, const char *text);
    void (*link)(struct pl_doc *, const char *id, const char *text);
    void (*item)(struct pl_doc *, enum pl_list_kind, enum pl_style);
    void (*table)(struct pl_doc *, const char *caption);
    void (*cell)(struct pl_doc *, enum pl_style);
    void (*cell_end)(struct pl_doc *);
    void (*bar)(struct pl_doc *, const struct pl_doc_bar *, const char *label);
    void (*line)(struct pl_doc *, const struct pl_doc_line *, const char *label);
    void (*figure)(struct pl_doc *, const char *class, const char *name, const char *caption);
};

extern const struct pl_writer pl_writer_html;
extern const struct pl_writer pl_writer_markdown;

#endif
