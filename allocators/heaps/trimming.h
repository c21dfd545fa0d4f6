/* What every heap has that can be asked to give back what is free: two options, and how to find the
 * function that it is asked by. */
#ifndef PL_ALLOCATORS_HEAPS_TRIMMING_H
#define PL_ALLOCATORS_HEAPS_TRIMMING_H

#include <dlfcn.h>
#include <string.h>

#include "allocators/backend.h"

#define PL_TRIM_TIME_MAX (INT64_C(24) * 3600 * 1000000000)

/** Rows of a heap's options. @param call what it is asked by, a text */
#define PL_TRIM_OPTIONS(call)                                                                      \
    {.name = PL_TRIM_EVERY,                                                                        \
     .help = call " so often; 0ms for never",                                                      \
     .type = PL_OPTION_TIME,                                                                       \
     .min = 0,                                                                                     \
     .max = PL_TRIM_TIME_MAX,                                                                      \
     .default_text = "0ms"},                                                                       \
    {                                                                                              \
        .name = PL_TRIM_AT, .help = call " once; 0ms for never", .type = PL_OPTION_TIME, .min = 0, \
        .max = PL_TRIM_TIME_MAX, .default_text = "0ms",                                            \
    }

/** Finds a function of the heap that serves this process. @param function set to it, or to NULL */
static inline void pl_trim_find(const char *name, void *function)
{
    void *symbol = dlsym(RTLD_DEFAULT, name);
    memcpy(function, &symbol, sizeof symbol);
}

#endif
