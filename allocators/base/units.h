/* Quantities with units, as people write them: sizes and times. Used by stack options, scenario
 * files and --set alike, so that 32MiB means the same wherever it stands. */
#ifndef PL_ALLOCATORS_BASE_UNITS_H
#define PL_ALLOCATORS_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

/**
 * Reads a size: a decimal number and one of B, KiB, MiB, GiB, kB, MB, GB (no space between).
 * A bare number is refused, but for 0. Fractions are allowed where the result is whole bytes.
 * @param bytes set on success, 0 to INT64_MAX
 * @return 0, -EINVAL (not a size, no unit, not whole bytes) or -ERANGE
 */
int pl_size_parse(const char *text, uint64_t *bytes, struct pl_error *error);

/**
 * Reads a time: a decimal number, maybe negative, and one of ns, us, ms, s, m, h.
 * @param ns set on success, in nanoseconds
 * @return 0, -EINVAL or -ERANGE, as pl_size_parse
 */
int pl_time_parse(const char *text, int64_t *ns, struct pl_error *error);

/** Writes `bytes` for a person: the largest binary unit that leaves at most one decimal, e.g. "46.1
 * MiB". */
void pl_size_format(uint64_t bytes, char *text, size_t capacity);

/** Writes `ns` for a person, e.g. "1 min 35 s", "12.5 s", "200 ms". */
void pl_time_format(int64_t ns, char *text, size_t capacity);

#endif
