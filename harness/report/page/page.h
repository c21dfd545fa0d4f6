/* report.html: one file, no network. It is whole without scripts; where they may run, its own makes
 * it a page to work with. */
#ifndef PL_REPORT_PAGE_PAGE_H
#define PL_REPORT_PAGE_PAGE_H

#include "harness/report/model/model.h"

/** What a page may take, bytes: it is passed around by mail and chat. Figures and curves go first; pictures get the room that is left. */
#define PL_HTML_MAX 1500000u

/** Writes the whole page into new memory. Pictures beyond the room for them stay in plots/, and
 *  the page says where.
 *  @param folder where series and pictures are looked for @param no_pictures why there are none, or
 * NULL
 *  @return free() it */
char *pl_html_make(const struct pl_model *model, const char *folder, const char *no_pictures,
                   size_t *size);

#endif
