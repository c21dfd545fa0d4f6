/* Checks that no single key can make: what is required, and what must fit together. */
#ifndef PL_SCENARIO_CHECK_H
#define PL_SCENARIO_CHECK_H

#include "harness/scenario/decode.h"

/** Checks a decoded scenario and resolves times that count from its end. @return 0 or -EINVAL */
int pl_scenario_check(struct pl_decoder *decoder);

/** Resolves times that count back from the end of the run. @return 0, or -EINVAL where a span ends
 *  before it begins, or two overlap */
int pl_spans_resolve(struct pl_decoder *decoder, const char *key, struct pl_span *spans,
                     uint32_t count);

/** Checks how many threads there are, and what workers do. @return 0 or -EINVAL */
int pl_threads_check(struct pl_decoder *decoder);

/** Checks that the curve is whole, and the pipeline has sessions. @return 0 or -EINVAL */
int pl_load_check(struct pl_decoder *decoder);

/** Gives the entries of `background` their classes, those that the scenario lacks with the size of
 *  their largest block. @return 0 or -EINVAL */
int pl_background_check(struct pl_decoder *decoder);

/** Whether an entry of `background` acquires blocks of a class. */
bool pl_background_has_class(const struct pl_scenario *scenario, const char *name);

/** Gives the entries of `session.objects` their classes, likewise. @return 0 or -EINVAL */
int pl_session_check(struct pl_decoder *decoder);

/** Puts the profiles of session.objects behind the `count` files that there are.
 *  @return how many there are then */
uint32_t pl_session_profiles(const struct pl_scenario *scenario, const char *paths[PL_FILES_MAX],
                             uint32_t count);

/** The files of a pipeline with sessions: what it replays, and the profiles of its objects.
 *  @return how many of `paths` were set */
uint32_t pl_session_files(const struct pl_scenario *scenario, const char *paths[PL_FILES_MAX]);

/** Whether an entry of `session.objects` acquires blocks of a class. */
bool pl_session_has_class(const struct pl_scenario *scenario, const char *name);

/** Finds the classes of alerts, and the alerts of expectations. @return 0 or -EINVAL */
int pl_alerts_check(struct pl_decoder *decoder);

#endif
