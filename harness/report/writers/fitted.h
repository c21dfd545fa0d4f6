/* A document that must not be longer than so many bytes: its lists and tables are cut until it
 * fits. */
#ifndef PL_REPORT_WRITERS_FITTED_H
#define PL_REPORT_WRITERS_FITTED_H

#include "harness/report/writers/document.h"

/** Writes into new memory; where that is too long, without commands and with the longest lists that
 *  fit.
 *  @param doc its writer and pictures; `most` is the longest list that it may have
 *  @return free() it; longer than `limit` where no list is left to cut */
char *pl_doc_fitted(struct pl_doc doc, pl_doc_function write, const void *context, size_t limit,
                    size_t *size);

#endif
