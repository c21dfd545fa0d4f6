/* What a document is made of, for those who say it and those who write it. */
#ifndef PL_REPORT_WRITERS_PARTS_H
#define PL_REPORT_WRITERS_PARTS_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
