/* One cell in results.json, and its series as CSV. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/results/alert_series.h"
#include "harness/results/clean.h"
#include "harness/results/host.h"
#include "harness/results/hosts.h"
#include "harness/results/ledger_json.h"
#include "harness/results/results.h"
#include "harness/scenario/sweep.h"

static json_t *metric_json(struct pl_value value)
{
    if (value.kind == PL_VALUE_INTEGER)
        return json_integer((json_int_t)value.integer);
    return json_real(value.real);
}

static json_t *metrics_json(const struct pl_measured *m)
{
    json_t *object = json_object();
    for (size_t i = 0; i < pl_metric_count; i++) {
        struct pl_value value = pl_metrics[i].value(m);
        if (value.kind != PL_VALUE_NONE)
            json_object_set_new(object, pl_metrics[i].name, metric_json(value));
    }
    return object;
}

static json_t *limits_json(const struct pl_scenario *s, const char *stack)
{
    json_t *object = json_object();
    struct pl_stack_spec spec;
    if (pl_stack_parse(stack, &spec, NULL) || !pl_stack_needs_budgets(&spec))
        return object;
    for (uint32_t i = 0; i < s->budget_count; i++)
        json_object_set_new(object, s->budgets[i].name,
                            json_integer((json_int_t)s->budgets[i].max));
    return object;
}

static json_t *environment_json(const struct pl_cell_evidence *e)
{
    json_t *array = json_array();
    for (size_t i = 0; i < e->environment.count; i++)
        json_array_append_new(array, json_string(pl_environment_at(&e->environment, i)));
    return array;
}

/* Where the counters of a cell stood that did not reach its end. */
static json_t *last_sample_json(const struct pl_cell_evidence *e)
{
    const struct pl_sample *last = &e->samples[e->sample_count - 1];
    return json_pack(
        "{s:f, s:I, s:I, s:I, s:I, s:I}", "t_seconds", (double)last->t_ns / 1e9, "live_bytes",
        (json_int_t)last->live_bytes, "reserved_bytes", (json_int_t)last->reserved_bytes,
        "packets_received", (json_int_t)last->packets_received, "packets_delivered",
        (json_int_t)last->packets_delivered, "packets_dropped", (json_int_t)last->packets_dropped);
}

/* A file name out of a spec: what is no letter, digit or dot becomes '-'; the cell's number keeps
 * alike ones apart. One thread is not named: tools may know the files that were there before. */
static void name_file(const char *folder, const struct pl_scenario *scenario,
                      const struct pl_cell_identity *id, const char *ending, char *name,
                      size_t capacity)
{
    char threads[16] = "";
    if (id->threads > 1)
        snprintf(threads, sizeof threads, ".t%u", id->threads);
    snprintf(name, capacity, "%s/%03zu.%s.%.120s.%s%s.r%u%s", folder, id->number, scenario->name,
             id->stack, pl_format_name(id->format), threads, id->repetition, ending);
    for (char *at = name + strlen(folder) + 1; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._", *at))
            *at = '-';
}

int pl_results_output(struct pl_results *r, const struct pl_scenario *scenario,
                      const struct pl_cell_identity *id, char *path, size_t capacity,
                      struct pl_error *error)
{
    char folder[sizeof r->folder + 8], name[300];
    snprintf(folder, sizeof folder, "%s/output", r->folder);
    name_file("output", scenario, id, "", name, sizeof name);
    int n = snprintf(path, capacity, "%s/%s", r->folder, name);
    if (n < 0 || (size_t)n >= capacity)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", r->folder);
    return pl_folder_make(folder, error);
}

void pl_results_output_remove(const struct pl_results *r, const char *path)
{
    static const char *const endings[] = {".txt", "-clients.txt"};
    char file[sizeof r->folder + 320];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(file, sizeof file, "%s%s", path, endings[i]);
        unlink(file);
    }
    snprintf(file, sizeof file, "%s/output", r->folder);
    rmdir(file); /* only when empty */
}

/* What the books say, and of a foreign program, which has none, what its processes hold. */
static void write_head(FILE *stream, bool foreign)
{
    fputs("t_ns,rss_bytes,live_bytes,reserved_bytes,packets_received,packets_delivered,"
          "packets_dropped,cpu_ns",
          stream);
    fputs(foreign ? ",vsz_bytes,shared_bytes,processes,threads,container_anon_bytes,"
                    "container_file_bytes,container_kernel_bytes,socket_bytes\n"
                  : "\n",
          stream);
}

static void write_tree(FILE *stream, const struct pl_sample *s, const struct pl_tree_record *t)
{
    fprintf(stream,
            "%" PRId64 ",%" PRIu64 ",,,,,,%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu32 ",%" PRIu32
            ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
            s->t_ns, s->rss_bytes, s->cpu_ns, t->vsz_bytes, t->shared_bytes, t->processes,
            t->threads, t->charged.anon, t->charged.file, t->charged.kernel, t->charged.sock);
}

static void write_sample(FILE *stream, const struct pl_sample *s)
{
    fprintf(stream,
            "%" PRId64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64
            ",%" PRId64 "\n",
            s->t_ns, s->rss_bytes, s->live_bytes, s->reserved_bytes, s->packets_received,
            s->packets_delivered, s->packets_dropped, s->cpu_ns);
}

static int write_series(const struct pl_results *r, const char *name, const struct pl_measured *m,
                        struct pl_error *error)
{
    const struct pl_cell_evidence *e = m->evidence;
    char path[sizeof r->folder + 300];
    struct pl_file file;
    snprintf(path, sizeof path, "%s/%s", r->folder, name);
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    file.unsynced = true;
    write_head(file.stream, e->trees != NULL);
    for (size_t i = 0; i < e->sample_count; i++)
        if (e->trees)
            write_tree(file.stream, &e->samples[i], &e->trees[i]);
        else
            write_sample(file.stream, &e->samples[i]);
    rc = pl_file_commit(&file, error);
    return rc ? rc : pl_alerts_write(path, m, error);
}

