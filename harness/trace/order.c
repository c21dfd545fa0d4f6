/* Asking the processors for their clocks (order.h). */
#include "harness/trace/order.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t pl_trace_stamp(const struct pl_raw *raw)
{
#ifdef __x86_64__
    if (!raw->by_counter)
        return __builtin_ia32_rdtsc();
#endif
    return __atomic_load_n(&raw->counter, __ATOMIC_RELAXED);
}

#ifdef __x86_64__
static bool is_even(void)
{
    char *line = NULL;
    size_t capacity = 0;
    bool constant = false, nonstop = false;
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && !constant && getline(&line, &capacity, file) > 0) {
        constant = strncmp(line, "flags", 5) == 0 && strstr(line, " constant_tsc");
        nonstop = constant && strstr(line, " nonstop_tsc");
    }
    free(line);
    if (file)
        fclose(file);
    return constant && nonstop;
}

static bool rises(size_t cpu, uint64_t *latest)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one))
        return false;
    const uint64_t now = __builtin_ia32_rdtsc();
    const bool risen = now > *latest;
    *latest = now;
    return risen;
}

static bool is_alike(void)
{
    enum { ROUNDS = 3 };
    cpu_set_t ours;
    uint64_t latest = 0;
    bool alike = sched_getaffinity(0, sizeof ours, &ours) == 0;
    for (size_t i = 0; i < (size_t)ROUNDS * CPU_SETSIZE && alike; i++)
        if (CPU_ISSET(i % CPU_SETSIZE, &ours))
            alike = rises(i % CPU_SETSIZE, &latest);
    sched_setaffinity(0, sizeof ours, &ours);
    return alike;
}

bool pl_trace_clock_is_one(void)
{
    return is_even() && is_alike();
}
#else
bool pl_trace_clock_is_one(void)
{
    return false;
}
#endif
