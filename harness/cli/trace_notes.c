#include "harness/cli/trace_notes.h"

#include <stdio.h>
#include <string.h>

#include "harness/scenario/traits.h"
#include "harness/traffic/material.h"
#include "harness/traffic/profile.h"
#include "harness/traffic/tape.h"

struct noting {
    pl_note *note;
    void *context;
};

/* How long a trace lasts at its pace. */
static int64_t trace_ns(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return (int64_t)((double)pl_tape_of(recording)->duration_ms / s->trace.speed * 1e6);
}

/* The rest of the trace is what its program did when it was refused nothing. */
static void note_refused(struct noting *n, const struct pl_planned *p,
                         const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 240];
    uint64_t refused = 0;
    for (uint32_t i = 0; e->has_final && i < e->final.class_count; i++)
        refused += e->final.classes[i].failures;
    if (pl_traits_of(&p->scenario)->material != PL_MATERIAL_TAPE || !refused)
        return;
    snprintf(text, sizeof text,
             "%s: %llu blocks were refused and stay absent in the replay; the program itself might "
             "have behaved otherwise from the first of them on",
             stack, (unsigned long long)refused);
    n->note(n->context, text);
}

/* In real time a trace may be longer than the time that it was given. */
static void note_pace(struct noting *n, const struct pl_planned *p,
                      const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 240];
    bool is_tape = pl_traits_of(&p->scenario)->material == PL_MATERIAL_TAPE;
    if (p->clock != PL_CLOCK_WALL || !is_tape || !e->has_final || e->final.at_ceiling ||
        e->final.trace_over_ns || p->scenario.trace.loop != PL_TRACE_LOOP_OFF ||
        trace_ns(&p->scenario, p->recording) > p->scenario.duration_ns)
        return;
    snprintf(
        text, sizeof text,
        "%s: the trace was not over when its %.1f s were: this machine is slower than what was "
        "recorded, or busy; a longer duration would have all of it",
        stack, (double)p->scenario.duration_ns / 1e9);
    n->note(n->context, text);
}

static bool has_other_heap(const struct pl_planned *p, const struct pl_tape *tape)
{
    struct pl_stack_spec spec;
    for (size_t i = 0; i < p->stack_count; i++)
        if (!pl_stack_parse(p->stacks[i], &spec, NULL) && !pl_stack_one_size(&spec) &&
            !pl_cell_has_recorded_heap(&spec, tape))
            return true;
    return false;
}

/* The first word of a command without its folder. @return its length */
static int name_of(const char *command, const char **name)
{
    const char *end = command + strcspn(command, " ");
    *name = end;
    while (*name > command && (*name)[-1] != '/')
        (*name)--;
    return (int)(end - *name);
}

/* Whether a runtime with a collector ran: of others what they ask for is their own doing. */
static bool has_collector(const char *name)
{
    static const char *const names[] = {"python", "liquidsoap", "ocaml", "node", "java", "ruby",
                                        "beam.",  "dotnet",     "mono",  "php",  "lua"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Of a trace: what of it there is, what is not replayed, and what a replay can't know. */
static void note_tape(struct noting *n, const struct pl_planned *p)
{
    const struct pl_scenario *s = &p->scenario;
    const struct pl_recording *recording = p->recording;
    char text[1600];
    if (pl_traits_of(s)->material != PL_MATERIAL_TAPE)
        return;
    const struct pl_tape *tape = pl_tape_of(recording);
    const char *name;
    const int length = name_of(tape->program, &name);
    if (has_collector(name) && has_other_heap(p, tape)) {
        snprintf(
            text, sizeof text,
            "%s: recorded under %s; the collector of %.*s may pace itself by what it sees, and "
            "ask for other blocks in another heap: `plimsoll record --allocator HEAP` tells",
            s->name, tape->heap[0] ? tape->heap : "a heap that was not told",
            length < 100 ? length : 100, name);
        n->note(n->context, text);
    }
    int64_t lasts_ns = trace_ns(s, recording);
    if (tape->cut[0]) {
        snprintf(text, sizeof text, "%s: what is whole is replayed, %llu events", tape->cut,
                 (unsigned long long)tape->events);
        n->note(n->context, text);
    }
    if (tape->imported[0]) {
        snprintf(text, sizeof text, "%s: its trace is made of a recording of %s", s->name,
                 tape->imported);
        n->note(n->context, text);
    }
    if (lasts_ns > s->duration_ns) {
        snprintf(
            text, sizeof text,
            "%s: the trace lasts %.1f s and is left after %.1f s; a longer duration would have "
            "all of it",
            s->name, (double)lasts_ns / 1e9, (double)s->duration_ns / 1e9);
        n->note(n->context, text);
    }
}

/* Profiles that are made of traces: of a scenario of blocks its one, and those of session objects.
 * Several stretches of one trace are said once. */
static void note_profiles(struct noting *n, const struct pl_planned *p)
{
    const struct pl_scenario *s = &p->scenario;
    const struct pl_material *material = pl_recording_material(p->recording);
    uint32_t count = pl_traits_of(s)->material == PL_MATERIAL_PROFILE ? 1 : 0;
    char text[400], said[256] = "";
    if (pl_traits_of(s)->material == PL_MATERIAL_CAPTURE)
        count = s->session.profile_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct pl_profile *profile = pl_material_file(material, i);
        if (!profile->cut[0] || strcmp(profile->cut, said) == 0)
            continue;
        snprintf(said, sizeof said, "%s", profile->cut);
        snprintf(text, sizeof text, "%s: the profile is of what is whole, %llu blocks",
                 profile->cut, (unsigned long long)profile->blocks);
        n->note(n->context, text);
    }
}

void pl_trace_note(const struct pl_planned *planned, pl_note *note, void *context)
{
    struct noting n = {note, context};
    note_tape(&n, planned);
    note_profiles(&n, planned);
}

void pl_trace_note_cell(const struct pl_planned *planned, const struct pl_cell_evidence *evidence,
                        const char *stack, pl_note *note, void *context)
{
    struct noting n = {note, context};
    note_refused(&n, planned, evidence, stack);
    note_pace(&n, planned, evidence, stack);
}
