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

#include "harness/cell/alerts.h"
#include "harness/cell/charged.h"
#include "harness/cell/job.h"
#include "harness/cell/record.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/program/descendants.h"
#include "harness/pipelines/program/helpers.h"
#include "harness/pipelines/program/keeper.h"
#include "harness/pipelines/program/output.h"
#include "harness/pipelines/program/ports.h"
#include "harness/pipelines/program/tree.h"
#include "harness/pipelines/program/words.h"

#define AHEAD_NS (PL_NS_PER_S / 10)    /* from being ready to replay time 0: senders start then */
#define READY_STEP_NS (PL_NS_PER_S / 100)
#define LOADED_WITHIN_NS (2 * PL_NS_PER_S)
/* A program that holds so much has allocated; one with less may not have begun to. */
#define UNSERVED_BYTES (UINT64_C(2) << 20)
#define WHOLE_STEP_NS PL_NS_PER_S /* from one reading of threads, processor time and faults to the
                                     next: they are exact at the ends of the window */
#define STRAYS_MS 5000 /* that what was killed may take to be gone */

/* What became of waiting for a program to be ready. */
enum readiness { READY, ENDED_BEFORE, NEVER_READY };

struct dock {
    const struct pl_job *job;
    const struct pl_program_settings *settings;
    struct pl_output printed, clients_printed;
    struct pl_keeper keeper;
    struct pl_tree tree;
    struct pl_helpers helpers;
    struct pl_alerts alerts;
    regex_t pattern;
    int64_t start_ns; /* replay time 0 */
    struct pl_tree_figures now;   /* of the latest sample */
    int64_t whole_ns;             /* in the replay's time, when the whole was read last */
    struct pl_tree_figures begun; /* at replay time 0 */
    struct pl_charged charged_begun;
    uint64_t rss_bytes_peak;
    struct pl_program_record facts;
    bool main_ended;
    bool at_ceiling;
};

static volatile sig_atomic_t told_to_end;

static void note_end(int number)
{
    (void)number;
    told_to_end = 1;
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

static const char *directory_of(const struct pl_job *job, char *folder, size_t capacity)
{
    const char *slash = strrchr(job->scenario.path, '/');
    if (job->scenario.program.directory[0])
        return job->scenario.program.directory;
    if (!slash)
        return NULL;
    snprintf(folder, capacity, "%.*s", (int)(slash - job->scenario.path), job->scenario.path);
    return folder;
}

/* A port that somebody else has would make the program fail, or look ready. */
static int check_port(const struct pl_program_settings *p, struct pl_error *error)
{
    bool tcp = p->ready == PL_READY_TCP;
    if ((!tcp && p->ready != PL_READY_UDP) || !pl_port_is_taken(tcp, p->ready_port))
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s port %u is taken by another program already: end that, or choose "
                        "another port",
                        tcp ? "TCP" : "UDP", p->ready_port);
}

static int open_output(struct dock *d, struct pl_error *error)
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

static int start(struct dock *d, const char *directory, struct pl_error *error)
{
    const struct pl_orders *orders = &d->job->orders;
    const char *heap[PL_ENVIRONMENT_MAX];
    char *argv[PL_PROGRAM_WORDS_MAX + 1], procs[sizeof orders->cgroup + 16];
    for (size_t i = 0; i < orders->environment.count; i++)
        heap[i] = orders->environment.variables[i];
    pl_words_argv(&d->settings->command, argv);
    char **environment =
        pl_words_environment(heap, orders->environment.count, &d->settings->environment);
    if (!environment)
        return pl_error_set(error, -ENOMEM, "out of memory");
    snprintf(procs, sizeof procs, "%s/cgroup.procs", orders->cgroup);
    struct pl_keeper_orders keep = {
        .argv = argv,
        .envp = environment,
        .directory = directory,
        .out_fd = d->printed.write_fd,
        .cgroup = orders->cgroup[0] ? procs : NULL,
        .data_bytes = orders->data_bytes,
        .huge_pages = d->job->scenario.huge_pages,
    };
    int rc = pl_keeper_start(&keep, &d->keeper, error);
    free(environment);
    if (rc)
        return rc;
    close(d->printed.write_fd); /* so that its end can be seen */
    d->printed.write_fd = -1;
    pl_tree_open(&d->tree, d->keeper.pid, keep.cgroup);
    return 0;
}

/* The program is over when its first process has ended and left none behind: a daemon leaves one. */
static bool has_ended(struct dock *d, const struct pl_tree_figures *f)
{
    if (!d->main_ended)
        d->main_ended = pl_keeper_ended(&d->keeper, &d->facts.wait_status);
    return d->main_ended && f->processes == 0;
}

