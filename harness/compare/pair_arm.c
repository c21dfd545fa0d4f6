/* One arm of all pairs (pair_arm.h). Each run is a process of its own, `plimsoll run` for one cell,
 * since the command line and the results are the contract that any version keeps. */
#include "harness/compare/pair_arm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/results/document.h"
#include "harness/results/folder.h"
#include "harness/scenario/scenario.h"

#define ARGUMENTS_MAX 128
/* A cell has its own, shorter timeout: this is for a program that hangs. A run that is stopped
 * removes its container and keeps what is whole. */
#define TIMEOUT_MS (30 * 60 * 1000)
#define GRACE_MS 10000

int pl_pair_arm_open(struct pl_pair_arm *arm, const char *folder, bool force,
                     struct pl_error *error)
{
    char series[sizeof arm->folder + 16];
    int n = snprintf(arm->folder, sizeof arm->folder, "%s/%s", folder, arm->side);
    if (n < 0 || (size_t)n >= sizeof arm->folder)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", folder);
    snprintf(series, sizeof series, "%s/series", arm->folder);
    int rc = pl_folder_claim(arm->folder, force, &arm->claim, error);
    return rc ? rc : pl_folder_make(series, error);
}

/* What a command line points into. */
struct texts {
    const char *out;
    char directory[4096];
    char threads[24];
};

/* A command line that grows; what is too much for it is left out and noted. */
struct line {
    const char **argv;
    size_t count;
    bool full;
};

static void add(struct line *line, const char *word)
{
    line->full |= line->count + 1 == ARGUMENTS_MAX;
    if (!line->full)
        line->argv[line->count++] = word;
    line->argv[line->count] = NULL;
}

static void add_option(struct line *line, const char *option, const char *value)
{
    add(line, option);
    add(line, value);
}

static int build_command(const struct pl_pair_arm *arm, const struct pl_pairs_options *o,
                         const struct pl_pair_cell *what, struct texts *t, const char **argv)
{
    struct line line = {.argv = argv};
    snprintf(t->threads, sizeof t->threads, "threads=%u", what->name.threads);
    add(&line, arm->program);
    add_option(&line, "run", what->path);
    add_option(&line, "--allocator", what->name.allocator);
    if (strcmp(what->name.format, pl_format_name(PL_FORMAT_OWN)) != 0)
        add_option(&line, "--format", what->name.format);
    add_option(&line, "--repeat", "1");
    add_option(&line, "--out", t->out);
    for (size_t i = 0; o->arguments && o->arguments[i]; i++)
        add(&line, o->arguments[i]);
    if (what->set_threads) /* after a list that the person may have set */
        add_option(&line, "--set", t->threads);
    if (arm->directory) {
        snprintf(t->directory, sizeof t->directory, "program.directory=%s", arm->directory);
        add_option(&line, "--set", t->directory);
    }
    return line.full ? -E2BIG : 0;
}

static int run_child(const char *const *argv, const struct pl_pairs_options *o, int *exit_code,
                     char *said, size_t capacity)
{
    int fd = memfd_create("said", MFD_CLOEXEC), status = 0;
    struct pl_child child = {.argv = argv,
                             .in = -1,
                             .out = -1,
                             .stderr_fd = fd,
                             .timeout_ms = TIMEOUT_MS,
                             .grace_ms = GRACE_MS,
                             .interrupted = o->interrupted};
    int rc = fd < 0 ? -errno : pl_child_run(&child, &status);
    if (!rc && o->interrupted && *o->interrupted)
        rc = -EINTR; /* a Ctrl-C reaches both */
    *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (fd >= 0) {
        pl_child_last_line(fd, said, capacity);
        close(fd);
    }
    return rc;
}

/* Runs the program; its results lie in `out` when 0 is returned. */
static int run_program(const struct pl_pair_arm *arm, const struct pl_pairs_options *o,
                       const struct pl_pair_cell *what, const char *out, struct pl_error *error)
{
    const char *argv[ARGUMENTS_MAX];
    struct texts texts = {.out = out};
    char said[512] = "", stack[256];
    int exit_code = 0;
    pl_cell_name_stack(&what->name, stack, sizeof stack);
    int rc = build_command(arm, o, what, &texts, argv);
    if (!rc)
        rc = run_child(argv, o, &exit_code, said, sizeof said);
    if (rc)
        return pl_error_set(error, rc, "%s: %s", arm->program, strerror(-rc));
    if (exit_code > 1) /* 1: an expectation failed, which is a result */
        return pl_error_set(error, -EINVAL, "%s can't run %s on %s (exit %d): %s", arm->side,
                            what->name.scenario, stack, exit_code, said);
    return 0;
}

/* What holds for every run is taken from the first. */
static void take_head(struct pl_pair_arm *arm, const json_t *root)
{
    arm->root = json_deep_copy(root);
    json_object_del(json_object_get(arm->root, "run"), "matrix"); /* of that one cell */
    json_object_set_new(arm->root, "cells", json_array());
    json_object_set_new(arm->root, "recordings", json_array());
    json_object_set_new(arm->root, "warnings", json_array());
}

/* Appends what the array does not hold yet. */
static void merge(json_t *into, const json_t *from)
{
    const json_t *item, *known;
    size_t i, k;
    json_array_foreach(from, i, item)
    {
        bool there = false;
        json_array_foreach(into, k, known) there |= json_equal(known, item) != 0;
        if (!there)
            json_array_append(into, (json_t *)item);
    }
}

