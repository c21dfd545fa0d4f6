/* Matching cells by what names them, and comparing what has to be alike (match.h). */
#include "harness/compare/match.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/results/document.h"
#include "harness/results/hosts.h"

static struct pl_match *add_match(struct pl_matches *all, const struct pl_cell_name *name,
                                  const char *key)
{
    if (all->count == all->capacity) {
        size_t wanted = all->capacity ? 2 * all->capacity : 16;
        struct pl_match *larger = realloc(all->matches, wanted * sizeof *larger);
        if (!larger)
            return NULL;
        all->matches = larger;
        all->capacity = wanted;
    }
    if (pl_index_set(&all->numbers, key, all->count))
        return NULL;
    all->matches[all->count] = (struct pl_match){.name = *name};
    return &all->matches[all->count++];
}

static struct pl_match *match_of(struct pl_matches *all, const json_t *cell)
{
    struct pl_cell_name name = pl_cell_name_of(cell);
    char *key = pl_cell_name_key(&name);
    size_t number = key ? pl_index_find(&all->numbers, key) : PL_INDEX_NONE;
    struct pl_match *match = number != PL_INDEX_NONE ? &all->matches[number]
                             : key                   ? add_match(all, &name, key)
                                                     : NULL;
    free(key);
    return match;
}

static int add(const json_t ***cells, size_t *count, const json_t *cell)
{
    const json_t **larger = realloc(*cells, (*count + 1) * sizeof *larger);
    if (!larger)
        return -ENOMEM;
    *cells = larger;
    larger[(*count)++] = cell;
    return 0;
}

/* Two cells of one repetition would be partners of one. */
static bool is_repeated(const json_t *const *cells, size_t count, const json_t *cell)
{
    json_int_t repetition = json_integer_value(json_object_get(cell, "repetition"));
    for (size_t i = 0; i < count; i++)
        if (json_integer_value(json_object_get(cells[i], "repetition")) == repetition)
            return true;
    return false;
}

static int add_cell(struct pl_match *m, const json_t *cell, bool is_new, struct pl_error *error)
{
    const json_t ***cells = is_new ? &m->new : &m->base;
    size_t *count = is_new ? &m->new_count : &m->base_count;
    char stack[96];
    pl_cell_name_stack(&m->name, stack, sizeof stack);
    if (is_repeated(*cells, *count, cell))
        return pl_error_set(error, -EINVAL, "%s has two cells of %.60s on %s with repetition %lld",
                            is_new ? "new" : "base", m->name.scenario, stack,
                            (long long)json_integer_value(json_object_get(cell, "repetition")));
    return add(cells, count, cell) ? pl_error_set(error, -ENOMEM, "out of memory") : 0;
}

static int add_cells(struct pl_matches *all, const json_t *root, bool is_new,
                     struct pl_error *error)
{
    const json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        struct pl_match *m = match_of(all, cell);
        int rc =
            m ? add_cell(m, cell, is_new, error) : pl_error_set(error, -ENOMEM, "out of memory");
        if (rc)
            return rc;
    }
    return 0;
}

/* Cells that a program of the pairs could not run stand in `run.failed`, of either half. */
static int add_failures(struct pl_matches *all, const json_t *root, struct pl_error *error)
{
    const json_t *failure;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(root, "run"), "failed"), i, failure)
    {
        struct pl_match *m = match_of(all, failure);
        if (!m)
            return pl_error_set(error, -ENOMEM, "out of memory");
        bool of_new = strcmp(pl_document_string(failure, "side"), "new") == 0;
        snprintf(of_new ? m->new_failure : m->not_comparable, PL_MATCH_WHY_MAX, "%s",
                 pl_document_string(failure, "why"));
    }
    return 0;
}

/* A value as a message shows it. Conditions have a blank behind the size of a class without a
 * budget, which stays: results of both sides have it. */
