/* What a host's noise is: from an A/A run, in which both sides of each pair are the same program.
 */
#ifndef PL_COMPARE_CALIBRATION_H
#define PL_COMPARE_CALIBRATION_H

#include <jansson.h>
#include <stdbool.h>

#include "allocators/base/error.h"
#include "harness/compare/match.h"

/** Above this share of false alarms of the pairs' test at .05 a metric is advisory. */
#define PL_CALIBRATION_ALARMS_MAX .08

/** Pairs of an A/A run, at least: sets of 20 are drawn from them. */
#define PL_CALIBRATION_PAIRS_MIN 40

struct pl_calibration {
    json_t *root;
    char path[4096];
};

/** Reads the noise off an A/A run. @param base, new the two halves
 *  @param root set on success: the document to store
 *  @return 0, -EINVAL when they are no pairs or too few, -ENOMEM */
int pl_calibration_make(const json_t *base, const json_t *new, json_t **root,
                        struct pl_error *error);

/** Adds the cells of an earlier calibration of this host that the new one has not, and sums up each
 *  metric over all. @param earlier NULL for none */
void pl_calibration_sum_up(json_t *root, const json_t *earlier);

/** Whether a calibration is of this host. @param host a fingerprint */
bool pl_calibration_of_host(const struct pl_calibration *calibration, const json_t *host);

/** Where a host's calibration is kept: $XDG_STATE_HOME/plimsoll/calibration/<hash>.json (without
 *  it ~/.local/state), since noise belongs to the host and not to a clone.
 *  @param host the fingerprint @return 0 or a negative errno */
int pl_calibration_path(const json_t *host, char *path, size_t capacity, struct pl_error *error);

/** Stores, whole or not at all. @return 0 or a negative errno */
int pl_calibration_store(const char *path, const json_t *root, struct pl_error *error);

/** @return 0, -ENOENT when there is none, -EINVAL with what is wrong in it */
int pl_calibration_load(const char *path, struct pl_calibration *calibration,
                        struct pl_error *error);

/** Loads the calibration of a host from where it is kept; none is no error, and leaves `root` NULL.
 *  @param host a fingerprint, or NULL @return 0, or -EINVAL with what is wrong in it */
int pl_calibration_find(const json_t *host, struct pl_calibration *calibration,
                        struct pl_error *error);

void pl_calibration_free(struct pl_calibration *calibration);

/** The standard deviation of a cell's Hodges-Lehmann log ratios without a change; NaN: not known,
 *  also for a cell that was calibrated at another duration.
 *  @param calibration may be NULL */
double pl_calibration_noise(const struct pl_calibration *calibration, const struct pl_match *match,
                            const char *metric);

/** Whether a metric is too noisy here for a gate. @param alarms set to its share of false alarms */
bool pl_calibration_advisory(const struct pl_calibration *calibration, const char *metric,
                             double *alarms);

#endif