/* The curve of a cell's first repetition is kept; those of dozens more would fill a disk. */
static void keep_series(const struct pl_pair_arm *arm, const char *out, json_t *cell,
                        int repetition)
{
    char from[8192], to[8192], name[512];
    const char *base = strrchr(pl_document_string(cell, "series"), '/');
    snprintf(from, sizeof from, "%s/%s", out, pl_document_string(cell, "series"));
    snprintf(name, sizeof name, "series/%03zu%.400s",
             json_array_size(json_object_get(arm->root, "cells")),
             base ? base + 1 + strcspn(base + 1, ".") : "");
    snprintf(to, sizeof to, "%s/%s", arm->folder, name);
    bool kept = repetition == 0 && rename(from, to) == 0;
    json_object_set_new(cell, "series", json_string(kept ? name : ""));
}

static int add_results(struct pl_pair_arm *arm, const char *out, int repetition,
                       const json_t **added, struct pl_error *error)
{
    json_t *root = NULL;
    struct pl_error reason;
    if (pl_document_load(out, &root, &reason))
        return pl_error_set(error, -EINVAL, "%s left no results: %.400s", arm->side, reason.text);
    json_t *cell = json_array_get(json_object_get(root, "cells"), 0);
    if (!arm->root)
        take_head(arm, root);
    keep_series(arm, out, cell, repetition);
    if (repetition >= 0) {
        json_object_set_new(cell, "repetition", json_integer(repetition));
        json_array_append(json_object_get(arm->root, "cells"), cell);
        merge(json_object_get(arm->root, "recordings"), json_object_get(root, "recordings"));
        merge(json_object_get(arm->root, "warnings"), json_object_get(root, "warnings"));
        *added = cell;
    }
    json_decref(root);
    return 0;
}

int pl_pair_arm_run(struct pl_pair_arm *arm, const struct pl_pairs_options *o,
                    const struct pl_pair_cell *what, int repetition, const json_t **cell,
                    struct pl_error *error)
{
    char out[sizeof arm->folder + 16];
    *cell = NULL;
    snprintf(out, sizeof out, "%s/.run", arm->folder);
    int rc = run_program(arm, o, what, out, error);
    if (!rc)
        rc = add_results(arm, out, repetition, cell, error);
    pl_folder_remove(out); /* a run that was stopped may have left a part there */
    return rc;
}

/* The cells as they were asked for: the order in which they ran is chance. */
static json_t *in_order(const struct pl_pair_arm *arm, const struct pl_pairs_options *o)
{
    json_t *ordered = json_array(), *cell;
    size_t k;
    for (size_t i = 0; i < o->cell_count; i++)
        json_array_foreach(json_object_get(arm->root, "cells"), k, cell)
        {
            struct pl_cell_name name = pl_cell_name_of(cell);
            if (pl_cell_name_equal(&name, &o->cells[i].name))
                json_array_append(ordered, cell);
        }
    return ordered;
}

int pl_pair_arm_write(struct pl_pair_arm *arm, const struct pl_pairs_options *o,
                      const struct pl_pairing *pairing, struct pl_file *file,
                      struct pl_error *error)
{
    char path[sizeof arm->folder + 32];
    json_t *run = arm->root ? json_object_get(arm->root, "run") : NULL;
    if (!run)
        return pl_error_set(error, -EINVAL, "no run of %s came to an end", arm->side);
    json_object_set_new(arm->root, "cells", in_order(arm, o));
    json_object_set_new(run, "complete", json_boolean(pairing->complete));
    json_object_set_new(run, "command", json_string(o->command));
    json_object_set_new(run, "pairing",
                        json_pack("{s:s, s:s, s:i, s:i}", "id", pairing->id, "side", arm->side,
                                  "screening_pairs", (int)o->screening, "confirming_pairs",
                                  (int)o->confirming));
    if (json_array_size(pairing->failed))
        json_object_set(run, "failed", pairing->failed);
    snprintf(path, sizeof path, "%s/results.json", arm->folder);
    int rc = pl_file_open(file, path, error);
    if (rc)
        return rc;
    json_dumpf(arm->root, file->stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    fputc('\n', file->stream);
    if (fflush(file->stream) || ferror(file->stream))
        return pl_error_set(error, -EIO, "can't write %s: %s", path, strerror(errno));
    return 0;
}

/* Curves of a run that never came to its results are of no use to anyone. */
static void drop_series(const struct pl_pair_arm *arm)
{
    char path[sizeof arm->folder + 512];
    const json_t *cell;
    size_t i;
    snprintf(path, sizeof path, "%s/results.json", arm->folder);
    if (access(path, F_OK) == 0)
        return;
    json_array_foreach(json_object_get(arm->root, "cells"), i, cell)
    {
        snprintf(path, sizeof path, "%s/%.500s", arm->folder, pl_document_string(cell, "series"));
        if (*pl_document_string(cell, "series"))
            unlink(path);
    }
}

void pl_pair_arm_close(struct pl_pair_arm *arm)
{
    char series[sizeof arm->folder + 16];
    if (arm->claim <= 0)
        return; /* the folder is another's */
    drop_series(arm);
    snprintf(series, sizeof series, "%s/series", arm->folder);
    rmdir(series); /* both only when empty: nothing was run */
    rmdir(arm->folder);
    close(arm->claim);
    arm->claim = -1;
    json_decref(arm->root);
    arm->root = NULL;
}
