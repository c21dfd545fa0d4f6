/* What the machine has to spare, and the end where there is none. */
#ifndef PL_BASE_SPARE_MEMORY_H
#define PL_BASE_SPARE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/** MemAvailable of /proc/meminfo in bytes; 2 GiB where that can't be read. */
uint64_t pl_memory_available(void);

/** Ends the program with a line on stderr and exit code 3, "this machine can't do it": for where a
 *  document would go on without what there was no memory for. */
_Noreturn void pl_memory_refused(void);

/** Zeroed memory, or the end (pl_memory_refused); free() it. */
void *pl_memory_take(size_t count, size_t size);

/** Formatted text in new memory, or the end; free() it. */
char *pl_memory_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Passes the result of a computation on, but for -ENOMEM, which is the end. */
int pl_memory_had(int rc);

#endif
