/* One cell (run.h): its job, its container, its process, and what is known when that has ended. */
#include "harness/cell/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/spare_memory.h"
#include "harness/base/temporary.h"
#include "harness/cell/collect.h"
#include "harness/cell/job.h"
#include "harness/cell/process.h"
#include "harness/cell/sender_process.h"
#include "harness/cell/site_names.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/program/exec_words.h"
#include "harness/scenario/traits.h"
#include "harness/traffic/tape.h"

/* A program gets its grace, and what is left of it is killed. */
#define PL_FOREIGN_END_MS 5000

/* Beyond it a job is a small part of what its cell costs. */
#define PL_JOB_KEPT_BYTES_MAX (UINT64_C(16) << 20)

/* Under the wall clock the network has one of its own. */
static uint32_t threads_of(const struct pl_cell_options *o)
{
    return o->clock == PL_CLOCK_WALL && pl_traits_of(o->scenario)->sockets ? 2 : o->threads;
}

static bool is_foreign(const struct pl_cell_options *o)
{
    return pl_traits_of(o->scenario)->foreign;
}

/* Nothing of ours stands in the program. */
static bool is_native(const struct pl_cell_options *o)
{
    struct pl_stack_spec spec;
    return pl_stack_parse(o->stack, &spec, NULL) == 0 && pl_stack_is_native(&spec);
}

static int64_t timeout_ns(const struct pl_cell_options *o)
{
    int64_t own = o->scenario->timeout_ns;
    if (o->clock == PL_CLOCK_WALL)
        own += o->scenario->duration_ns;
    if (is_foreign(o))
        own += o->scenario->program.ready_ns + o->scenario->program.ready_within_ns +
               o->scenario->program.grace_ns;
    double slowed = o->wrapper ? (double)own * o->wrapper->slowdown : 0;
    if (slowed > (double)PL_CELL_OBSERVED_MAX_NS)
        slowed = (double)PL_CELL_OBSERVED_MAX_NS;
    return slowed > (double)own ? (int64_t)slowed : own;
}

/* What it runs of others it ends first, if it is given the time. */
static void end_foreign(const struct pl_process *process, bool *ended, int *status)
{
    kill(process->pid, SIGTERM);
    for (int ms = 0; !*ended && ms < PL_FOREIGN_END_MS; ms += 10) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
        *ended = waitpid(process->pid, status, WNOHANG) == process->pid;
    }
}

/* Kills the cell if it still runs, and waits for it. */
static void reap(const struct pl_cell_options *o, const struct pl_process *process, bool kill_it,
                 struct pl_cell_evidence *e)
{
    bool ended = false;
    if (kill_it && is_foreign(o))
        end_foreign(process, &ended, &e->wait_status);
    if (kill_it && !ended)
        kill(process->pid, SIGKILL);
    while (!ended && waitpid(process->pid, &e->wait_status, 0) < 0 && errno == EINTR)
        ;
    if (e->program.kind && e->program.ended_ns >= 0)
        e->wait_status = e->program.wait_status; /* what ended is the program */
}

/* Where a cell stops itself before it can hurt the machine, or is killed by a limit above. 0 where
 * its container does that. */
static uint64_t ceiling(const struct pl_cell_options *o, const struct pl_enclosing *around)
{
    uint64_t half = o->ceiling_bytes ? o->ceiling_bytes : around->machine / 2;
    uint64_t container = o->scenario->container_bytes;
    if (container && container <= half && !pl_enclosing_is_tight(around, container))
        return 0;
    uint64_t room = pl_enclosing_room(around) / 2;
    return room < half ? room : half;
}