/* Takes what is printed until then. */
static void wait_until(struct dock *d, int64_t until_ns)
{
    for (int64_t now_ns; !told_to_end && (now_ns = pl_real_now()) < until_ns;) {
        struct pollfd printed[] = {{.fd = d->printed.read_fd, .events = POLLIN},
                                   {.fd = d->clients_printed.read_fd, .events = POLLIN}};
        int64_t left_ns = until_ns - now_ns;
        struct timespec left = {left_ns / PL_NS_PER_S, left_ns % PL_NS_PER_S};
        if (ppoll(printed, 2, &left, NULL) <= 0)
            continue;
        pl_output_take(&d->printed);
        pl_output_take(&d->clients_printed);
    }
}

static bool is_ready(const struct dock *d, int64_t waited_ns)
{
    switch ((enum pl_ready_kind)d->settings->ready) {
    case PL_READY_UDP:
        return pl_port_is_taken(false, d->settings->ready_port);
    case PL_READY_TCP:
        return pl_port_is_taken(true, d->settings->ready_port);
    case PL_READY_OUTPUT:
        return d->printed.matched;
    default:
        return waited_ns >= d->settings->ready_ns;
    }
}

static const char *last_words(struct dock *d, char *text, size_t capacity)
{
    for (int i = 0; i < 16; i++)
        pl_output_take(&d->printed);
    snprintf(text, capacity, "%s%s", d->printed.last[0] ? "; it printed last: " : "",
             d->printed.last);
    return text;
}

static int explain_end(struct dock *d, struct pl_error *error)
{
    char last[300];
    int status = d->facts.wait_status;
    const char *name = d->settings->command.text;
    last_words(d, last, sizeof last);
    if (WIFSIGNALED(status))
        return pl_error_set(error, -EINVAL, "'%s' was ended by signal %d (%s) before it was ready%s",
                            name, WTERMSIG(status), strsignal(WTERMSIG(status)), last);
    return pl_error_set(error, -EINVAL, "'%s' ended with status %d before it was ready%s", name,
                        WEXITSTATUS(status), last);
}

