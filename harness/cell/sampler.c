/* Reading this process's memory without allocating (sampler.h). */
#include "harness/cell/sampler.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "harness/clock/real.h"

#define CLOCK_READS 16 /* of which the shortest was not disturbed */

/* A system call each, 0.5 us, and so 7 ns of each packet where a sample is due at every 69th. */
static int64_t clock_cpu_ns(void)
{
    int64_t shortest_ns = INT64_MAX, before_ns = pl_real_thread_cpu();
    for (int i = 0; i < CLOCK_READS; i++) {
        int64_t now_ns = pl_real_thread_cpu();
        if (now_ns - before_ns < shortest_ns)
            shortest_ns = now_ns - before_ns;
        before_ns = now_ns;
    }
    return shortest_ns;
}

int pl_sampler_open(struct pl_sampler *s)
{
    s->clock_cpu_ns = clock_cpu_ns();
    s->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    s->statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    return s->statm_fd < 0 ? -errno : 0;
}

static const char *read_number(const char *text, uint64_t *number)
{
    *number = 0;
    while (*text == ' ' || *text == '\t')
        text++;
    for (; *text >= '0' && *text <= '9'; text++)
        *number = *number * 10 + (uint64_t)(*text - '0');
    return text;
}

void pl_sampler_resident(const struct pl_sampler *s, uint64_t *anonymous, uint64_t *shared)
{
    char text[160];
    uint64_t size, resident = 0, file = 0;
    ssize_t n = pread(s->statm_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const char *rest = read_number(text, &size);
    rest = read_number(rest, &resident);
    read_number(rest, &file);
    *anonymous = resident > file ? (resident - file) * s->page_bytes : 0;
    *shared = file * s->page_bytes;
}

void pl_sampler_reset_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* the peak then counts from the start of the process: never lower */
    ssize_t written = write(fd, "5", 1);
    (void)written;
    close(fd);
}

static uint64_t status_bytes(const char *key)
{
    char text[4096];
    uint64_t kib = 0;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *line = strstr(text, key);
    if (line)
        read_number(line + strlen(key), &kib);
    return kib * 1024;
}

uint64_t pl_sampler_peak(const struct pl_sampler *s)
{
    uint64_t peak = status_bytes("VmHWM:"), anonymous, shared;
    pl_sampler_resident(s, &anonymous, &shared);
    return peak > shared ? peak - shared : 0;
}

uint64_t pl_sampler_space(void)
{
    return status_bytes("VmPeak:");
}

static void fill_sample(const struct pl_sampler *s, struct pl_sample *sample,
                        struct pl_stack_stats *stats)
{
    struct pl_traffic_counts counts;
    uint64_t shared;
    pl_sampler_resident(s, &sample->rss_bytes, &shared);
    pl_stack_stats(s->stack, stats);
    pl_sides_counts(s->sides, &counts);
    sample->live_bytes = pl_sides_live(s->sides);
    sample->churn_bytes = pl_sides_churn(s->sides);
    sample->reserved_bytes = stats->pooled ? stats->reserved_bytes : sample->live_bytes;
    sample->packets_received = counts.received;
    sample->packets_delivered = counts.delivered;
    sample->socket_bytes = counts.socket_bytes <= INT64_MAX ? counts.socket_bytes : 0;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        sample->packets_dropped += counts.dropped[i];
}

void pl_sampler_sample(struct pl_sampler *s, int64_t now_ns)
{
    int64_t started_ns = pl_real_thread_cpu();
    struct pl_stack_stats stats;
    struct pl_sample sample = {.kind = PL_RECORD_SAMPLE, .size = sizeof sample, .t_ns = now_ns};
    sample.cpu_ns = pl_real_cpu() - s->cpu_start_ns - s->own_cpu_ns;
    fill_sample(s, &sample, &stats);
    pl_record_write(s->record_fd, &sample, sizeof sample);
    if (s->alerts.scenario)
        pl_alert_watch_look(&s->alerts, &sample, &stats);
    s->at_ceiling |= s->ceiling_bytes && sample.rss_bytes > s->ceiling_bytes;
    s->own_cpu_ns += pl_real_thread_cpu() - started_ns + s->clock_cpu_ns;
}
