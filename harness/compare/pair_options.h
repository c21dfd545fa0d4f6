/* Which pairs are to be run, and of what. */
#ifndef PL_COMPARE_PAIR_OPTIONS_H
#define PL_COMPARE_PAIR_OPTIONS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/results/cell_name.h"

/** One cell of the matrix, as `plimsoll run` is told of it. */
struct pl_pair_cell {
    struct pl_cell_name name;
    const char *path; /* of the scenario's file, for both programs */
    bool set_threads; /* a run has to be told the threads, since the scenario has others, too. Else
                         it is not: a program from before there were threads knows no such key */
};

struct pl_pairs_options {
    const char *programs[2];    /* base's plimsoll, and new's */
    const char *directories[2]; /* program.directory of either side; NULL: the scenario's own */
    const char *folder;         /* gets base/ and new/ */
    const char *command;        /* as it was typed, for the record */
    const struct pl_pair_cell *cells;
    size_t cell_count;
    const char *const *arguments; /* of every run: --tier, --set ...; NULL at the end */
    size_t screening;             /* pairs of every cell with a noisy metric */
    size_t confirming;            /* fresh pairs of what these flagged; 0 for none */
    bool force;                   /* runs that base/ and new/ hold are removed */
    uint64_t seed;                /* of coin and shuffle */
    const volatile sig_atomic_t *interrupted;
    /** Called before each pair. @param total pairs that are planned so far */
    void (*progress)(void *context, const struct pl_pair_cell *cell, size_t done, size_t total);
    /** Called at the end for each cell that a program could not run. @param why one line */
    void (*failed)(void *context, const char *why);
    void *context;
};

#endif
