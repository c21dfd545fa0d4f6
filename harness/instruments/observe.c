/* Making one observation, from the stack as asked to its entry in the results (instrument.h). */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/instruments/observation.h"
#include "harness/measure/metrics.h"

enum status { OK, SKIPPED, FAILED };

/* What our own books say of the instrumented cell: the metrics that repeat exactly. RSS, CPU and
 * latencies would be the instrument's. */
static json_t *ours_json(const struct pl_observation *o)
{
    json_t *object = json_object();
    struct pl_measured measured;
    if (!o->ran)
        return object;
    pl_measure(o->scenario, &o->evidence, &measured);
    for (size_t i = 0; i < pl_metric_count; i++) {
        if (pl_metrics[i].class != PL_CLASS_D)
            continue;
        struct pl_value value = pl_metrics[i].value(&measured);
        if (value.kind == PL_VALUE_INTEGER)
            json_object_set_new(object, pl_metrics[i].name,
                                json_integer((json_int_t)value.integer));
        else if (value.kind == PL_VALUE_REAL)
            json_object_set_new(object, pl_metrics[i].name, json_real(value.real));
    }
    return object;
}

/* The stack as the instrument can see into it. */
static int choose_stack(struct pl_observation *o, struct pl_error *error)
{
    const struct pl_scenario *s = o->scenario;
    struct pl_stack_spec spec;
    int rc = pl_stack_parse(o->cell.stack, &spec, error);
    if (rc)
        return rc;
    if (o->instrument->blind_to_null && strcmp(pl_stack_heap(&spec), "null") == 0)
        return pl_error_set(error, -ENOTSUP,
                            "null hands out memory that it mapped itself: %s sees "
                            "nothing of it",
                            o->instrument->name);
    snprintf(o->stack_run, sizeof o->stack_run, "%s", o->cell.stack);
    if (o->instrument->slab_option)
        rc = pl_stack_set_option(&spec, "slab", o->instrument->slab_option, o->stack_run,
                                 sizeof o->stack_run, error);
    if (!rc)
        rc = pl_stack_parse(o->stack_run, &spec, error);
    if (!rc)
        rc = pl_stack_check(&spec, s->classes, s->class_count, s->budgets, s->budget_count, error);
    o->cell.stack = o->stack_run;
    return rc ? -ENOTSUP : 0;
}

/* A file name out of a spec, as for series. */
static void name_files(struct pl_observation *o, const struct pl_observation_inputs *in)
{
    char threads[16] = "";
    if (in->cell.threads > 1)
        snprintf(threads, sizeof threads, ".t%u", in->cell.threads);
    snprintf(o->stem, sizeof o->stem, "instruments/%03zu.%s.%s.%.100s.%s%s", in->number,
             o->instrument->name, o->scenario->name, in->cell.stack,
             pl_format_name(in->cell.format), threads);
    for (char *at = o->stem + strlen("instruments/"); *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._", *at))
            *at = '-';
}

static int prepare(struct pl_observation *o, struct pl_error *error)
{
    char folder[PL_OBSERVATION_PATH];
    int rc = choose_stack(o, error);
    if (rc)
        return rc;
    if (pl_instrument_available(o->instrument, error))
        return -ENOTSUP;
    snprintf(folder, sizeof folder, "%s/instruments", o->folder);
    return pl_folder_make(folder, error);
}

/* Whether both sides are alike, where there are two. */
static int check_agreement(const struct pl_observation *o, struct pl_error *error)
{
    const json_t *ratio = json_object_get(o->agreement, "ratio");
    double off = fabs(json_real_value(ratio) - 1);
    if (!o->agreement || (ratio && off <= PL_AGREEMENT_TOLERANCE))
        return 0;
    json_int_t theirs = json_integer_value(json_object_get(o->agreement, "theirs"));
    json_int_t ours = json_integer_value(json_object_get(o->agreement, "ours"));
    if (!ratio)
        return theirs == 0 ? 0
                           : pl_error_set(error, -ERANGE, "%s has %lld and our books have nothing",
                                          o->instrument->name, (long long)theirs);
    return pl_error_set(error, -ERANGE,
                        "%s has %lld and our books have %lld: %.2f %% apart, more than %.0f %%",
                        o->instrument->name, (long long)theirs, (long long)ours, 100 * off,
                        100 * PL_AGREEMENT_TOLERANCE);
}

static json_t *entry_json(const struct pl_observation *o, const struct pl_observation_inputs *in,
                          enum status status, const char *why)
{
    static const char *const names[] = {"ok", "skipped", "failed"};
    json_t *entry = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:s, s:s, s:s, s:s, s:O, s:o, s:O, s:O}", "instrument",
        o->instrument->name, "scenario", o->scenario->name, "allocator", in->cell.stack,
        "allocator_run", o->stack_run[0] ? o->stack_run : in->cell.stack, "format",
        pl_format_name(o->cell.format), "threads", (int)o->cell.threads, "duration_seconds",
        (double)o->scenario->duration_ns / 1e9, "status", names[status], "why", why, "command",
        o->command, "reproduce", in->reproduce, "figures", o->figures, "ours", ours_json(o),
        "sites", o->sites, "files", o->files);
    if (entry && o->version[0])
        json_object_set_new(entry, "version", json_string(o->version));
    if (entry && o->agreement)
        json_object_set(entry, "agreement", o->agreement);
    if (entry && o->benchmarks)
        json_object_set(entry, "benchmarks", o->benchmarks);
    return entry;
}

static int finish(const struct pl_observation *o, const struct pl_observation_inputs *in, int rc,
                  const struct pl_error *reason, json_t **entry, struct pl_error *error)
{
    if (rc == -EINTR)
        return pl_error_set(error, rc, "%s", reason->text);
    enum status status = rc == 0 ? OK : rc == -ENOTSUP ? SKIPPED : FAILED;
    *entry = entry_json(o, in, status, rc ? reason->text : "");
    return *entry ? 0 : pl_error_set(error, -ENOMEM, "out of memory");
}

static int open_observation(struct pl_observation *o, const struct pl_observation_inputs *in)
{
    o->cell = in->cell;
    o->folder = in->folder;
    o->asked = in->asked;
    o->figures = json_object();
    o->sites = json_array();
    o->files = json_array();
    o->scenario = malloc(sizeof *o->scenario);
    if (!o->scenario)
        return -ENOMEM;
    *o->scenario = *in->cell.scenario;
    o->scenario->container_bytes = 0; /* it would hold the instrument's own memory, too */
    o->cell.scenario = o->scenario;
    name_files(o, in);
    return 0;
}

static void close_observation(struct pl_observation *o)
{
    pl_cell_evidence_free(&o->evidence);
    json_decref(o->figures);
    json_decref(o->sites);
    json_decref(o->files);
    json_decref(o->agreement);
    json_decref(o->benchmarks);
    free(o->scenario);
    free(o);
}

int pl_instrument_observe(const struct pl_instrument *instrument,
                          const struct pl_observation_inputs *in, json_t **entry,
                          struct pl_error *error)
{
    struct pl_observation *o = calloc(1, sizeof *o);
    struct pl_error reason = {""};
    if (!o)
        return pl_error_set(error, -ENOMEM, "out of memory");
    o->instrument = instrument;
    int rc = open_observation(o, in);
    if (rc) {
        close_observation(o);
        return pl_error_set(error, rc, "out of memory");
    }
    rc = prepare(o, &reason);
    if (!rc)
        rc = instrument->observe(o, &reason);
    if (!rc)
        rc = check_agreement(o, &reason);
    rc = finish(o, in, rc, &reason, entry, error);
    close_observation(o);
    return rc;
}
