/* The committed baseline: what class D says of each cell, as lines that a diff shows well. One file
 * a scenario, results/baseline/<scenario>.txt, a line a value: `glibc f32 live_bytes_peak 391640`,
 * or `glibc f32 threads=2 live_bytes_peak 391640`. Cells of the virtual clock only. */
#ifndef PL_COMPARE_BASELINE_H
#define PL_COMPARE_BASELINE_H

#include <jansson.h>
#include <stddef.h>

#include "allocators/base/error.h"

/** Writes a file for each scenario of a results document, each whole or not at all.
 *  @return 0; -EINVAL when repetitions of a cell differ, or one ran under the wall clock; another
 *  negative errno */
int pl_baseline_write(const json_t *root, const char *folder, struct pl_error *error);

/** Compares a results document with the files of the folder.
 *  @param take gets a line for each value that differs or is missing on either side, and for each
 *  file whose scenario was not run
 *  @param differences set to how many; 0: all alike
 *  @return 0; -EINVAL as above or when a file holds something else; another negative errno */
int pl_baseline_check(const json_t *root, const char *folder,
                      void (*take)(void *context, const char *line), void *context,
                      size_t *differences, struct pl_error *error);

#endif
