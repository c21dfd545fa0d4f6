/* The page while it is written: shared by the files that write its parts. */
#ifndef PL_REPORT_HTML_WRITE_H
#define PL_REPORT_HTML_WRITE_H

#include <stdio.h>

#include "harness/report/curves.h"
#include "harness/report/model.h"

struct pl_html {
    FILE *out;
    const struct pl_model *whole; /* what is judged, counted and ranked */
    const struct pl_model *model; /* as much of it as lists and tables have room for */
    size_t most;                  /* entries of a list, rows of a table */
    const struct pl_curves *curves;
    const char *folder;
    const char *no_pictures;
    size_t room;       /* bytes left for pictures */
    unsigned pictures; /* in the page so far */
    int rc;            /* of what could not be written */
};

/** Writes text between two pieces of HTML; only the text is escaped. */
void pl_html_wrap(const struct pl_html *page, const char *before, const char *text,
                  const char *after);

/** Says what a list of `count` leaves out of the page, where it does. @param what "rows" */
void pl_html_left_out(const struct pl_html *page, size_t count, const char *what);

/** A group's section: its charts, its table, its cells in detail. */
void pl_html_group(struct pl_html *page, const struct pl_model_group *group, size_t number);

/** A group's alerts, where any was raised. */
void pl_html_alerts(const struct pl_html *page, const struct pl_model_group *group);

/** A group's frontier of memory against CPU, where it has a sweep. */
void pl_html_frontier(struct pl_html *page, const struct pl_model_group *group);

/** Formats beside each other, where a scenario was run in several. */
void pl_html_formats(struct pl_html *page);

/** The instruments' sections. */
void pl_html_sections(struct pl_html *page);

/** A picture of plots/, where there is one. @param name without ".svg" @param label what a screen
 *  reader says; it and the caption are escaped */
void pl_html_picture(struct pl_html *page, const char *name, const char *label,
                     const char *caption);

/** What the page may do: run this one script, whose hash is known, and load nothing. */
void pl_html_policy(const struct pl_html *page);

/** The figures, and the script that draws them. */
void pl_html_script(struct pl_html *page);

#endif
