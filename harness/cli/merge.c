/* `plimsoll merge`: joins the shards of a matrix into the run that one machine would have left. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/files.h"
#include "harness/base/shell_words.h"
#include "harness/base/spare_memory.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/reproduce.h"
#include "harness/results/document.h"
#include "harness/results/folder.h"
#include "harness/results/hosts.h"
#include "harness/results/merged_shards.h"
#include "harness/results/results.h"
#include "harness/results/rss_series.h"

struct merge {
    const char *out;
    bool force, partial;
    char **folders;
    size_t count;
    int *claims;    /* of these: no run goes on in them meanwhile */
    json_t **roots; /* their documents */
    const char *command;
    const volatile sig_atomic_t *interrupted;
};

static int read_arguments(int argc, char **argv, struct merge *m)
{
    const char *force = NULL, *partial = NULL;
    int code = pl_arguments_take(&argc, argv, "--out", false, &m->out);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--force", true, &force);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--partial", true, &partial);
    if (code != PL_EXIT_OK)
        return code;
    m->force = force != NULL;
    m->partial = partial != NULL;
    m->folders = argv + 1;
    m->count = (size_t)argc - 1;
    if (!m->out || !*m->out)
        return pl_cli_usage("--out is missing; expected a folder for the merged run");
    if (m->count == 0)
        return pl_cli_usage("nothing to merge; expected folders that `plimsoll run --shard` wrote");
    return PL_EXIT_OK;
}

/* --force would remove a shard before it was read. */
static int check_apart(const struct merge *m)
{
    char **paths = pl_memory_take(m->count + 1, sizeof *paths);
    int code = PL_EXIT_OK;
    for (size_t i = 0; i <= m->count; i++)
        paths[i] = realpath(i < m->count ? m->folders[i] : m->out, NULL);
    for (size_t i = 0; code == PL_EXIT_OK && i <= m->count; i++)
        for (size_t k = 0; code == PL_EXIT_OK && k < i; k++)
            if (paths[i] && paths[k] && strcmp(paths[i], paths[k]) == 0)
                code = i < m->count
                           ? pl_cli_usage("%s is named twice; expected each folder once",
                                          m->folders[i])
                           : pl_cli_usage("--out %s is one of the shards; expected another folder",
                                          m->out);
    for (size_t i = 0; i <= m->count; i++)
        free(paths[i]);
    free(paths);
    return code;
}

static int load(struct merge *m, struct pl_error *error)
{
    int rc = 0;
    m->claims = pl_memory_take(m->count, sizeof *m->claims);
    m->roots = pl_memory_take(m->count, sizeof *m->roots);
    for (size_t i = 0; i < m->count; i++)
        m->claims[i] = -1;
    for (size_t i = 0; !rc && i < m->count; i++) {
        rc = pl_folder_claim_run(m->folders[i], true, &m->claims[i], error);
        if (!rc)
            rc = pl_document_load(m->folders[i], &m->roots[i], error);
    }
    return rc;
}

static void unload(struct merge *m)
{
    for (size_t i = 0; m->claims && i < m->count; i++) {
        if (m->claims[i] >= 0)
            close(m->claims[i]);
        json_decref(m->roots[i]);
    }
    free(m->claims);
    free(m->roots);
}

static int write_document(const char *folder, const json_t *root, struct pl_error *error)
{
    char path[4096 + 32];
    struct pl_file file;
    snprintf(path, sizeof path, "%.4095s/results.json", folder);
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    if (json_dumpf(root, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0)
        fputc('\n', file.stream);
    return pl_file_commit(&file, error);
}

/* A cell of which a file is gone is no whole one. */
static int check_series(const struct merge *m, struct pl_error *error)
{
    const json_t *cell;
    size_t k;
    for (size_t i = 0; i < m->count && !m->partial; i++)
        json_array_foreach(json_object_get(m->roots[i], "cells"), k, cell)
        {
            struct pl_error missing;
            if (pl_rss_series_look(m->folders[i], cell, &missing))
                return pl_error_set(
                    error, -EINVAL,
                    "%.400s; expected it (run --resume measures that cell again), or "
                    "--partial",
                    missing.text);
        }
    return 0;
}

/* The document comes last: a folder without it holds no run. */
static int write_all(const struct merge *m, const json_t *merged, struct pl_error *error)
{
    int claim = -1, rc = check_series(m, error);
    rc = rc ? rc : pl_folder_claim(m->out, m->force, &claim, error);
    if (rc)
        return rc;
    for (size_t i = 0; !rc && i < m->count; i++)
        rc = *m->interrupted
                 ? pl_error_set(error, -EINTR, "stopped by %s; nothing was written",
                                pl_interrupt_name())
                 : pl_folder_copy_cells(m->folders[i], m->out, pl_shard_has, m->roots[i], error);
    if (!rc)
        rc = write_document(m->out, merged, error);
    if (rc)
        pl_folder_discard(m->out);
    close(claim);
    return rc;
}

/* What one run would have ended with. */
static int say(const struct merge *m, const json_t *merged)
{
    const json_t *cells = json_object_get(merged, "cells"), *cell;
    bool failed = false;
    char word[4352] = ""; /* for a shell */
    size_t i, hosts = pl_hosts_count(merged);
    pl_shell_words_add(word, sizeof word, m->out);
    json_array_foreach(cells, i, cell) failed |=
        strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) == 0;
    pl_printable_line(
        stdout,
        "merged: %zu folder%s, %zu cells, %zu host%s%s: %s/results.json (plimsoll "
        "report %s writes the report)",
        m->count, m->count == 1 ? "" : "s", json_array_size(cells), hosts, hosts == 1 ? "" : "s",
        json_is_true(json_object_get(json_object_get(merged, "run"), "complete")) ? ""
                                                                                  : ", not whole",
        m->out, word);
    return failed ? PL_EXIT_UNEXPECTED : PL_EXIT_OK;
}

static int merge(struct merge *m)
{
    struct pl_error error;
    json_t *merged = NULL;
    int rc = load(m, &error);
    if (!rc)
        rc = pl_shards_merge((const char *const *)m->folders, m->roots, m->count, m->partial,
                             m->command, &merged, &error);
    if (!rc)
        rc = write_all(m, merged, &error);
    int code = rc ? pl_cli_fail(rc == -EINTR ? PL_EXIT_INTERRUPTED : PL_EXIT_USAGE, &error)
                  : say(m, merged);
    unload(m);
    json_decref(merged);
    return code;
}

int pl_cli_merge(int argc, char **argv)
{
    char command[4096];
    struct merge m = {.command = command};
    pl_reproduce_command(argc, argv, command, sizeof command);
    int code = read_arguments(argc, argv, &m);
    if (code == PL_EXIT_OK)
        code = check_apart(&m);
    m.interrupted = pl_interrupt_catch();
    return code == PL_EXIT_OK ? merge(&m) : code;
}
