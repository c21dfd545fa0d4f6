/* What a format is: how each part of a document looks. No function may be NULL. */
#ifndef PL_REPORT_WRITERS_WRITER_H
#define PL_REPORT_WRITERS_WRITER_H

#include "harness/measure/outcome.h"
#include "harness/report/writers/parts.h"

struct pl_doc;

struct pl_writer {
    const char *elsewhere; /* where what was left out stands: "report.html has them all" */
    void (*section)(struct pl_doc *, struct pl_place, const char *title);
    void (*section_end)(struct pl_doc *);
    void (*heading)(struct pl_doc *, const char *title);
    void (*paragraph)(struct pl_doc *, bool small);
    void (*paragraph_end)(struct pl_doc *);
    void (*text)(struct pl_doc *, enum pl_style, const char *text);
    void (*outcome)(struct pl_doc *, enum pl_outcome, const char *text);
    void (*link)(struct pl_doc *, const char *id, const char *text);
    void (*list)(struct pl_doc *, enum pl_list_kind);
    void (*list_end)(struct pl_doc *, enum pl_list_kind);
    void (*item)(struct pl_doc *, enum pl_list_kind, enum pl_style);
    void (*item_end)(struct pl_doc *, enum pl_list_kind);
    void (*term)(struct pl_doc *, const char *term);
    void (*table)(struct pl_doc *, const char *caption);
    void (*table_end)(struct pl_doc *);
    void (*row)(struct pl_doc *);
    void (*row_end)(struct pl_doc *);
    void (*cell)(struct pl_doc *, enum pl_style);
    void (*cell_end)(struct pl_doc *);
    void (*bar)(struct pl_doc *, const struct pl_doc_bar *, const char *label);
    void (*line)(struct pl_doc *, const struct pl_doc_line *, const char *label);
    void (*code)(struct pl_doc *, const char *text);
    void (*details)(struct pl_doc *, const char *summary);
    void (*details_end)(struct pl_doc *);
    void (*figure)(struct pl_doc *, const char *class, const char *name, const char *caption);
};

extern const struct pl_writer pl_writer_html;
extern const struct pl_writer pl_writer_markdown;

#endif
