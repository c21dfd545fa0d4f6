/* Reading /proc/meminfo (memory.h). */
#include "harness/base/memory.h"

#include <stdio.h>

uint64_t pl_memory_available(void)
{
    FILE *file = fopen("/proc/meminfo", "re");
    char line[256];
    unsigned long long kib = 0;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
            break;
    if (file)
        fclose(file);
    return kib ? kib * 1024 : UINT64_C(2) << 30;
}
