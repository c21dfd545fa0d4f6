/* RSS and live bytes over time, read back from the series of a cell. */
#ifndef PL_RESULTS_RSS_SERIES_H
#define PL_RESULTS_RSS_SERIES_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

struct pl_rss_series {
    int64_t *t_ns; /* of the replay, strictly ascending */
    double *rss_bytes;
    double *live_bytes; /* NaN: not known */
    size_t count;       /* at least 1 */
};

/** Reads the series that a cell names.
 *  @param folder the one that its results.json lies in
 *  @return 0; -ENOMEM; -EINVAL with one line: which file, which line of it, what is wrong */
int pl_rss_series_read(const char *folder, const json_t *cell, struct pl_rss_series *series,
                       struct pl_error *error);

/** Whether the file that a cell names is there, or it names none.
 *  @return 0; -ENOENT with one line */
int pl_rss_series_look(const char *folder, const json_t *cell, struct pl_error *error);

/** Whether the file that a cell names is there and whole, or it names none.
 *  @return 0; -ENOENT; as pl_rss_series_read: one line each */
int pl_rss_series_check(const char *folder, const json_t *cell, struct pl_error *error);

/** Takes one that was never read, too, if it is all zero. */
void pl_rss_series_free(struct pl_rss_series *series);

#endif
