/* What the machine has to spare. */
#ifndef PL_BASE_MEMORY_H
#define PL_BASE_MEMORY_H

#include <stdint.h>

/** MemAvailable of /proc/meminfo in bytes; 2 GiB where that can't be read. */
uint64_t pl_memory_available(void);

#endif