/* A cell without its sender would only wait for it. */
static int follow(const struct pl_cell_options *o, int job_fd, struct pl_collector *collector,
                  struct pl_cell_evidence *e, struct pl_error *error)
{
    struct pl_sender_process sender = {0};
    bool fed = o->clock == PL_CLOCK_WALL && pl_traits_of(o->scenario)->sockets;
    int rc = fed ? pl_sender_process_start(&sender, job_fd, error) : 0;
    if (!rc)
        rc = pl_collect(collector, &sender, e, error);
    if (rc && rc != -EPIPE && !error->text[0])
        pl_error_set(error, rc, "a cell could not be followed: %s", strerror(-rc));
    pl_sender_process_end(&sender);
    return rc;
}

static int supervise(const struct pl_cell_options *o, const struct pl_process_options *p,
                     struct pl_program_senders *feed, struct pl_cell_evidence *e,
                     struct pl_error *error)
{
    struct pl_process process;
    int rc = pl_process_start(p, &process, error);
    if (rc)
        return rc;
    struct pl_collector collector = {
        .process = &process,
        .alert_count = o->scenario->alert_count,
        .interrupted = o->interrupted,
        .on_sample = o->on_sample,
        .context = o->context,
        .on_alert = o->on_alert,
        .alert_context = o->alert_context,
        .timeout_ns = timeout_ns(o),
        .feed = feed,
    };
    error->text[0] = '\0';
    rc = follow(o, p->job_fd, &collector, e, error);
    e->cpu = process.cpu;
    reap(o, &process, rc || e->timed_out, e);
    close(process.record_fd);
    pl_process_pass_on(&process);
    if (!rc && collector.failure.kind)
        rc = pl_error_set(error, collector.failure.code, "%s", collector.failure.text);
    return rc;
}

static void find_enclosing(const struct pl_cell_options *o, const struct pl_enclosing *around,
                           struct pl_cell_evidence *e)
{
    uint64_t container = o->scenario->container_bytes;
    struct pl_enclosed_cell cell = {container ? container : ceiling(o, around), timeout_ns(o)};
    if (!pl_enclosing_find(around, &cell, e->enclosed))
        e->enclosed[0] = '\0';
}

/* A cgroup counts its own. */
static bool counts_kills(const struct pl_container *container)
{
    return container->procs_fd >= 0;
}

/* A container that never met its limit has killed nobody; nor has what is no container.
 * @param kills_before of our own cgroup, where a cell without one of its own lies */
static void find_killer(uint64_t kills_before, struct pl_cell_evidence *e)
{
    const struct pl_container_evidence *k = &e->kernel;
    uint64_t kills = k->known ? k->oom_kills : pl_enclosing_oom_kills() - kills_before;
    e->killed_outside = WIFSIGNALED(e->wait_status) && WTERMSIG(e->wait_status) == SIGKILL &&
                        !e->timed_out && kills > 0 && k->limit_hits == 0;
}

/* A foreign program joins its container itself, told of it by the process that runs it. */
static void give_orders(const struct pl_cell_options *o, const struct pl_container *container,
                        const char *page, const struct pl_cell_evidence *e,
                        struct pl_orders *orders)
{
    *orders = (struct pl_orders){.container_kind = container->kind,
                                 .environment = e->environment,
                                 .takes_unready = o->takes_unready,
                                 .watched = o->watched};
    if (container->procs_fd >= 0)
        snprintf(orders->cgroup, sizeof orders->cgroup, "%s", container->path);
    else
        orders->data_bytes = container->bytes;
    snprintf(orders->page, sizeof orders->page, "%s", page);
    snprintf(orders->output, sizeof orders->output, "%s", o->output ? o->output : "");
}

static int supervise_foreign(const struct pl_cell_options *o, const char *page,
                             struct pl_process_options *p, struct pl_cell_evidence *e,
                             struct pl_error *error)
{
    static const struct pl_environment none;
    struct pl_program_senders feed;
    int rc = pl_program_senders_open(&feed, o->scenario, o->recording, o->seed, error);
    if (rc)
        return rc;
    give_orders(o, p->container, page, e, &pl_job_of(o->memory)->orders);
    p->container = NULL;
    p->environment = &none;
    p->inherits = true;
    rc = supervise(o, p, &feed, e, error);
    pl_program_senders_close(&feed, &e->fed);
    return rc;
}

