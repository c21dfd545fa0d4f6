#include "harness/cli/fate.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

const char *pl_fate_name(enum pl_fate_kind kind)
{
    static const char *const names[PL_FATE_COUNT] = {"crashed", "hung", "exited", "survived",
                                                     "not_reached"};
    return names[kind];
}

void pl_fate_text(const struct pl_fate *fate, char *text, size_t capacity)
{
    const char *name = fate->kind == PL_FATE_CRASHED ? sigabbrev_np(fate->number) : NULL;
    const char *in = fate->program[0] ? " in " : "";
    if (name)
        snprintf(text, capacity, "crashed by SIG%s%s%s", name, in, fate->program);
    else if (fate->kind == PL_FATE_CRASHED)
        snprintf(text, capacity, "crashed by signal %d%s%s", fate->number, in, fate->program);
    else if (fate->kind == PL_FATE_EXITED)
        snprintf(text, capacity, "ended with status %d", fate->number);
    else if (fate->kind == PL_FATE_HUNG)
        snprintf(text, capacity, "hung: %s", fate->how);
    else
        snprintf(text, capacity, "%s", fate->kind == PL_FATE_SURVIVED ? "survived" : "not reached");
}

static bool ended_by_itself(const struct pl_program_record *r)
{
    return r->ended_ns >= 0;
}

/* When it is told to end, that signal ends it well, and SIGKILL is ours. */
static bool crashed(const struct pl_program_record *r, int stop_signal)
{
    if (!WIFSIGNALED(r->wait_status))
        return false;
    return ended_by_itself(r) || (!r->killed && WTERMSIG(r->wait_status) != stop_signal);
}

/* By a signal that we did not send. */
static bool worker_crashed(const struct pl_program_record *reference,
                           const struct pl_program_record *r, int stop_signal)
{
    return r->crash_signal && r->crash_signal != stop_signal && !reference->crash_signal;
}

/* @return how it hung; "" when it did not */
static const char *find_hang(const struct pl_program_record *reference,
                             const struct pl_cell_evidence *e)
{
    const struct pl_program_record *r = &e->program;
    if (e->timed_out)
        return "timed out";
    if (ended_by_itself(r))
        return "";
    if (r->ready_ns < 0)
        return "never ready";
    if (e->has_final && e->final.at_ceiling)
        return "grew without end";
    if (ended_by_itself(reference))
        return "did not come to its end";
    return r->killed && !reference->killed ? "did not end when it was told to" : "";
}

struct pl_fate pl_fate_judge(const struct pl_program_record *reference, int stop_signal,
                             const struct pl_cell_evidence *e)
{
    const struct pl_program_record *r = &e->program;
    const char *how = find_hang(reference, e);
    if (!e->timed_out && crashed(r, stop_signal))
        return (struct pl_fate){PL_FATE_CRASHED, WTERMSIG(r->wait_status), "", ""};
    if (!e->timed_out && worker_crashed(reference, r, stop_signal)) {
        struct pl_fate fate = {PL_FATE_CRASHED, r->crash_signal, "", ""};
        memcpy(fate.program, r->crash_program, sizeof fate.program);
        return fate;
    }
    if (how[0])
        return (struct pl_fate){PL_FATE_HUNG, 0, how, ""};
    bool as_before = ended_by_itself(r) == ended_by_itself(reference) &&
                     (!ended_by_itself(r) || r->wait_status == reference->wait_status);
    if (!as_before)
        return (struct pl_fate){PL_FATE_EXITED, WEXITSTATUS(r->wait_status), "", ""};
    return (struct pl_fate){r->faults ? PL_FATE_SURVIVED : PL_FATE_NOT_REACHED, 0, "", ""};
}
