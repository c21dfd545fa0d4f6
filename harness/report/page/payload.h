/* The figures of the page for its script: a JSON document inside the HTML. */
#ifndef PL_REPORT_PAGE_PAYLOAD_H
#define PL_REPORT_PAGE_PAYLOAD_H

#include <jansson.h>
#include <stdio.h>

#include "harness/report/model/curves.h"

/** Everything the script draws from: metrics, groups with their rows and curves, instruments.
 *  Curves are differences from point to point, of time in ms and of bytes in a unit of their own.
 *  @return new; NULL when out of memory */
json_t *pl_payload_make(const struct pl_model *model, const struct pl_curves *curves);

/** Writes a document such that nothing in it ends the <script> around it. */
void pl_payload_write(FILE *out, const json_t *payload);

/** Those of the keys that an object has. */
json_t *pl_payload_pick(const json_t *object, const char *const *keys, size_t count);

#define PL_PAYLOAD_COUNT(keys) (sizeof(keys) / sizeof *(keys))

/** Parts of it, each NULL when out of memory. */
json_t *pl_payload_points(const struct pl_points *points);
json_t *pl_payload_row(const struct pl_model_group *group, size_t row);
json_t *pl_payload_instruments(const json_t *root);

#endif
