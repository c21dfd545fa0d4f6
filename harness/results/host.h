/* The host's fingerprint: what has to be alike before noisy figures may be compared. */
#ifndef PL_RESULTS_HOST_H
#define PL_RESULTS_HOST_H

#include <jansson.h>

/** @return a new object, or NULL when out of memory. What can't be read is "unknown". */
json_t *pl_host_fingerprint(void);

/** FNV-1a, 64 bits, of a file, as "fnv1a64:<hex>"; "unknown" when it can't be read. It tells
 *  versions apart; it is no protection against forgery. */
void pl_file_hash(const char *path, char *text, size_t capacity);

#endif