static void show(const json_t *value, char *text, size_t capacity)
{
    char *dump = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12)) : NULL;
    size_t length = dump ? strlen(dump) : 0;
    if (length > 2 && strcmp(dump + length - 2, " \"") == 0)
        strcpy(dump + length - 2, "\"");
    snprintf(text, capacity, "%.70s", dump ? dump : "none");
    free(dump);
}

/* Notes the first key whose values differ. @return whether one does */
static bool differs(const json_t *base, const json_t *new, const char *const *keys, size_t count,
                    const char *of, char *why)
{
    char a[80], b[80];
    for (size_t i = 0; i < count; i++) {
        const json_t *x = json_object_get(base, keys[i]), *y = json_object_get(new, keys[i]);
        if (json_equal(x, y) || (!x && !y))
            continue;
        show(x, a, sizeof a);
        show(y, b, sizeof b);
        snprintf(why, PL_MATCH_WHY_MAX, "%s%s differs: %s, %s", of, keys[i], a, b);
        return true;
    }
    return false;
}

static bool ended_early(const json_t *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *outcome = pl_document_string(cells[i], "outcome");
        if (strcmp(outcome, "bounded") != 0 && strcmp(outcome, "growing") != 0)
            return true;
    }
    return false;
}

/* What a pipeline counts does not depend on its heap, but for how far it comes: a cell that is
 * killed or refused memory counts up to there. @return whether both cells tell their heap */
static bool check_heaps(struct pl_match *m)
{
    char change[PL_HEAP_CHANGE_TEXT];
    if (!m->base_count || !m->new_count || !pl_heap_change_find(m->base[0], m->new[0], &m->heap))
        return false;
    if (m->heap.heap &&
        (ended_early(m->base, m->base_count) || ended_early(m->new, m->new_count))) {
        pl_heap_change_text(&m->heap, change, sizeof change);
        snprintf(m->not_counted, sizeof m->not_counted,
                 "%.120s, on which it depends how far this cell comes", change);
    }
    return true;
}

/* What the cells of a host share: the machine for noisy figures, the toolchain for exact ones. */
static void check_hosts(const json_t *base, const json_t *new, struct pl_match *m)
{
    static const char *const toolchain[] = {"compiler", "compiler_flags", "libc"};
    static const char *const machine[] = {"cpu",          "microcode", "cores",
                                          "memory_bytes", "kernel",    "machine",
                                          "huge_pages",   "governor",  "address_randomisation"};
    const json_t *x = pl_hosts_of(base, m->base_count ? m->base[0] : NULL);
    const json_t *y = pl_hosts_of(new, m->new_count ? m->new[0] : NULL);
    struct pl_stack_spec spec;
    const char *name = pl_stack_parse(m->name.allocator, &spec, NULL) ? "" : pl_stack_heap(&spec);
    const char *const library[] = {name};
    size_t tools = sizeof toolchain / sizeof *toolchain;
    bool told = check_heaps(m);
    if (told && strcmp(name, "glibc") == 0)
        tools--; /* the heap is libc's */
    if (!differs(x, y, toolchain, tools, "", m->not_exact) && !told)
        differs(json_object_get(x, "libraries"), json_object_get(y, "libraries"), library, 1,
                "library of ", m->not_exact);
    if (m->not_exact[0])
        snprintf(m->not_noisy, sizeof m->not_noisy, "%s", m->not_exact);
    else
        differs(x, y, machine, sizeof machine / sizeof *machine, "host: ", m->not_noisy);
}

static const json_t *recording_of(const json_t *root, const char *scenario)
{
    const json_t *recording;
    size_t i;
    json_array_foreach(json_object_get(root, "recordings"), i,
                       recording) if (strcmp(pl_document_string(recording, "scenario"), scenario) ==
                                      0) return recording;
    return NULL;
}

/* The first key of either object that the other has not, or has otherwise. */
static bool conditions_differ(const json_t *base, const json_t *new, char *why)
{
    const char *key;
    json_t *value;
    if (!base || !new) /* results of a version that did not record them */
        return false;
    json_object_foreach((json_t *)base, key, value)
    {
        if (differs(base, new, &key, 1, "", why))
            return true;
    }
    json_object_foreach((json_t *)new, key, value)
    {
        if (differs(base, new, &key, 1, "", why))
            return true;
    }
    return false;
}

