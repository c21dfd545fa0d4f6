/* The results of a run, kept and told (kept_results.h). */
#include "harness/cli/kept_results.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/shell_words.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/ledger_option.h"
#include "harness/report/terminal/table.h"

#define WORD_MAX 4352  /* bytes of a folder as a word for a shell */
#define NAMES_MAX 1000 /* of runs that begin in the same second */

static void name_folder(char *folder, size_t capacity, int number)
{
    time_t now = time(NULL);
    struct tm parts;
    localtime_r(&now, &parts);
    size_t used = strftime(folder, capacity, "results/%Y%m%d-%H%M%S", &parts);
    if (number)
        snprintf(folder + used, capacity - used, "-%d", number);
}

/* Another run may take a name at the same moment. */
static int open_new(struct pl_results *r, const char *command, const char *tier,
                    struct pl_error *error)
{
    char folder[64];
    int rc = -EEXIST;
    for (int i = 0; (rc == -EEXIST || rc == -EBUSY) && i < NAMES_MAX; i++) {
        name_folder(folder, sizeof folder, i);
        if (access(folder, F_OK) != 0)
            rc = pl_results_open(r, folder, false, command, tier, error);
    }
    return rc;
}

int pl_kept_open(struct pl_results *r, const struct pl_arguments *a, const char *command,
                 struct pl_temporary *unsaved, struct pl_error *error)
{
    const char *tier = pl_tier_name(a->tier);
    r->claim = -1;
    if (a->out)
        return pl_results_open(r, a->out, a->force, command, tier, error);
    if (!a->no_save)
        return open_new(r, command, tier, error);
    char folder[sizeof unsaved->path + 8];
    int rc = pl_temporary_make(unsaved, "unsaved", error);
    snprintf(folder, sizeof folder, "%s/run", unsaved->path);
    return rc ? rc : pl_results_open(r, folder, false, command, tier, error);
}

/* A folder as what follows it needs it: the root ends in the sign. */
static const char *slash_behind(const char *folder)
{
    size_t length = strlen(folder);
    return length && folder[length - 1] == '/' ? "" : "/";
}

void pl_kept_print(const struct pl_results *r, const struct pl_arguments *a, size_t failed_of)
{
    char word[WORD_MAX] = "", part[96] = "";
    pl_shell_words_add(word, sizeof word, r->folder);
    if (failed_of)
        snprintf(part, sizeof part, ", not complete: %zu of %zu cells",
                 json_array_size(json_object_get(r->root, "cells")), failed_of);
    if (a->json) {
        json_dumpf(r->root, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        putchar('\n');
        return;
    }
    pl_cli_ledger_print(r);
    pl_report_table(stdout, r->root, r->folder);
    putchar('\n');
    if (a->no_save)
        puts("results: not kept (--no-save)");
    else
        pl_printable_line(stdout,
                          "results: %s%sresults.json%s (plimsoll report %s writes the report)",
                          r->folder, slash_behind(r->folder), part, word);
}

void pl_kept_print_stopped(const struct pl_results *r, const struct pl_arguments *a, size_t cells)
{
    size_t done = json_array_size(json_object_get(r->root, "cells"));
    size_t observed = json_array_size(json_object_get(r->root, "instruments"));
    char instruments[64] = "", word[WORD_MAX] = "";
    pl_shell_words_add(word, sizeof word, r->folder);
    if (observed)
        snprintf(instruments, sizeof instruments, ", and %zu under instruments", observed);
    if (!done)
        pl_printable_line(
            stderr, "plimsoll: stopped by %s; none of %zu cell%s was finished: nothing is kept",
            pl_interrupt_name(), cells, cells == 1 ? "" : "s");
    else if (a->no_save)
        pl_printable_line(stderr,
                          "plimsoll: stopped by %s; %zu of %zu cells were finished%s; nothing is "
                          "kept (--no-save)",
                          pl_interrupt_name(), done, cells, instruments);
    else
        pl_printable_line(stderr,
                          "plimsoll: stopped by %s; %zu of %zu cells were finished%s and are kept "
                          "in %s/results.json; the same command with --resume %s, without --out, "
                          "goes on",
                          pl_interrupt_name(), done, cells, instruments, r->folder, word);
}
