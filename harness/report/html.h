/* report.html: one file, no network, no script. */
#ifndef PL_REPORT_HTML_H
#define PL_REPORT_HTML_H

#include "harness/report/model.h"

/** What all pictures together may take of the page: it stays below 3 MB. */
#define PL_HTML_PICTURES_MAX (2u << 20)

/** Writes the whole page into new memory. Pictures beyond the room for them stay in plots/, and
 *  the page says where.
 *  @param folder where pictures are looked for @param no_pictures why there are none, or NULL
 *  @param text free() it
 *  @return 0 or -ENOMEM */
int pl_html_make(const struct pl_model *model, const char *folder, const char *no_pictures,
                 char **text, size_t *size);

#endif