/* One that was killed at its limit is a result in any case. */
static int end_before_ready(struct dock *d, struct pl_error *error)
{
    int status = d->facts.wait_status;
    bool is_result = d->job->orders.takes_unready;
    if (is_result || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
        return ENDED_BEFORE;
    return explain_end(d, error);
}

static int never_ready(struct dock *d, struct pl_error *error)
{
    char last[300];
    if (d->job->orders.takes_unready)
        return NEVER_READY;
    return pl_error_set(error, -EINVAL,
                        "'%s' was not ready within %.1f s (program.ready, "
                        "program.ready_within)%s",
                        d->settings->command.text, (double)d->settings->ready_within_ns / 1e9,
                        last_words(d, last, sizeof last));
}

/* @return enum readiness, or a negative errno: it can't work */
static int await_ready(struct dock *d, struct pl_error *error)
{
    int64_t started_ns = pl_real_now(), waited_ns = 0;
    struct pl_tree_figures f = {0};
    d->facts.ready_ns = -1;
    while (!told_to_end && !is_ready(d, waited_ns)) {
        int rc = pl_tree_read(&d->tree, PL_TREE_MEMORY, &f);
        if (rc)
            return pl_error_set(error, rc, "out of memory");
        if (has_ended(d, &f))
            return end_before_ready(d, error);
        if (waited_ns > d->settings->ready_within_ns && d->settings->ready != PL_READY_TIME)
            return never_ready(d, error);
        wait_until(d, pl_real_now() + READY_STEP_NS);
        waited_ns = pl_real_now() - started_ns;
    }
    d->facts.ready_ns = waited_ns;
    return READY;
}

static void charged(const struct dock *d, struct pl_charged *c)
{
    const struct pl_orders *orders = &d->job->orders;
    pl_charged_read((enum pl_container_kind)orders->container_kind, orders->cgroup, c);
}

/* @return whether the program goes on */
static bool sample(struct dock *d, enum pl_tree_reading reading, int64_t t_ns)
{
    struct pl_tree_record tree = {.kind = PL_RECORD_TREE, .size = sizeof tree};
    if (t_ns - d->whole_ns >= WHOLE_STEP_NS)
        reading = PL_TREE_WHOLE;
    if (reading == PL_TREE_WHOLE)
        d->whole_ns = t_ns;
    if (pl_tree_read(&d->tree, reading, &d->now))
        return false;
    const struct pl_tree_figures f = d->now;
    if (has_ended(d, &f)) {
        d->facts.ended_ns = t_ns;
        return false;
    }
    tree.vsz_bytes = f.vsz_bytes;
    tree.shared_bytes = f.shared_bytes;
    tree.processes = f.processes;
    tree.threads = f.threads;
    charged(d, &tree.charged);
    pl_record_write(PL_RECORD_FD, &tree, sizeof tree);
    struct pl_sample s = {.kind = PL_RECORD_SAMPLE, .size = sizeof s, .t_ns = t_ns};
    s.rss_bytes = f.rss_bytes;
    s.cpu_ns = f.cpu_user_ns + f.cpu_system_ns - d->begun.cpu_user_ns - d->begun.cpu_system_ns;
    pl_record_write(PL_RECORD_FD, &s, sizeof s);
    pl_alerts_look(&d->alerts, &s, NULL);
    d->rss_bytes_peak = f.rss_bytes > d->rss_bytes_peak ? f.rss_bytes : d->rss_bytes_peak;
    d->at_ceiling = d->job->ceiling_bytes && f.rss_bytes > d->job->ceiling_bytes;
    return !d->at_ceiling;
}

/* From replay time 0 to the duration, or until the program has ended.
 * @param reached_ns set to where it came */
static int run_window(struct dock *d, int64_t *reached_ns, struct pl_error *error)
{
    const struct pl_scenario *s = &d->job->scenario;
    int64_t now_ns = 0, next_sample_ns = 0;
    int rc = 0;
    while (!rc && !told_to_end && now_ns < s->duration_ns) {
        if (now_ns >= next_sample_ns) {
            if (!sample(d, now_ns ? PL_TREE_MEMORY : PL_TREE_WHOLE, now_ns))
                break;
            next_sample_ns += s->sample_interval_ns;
        }
        rc = pl_helpers_turn(&d->helpers, now_ns, d->main_ended ? 0 : d->keeper.program, error);
        int64_t due_ns = pl_helpers_due(&d->helpers, now_ns);
        due_ns = due_ns < next_sample_ns ? due_ns : next_sample_ns;
        wait_until(d, d->start_ns + (due_ns < s->duration_ns ? due_ns : s->duration_ns));
        now_ns = pl_real_now() - d->start_ns;
    }
    *reached_ns = now_ns < s->duration_ns ? now_ns : s->duration_ns;
    return rc;
}

static int signal_one(void *context, pid_t pid)
{
    kill(pid, *(const int *)context);
    return 0;
}

/* The first process is told, and when it has ended those that it left behind: workers, or a daemon.
 * Whoever does not end is killed. */
static void stop_program(struct dock *d)
{
    int number = (int)d->settings->stop_signal;
    int64_t until_ns = pl_real_now() + d->settings->grace_ns;
    bool all_told = false;
    struct pl_tree_figures f = {0};
    if (!d->main_ended)
        kill(d->keeper.program, number);
    while (pl_tree_read(&d->tree, PL_TREE_MEMORY, &f) == 0 && !has_ended(d, &f)) {
        if (d->main_ended && !all_told)
            pl_descendants_of(d->keeper.pid, signal_one, &number);
        all_told = d->main_ended;
        if (pl_real_now() > until_ns) {
            d->facts.killed = 1;
            break;
        }
        wait_until(d, pl_real_now() + READY_STEP_NS);
        if (told_to_end)
            break; /* whoever tells us has no time to wait */
    }
    pl_keeper_end(&d->keeper);
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

static void report(struct dock *d, int64_t t_ns, const struct pl_tree_figures *end)
{
    struct pl_final final = {.kind = PL_RECORD_FINAL, .size = sizeof final, .t_ns = t_ns};
    struct pl_charged now;
    charged(d, &now);
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

/* A program of a hundred libraries, on a busy machine, may be "ready" by its time alone while it is
 * still being loaded, with some MiB of relocated pages and nothing allocated.
 * @return 0 or a negative errno when the page can't be read */
static int read_served(struct dock *d, struct pl_interpose_report *page)
{
    int64_t until_ns = pl_real_now() + LOADED_WITHIN_NS;
    struct pl_tree_figures f = {0};
    for (;;) {
        int rc = pl_interpose_read(d->job->orders.page, page);
        if (rc || page->calls || told_to_end || pl_real_now() > until_ns ||
            pl_tree_read(&d->tree, PL_TREE_MEMORY, &f) || has_ended(d, &f) ||
            (page->processes && f.rss_bytes < UNSERVED_BYTES))
            return rc;
        wait_until(d, pl_real_now() + READY_STEP_NS);
    }
}

/* Before anything is measured: a heap that does not serve the program would be measured in vain. */
static int check_served(struct dock *d, struct pl_error *error)
{
    static struct pl_interpose_report page; /* large for a stack */
    struct pl_tree_figures f = {0};
    int rc = read_served(d, &page);
    d->facts.calls_before = rc ? 0 : page.calls;
    d->facts.allocating_before = rc ? 0 : page.allocating_calls;
    if (rc)
        return pl_error_set(error, rc, "%s can't be read: %s", d->job->orders.page, strerror(-rc));
    pl_tree_read(&d->tree, PL_TREE_MEMORY, &f);
    if (page.processes && (page.calls || f.rss_bytes < UNSERVED_BYTES))
        return 0;
    return pl_error_set(error, -ENOSYS,
                        page.processes
                            ? "'%s' allocates nothing by the C library's malloc: a heap of its own "
                              "is linked into it, and can't be replaced"
                            : "the malloc of '%s' can't be replaced: it is linked statically, is a "
                              "Go program, is for another C library, or is setuid",
                        d->settings->command.text);
}

static void take_page(struct dock *d)
{
    static struct pl_interpose_report page;
    struct pl_program_record *f = &d->facts;
    if (pl_interpose_read(d->job->orders.page, &page))
        return;
    f->calls = page.calls;
    f->refusals = page.refusals;
    f->faults = page.faults;
    f->allocating_calls = page.allocating_calls;
    if (page.latest_count)
        f->fault = page.latest[0];
    f->trims = page.trims;
    f->trimmed_bytes = page.trimmed_bytes;
    f->trim_ns_max = page.trim_ns_max;
    f->live_bytes_peak = page.live_bytes_peak;
}

static void begin_window(struct dock *d)
{
    struct pl_ready_record ready = {.kind = PL_RECORD_READY, .size = sizeof ready};
    d->start_ns = pl_real_now() + AHEAD_NS;
    ready.start_ns = d->start_ns;
    pl_record_write(PL_RECORD_FD, &ready, sizeof ready);
    wait_until(d, d->start_ns);
    pl_tree_read(&d->tree, PL_TREE_WHOLE, &d->begun);
    charged(d, &d->charged_begun);
}

/* The program runs. */
static int attend(struct dock *d, struct pl_error *error)
{
    int64_t t_ns = 0;
    struct pl_tree_figures end = {0};
    int ready = await_ready(d, error);
    int rc = ready < 0 ? ready : 0;
    if (ready == READY && !told_to_end)
        rc = check_served(d, error);
    if (ready == ENDED_BEFORE)
        d->facts.ended_ns = 0;
    if (rc == 0)
        begin_window(d);
    if (rc == 0 && ready != READY) {
        take_page(d);
    } else if (rc == 0) {
        rc = run_window(d, &t_ns, error);
        if (!rc && !told_to_end && d->facts.ended_ns < 0 && !d->at_ceiling)
            sample(d, PL_TREE_WHOLE, t_ns);
        uint64_t single = pl_tree_single_peak(&d->tree);
        d->rss_bytes_peak = single > d->rss_bytes_peak ? single : d->rss_bytes_peak;
        pl_tree_read(&d->tree, PL_TREE_WHOLE, &end);
        take_page(d);
    }
    pl_helpers_close(&d->helpers);
    stop_program(d);
    end_strays();
    pl_output_close(&d->printed);
    pl_output_close(&d->clients_printed);
    if (!rc && !told_to_end)
        report(d, t_ns, &end);
    return rc;
}

static int run(struct dock *d, struct pl_error *error)
{
    char folder[sizeof d->job->scenario.path];
    const char *directory = directory_of(d->job, folder, sizeof folder);
    int rc = check_port(d->settings, error);
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
    rc = pl_helpers_open(&d->helpers, d->settings, directory, d->clients_printed.write_fd);
    if (!rc)
        rc = start(d, directory, error);
    else
        pl_error_set(error, rc, "out of memory");
    return rc ? rc : attend(d, error);
}

int main(void)
{
    static struct dock dock; /* its buffers are large for a stack */
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
    dock.alerts = (struct pl_alerts){.scenario = &dock.job->scenario, .record_fd = PL_RECORD_FD};
    int rc = run(&dock, &error);
    if (rc && !told_to_end)
        pl_record_failure(PL_RECORD_FD, rc, error.text);
    return rc != 0;
}
