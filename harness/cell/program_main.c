/* plimsoll-program: runs a foreign program in its container, beside it and not in it, and measures
 * its processes from outside. What the program, its clients and its actions start has ended when
 * this process has. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/dock.h"
#include "harness/cell/record.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/program/descendants.h"
#include "harness/pipelines/program/exec_words.h"

#define STRAYS_MS 5000 /* that what was killed may take to be gone */

static volatile sig_atomic_t told;

bool pl_dock_told_to_end(void)
{
    return told;
}

static void note_end(int number)
{
    (void)number;
    told = 1;
}

/* The controller's death tells us, too: what we started is ended in any case. */
static void hear_of_the_end(void)
{
    struct sigaction action = {.sa_handler = note_end};
    sigaction(SIGTERM, &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    signal(SIGPIPE, SIG_IGN);
}

static int open_output(struct pl_dock *d, struct pl_error *error)
{
    const char *base = d->job->orders.output;
    char path[1100];
    snprintf(path, sizeof path, "%s.txt", base);
    int rc = pl_output_open(&d->printed, base[0] ? path : NULL);
    snprintf(path, sizeof path, "%s-clients.txt", base);
    bool beside = d->settings->client_count || d->settings->action_count;
    if (!rc)
        rc = pl_output_open(&d->clients_printed, base[0] && beside ? path : NULL);
    return rc ? pl_error_set(error, rc, "%s can't be written: %s", path, strerror(-rc)) : 0;
}

static int start(struct pl_dock *d, struct pl_error *error)
{
    const struct pl_orders *orders = &d->job->orders;
    const char *heap[PL_ENVIRONMENT_MAX];
    char *argv[PL_PROGRAM_WORDS_MAX + 1], procs[sizeof orders->cgroup + 16];
    for (size_t i = 0; i < orders->environment.count; i++)
        heap[i] = pl_environment_at(&orders->environment, i);
    pl_exec_words_argv(&d->settings->command, argv);
    char **environment =
        pl_exec_words_environment(heap, orders->environment.count, &d->settings->environment);
    if (!environment)
        return pl_error_set(error, -ENOMEM, "out of memory");
    snprintf(procs, sizeof procs, "%s/cgroup.procs", orders->cgroup);
    struct pl_keeper_orders keep = {
        .argv = argv,
        .envp = environment,
        .directory = d->settings->directory,
        .out_fd = d->printed.write_fd,
        .cgroup = orders->cgroup[0] ? procs : NULL,
        .data_bytes = orders->data_bytes,
        .huge_pages = d->job->scenario.huge_pages,
        .watched = orders->watched,
    };
    int rc = pl_keeper_start(&keep, &d->keeper, error);
    free(environment);
    if (rc)
        return rc;
    close(d->printed.write_fd); /* so that its end can be seen */
    d->printed.write_fd = -1;
    pl_process_tree_open(&d->tree, d->keeper.pid, keep.cgroup);
    return 0;
}

static int signal_one(void *context, pid_t pid)
{
    kill(pid, *(const int *)context);
    return 0;
}

/* The first process is told, and when it has ended those that it left behind: workers, or a daemon.
 * Whoever does not end is killed. */
static void stop_program(struct pl_dock *d)
{
    int number = (int)d->settings->stop_signal;
    int64_t until_ns = pl_real_now() + d->settings->grace_ns;
    bool all_told = false;
    struct pl_process_tree_figures f = {0};
    if (!d->main_ended)
        kill(d->keeper.program, number);
    while (pl_process_tree_read(&d->tree, PL_PROCESS_TREE_MEMORY, &f) == 0 &&
           !pl_dock_has_ended(d, &f)) {
        if (d->main_ended && !all_told)
            pl_descendants_of(d->keeper.pid, signal_one, &number);
        all_told = d->main_ended;
        if (pl_real_now() > until_ns) {
            d->facts.killed = 1;
            break;
        }
        pl_dock_wait(d, pl_real_now() + PL_DOCK_STEP_NS);
        if (pl_dock_told_to_end())
            break; /* whoever tells us has no time to wait */
    }
    pl_keeper_end(&d->keeper);
    d->facts.watched = d->keeper.watched;
    d->facts.crash_signal = d->keeper.crash.signal;
    memcpy(d->facts.crash_program, d->keeper.crash.program, sizeof d->facts.crash_program);
}

/* What the helpers left behind, and all of it, had the keeper been killed: it is ours by now. */
static void end_strays(void)
{
    int number = SIGKILL;
    for (int ms = 0; ms < STRAYS_MS; ms++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
            return;
        pl_descendants_of(getpid(), signal_one, &number);
        poll(NULL, 0, 1);
    }
}

static void report(struct pl_dock *d, int64_t t_ns, const struct pl_process_tree_figures *end)
{
    struct pl_final final = {.kind = PL_RECORD_FINAL, .size = sizeof final, .t_ns = t_ns};
    struct pl_charged now;
    pl_dock_charged(d, &now);
    d->facts.kind = PL_RECORD_PROGRAM;
    d->facts.size = sizeof d->facts;
    d->facts.cpu_user_ns = end->cpu_user_ns - d->begun.cpu_user_ns;
    d->facts.cpu_system_ns = end->cpu_system_ns - d->begun.cpu_system_ns;
    d->facts.stalled_us = now.stalled_us - d->charged_begun.stalled_us;
    d->facts.clients_failed = d->helpers.failed;
    d->facts.client_first = d->helpers.failed_first;
    d->facts.client_status = d->helpers.failed_status;
    d->facts.output_bytes = d->printed.bytes;
    snprintf(d->facts.last_line, sizeof d->facts.last_line, "%.159s", d->printed.last);
    pl_record_write(PL_RECORD_FD, &d->facts, sizeof d->facts);
    if (d->facts.ended_ns >= 0 || d->facts.ready_ns < 0)
        return;
    final.real_ns = t_ns;
    final.cpu_ns = d->facts.cpu_user_ns + d->facts.cpu_system_ns;
    final.faults_minor = end->faults_minor - d->begun.faults_minor;
    final.faults_major = end->faults_major - d->begun.faults_major;
    final.rss_bytes_peak = d->rss_bytes_peak;
    final.at_ceiling = d->at_ceiling;
    pl_record_write(PL_RECORD_FD, &final, sizeof final);
}

static void take_busiest(struct pl_program_record *f, const struct pl_interpose_report *page)
{
    const struct pl_interpose_process *busiest = NULL;
    for (uint32_t i = 0; i < page->slot_count; i++)
        if (!busiest || page->slots[i].calls > busiest->calls)
            busiest = &page->slots[i];
    if (!busiest || !busiest->calls)
        return;
    memcpy(f->served_by, busiest->heap, sizeof f->served_by);
    memcpy(f->served, busiest->program, sizeof f->served);
}

static void take_page(struct pl_dock *d)
{
    static struct pl_interpose_report page;
    struct pl_program_record *f = &d->facts;
    if (f->native || pl_interpose_read(d->job->orders.page, &page))
        return;
    f->calls = page.calls;
    f->refusals = page.refusals;
    f->faults = page.faults;
    f->allocating_calls = page.allocating_calls;
    if (page.latest_count)
        f->fault = page.latest[0];
    f->trims = (struct pl_trims){
        .count = page.trims, .bytes = page.trimmed_bytes, .ns_max = page.trim_ns_max};
    f->live_bytes_peak = page.live_bytes_peak;
    take_busiest(f, &page);
}

/* What was live when the program was told to end, or when it ended by itself. */
static void end_ledger(struct pl_dock *d, int64_t t_ns)
{
    const struct pl_program_record *f = &d->facts;
    const bool ended = f->ended_ns >= 0;
    const bool cut = d->at_ceiling || (ended && WIFSIGNALED(f->wait_status));
    if (!pl_dock_told_to_end())
        pl_program_ledger_end(&d->ledger, t_ns, cut ? PL_LEDGER_PART : PL_LEDGER_END, ended);
}

/* The program runs. */
static int attend(struct pl_dock *d, struct pl_error *error)
{
    int64_t t_ns = 0;
    struct pl_process_tree_figures end = {0};
    int ready = pl_dock_await_ready(d, error);
    int rc = ready < 0 ? ready : 0;
    if (ready == PL_DOCK_READY && !pl_dock_told_to_end())
        rc = pl_dock_check_served(d, error);
    if (ready == PL_DOCK_ENDED_BEFORE)
        d->facts.ended_ns = 0;
    if (rc == 0)
        pl_dock_begin_window(d);
    if (rc == 0 && ready != PL_DOCK_READY) {
        take_page(d);
        end_ledger(d, 0);
    } else if (rc == 0) {
        rc = pl_dock_run_window(d, &t_ns, error);
        if (!rc && !pl_dock_told_to_end() && d->facts.ended_ns < 0 && !d->at_ceiling)
            pl_dock_sample(d, PL_PROCESS_TREE_WHOLE, t_ns);
        uint64_t single = pl_process_tree_single_peak(&d->tree);
        d->rss_bytes_peak = single > d->rss_bytes_peak ? single : d->rss_bytes_peak;
        pl_process_tree_read(&d->tree, PL_PROCESS_TREE_WHOLE, &end);
        pl_dock_find_unserved(d);
        take_page(d);
        end_ledger(d, t_ns);
    }
    pl_helpers_close(&d->helpers);
    stop_program(d);
    end_strays();
    pl_output_close(&d->printed);
    pl_output_close(&d->clients_printed);
    if (!rc && !pl_dock_told_to_end())
        report(d, t_ns, &end);
    return rc;
}

static int run(struct pl_dock *d, struct pl_error *error)
{
    int rc = pl_dock_check_port(d->settings, error);
    if (!rc)
        rc = open_output(d, error);
    if (rc)
        return rc;
    if (d->settings->ready == PL_READY_OUTPUT) {
        regcomp(&d->pattern, d->settings->ready_pattern, REG_EXTENDED | REG_NOSUB); /* checked */
        d->printed.awaited = &d->pattern;
    }
    pl_charged_count_sockets((enum pl_container_kind)d->job->orders.container_kind,
                             d->job->orders.cgroup);
    rc = pl_helpers_open(&d->helpers, d->settings, d->settings->directory,
                         d->clients_printed.write_fd);
    if (!rc)
        rc = start(d, error);
    else
        pl_error_set(error, rc, "out of memory");
    return rc ? rc : attend(d, error);
}

int main(void)
{
    static struct pl_dock dock; /* its buffers are large for a stack */
    struct pl_error error = {""};
    pl_real_init();
    dock.job = pl_job_map(PL_JOB_FD);
    if (!dock.job) {
        fputs("plimsoll-program is started by plimsoll run, not by hand\n", stderr);
        return 2;
    }
    hear_of_the_end();
    dock.settings = &dock.job->scenario.program;
    dock.facts.ended_ns = -1;
    dock.facts.native = !dock.job->orders.page[0];
    dock.alerts =
        (struct pl_alert_watch){.scenario = &dock.job->scenario, .record_fd = PL_RECORD_FD};
    int rc = run(&dock, &error);
    if (rc && !pl_dock_told_to_end())
        pl_record_failure(PL_RECORD_FD, rc, error.text);
    return rc != 0;
}