static int make_container(const struct pl_cell_options *o, struct pl_container *container,
                          struct pl_error *error)
{
    uint64_t bytes = o->scenario->container_bytes;
    return is_foreign(o) ? pl_container_make_any(o->containers, bytes, container, error)
                         : pl_container_make(o->containers, bytes, container, error);
}

static int run_contained(const struct pl_cell_options *o, const char *page,
                         struct pl_cell_evidence *e, struct pl_error *error)
{
    char program[4096];
    struct pl_container container;
    const struct pl_pipeline *pipeline = pl_pipeline_of(o->scenario);
    bool live = o->clock == PL_CLOCK_WALL && pipeline->live_program;
    const char *name = live ? pipeline->live_program : pipeline->program;
    int rc = pl_process_find(name, program, sizeof program, error);
    if (!rc)
        rc = make_container(o, &container, error);
    if (rc)
        return rc;
    struct pl_process_options process = {
        .program = program,
        .environment = &e->environment,
        .container = &container,
        .wrapper = o->wrapper,
        .job_fd = o->memory->fd,
        .pinned = o->clock == PL_CLOCK_VIRTUAL, /* its threads take turns */
        .lane = o->lane,
        /* Live, a heap that draws its lots from addresses (jemalloc purges so) has its real spread.
         */
        .random_layout = o->clock == PL_CLOCK_WALL,
        .huge_pages = o->scenario->huge_pages,
    };
    e->container = container.bytes ? container.kind : PL_CONTAINER_NONE;
    e->container_bytes = container.bytes;
    uint64_t kills_before = counts_kills(&container) ? 0 : pl_enclosing_oom_kills();
    rc = is_foreign(o) ? supervise_foreign(o, page, &process, e, error)
                       : supervise(o, &process, NULL, e, error);
    pl_container_read(&container, &e->kernel);
    if (!rc)
        find_killer(kills_before, e);
    pl_container_remove(&container);
    return rc;
}

/* The job is ours, and counts in the cgroups above. */
static int make_job(const struct pl_cell_options *o, struct pl_cell_evidence *e,
                    struct pl_error *error)
{
    struct pl_enclosing around;
    pl_enclosing_look(&around);
    struct pl_job_options job = {
        .scenario = o->scenario,
        .recording = o->recording,
        .stack = o->stack,
        .format = o->format,
        .clock = o->clock,
        .threads = threads_of(o),
        .seed = o->seed,
        .ceiling_bytes = ceiling(o, &around),
        .room_bytes = pl_enclosing_room(&around),
        .observed = o->wrapper != NULL,
        .ledger_at_ns = o->ledger_at_ns,
        .ledger_at_count = o->ledger_at_count,
    };
    uint64_t kept = o->memory->bytes;
    int rc = pl_job_make(&job, o->memory, error);
    if (rc)
        return rc;
    pl_enclosing_count(&around, kept, o->memory->bytes);
    find_enclosing(o, &around, e);
    return 0;
}

/* What the program finds in its environment: the heap, and in a foreign one, before it, the library
 * that stands in for our layers there. */
static int make_environment(const struct pl_cell_options *o, const char *page,
                            struct pl_environment *environment, struct pl_error *error)
{
    struct pl_stack_spec spec;
    int rc = pl_stack_parse(o->stack, &spec, error);
    *environment = (struct pl_environment){.count = 0};
    if (!rc && is_native(o))
        rc = pl_exec_words_of_heaps(environment, error); /* so that results show them */
    else if (!rc && o->raw)
        rc = pl_interpose_prepare_recorded(&spec, page, o->raw, environment, error);
    else if (!rc)
        rc = page[0] ? pl_interpose_prepare(&spec, page, environment, error)
                     : pl_stack_environment(&spec, environment, error);
    if (!rc && o->wrapper && o->wrapper->preload) /* before the heap: it sees the heap's calls */
        rc = pl_environment_preload(environment, o->wrapper->preload, error);
    return rc;
}