static void check_conditions(const json_t *base, const json_t *new, struct pl_match *m)
{
    static const char *const of_cell[] = {"container", "limits", "duration_seconds", "seed",
                                          "library"};
    static const char *const of_recording[] = {"hash", "filter", "ffmpeg"};
    const json_t *x = recording_of(base, m->name.scenario),
                 *y = recording_of(new, m->name.scenario);
    if (m->not_comparable[0])
        return;
    if (m->base_count == 0 || m->new_count == 0)
        snprintf(m->not_comparable, sizeof m->not_comparable, "only in %s",
                 m->base_count ? "base" : "new");
    else if (!differs(x, y, of_recording, sizeof of_recording / sizeof *of_recording,
                      "recording's ", m->not_comparable) &&
             !differs(m->base[0], m->new[0], of_cell, sizeof of_cell / sizeof *of_cell, "",
                      m->not_comparable))
        conditions_differ(json_object_get(x, "conditions"), json_object_get(y, "conditions"),
                          m->not_comparable);
}

void pl_match_check(const json_t *base, const json_t *new, struct pl_match *m)
{
    check_conditions(base, new, m);
    check_hosts(base, new, m);
}

int pl_matches_make(const json_t *base, const json_t *new, struct pl_matches *matches,
                    struct pl_error *error)
{
    *matches = (struct pl_matches){0};
    int rc = add_cells(matches, new, true, error);
    if (!rc)
        rc = add_cells(matches, base, false, error);
    if (!rc)
        rc = add_failures(matches, new, error);
    if (rc) {
        pl_matches_free(matches);
        return rc;
    }
    for (size_t i = 0; i < matches->count; i++)
        pl_match_check(base, new, &matches->matches[i]);
    return 0;
}

void pl_matches_free(struct pl_matches *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        free(matches->matches[i].base);
        free(matches->matches[i].new);
    }
    free(matches->matches);
    pl_index_free(&matches->numbers);
    *matches = (struct pl_matches){0};
}

double pl_match_seconds(const struct pl_match *m)
{
    const json_t *cell = m->base_count ? m->base[0] : NULL;
    return json_number_value(json_object_get(cell, "duration_seconds"));
}

static const json_t *metric_of(const json_t *cell, const char *metric)
{
    return json_object_get(json_object_get(cell, "metrics"), metric);
}

static const json_t *partner_of(const json_t *cell, const struct pl_match *m)
{
    json_int_t repetition = json_integer_value(json_object_get(cell, "repetition"));
    for (size_t i = 0; i < m->new_count; i++)
        if (json_integer_value(json_object_get(m->new[i], "repetition")) == repetition)
            return m->new[i];
    return NULL;
}

size_t pl_match_pairs(const struct pl_match *m, const char *metric, double *base, double *new)
{
    size_t used = 0;
    for (size_t i = 0; i < m->base_count; i++) {
        const json_t *partner = partner_of(m->base[i], m);
        if (!metric_of(m->base[i], metric) || !metric_of(partner, metric))
            continue;
        base[used] = json_number_value(metric_of(m->base[i], metric));
        new[used++] = json_number_value(metric_of(partner, metric));
    }
    return used;
}

const char *pl_match_pairing(const json_t *base, const json_t *new, size_t *screening)
{
    const json_t *x = json_object_get(json_object_get(base, "run"), "pairing");
    const json_t *y = json_object_get(json_object_get(new, "run"), "pairing");
    if (!x || !y)
        return "not run side by side as pairs; ci/compare does that";
    if (strcmp(pl_document_string(x, "id"), pl_document_string(y, "id")) != 0)
        return "the two folders are halves of different pairs";
    if (strcmp(pl_document_string(x, "side"), pl_document_string(y, "side")) == 0)
        return "the same half of the pairs twice";
    *screening = (size_t)json_integer_value(json_object_get(x, "screening_pairs"));
    return NULL;
}
