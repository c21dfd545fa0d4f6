/* The fates of a program's refused allocations, for programs (faulted.h). */
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/printable.h"
#include "harness/cli/faulted.h"

/* Moves when the meaning of a field does: results/faults.schema.json. */
#define FAULTS_VERSION 1

static void set_text(json_t *object, const char *key, const char *text)
{
    char shown[2 * PL_CALL_SITE_TEXT];
    if (!text[0])
        return;
    pl_printable_copy(shown, sizeof shown, text, strlen(text));
    json_object_set_new(object, key, json_string(shown));
}

static void set_fate(json_t *object, const struct pl_fate *fate)
{
    json_object_set_new(object, "outcome", json_string(pl_fate_name(fate->kind)));
    set_text(object, "process", fate->program);
    if (fate->kind == PL_FATE_CRASHED)
        json_object_set_new(object, "signal", json_integer(fate->number));
    else if (fate->kind == PL_FATE_EXITED)
        json_object_set_new(object, "exit_status", json_integer(fate->number));
    else if (fate->kind == PL_FATE_HUNG)
        json_object_set_new(object, "how", json_string(fate->how));
}

static json_t *run_json(const struct pl_faulted *f, const struct pl_faulted_run *run)
{
    char command[8192];
    json_t *object = json_pack("{s:I}", "call", (json_int_t)run->nth);
    set_fate(object, &run->fate);
    if (run->fault.number) {
        json_object_set_new(object, "size_bytes", json_integer((json_int_t)run->fault.size));
        set_text(object, "object", run->fault.object);
        json_object_set_new(object, "offset", json_integer((json_int_t)run->fault.offset));
        set_text(object, "function", run->site.function);
        set_text(object, "source", run->site.source);
    }
    pl_faulted_reproduce(f, run->nth, command, sizeof command);
    json_object_set_new(object, "reproduce", json_string(command));
    return object;
}

static json_t *reference_json(const struct pl_program_record *r)
{
    json_t *object = json_pack("{s:I, s:I, s:b}", "allocating_calls",
                               (json_int_t)r->allocating_calls, "allocating_calls_before_ready",
                               (json_int_t)r->allocating_before, "processes_watched", r->watched);
    if (r->ended_ns >= 0)
        json_object_set_new(object, "exit_status", json_integer(WEXITSTATUS(r->wait_status)));
    return object;
}

json_t *pl_faulted_json(const struct pl_faulted *f)
{
    const struct pl_scenario *s = &f->planned->scenario;
    size_t counts[PL_FATE_COUNT];
    json_t *runs = json_array(), *sums = json_object();
    for (size_t i = 0; i < f->run_count; i++)
        json_array_append_new(runs, run_json(f, &f->runs[i]));
    pl_faulted_count(f, counts);
    for (int kind = 0; kind < PL_FATE_COUNT; kind++)
        json_object_set_new(sums, pl_fate_name((enum pl_fate_kind)kind),
                            json_integer((json_int_t)counts[kind]));
    return json_pack("{s:i, s:s, s:s, s:f, s:o, s:I, s:o, s:o}", "faults_version", FAULTS_VERSION,
                     "scenario", s->name, "allocator", f->inner, "duration_seconds",
                     (double)s->duration_ns / 1e9, "reference", reference_json(&f->reference),
                     "runs_asked", (json_int_t)f->runs_asked, "outcomes", sums, "runs", runs);
}
