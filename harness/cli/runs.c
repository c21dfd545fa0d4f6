/* `plimsoll runs`: the runs below results/, and removing all but the latest. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/report/writers/terminal.h"
#include "harness/results/document.h"
#include "harness/results/folder.h"

#define FOLDER "results"
#define PRUNE_MAX 1000000

struct listed {
    char *path;
    size_t entry_length; /* of the path down to its folder below results/: pairs have two runs in
                            one */
    json_t *head;        /* run, and how many cells */
};

struct list {
    struct listed *runs;
    size_t count, capacity;
};

static int add(struct list *list, const char *path, size_t entry_length)
{
    char file[4096 + 32];
    json_t *root = NULL;
    if (list->count == list->capacity) {
        size_t larger = list->capacity ? 2 * list->capacity : 64;
        struct listed *runs = realloc(list->runs, larger * sizeof *runs);
        if (!runs)
            return -ENOMEM;
        list->runs = runs;
        list->capacity = larger;
    }
    snprintf(file, sizeof file, "%s/results.json", path);
    if (pl_document_read(file, "", &root, NULL))
        return 0;
    json_t *head =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:I}", "folder", path, "started",
                  pl_document_string(json_object_get(root, "run"), "started"), "tier",
                  pl_document_string(json_object_get(root, "run"), "tier"), "command",
                  pl_document_string(json_object_get(root, "run"), "command"), "complete",
                  json_is_true(json_object_get(json_object_get(root, "run"), "complete")), "cells",
                  (json_int_t)json_array_size(json_object_get(root, "cells")));
    json_decref(root);
    char *own = strdup(path);
    if (!head || !own) {
        json_decref(head);
        free(own);
        return -ENOMEM;
    }
    list->runs[list->count++] = (struct listed){own, entry_length, head};
    return 0;
}

/* A folder that holds no run may hold those of pairs: one step further down. */
static int look_into(struct list *list, const char *folder, int depth, size_t entry_length)
{
    DIR *open = opendir(folder);
    char path[4096];
    int rc = open ? 0 : -errno;
    for (struct dirent *entry; !rc && (entry = readdir(open));) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat status;
        if (entry->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof path || lstat(path, &status) ||
            !S_ISDIR(status.st_mode))
            continue;
        size_t own = depth ? entry_length : (size_t)n;
        if (pl_folder_look(path) == PL_FOLDER_RUN)
            rc = add(list, path, own);
        else if (!depth)
            rc = look_into(list, path, 1, own);
    }
    if (open)
        closedir(open);
    return rc == -EACCES && depth ? 0 : rc;
}

/* The latest first; started is in UTC, ISO 8601. */
static int by_age(const void *a, const void *b)
{
    const struct listed *one = a, *other = b;
    int order = strcmp(pl_document_string(other->head, "started"),
                       pl_document_string(one->head, "started"));
    return order ? order : strcmp(other->path, one->path);
}

static void write_table(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {
        {.head = "run"},
        {.head = "started"},
        {.head = "tier", .rank = 1},
        {.head = "cells", .figure = true},
        {.head = ""},
        {.head = "command", .rank = 2},
    };
    const struct list *list = context;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "runs", "%s", "");
    for (size_t i = 0; i < list->count; i++) {
        const json_t *head = list->runs[i].head;
        char cells[24];
        snprintf(cells, sizeof cells, "%lld",
                 (long long)json_integer_value(json_object_get(head, "cells")));
        pl_doc_row_texts(doc, (const char *const[]){
                                  list->runs[i].path, pl_document_string(head, "started"),
                                  pl_document_string(head, "tier"), cells,
                                  json_is_true(json_object_get(head, "complete")) ? "" : "stopped",
                                  pl_document_string(head, "command")});
    }
    pl_doc_table_end(doc);
}

static void print(const struct list *list, const char *folder, bool as_json)
{
    if (as_json) {
        json_t *all = json_array();
        for (size_t i = 0; i < list->count; i++)
            json_array_append(all, list->runs[i].head);
        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(all);
    } else if (list->count) {
        pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_table, list);
    } else {
        pl_printable_line(stdout, "no runs in %s", folder);
    }
}

static bool same_entry(const struct listed *a, const struct listed *b)
{
    return a->entry_length == b->entry_length && strncmp(a->path, b->path, a->entry_length) == 0;
}

/* How many entries of results/ are as late as this one or later: both halves of pairs are one. */
static size_t rank(const struct list *list, size_t index)
{
    size_t entries = 0;
    for (size_t i = 0; i <= index; i++) {
        bool known = false;
        for (size_t k = 0; k < i; k++)
            known |= same_entry(&list->runs[k], &list->runs[i]);
        entries += !known;
        if (same_entry(&list->runs[i], &list->runs[index]))
            break;
    }
    return entries;
}

static int prune(const struct list *list, uint32_t keep)
{
    size_t removed = 0;
    int code = PL_EXIT_OK;
    for (size_t i = 0; i < list->count; i++) {
        struct pl_error error;
        if (rank(list, i) <= keep)
            continue;
        if (pl_folder_remove_run(list->runs[i].path, &error)) {
            code = pl_cli_fail(PL_EXIT_USAGE, &error);
            continue;
        }
        pl_printable_line(stdout, "removed: %s", list->runs[i].path);
        removed++;
    }
    printf("%zu of %zu runs removed\n", removed, list->count);
    return code;
}

static int list_and_act(const char *folder, const char *prune_text, bool as_json)
{
    struct list list = {0};
    uint32_t keep = 0;
    int code = pl_arguments_count("prune", prune_text, PRUNE_MAX, &keep);
    int rc = code ? 0 : look_into(&list, folder, 0, 0);
    if (rc && (rc != -ENOENT || strcmp(folder, FOLDER) != 0)) /* nothing was run yet: none */
        code = pl_cli_usage("can't read the folder %s: %s", folder, strerror(-rc));
    if (list.count)
        qsort(list.runs, list.count, sizeof *list.runs, by_age);
    if (!code && prune_text)
        code = prune(&list, keep);
    else if (!code)
        print(&list, folder, as_json);
    for (size_t i = 0; i < list.count; i++) {
        free(list.runs[i].path);
        json_decref(list.runs[i].head);
    }
    free(list.runs);
    return code;
}

int pl_cli_runs(int argc, char **argv)
{
    const char *folder = FOLDER, *keep = NULL, *json = NULL;
    int code = pl_arguments_take(&argc, argv, "--in", false, &folder);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--prune", false, &keep);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--json", true, &json);
    if (code != PL_EXIT_OK)
        return code;
    if (argc > 1)
        return pl_cli_usage("unexpected argument '%s'; expected --in DIR, --prune N or --json",
                            argv[1]);
    return list_and_act(folder, keep, json != NULL);
}