/* The hash of a library that the person brought: the host's fingerprint knows only ours. */
static void add_library(json_t *cell, const char *stack)
{
    struct pl_stack_spec spec;
    char hash[64];
    if (!cell || pl_stack_parse(stack, &spec, NULL) || strcmp(pl_stack_heap(&spec), "preload") != 0)
        return;
    pl_file_hash(spec.layers[spec.depth - 1].text, hash, sizeof hash);
    json_object_set_new(cell, "library", json_string(hash));
}

/* Which version of its heap served it: two versions of one heap are two heaps to a measurement. */
static void add_heap(json_t *cell, const struct pl_heap *heap)
{
    char hash[64];
    if (!cell || !heap)
        return;
    json_t *object = json_pack("{s:s}", "name", heap->name);
    if (heap->version[0])
        json_object_set_new(object, "version", pl_clean_string(heap->version));
    if (heap->library[0]) {
        pl_file_hash(heap->library, hash, sizeof hash);
        json_object_set_new(object, "library", pl_clean_string(heap->library));
        json_object_set_new(object, "hash", json_string(hash));
    }
    json_object_set_new(cell, "heap", object);
}

/* Which template and values a swept stack comes from: what a report draws a frontier by. */
static void add_sweep(json_t *cell, const struct pl_scenario *s, const char *stack)
{
    struct pl_swept swept;
    if (!cell || !pl_sweep_find(s, stack, &swept))
        return;
    json_t *values = json_object();
    for (uint32_t i = 0; i < swept.value_count; i++)
        json_object_set_new(values, swept.values[i].name, json_string(swept.values[i].text));
    json_object_set_new(cell, "sweep",
                        json_pack("{s:s, s:o}", "stack", swept.template, "values", values));
}

/* Where what it printed lies, how much it was, and its last line. */
static json_t *output_json(const struct pl_scenario *scenario, const struct pl_cell_identity *id,
                           const struct pl_program_record *p)
{
    char name[300];
    name_file("output", scenario, id, ".txt", name, sizeof name);
    return json_pack("{s:s, s:I, s:o}", "file", name, "bytes", (json_int_t)p->output_bytes,
                     "last_line", pl_clean_string(p->last_line));
}

static json_t *cell_json(const struct pl_results *r, const struct pl_cell_identity *id,
                         const struct pl_measured *m, const struct pl_expected *x,
                         const char *series)
{
    const struct pl_cell_evidence *e = m->evidence;
    json_t *cell = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:{s:s, s:I}, s:s, s:i, s:f, s:i, s:I, s:s, s:s, s:s, s:s, s:o, "
        "s:o, "
        "s:s, s:o}",
        "scenario", m->scenario->name, "title", m->scenario->title, "allocator", id->stack,
        "format", pl_format_name(id->format), "limits", limits_json(m->scenario, id->stack),
        "container", "kind", pl_container_name(e->container), "bytes",
        (json_int_t)e->container_bytes, "clock", pl_clock_name(id->clock), "threads",
        (int)id->threads, "duration_seconds", (double)m->scenario->duration_ns / 1e9, "repetition",
        (int)id->repetition, "seed", (json_int_t)id->seed, "outcome",
        pl_outcome_name(m->judgement.outcome), "outcome_why", m->judgement.why, "expected",
        pl_verdict_name(x->verdict), "expected_why", x->why, "environment", environment_json(e),
        "metrics", metrics_json(m), "series", series, "reproduce", pl_clean_string(id->reproduce));
    if (cell && id->took_seconds > 0)
        json_object_set_new(cell, "took_seconds", json_real(id->took_seconds));
    if (cell && id->beside)
        json_object_set_new(cell, "beside", json_integer(id->beside));
    if (cell)
        pl_hosts_note(r->root, cell, r->host);
    add_library(cell, id->stack);
    add_heap(cell, id->heap);
    add_sweep(cell, m->scenario, id->stack);
    if (cell && *m->scenario->counterpart)
        json_object_set_new(cell, "counterpart", json_string(m->scenario->counterpart));
    if (cell && m->scenario->alert_count)
        json_object_set_new(cell, "alerts", pl_alerts_json(m));
    bool cut = !e->has_final || e->final.at_ceiling;
    if (cell && cut && e->sample_count && !e->program.kind)
        json_object_set_new(cell, "at_last_sample", last_sample_json(e));
    if (cell && e->program.kind)
        json_object_set_new(cell, "output", output_json(m->scenario, id, &e->program));
    json_t *ledger = pl_ledger_json(&e->ledger, id->ledger_asked, id->ledger_last_ns);
    if (cell && ledger)
        json_object_set_new(cell, "ledger", ledger);
    return cell;
}

int pl_results_add_cell(struct pl_results *r, const struct pl_cell_identity *id,
                        const struct pl_measured *m, const struct pl_expected *x,
                        struct pl_error *error)
{
    char name[300];
    name_file("series", m->scenario, id, ".csv", name, sizeof name);
    int rc = write_series(r, name, m, error);
    if (rc)
        return rc;
    if (r->fingerprint)
        r->host = pl_hosts_add(r->root, json_incref(r->fingerprint));
    json_t *cell = cell_json(r, id, m, x, name);
    if (!cell || json_array_append_new(json_object_get(r->root, "cells"), cell))
        return pl_error_set(error, -ENOMEM, "out of memory");
    return 0;
}
