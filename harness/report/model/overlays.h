/* What plots/overlay.py draws of a report: curves of resident memory over each other, and pairs of
 * repetitions. Of cells before and after, and of models and their counterparts. */
#ifndef PL_REPORT_MODEL_OVERLAYS_H
#define PL_REPORT_MODEL_OVERLAYS_H

#include "harness/report/model/context.h"

/** Pictures of each kind at most: the first cells that changed, the first counterparts. */
#define PL_OVERLAYS_MAX 24

/** The names of pictures in plots/, without ".svg": formats of a number (size_t) from 1 on. */
#define PL_OVERLAY_BEFORE "before-%zu"
#define PL_OVERLAY_COUNTERPART "counterpart-%zu"

/** Writes FOLDER/plots/overlays.json, which plots/overlay.py draws; removes one of an earlier run
 *  where there is nothing to draw. @param folder of the model's results
 *  @return 0 or a negative errno */
int pl_overlays_write(const struct pl_model *model, const char *folder, struct pl_error *error);

#endif
