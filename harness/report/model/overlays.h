/* What plots/overlay.py draws of a report: curves of resident memory over each other, and pairs of
 * repetitions. Of cells before and after, and of models and their counterparts. */
#ifndef PL_REPORT_MODEL_OVERLAYS_H
#define PL_REPORT_MODEL_OVERLAYS_H

#include "harness/report/model/context.h"

/** Pictures of each kind at most: the first cells that changed, the first counterparts. */
#define PL_OVERLAYS_MAX 24

/** The name of a picture in plots/, without ".svg". @param number from 0 */
void pl_overlay_before_name(char *name, size_t capacity, size_t number);
void pl_overlay_counterpart_name(char *name, size_t capacity, size_t number);

/** Writes FOLDER/plots/overlays.json, which plots/overlay.py draws; removes one of an earlier run
 *  where there is nothing to draw. @param folder of the model's results
 *  @return 0 or a negative errno */
int pl_overlays_write(const struct pl_model *model, const char *folder, struct pl_error *error);

#endif
