/* Results documents made up for tests. */
#ifndef PL_COMPARE_TESTS_DOCUMENTS_H
#define PL_COMPARE_TESTS_DOCUMENTS_H

#include <jansson.h>

#include "harness/compare/comparison.h"

/** A document without cells. @param side "base", "new", or NULL for a run that is no half of pairs
 */
json_t *document_make(const char *side);

/** Adds a cell of steady-reader that was bounded. @return its metrics, to set values in */
json_t *document_add(json_t *root, const char *allocator, int repetition);

/** The metrics of a cell that document_add added. */
json_t *document_metrics(json_t *root, size_t cell);

/** Compares two documents, which it takes over. */
struct pl_comparison documents_compare(json_t *base, json_t *new);

/** The same, of what has to be refused. @param reason a part of the message */
void documents_refuse(json_t *base, json_t *new, const char *reason);

#endif
