/* What the reports show, read once from a results document: cells grouped by scenario, format,
 * clock, container and duration, a row a stack and number of threads, its repetitions summed up.
 * The terminal's table, the Markdown and the page are all drawn from this. */
#ifndef PL_REPORT_MODEL_MODEL_H
#define PL_REPORT_MODEL_MODEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/index.h"
#include "harness/measure/metrics.h"
#include "harness/results/expect.h"

/** Every metric's place in a row: PL_MODEL_rss_bytes_peak and so on. */
enum pl_model_metric {
#define PL_METRIC(name, unit, better, class, how) PL_MODEL_##name,
#include "harness/measure/metrics.def"
#undef PL_METRIC
    PL_MODEL_METRICS
};

struct pl_report_context;

/** A metric over the repetitions that have it. */
struct pl_summary {
    size_t count; /* 0: no repetition has it, and the rest means nothing */
    double median;
    double lowest;
    double highest;
};

/** One stack with so many threads: its repetitions. */
struct pl_model_row {
    const char *stack;
    uint32_t threads;
    char *label; /* what a table calls it: the stack, with its threads where the group mixes them */
    const json_t **cells; /* in the order of the document */
    size_t cell_count, cell_capacity;
    size_t outcomes[PL_OUTCOME_COUNT]; /* how many repetitions ended so */
    enum pl_outcome outcome;           /* the worst of them */
    enum pl_verdict expected;          /* the worst of them */
    struct pl_summary metrics[PL_MODEL_METRICS];
    size_t series_missing; /* repetitions whose file is missing or damaged; 0: no folder was read */
    size_t order;          /* of the first row of its stack; of use to model.c alone */
};

/** One table and one picture. */
struct pl_model_group {
    const char *scenario;
    const char *title;
    const char *format;
    const char *clock;
    const char *container; /* "none", "cgroup1", "cgroup2", "rlimit" */
    double container_bytes;
    double duration_seconds;
    uint32_t threads;          /* of every row; 0 where they differ */
    char picture[128];         /* the name of its files in plots/, without ".svg" */
    struct pl_model_row *rows; /* those of a stack stand together, the fewest threads first */
    size_t row_count;
    size_t row_capacity;
    size_t repetitions; /* at most, of a row */
    /* What is asked for each row, so known once: */
    struct pl_index row_numbers;             /* rows by stack and threads */
    size_t floor;                            /* the row of the null heap, or PL_INDEX_NONE */
    bool used[PL_MODEL_METRICS];             /* whether any row has it */
    bool used_above_floor[PL_MODEL_METRICS]; /* whether the floor and a row beside it have it */
};

struct pl_model {
    json_t *root; /* owns every string above */
    struct pl_model_group *groups;
    size_t group_count, group_capacity;
    struct pl_index group_numbers; /* groups by what their cells share */
    struct pl_index pictures;      /* their names, and from which number on there are more */
    size_t cell_count;
    size_t outcomes[PL_OUTCOME_COUNT]; /* cells that ended so */
    size_t verdicts[PL_VERDICT_NONE + 1];
    size_t damaged_series;   /* files of series that are there and can't be read */
    struct pl_error damaged; /* the first of them: which, and what is wrong */
    const struct pl_report_context
        *context; /* what stands beside the results (context.h), or NULL; not owned */
};

/** Sums up. @param values are put in order @param count 0 gives a summary without figures */
struct pl_summary pl_summary_of(double *values, size_t count);

/** Reads a document. @param root is kept by reference until pl_model_free
 *  @return 0, or -EINVAL with what is wrong in it */
int pl_model_build(struct pl_model *model, const json_t *root, struct pl_error *error);

/** Reads FOLDER/results.json and checks the series that it names.
 *  @return 0, or -EINVAL with one line: which file, what is wrong, what is expected */
int pl_model_load(struct pl_model *model, const char *folder, struct pl_error *error);

/** Takes a model that was never built, or half. */
void pl_model_free(struct pl_model *model);

/** Whether a row came to its end: what stopped early, or was refused memory, did other work than
 * the rest, and is neither a floor under it nor beside it on a frontier. */
bool pl_model_has_end(const struct pl_model_row *row);

/** Whether a row is of the `null` heap: what the harness itself costs. */
bool pl_model_is_null(const struct pl_model_row *row);

/** What a row dropped of what it received, in the median; 0 where either is unknown. */
double pl_model_share_dropped(const struct pl_model_row *row);

/** The row of the `null` heap, which is the floor of the group's rows with as many threads; NULL
 *  where it was not run. */
const struct pl_model_row *pl_model_floor(const struct pl_model_group *group);

/** The row of a stack with so many threads, or NULL. */
const struct pl_model_row *pl_model_row_of(const struct pl_model_group *group, const char *stack,
                                           uint32_t threads);

/** A list of the heaps that served a cell, each once: {"name", "version", "library"}. @return new
 */
json_t *pl_model_heaps(const struct pl_model *model);

#endif
