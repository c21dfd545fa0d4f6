/* What a format is: how each part of a document looks. No function may be NULL. */
#ifndef PL_REPORT_WRITERS_WRITER_H
#define PL_REPORT_WRITERS_WRITER_H

#include "harness/report/writers/document.h"

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

struct pl_writer {
    const char *elsewhere; /* where what was left out stands: "report.html has them all" */
    void (*mark)(struct pl_doc *, enum pl_doc_mark);
    void (*section)(struct pl_doc *, struct pl_place, const char *title);
    void (*heading)(struct pl_doc *, const char *title);
    void (*text)(struct pl_doc *, enum pl_style, const char *text);
    void (*outcome)(struct pl_doc *, enum pl_outcome, const char *text);
    void (*link)(struct pl_doc *, const char *id, const char *text);
    void (*item)(struct pl_doc *, enum pl_list_kind, enum pl_style);
    void (*term)(struct pl_doc *, const char *term);
    void (*table)(struct pl_doc *, const char *caption);
    void (*cell)(struct pl_doc *, enum pl_style);
    void (*cell_end)(struct pl_doc *);
    void (*bar)(struct pl_doc *, const struct pl_doc_bar *, const char *label);
    void (*line)(struct pl_doc *, const struct pl_doc_line *, const char *label);
    void (*code)(struct pl_doc *, const char *text);
    void (*details)(struct pl_doc *, const char *summary);
    void (*figure)(struct pl_doc *, const char *class, const char *name, const char *caption);
};

extern const struct pl_writer pl_writer_html;
extern const struct pl_writer pl_writer_markdown;

#endif
