/* A run's folder: results.json and a series for each cell. Each file is whole or not there. */
#ifndef PL_RESULTS_RESULTS_H
#define PL_RESULTS_RESULTS_H

#include <jansson.h>

#include "harness/cell/installed_heap.h"
#include "harness/measure/metrics.h"
#include "harness/results/expect.h"
#include "harness/traffic/recording.h"

#define PL_SHARDS_MAX 10000 /* that a matrix may be cut into */

struct pl_results {
    char folder[4096];
    bool made_folder; /* it was not there before */
    int claim;        /* no other run writes into it (folder.h) */
    json_t *root;
    size_t host; /* of the cells that are added: the place among the document's hosts (hosts.h) */
    json_t *fingerprint; /* of a run that goes on: its host, which the document gets with its first
                            cell; else NULL */
    int64_t kept_ns;     /* when pl_results_keep wrote last, on CLOCK_MONOTONIC; 0: never */
    int64_t keeping_ns;  /* how long that took */
};

/** All cells of a run in the order in which they run, of which a shard has some. */
struct pl_matrix_record {
    size_t cells;
    const char *hash;         /* of their names, repetitions, durations, seeds and limits */
    const char *commit;       /* of the sources; "unknown" */
    uint32_t shard;           /* from 1; 0: the run has all */
    uint32_t shards;          /* the matrix was cut into */
    const uint32_t *shard_of; /* each cell's, from 1; NULL: the run has all */
};

/** What identifies a cell in the results. */
struct pl_cell_identity {
    const char *stack;
    enum pl_format format;
    enum pl_clock clock;
    uint32_t threads;
    uint32_t repetition; /* from 0 */
    size_t number;       /* its place in the matrix; its files begin with it */
    uint64_t seed;
    const char *reproduce;      /* a shell command */
    size_t ledger_asked;        /* times at which reports of the ledger were asked for */
    int64_t ledger_last_ns;     /* the latest of them */
    const struct pl_heap *heap; /* the stack's heap, with its version; NULL: not known */
    double took_seconds;        /* of real time, until it was measured */
    uint32_t beside;            /* cells that may have run at the same time */
};

/** Claims the folder (folder.h), makes its series/ and checks that they can be written.
 *  @param force removes the run that the folder holds, which is refused else
 *  @param command as the person typed it, for the record
 *  @return 0 or a negative errno: -EBUSY or -EEXIST as pl_folder_claim */
int pl_results_open(struct pl_results *results, const char *folder, bool force, const char *command,
                    const char *tier, struct pl_error *error);

/** Opens the run that a folder holds, to go on with it: claims the folder and reads the document.
 *  @return 0 or a negative errno: -EBUSY while another run writes into it, -EINVAL where it holds
 *  none */
int pl_results_reopen(struct pl_results *results, const char *folder, struct pl_error *error);

/** Records which matrix is run, and which part of it. */
void pl_results_note_matrix(struct pl_results *results, const struct pl_matrix_record *matrix);

/** The place of a cell in the matrix of its run, by the name of its series.
 *  @return false where it has none: later repetitions of pairs */
bool pl_results_number(const json_t *cell, size_t *number);

/** Records what a capture held and the conditions under which it is replayed. */
void pl_results_add_recording(struct pl_results *results, const struct pl_scenario *scenario,
                              const struct pl_recording *recording,
                              const struct pl_capture_counts *counts);

/** Adds a line that every report shows: what was wrong or missing, with the remedy.
 *  @return whether it is new */
bool pl_results_warn(struct pl_results *results, const char *warning);

/** Where the output of the cell that comes next is kept, without its ending; makes the folder.
 *  @return 0 or a negative errno */
int pl_results_output(struct pl_results *results, const struct pl_scenario *scenario,
                      const struct pl_cell_identity *identity, char *path, size_t capacity,
                      struct pl_error *error);

/** Removes what a cell that was stopped has left there, and the folder if that is empty now.
 *  @param path from pl_results_output */
void pl_results_output_remove(const struct pl_results *results, const char *path);

/** Writes the series and adds the cell, as the last one until pl_results_write. @return 0 or a
 * negative errno */
int pl_results_add_cell(struct pl_results *results, const struct pl_cell_identity *identity,
                        const struct pl_measured *measured, const struct pl_expected *expected,
                        struct pl_error *error);

/** Adds what an instrument found of a cell. @param entry is the results' from here on */
void pl_results_add_instrument(struct pl_results *results, json_t *entry);

/** Writes results.json with what there is, the cells in the order of the matrix. @param complete
 * false for a run that was stopped
 *  @return 0 or a negative errno */
int pl_results_write(struct pl_results *results, bool complete, struct pl_error *error);

/** Writes what there is of a run that goes on, unless it did so a moment ago: the document grows
 * with each cell, and writing it takes a twentieth of the time at most. What a run loses that is
 * killed took it less than twenty such writings, a second at thousands of cells.
 *  @return 0 or a negative errno */
int pl_results_keep(struct pl_results *results, struct pl_error *error);

/** Frees; a folder that pl_results_open made and that holds no results.json is removed. */
void pl_results_close(struct pl_results *results);

#endif
