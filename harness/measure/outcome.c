#include "harness/measure/outcome.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/units.h"

const char *pl_outcome_name(enum pl_outcome outcome)
{
    static const char *const names[] = {"bounded", "growing", "oom_killed", "alloc_failed",
                                        "crashed", "timeout", "exited"};
    return names[outcome];
}

static void judge(struct pl_judgement *j, enum pl_outcome outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void judge(struct pl_judgement *j, enum pl_outcome outcome, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(j->why, sizeof j->why, format, args);
    va_end(args);
    j->outcome = outcome;
}

static uint64_t charged_in_all(const struct pl_charged *c)
{
    return c->anon + c->file + c->kernel + c->sock;
}

/* A program is often killed for what is no RSS of it; and its highest sample of RSS is one that it
 * survived. */
static void judge_killed(const struct pl_cell_evidence *e, const char *of, struct pl_judgement *j)
{
    char anon[32], file[32], kernel[32], sock[32];
    struct pl_charged most = {0};
    for (size_t i = 0; e->trees && i < e->sample_count; i++)
        if (charged_in_all(&e->trees[i].charged) > charged_in_all(&most))
            most = e->trees[i].charged;
    judge(j, PL_OUTCOME_OOM_KILLED, "the container's oom_kill counter is %llu%s",
          (unsigned long long)e->kernel.oom_kills, of);
    if (!charged_in_all(&most))
        return;
    pl_size_format(most.anon, anon, sizeof anon);
    pl_size_format(most.file, file, sizeof file);
    pl_size_format(most.kernel, kernel, sizeof kernel);
    pl_size_format(most.sock, sock, sizeof sock);
    const size_t used = strlen(j->why);
    snprintf(j->why + used, sizeof j->why - used,
             "; at its highest sample it was charged with %s of processes, %s of files, %s of "
             "sockets, %s more of the kernel's",
             anon, file, sock, kernel);
}

static void judge_signal(const struct pl_cell_evidence *e, struct pl_judgement *j)
{
    int number = WTERMSIG(e->wait_status);
    if (e->killed_outside)
        judge(j, PL_OUTCOME_CRASHED,
              "killed by the OOM killer, and not at its container's limit: one above was met");
    else if (number == SIGKILL && e->kernel.known && e->kernel.oom_kills > 0)
        judge_killed(e, "", j);
    else if (number == SIGKILL)
        judge(j, PL_OUTCOME_CRASHED,
              "killed by SIGKILL, and no container counted an OOM kill: somebody else's");
    else
        judge(j, PL_OUTCOME_CRASHED, "ended by signal %d (%s)", number, strsignal(number));
}

static uint64_t acquire_failures(const struct pl_final *final)
{
    uint64_t failures = 0;
    for (uint32_t i = 0; i < final->class_count; i++)
        failures += final->classes[i].failures;
    return failures;
}

/* A rise that only the second half has is either growth that was too slow to be told before, or
 * something that filled up once. */
static void judge_bounded(const struct pl_growth *g, struct pl_judgement *j)
{
    if (!pl_growth_rises_late(g))
        judge(j, PL_OUTCOME_BOUNDED,
              "RSS does not go on rising by more than noise (%.0f KiB or %.0f %%) from one dyadic "
              "window to the next",
              PL_GROWTH_FLOOR_BYTES / 1024, 100 * PL_GROWTH_FLOOR_SHARE);
    else
        judge(j, PL_OUTCOME_BOUNDED,
              "RSS peaks at %.2f, %.2f, %.2f MiB in the run's eighth, quarter, half: too little "
              "of a rise to be growth; a longer run says whether it goes on",
              g->rss_max[2] / 1048576, g->rss_max[1] / 1048576, g->rss_max[0] / 1048576);
}

static void judge_finished(const struct pl_cell_evidence *e, const struct pl_growth *growth,
                           struct pl_judgement *j)
{
    const struct pl_final *final = &e->final;
    uint64_t failures = acquire_failures(final);
    if (final->at_ceiling)
        judge(j, PL_OUTCOME_GROWING, "stopped at half of the memory that was available");
    else if (failures > 0 && (final->stack.heap_failures > 0 || final->stack.refusals == 0))
        judge(j, PL_OUTCOME_ALLOC_FAILED, "%llu acquires gave NULL, from the heap itself",
              (unsigned long long)failures);
    else if (growth->growing)
        judge(j, PL_OUTCOME_GROWING,
              "RSS peaks at %.1f, %.1f, %.1f MiB in the run's eighth, quarter, half",
              growth->rss_max[2] / 1048576, growth->rss_max[1] / 1048576,
              growth->rss_max[0] / 1048576);
    else
        judge_bounded(growth, j);
}

void pl_outcome_judge(const struct pl_cell_evidence *e, const struct pl_growth *growth,
                      struct pl_judgement *j)
{
    if (e->timed_out)
        judge(j, PL_OUTCOME_TIMEOUT, "stopped by its timeout after %.1f s of replay",
              e->sample_count ? (double)e->samples[e->sample_count - 1].t_ns / 1e9 : 0.0);
    else if (WIFSIGNALED(e->wait_status))
        judge_signal(e, j);
    else if (e->program.kind && e->kernel.known && e->kernel.oom_kills && e->kernel.limit_hits)
        judge_killed(e, ": some of its processes were killed", j);
    else if (e->program.kind && e->program.ended_ns >= 0)
        judge(j, PL_OUTCOME_EXITED, "ended by itself after %.1f s with status %d",
              (double)e->program.ended_ns / 1e9, WEXITSTATUS(e->wait_status));
    else if (!WIFEXITED(e->wait_status) || WEXITSTATUS(e->wait_status) != 0 || !e->has_final)
        judge(j, PL_OUTCOME_CRASHED, "exit status %d without final books",
              WIFEXITED(e->wait_status) ? WEXITSTATUS(e->wait_status) : -1);
    else
        judge_finished(e, growth, j);
}
