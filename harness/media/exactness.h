/* How exact holding samples or pixels in a format is: a round trip through it, measured. */
#ifndef PL_MEDIA_EXACTNESS_H
#define PL_MEDIA_EXACTNESS_H

#include "harness/media/source.h"
#include "harness/pipelines/media/media.h"

/** Decodes up to a clip's length of a source and converts it to the format and back. Samples are
 *  compared as float64 at the held rate, so that resampling is no error of the format; pictures as
 *  yuv420p of the held size, bytes over 255. Adds to compared, signal, noise and error_max of the
 *  facts, and to no other. Nothing to do for frames that stay FFmpeg's own.
 *  @return as pl_media_source_open */
int pl_media_exactness(const struct pl_media_source_options *options,
                       const struct pl_media_settings *settings, enum pl_format format,
                       const struct pl_media_plan *plan, struct pl_error *error);

#endif
