/* What the report decides and the scripts of plots/ draw: a file of FOLDER/plots/ each. */
#ifndef PL_REPORT_MODEL_DRAWING_H
#define PL_REPORT_MODEL_DRAWING_H

#include "harness/report/model/model.h"

/** Writes FOLDER/plots/NAME.json: the pictures as they are listed, and which results they are of;
 *  removes one of an earlier run where there are none.
 *  @return 0 or a negative errno */
int pl_drawing_write(const struct pl_model *model, const char *folder, const char *name,
                     json_t *pictures, struct pl_error *error);

#endif