/* Libraries are told by their names: what was recorded may have lain elsewhere. */
bool pl_cell_has_recorded_heap(const struct pl_stack_spec *spec, const struct pl_tape *tape)
{
    char library[PL_PATH_MAX] = "";
    if (pl_stack_one_size(spec) || pl_stack_library(spec, library, sizeof library))
        return false;
    const char *recorded = tape->heap, *slash = strrchr(recorded, '/');
    const char *name = strrchr(library, '/') ? strrchr(library, '/') + 1 : "libc.so";
    recorded = slash ? slash + 1 : recorded;
    return strncmp(recorded, name, strcspn(name, ".")) == 0 &&
           strcspn(recorded, ".") == strcspn(name, ".");
}

static bool is_recorded_heap(const struct pl_cell_options *o)
{
    struct pl_stack_spec spec;
    return pl_traits_of(o->scenario)->material == PL_MATERIAL_TAPE && o->recording &&
           !pl_stack_parse(o->stack, &spec, NULL) && spec.depth == 1 &&
           pl_cell_has_recorded_heap(&spec, pl_tape_of(o->recording));
}

static int run_with_page(const struct pl_cell_options *o, const char *page,
                         struct pl_cell_evidence *evidence, struct pl_error *error)
{
    struct pl_cell_evidence e = {.cpu = -1,
                                 .recording = o->recording,
                                 .in_virtual_time = o->clock == PL_CLOCK_VIRTUAL,
                                 .threads = threads_of(o),
                                 .recorded_heap = is_recorded_heap(o)};
    int rc = make_environment(o, page, &e.environment, error);
    if (!rc)
        rc = make_job(o, &e, error);
    if (rc)
        return rc;
    rc = run_contained(o, page, &e, error);
    if (!rc && page[0] && pl_site_names_find(page, &e.ledger))
        rc = pl_error_set(error, -ENOMEM, "out of memory");
    if (rc)
        pl_cell_evidence_free(&e);
    else
        *evidence = e;
    return rc;
}

static int run_foreign(const struct pl_cell_options *o, struct pl_cell_evidence *evidence,
                       struct pl_error *error)
{
    struct pl_temporary folder;
    char page[sizeof folder.path + 8];
    int rc = pl_temporary_make_in_memory(&folder, "page", error);
    if (rc)
        return rc;
    snprintf(page, sizeof page, "%s/page", folder.path);
    rc = run_with_page(o, page, evidence, error);
    pl_temporary_remove(&folder);
    return rc;
}

/* What a program of somebody's leaves behind may still write into its job; and what is large is of
 * more use to the next cell's heap. */
static bool may_keep(const struct pl_cell_options *o)
{
    return !is_foreign(o) && o->memory->bytes <= PL_JOB_KEPT_BYTES_MAX;
}

int pl_cell_run(const struct pl_cell_options *options, struct pl_cell_evidence *evidence,
                struct pl_error *error)
{
    struct pl_job_memory own = PL_JOB_MEMORY_NONE;
    struct pl_cell_options o = *options;
    o.memory = o.memory ? o.memory : &own;
    int rc = is_foreign(&o) && !is_native(&o) ? run_foreign(&o, evidence, error)
                                              : run_with_page(&o, "", evidence, error);
    if (o.memory == &own || !may_keep(&o))
        pl_job_memory_free(o.memory);
    return rc;
}

void pl_cell_evidence_free(struct pl_cell_evidence *evidence)
{
    pl_alert_log_free(&evidence->alerted);
    free(evidence->samples);
    free(evidence->trees);
    evidence->samples = NULL;
    evidence->trees = NULL;
    evidence->sample_count = 0;
    pl_ledger_reports_free(&evidence->ledger);
}
