/* The command line of plimsoll-gbench: its own options, and the rest for Google Benchmark. */
#ifndef PL_BENCH_OPTIONS_H
#define PL_BENCH_OPTIONS_H

#include "harness/scenario/scenario.h"

#define PL_BENCH_SETTINGS_MAX 64

struct gbench_options {
    const char *stack;    /* the spec */
    const char *scenario; /* a name or path */
    enum pl_tier tier;
    enum pl_format format;
    const char *settings[PL_BENCH_SETTINGS_MAX];
    size_t setting_count;
    bool memory;
    bool live; /* populations of live blocks with a ledger and without, nothing else */
    int rest;  /* of argv, with argv[0] */
};

/** Takes the options that are ours out of argv, `--key VALUE` or `--key=VALUE`.
 *  @param argv what is left stands first, NULL behind it @return 0, or -EINVAL and one line */
int gbench_options_read(int argc, char **argv, struct gbench_options *options,
                        struct pl_error *error);

#endif
