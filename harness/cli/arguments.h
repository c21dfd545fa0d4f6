/* The arguments of `plimsoll run`. */
#ifndef PL_CLI_ARGUMENTS_H
#define PL_CLI_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"

struct pl_arguments {
    char **scenarios; /* names or paths */
    size_t scenario_count;
    const char *allocators; /* NULL: the scenario's own */
    const char *formats;    /* likewise */
    uint32_t repeat;        /* 0: the scenario's own */
    const char **settings;
    size_t setting_count;
    enum pl_tier tier;
    const char *out; /* NULL: results/<time> */
    uint64_t seed;
    bool seed_given;
    bool json;
};

/** Reads them. @param arguments points into argv; free settings
 *  @return PL_EXIT_OK, or PL_EXIT_USAGE with the line printed */
int pl_arguments_read(int argc, char **argv, struct pl_arguments *arguments);

#endif
