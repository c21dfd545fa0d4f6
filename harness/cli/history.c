/* `plimsoll history`: adds a run to the history, or prints where a scenario's figures go. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/tree_commit.h"
#include "harness/report/history/history.h"
#include "harness/report/history/history_line.h"
#include "harness/results/document.h"
#include "harness/results/history_file.h"

#define DEFAULT_FILE "results/history.jsonl"

enum { ADD = 1, FILE_NAME, COMMIT, METRIC, ALLOCATOR };

static const struct option options[] = {
    {"add", required_argument, NULL, ADD},
    {"file", required_argument, NULL, FILE_NAME},
    {"commit", required_argument, NULL, COMMIT},
    {"metric", required_argument, NULL, METRIC},
    {"allocator", required_argument, NULL, ALLOCATOR},
    {0},
};

struct wishes {
    const char *folder; /* to add; NULL: to print */
    const char *file;
    const char *commit;
    const char *metrics;
    const char *allocator;
    const char *scenario;
};

static int take_option(int option, const char *value, void *context)
{
    struct wishes *w = context;
    const char **const places[] = {[ADD] = &w->folder,
                                   [FILE_NAME] = &w->file,
                                   [COMMIT] = &w->commit,
                                   [METRIC] = &w->metrics,
                                   [ALLOCATOR] = &w->allocator};
    *places[option] = value;
    return PL_EXIT_OK;
}

static int read_wishes(int argc, char **argv, struct wishes *w)
{
    int code = pl_arguments_options(argc, argv, options, take_option, w);
    if (code != PL_EXIT_OK)
        return code;
    w->scenario = optind < argc ? argv[optind] : NULL;
    if (argc - optind > 1 || !w->scenario == !w->folder)
        return pl_cli_usage(
            "neither one scenario nor one folder to add; expected SCENARIO, or --add DIR");
    if (w->folder && (w->metrics || w->allocator))
        return pl_cli_usage(
            "--metric or --allocator with --add, which prints nothing; expected --add alone");
    if (!w->folder && w->commit)
        return pl_cli_usage("--commit without --add; expected --add DIR --commit C");
    return PL_EXIT_OK;
}

static int check_commit(const char *commit)
{
    size_t length = strlen(commit);
    if (length == 0 || length > PL_TREE_COMMIT_MAX)
        return pl_cli_usage("--commit is empty or too long; expected 1 to %d characters",
                            PL_TREE_COMMIT_MAX);
    if (strchr(commit, ' ') || !pl_printable_text(commit, length))
        return pl_cli_usage("--commit has blanks; expected a name without, such as a hash");
    return PL_EXIT_OK;
}

/* What the results say; older ones say nothing, and then it is the tree's. */
static void commit_of(const json_t *root, char *text, size_t capacity)
{
    const char *told = pl_document_string(json_object_get(root, "suite"), "commit");
    snprintf(text, capacity, "%s", told);
    if (!*told || strcmp(told, "unknown") == 0 || strchr(told, ' '))
        pl_tree_commit(text, capacity);
}

static int add(const struct wishes *w)
{
    struct pl_model model;
    struct pl_error error;
    json_t *line = NULL;
    char own[PL_TREE_COMMIT_MAX + 1];
    if (w->commit && check_commit(w->commit))
        return PL_EXIT_USAGE;
    if (pl_model_load(&model, w->folder, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    if (!w->commit)
        commit_of(model.root, own, sizeof own);
    const char *commit = w->commit ? w->commit : own;
    int code = PL_EXIT_OK;
    if (pl_history_line(&model, commit, &line, &error) || pl_history_append(w->file, line, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    else
        pl_printable_line(stdout, "history: %s, commit %s: %zu cells added to %s",
                          json_string_value(json_object_get(line, "started")), commit,
                          json_array_size(json_object_get(line, "cells")), w->file);
    json_decref(line);
    pl_model_free(&model);
    return code;
}

static void warn(void *context, const char *warning)
{
    (void)context;
    pl_printable_line(stderr, "plimsoll: warning: %s", warning);
}

/* @param metrics room for each there is */
static int choose_metrics(const char *list, const struct pl_metric **metrics, size_t *count)
{
    char *copy = strdup(list), *rest = copy;
    int code = copy ? PL_EXIT_OK : pl_cli_usage("out of memory");
    for (char *name; code == PL_EXIT_OK && (name = strsep(&rest, ","));) {
        const struct pl_metric *metric = pl_metric_find(name);
        for (size_t i = 0; metric && i < *count; i++)
            if (metrics[i] == metric)
                code = pl_cli_usage("%s is named twice", name);
        char unknown[300];
        if (!metric) {
            pl_metric_unknown(name, unknown, sizeof unknown);
            code = pl_cli_usage("%s", unknown);
        } else if (code == PL_EXIT_OK)
            metrics[(*count)++] = metric;
    }
    free(copy);
    return code;
}

static int print(const struct wishes *w)
{
    static const char defaults[] =
        "rss_bytes_peak,cpu_ns_per_packet,live_bytes_peak,packets_dropped";
    const struct pl_metric *metrics[PL_MODEL_METRICS];
    struct pl_series_query query = {w->scenario, w->allocator, metrics, 0};
    struct pl_error error;
    json_t *runs = NULL;
    int code = choose_metrics(w->metrics ? w->metrics : defaults, metrics, &query.metric_count);
    if (code)
        return code;
    if (pl_history_read(w->file, warn, NULL, &runs, &error) ||
        pl_history_write(stdout, runs, &query, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    json_decref(runs);
    return code;
}

int pl_cli_history(int argc, char **argv)
{
    struct wishes w = {.file = DEFAULT_FILE};
    int code = read_wishes(argc, argv, &w);
    if (code)
        return code;
    return w.folder ? add(&w) : print(&w);
}
