/* Recording the program of a scenario, in a cell of its own (recorded.h). */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "allocators/base/printable.h"
#include "allocators/base/units.h"
#include "harness/base/shell_words.h"
#include "harness/cell/run.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/plan.h"
#include "harness/cli/recorded.h"
#include "harness/interpose/raw.h"
#include "harness/pipelines/program/exec_words.h"
#include "harness/scenario/traits.h"

/* Looks on while the cell runs. */
struct looker {
    struct pl_recorded *recorded;
    atomic_bool is_over;
};

static void pause_ms(int ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

/* Whose process it is is known once the program allocates. */
static void *look(void *context)
{
    struct looker *l = context;
    struct pl_recorded *r = l->recorded;
    pl_trace_watch_begin(&r->watch, 0, r->raw, r->samples);
    while (!atomic_load(&l->is_over)) {
        r->watch.pid = __atomic_load_n(&r->raw->pid, __ATOMIC_ACQUIRE);
        pause_ms(r->watch.pid ? pl_trace_watch_look(&r->watch) : 1);
    }
    pl_trace_watch_end(&r->watch);
    return NULL;
}

static void describe_end(struct pl_recorded *r, const struct pl_cell_evidence *e,
                         int64_t duration_ns)
{
    const int status = e->program.wait_status;
    if (e->kernel.oom_kills)
        snprintf(r->ended, sizeof r->ended, "killed by the kernel at its container's limit");
    else if (e->program.ended_ns < 0)
        snprintf(r->ended, sizeof r->ended, "stopped after its duration of %.6g s",
                 (double)duration_ns / 1e9);
    else if (WIFSIGNALED(status))
        snprintf(r->ended, sizeof r->ended, "ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(r->ended, sizeof r->ended, "exit status %d", WEXITSTATUS(status));
}

/* A trace of what a script did before it is not the program's. */
static void tell_unserved(const struct pl_program_record *p)
{
    char size[32];
    if (!p->unserved_bytes)
        return;
    pl_size_format(p->unserved_bytes, size, sizeof size);
    pl_printable_line(
        stderr,
        "plimsoll: %s is not recorded: it held %s in %s%s; a script before it sets or "
        "clears LD_PRELOAD, or it can't be preloaded into",
        p->unserved[0] ? p->unserved : "a process", size,
        p->unserved_by[0] ? "the heap of " : "a heap of its own", p->unserved_by);
}

/* The program was told to end, and what it did until then is in the raw file. */
static int keep_stopped(struct pl_recorded *r)
{
    if (!__atomic_load_n(&r->raw->process_count, __ATOMIC_ACQUIRE))
        return -EINTR;
    snprintf(r->ended, sizeof r->ended, "stopped by %s", pl_interrupt_name());
    return 0;
}

static int run(struct pl_recorded *r, const struct pl_planned *p, struct pl_containers *containers,
               const volatile sig_atomic_t *interrupted, struct pl_error *error)
{
    const struct pl_cell_options options = {.scenario = &p->scenario,
                                            .recording = p->recording,
                                            .stack = p->stacks[0],
                                            .format = p->formats[0],
                                            .clock = p->clock,
                                            .threads = p->threads[0],
                                            .seed = p->scenario.seed,
                                            .containers = containers,
                                            .interrupted = interrupted,
                                            .takes_unready = true,
                                            .raw = r->raw_path};
    struct pl_cell_evidence e;
    struct looker looker = {.recorded = r};
    pthread_t thread;
    int rc = -pthread_create(&thread, NULL, look, &looker);
    if (rc)
        return pl_error_set(error, rc, "no thread to look on: %s", strerror(-rc));
    rc = pl_cell_run(&options, &e, error);
    atomic_store(&looker.is_over, true);
    pthread_join(thread, NULL);
    if (rc == -EINTR)
        return keep_stopped(r);
    if (rc)
        return rc;
    describe_end(r, &e, p->scenario.duration_ns);
    tell_unserved(&e.program);
    pl_cell_evidence_free(&e);
    return 0;
}

static int check_planned(const struct pl_planned *p)
{
    if (!pl_traits_of(&p->scenario)->foreign)
        return pl_cli_usage(
            "%s runs no program; expected a scenario of the pipeline program, or `-- PROGRAM`",
            p->scenario.name);
    if (strchr(p->stacks[0], '/'))
        return pl_cli_usage("--allocator %s has layers, and record takes a heap alone; expected a "
                            "heap such as glibc",
                            p->stacks[0]);
    return PL_EXIT_OK;
}

static int run_planned(struct pl_recorded *r, const struct pl_planned *p,
                       const volatile sig_atomic_t *interrupted)
{
    struct pl_containers containers;
    struct pl_error error = {""};
    char *words[PL_PROGRAM_WORDS_MAX + 1];
    pl_containers_open(&containers);
    pl_exec_words_argv(&p->scenario.program.command, words);
    for (char **word = words; *word; word++)
        pl_shell_words_add(r->command, sizeof r->command, *word);
    int rc = run(r, p, &containers, interrupted, &error);
    pl_containers_close(&containers);
    if (rc == -EINTR) {
        fprintf(stderr, "plimsoll: stopped by %s before the program asked for memory; no trace\n",
                pl_interrupt_name());
        return PL_EXIT_INTERRUPTED;
    }
    const bool is_input = rc == -EINVAL || rc == -ENOENT || rc == -EACCES;
    return rc ? pl_cli_fail(is_input ? PL_EXIT_USAGE : PL_EXIT_MACHINE, &error) : PL_EXIT_OK;
}

int pl_recorded_run_cell(struct pl_recorded *r, const volatile sig_atomic_t *interrupted)
{
    struct pl_plan plan = {0};
    int code = pl_plan_make(&r->arguments, &plan);
    if (code == PL_EXIT_OK)
        code = check_planned(&plan.planned[0]);
    if (code == PL_EXIT_OK)
        code = run_planned(r, &plan.planned[0], interrupted);
    pl_plan_free(&plan);
    return code;
}
