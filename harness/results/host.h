/* The host's fingerprint: what has to be alike before noisy figures may be compared. */
#ifndef PL_RESULTS_HOST_H
#define PL_RESULTS_HOST_H

#include <jansson.h>

/** @return a new object, or NULL when out of memory. What can't be read is "unknown". */
json_t *pl_host_fingerprint(void);

/** Room for the text of a hash, with its NUL. */
#define PL_HOST_HASH_TEXT 32

/** FNV-1a, 64 bits, of what makes two machines measure differently: the processor and its
 *  microcode, cores, memory, kernel, architecture, huge pages, governor and address randomisation.
 *  The compiler and the libraries are no part of it: they are what is compared.
 *  @param host a fingerprint; a field that it lacks counts as "unknown"
 *  @param text out: "fnv1a64:<hex>" @param capacity PL_HOST_HASH_TEXT at least
 *  @return 0, or -EINVAL when `host` is no object or `capacity` too small */
int pl_host_hash(const json_t *host, char *text, size_t capacity);

/** FNV-1a, 64 bits, of bytes, as "fnv1a64:<hex>". @param capacity PL_HOST_HASH_TEXT at least */
void pl_bytes_hash(const void *bytes, size_t size, char *text, size_t capacity);

/** FNV-1a, 64 bits, of a file, as "fnv1a64:<hex>"; "unknown" when it can't be read. It tells
 *  versions apart; it is no protection against forgery. */
void pl_file_hash(const char *path, char *text, size_t capacity);

#endif
