/* Metrics of a foreign program: its processes and its container, seen from outside; none of other
 * pipelines, but for the address space, which every cell has. */
#include <sys/wait.h>

#include "harness/measure/value.h"

static const struct pl_program_record *record_of(const struct pl_measured *m)
{
    return m->evidence->program.kind ? &m->evidence->program : NULL;
}

/* The highest of the samples. @param kind of the figure: 0 where the kernel counts none */
static struct pl_value highest(const struct pl_measured *m,
                               uint64_t (*figure)(const struct pl_tree_record *))
{
    const struct pl_cell_evidence *e = m->evidence;
    uint64_t most = 0;
    for (size_t i = 0; e->trees && i < e->sample_count; i++)
        most = figure(&e->trees[i]) > most ? figure(&e->trees[i]) : most;
    return most ? pl_value_integer(most) : pl_value_none();
}

static uint64_t vsz(const struct pl_tree_record *t)
{
    return t->vsz_bytes;
}

static uint64_t threads(const struct pl_tree_record *t)
{
    return t->threads;
}

static uint64_t processes(const struct pl_tree_record *t)
{
    return t->processes;
}

static uint64_t shared(const struct pl_tree_record *t)
{
    return t->shared_bytes;
}

static uint64_t anon(const struct pl_tree_record *t)
{
    return t->charged.anon;
}

static uint64_t file(const struct pl_tree_record *t)
{
    return t->charged.file;
}

static uint64_t kernel(const struct pl_tree_record *t)
{
    return t->charged.kernel;
}

static uint64_t sock(const struct pl_tree_record *t)
{
    return t->charged.sock;
}

struct pl_value pl_metric_vsz_bytes_peak(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    if (final)
        return final->vsz_bytes_peak ? pl_value_integer(final->vsz_bytes_peak) : pl_value_none();
    return highest(m, vsz);
}

struct pl_value pl_metric_threads_peak(const struct pl_measured *m)
{
    return highest(m, threads);
}

struct pl_value pl_metric_processes_peak(const struct pl_measured *m)
{
    return highest(m, processes);
}

struct pl_value pl_metric_shared_bytes_peak(const struct pl_measured *m)
{
    return highest(m, shared);
}

struct pl_value pl_metric_container_anon_bytes_peak(const struct pl_measured *m)
{
    return highest(m, anon);
}

struct pl_value pl_metric_container_file_bytes_peak(const struct pl_measured *m)
{
    return highest(m, file);
}

struct pl_value pl_metric_container_kernel_bytes_peak(const struct pl_measured *m)
{
    return highest(m, kernel);
}

/* Of the container, or of a model's connections by the samples. */
struct pl_value pl_metric_socket_bytes_peak(const struct pl_measured *m)
{
    uint64_t most = 0;
    for (size_t i = 0; !m->evidence->trees && i < m->evidence->sample_count; i++)
        if (m->evidence->samples[i].socket_bytes > most)
            most = m->evidence->samples[i].socket_bytes;
    return most ? pl_value_integer(most) : highest(m, sock);
}

static struct pl_value percent_of_window(const struct pl_measured *m, int64_t ns)
{
    const struct pl_final *final = pl_final_of(m);
    return final && final->t_ns > 0 ? pl_value_real(100.0 * (double)ns / (double) final->t_ns)
                                    : pl_value_none();
}

/* Of the program, or of a cell of ours. */
struct pl_value pl_metric_cpu_user_percent(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    const struct pl_final *books = pl_books_of(m);
    return p       ? percent_of_window(m, p->cpu_user_ns)
           : books ? percent_of_window(m, books->cpu_user_ns)
                   : pl_value_none();
}

struct pl_value pl_metric_cpu_system_percent(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    const struct pl_final *books = pl_books_of(m);
    return p       ? percent_of_window(m, p->cpu_system_ns)
           : books ? percent_of_window(m, books->cpu_system_ns)
                   : pl_value_none();
}

struct pl_value pl_metric_faults_major(const struct pl_measured *m)
{
    const struct pl_final *final = record_of(m) ? pl_final_of(m) : NULL;
    return final ? pl_value_integer(final->faults_major) : pl_value_none();
}

struct pl_value pl_metric_ready_seconds(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    return p && p->ready_ns > 0 ? pl_value_real((double)p->ready_ns / 1e9) : pl_value_none();
}

struct pl_value pl_metric_exit_seconds(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    return p && p->ended_ns >= 0 ? pl_value_real((double)p->ended_ns / 1e9) : pl_value_none();
}

struct pl_value pl_metric_exit_status(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    return p && p->ended_ns >= 0 && WIFEXITED(p->wait_status)
               ? pl_value_integer((uint64_t)WEXITSTATUS(p->wait_status))
               : pl_value_none();
}

/* Of a program that is sent nothing they say nothing. */
struct pl_value pl_metric_packets_sent(const struct pl_measured *m)
{
    return m->scenario->program.send_count ? pl_value_integer(m->evidence->fed.sent)
                                           : pl_value_none();
}

struct pl_value pl_metric_packets_refused(const struct pl_measured *m)
{
    return m->scenario->program.send_count ? pl_value_integer(m->evidence->fed.send_errors)
                                           : pl_value_none();
}

struct pl_value pl_metric_memory_stall_seconds(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    return p && m->evidence->container == PL_CONTAINER_CGROUP_V2
               ? pl_value_real((double)p->stalled_us / 1e6)
               : pl_value_none();
}

struct pl_value pl_metric_program_calls_per_second(const struct pl_measured *m)
{
    const struct pl_program_record *p = record_of(m);
    const struct pl_final *final = pl_final_of(m);
    return p && !p->native && final && p->calls >= p->calls_before
               ? pl_value_real((double)(p->calls - p->calls_before) / ((double) final->t_ns / 1e9))
               : pl_value_none();
}

static struct pl_value counted(const struct pl_measured *m, uint64_t times, uint64_t value)
{
    return record_of(m) && times ? pl_value_integer(value) : pl_value_none();
}

struct pl_value pl_metric_injected_faults(const struct pl_measured *m)
{
    return counted(m, m->evidence->program.faults, m->evidence->program.faults);
}

struct pl_value pl_metric_program_live_bytes_peak(const struct pl_measured *m)
{
    return counted(m, m->evidence->program.live_bytes_peak, m->evidence->program.live_bytes_peak);
}

struct pl_value pl_metric_program_refusals(const struct pl_measured *m)
{
    return counted(m, m->evidence->program.live_bytes_peak, m->evidence->program.refusals);
}
