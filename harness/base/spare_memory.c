/* Reading /proc/meminfo, and giving up (spare_memory.h). */
#include "harness/base/spare_memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXIT_MACHINE 3 /* of the contract of the command line: PL_EXIT_MACHINE */

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

void pl_memory_refused(void)
{
    static const char line[] = "plimsoll: out of memory\n";
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(EXIT_MACHINE);
}

void *pl_memory_take(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        pl_memory_refused();
    return memory;
}

char *pl_memory_text(const char *format, ...)
{
    char *text;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        pl_memory_refused();
    return text;
}

int pl_memory_had(int rc)
{
    if (rc == -ENOMEM)
        pl_memory_refused();
    return rc;
}
