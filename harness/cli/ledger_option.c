/* The ledger on the command line (ledger_option.h). */
#include "harness/cli/ledger_option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/units.h"
#include "harness/base/files.h"
#include "harness/cli/cli.h"
#include "harness/report/ledger/ledger_text.h"

static int add_time(const char *text, size_t length, struct pl_ledger_times *times)
{
    char word[64];
    int64_t at_ns;
    struct pl_error error;
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), text);
    if (pl_time_parse(word, &at_ns, &error) || at_ns <= 0)
        return pl_cli_usage(
            "--at: '%s' is not a time of the replay; expected times such as 40s or 40s,80s", word);
    if (times->count == PL_LEDGER_TIMES_MAX)
        return pl_cli_usage("--at: too many times; expected at most %d", PL_LEDGER_TIMES_MAX);
    if (times->count && at_ns <= times->at_ns[times->count - 1])
        return pl_cli_usage(
            "--at: '%s' is not later than the time before it; expected rising times, each once",
            word);
    times->at_ns[times->count++] = at_ns;
    return PL_EXIT_OK;
}

int pl_cli_ledger_times(const char *text, struct pl_ledger_times *times)
{
    times->count = 0; /* the last --at counts */
    for (;; text++) {
        size_t length = strcspn(text, ",");
        int rc = add_time(text, length, times);
        text += length;
        if (rc || !*text)
            return rc;
    }
}

int pl_cli_ledger_check(const struct pl_ledger_times *times, const struct pl_scenario *s)
{
    char duration[32], at[32];
    if (!times->count || times->at_ns[times->count - 1] <= s->duration_ns)
        return PL_EXIT_OK;
    pl_time_format(s->duration_ns, duration, sizeof duration);
    pl_time_format(times->at_ns[times->count - 1], at, sizeof at);
    return pl_cli_usage(
        "--at %s is beyond the %s that %s takes; expected an earlier time, or a longer --duration",
        at, duration, s->name);
}

/* "series/000.name.csv" becomes "ledger/000.name.txt". */
static void text_path(const struct pl_results *results, const json_t *cell, char *path,
                      size_t capacity)
{
    const char *series = json_string_value(json_object_get(cell, "series"));
    const char *name = series + strlen("series/");
    snprintf(path, capacity, "%s/ledger/%.*s.txt", results->folder,
             (int)(strlen(name) - strlen(".csv")), name);
}

int pl_cli_ledger_write(const struct pl_results *results, struct pl_error *error)
{
    const json_t *cells = json_object_get(results->root, "cells");
    const json_t *cell = json_array_get(cells, json_array_size(cells) - 1);
    char path[sizeof results->folder + 300];
    struct pl_file file;
    if (!json_object_get(cell, "ledger"))
        return 0;
    snprintf(path, sizeof path, "%s/ledger", results->folder);
    int rc = pl_folder_make(path, error);
    if (rc)
        return rc;
    text_path(results, cell, path, sizeof path);
    rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    file.unsynced = true;
    pl_report_ledger(file.stream, cell);
    return pl_file_commit(&file, error);
}

void pl_cli_ledger_print(const struct pl_results *results)
{
    const json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(results->root, "cells"), i, cell)
    {
        if (!json_object_get(cell, "ledger"))
            continue;
        pl_report_ledger(stdout, cell);
        putchar('\n');
    }
}
