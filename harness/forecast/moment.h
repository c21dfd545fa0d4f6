/* Times and sizes as logs and exports have them. */
#ifndef PL_FORECAST_MOMENT_H
#define PL_FORECAST_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/** Reads a time: ISO 8601 (`2026-11-30T18:54:28.5Z`, a blank for the T, an offset; without one it
 * is UTC), or a number. A number from 1e17 on is in ns since 1970, from 1e14 in us, from 1e11 in
 * ms, else in seconds, of which there may be parts.
 *  @param unit_ns of a number; 0: by its size as above @return whether it is one */
bool pl_moment_read(const char *text, int64_t unit_ns, int64_t *t_ns);

/** The unit that the name of a column ends with, of time: `t_ns`, `epoch_ms`; 0: none. */
int64_t pl_moment_unit(const char *name);

/** Likewise of memory, in bytes: `rss_bytes`, `rss_kib`, `RSS (KiB)`, `bytes`. What ps heads `RSS`
 * is in KiB. 0: none. */
double pl_moment_bytes(const char *name);

#endif
