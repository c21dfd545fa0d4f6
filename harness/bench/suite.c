/* Opening the suite and its stacks (suite.h). */
#include "harness/bench/suite.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/receiver/packet.h"

#define STALLED_SECONDS 10
#define STALLED_BYTES_MAX (UINT64_C(32) << 20) /* of traffic that is multiplied, too */

static uint32_t class_of(const struct pl_scenario *s, const char *name)
{
    uint32_t i = 0;
    while (i + 1 < s->class_count && strcmp(s->classes[i].name, name) != 0)
        i++;
    return i; /* the pipeline's check saw to it that it is there */
}

static size_t largest_datagram(const struct pl_recording *recording)
{
    size_t largest = 0;
    for (uint32_t i = 0; i < recording->packet_count; i++)
        if (pl_recording_packets(recording)[i].datagram_size > largest)
            largest = pl_recording_packets(recording)[i].datagram_size;
    return largest;
}

static size_t frame_bytes(const struct suite *suite)
{
    const struct pl_recorded_stream *stream = pl_recording_streams(suite->recording);
    double samples =
        (double)stream->rate * (double)suite->scenario->receiver.frame_ns / (double)PL_NS_PER_S;
    return (size_t)samples * stream->channels * pl_format_sample_bytes(suite->format);
}

/* The receiver initialises a whole packet, but writes no more of a buffer than arrives, and no more
 * of a frame than is played. */
static void size_writes(struct suite *suite)
{
    const struct pl_scenario *s = suite->scenario;
    for (uint32_t i = 0; i < s->class_count; i++)
        suite->written[i] = s->classes[i].size;
    suite->packet_class = class_of(s, "packet");
    suite->buffer_class = class_of(s, "packet_buffer");
    suite->written[suite->buffer_class] =
        sizeof(struct packet_buffer) + largest_datagram(suite->recording);
    suite->written[class_of(s, "frame_buffer")] = sizeof(struct frame_buffer) + frame_bytes(suite);
}

static void size_windows(struct suite *suite)
{
    const struct pl_scenario *s = suite->scenario;
    const struct pl_recording *recording = suite->recording;
    double per_second = (double)recording->packet_count * s->traffic.sessions * s->traffic.rate /
                        ((double)recording->duration_ns / (double)PL_NS_PER_S);
    double latency = (double)s->receiver.latency_ns / (double)PL_NS_PER_S;
    suite->in_flight = (uint64_t)(per_second * latency) + 1;
    suite->stalled = (uint64_t)(per_second * STALLED_SECONDS) + 1;
    uint64_t most = STALLED_BYTES_MAX / s->classes[suite->packet_class].size;
    if (suite->stalled > most)
        suite->stalled = most;
    suite->burst = (uint64_t)per_second + 1;
}

static int map_blocks(struct suite *suite)
{
    uint64_t widest = suite->stalled > suite->in_flight ? suite->stalled : suite->in_flight;
    widest = widest > suite->burst ? widest : suite->burst;
    suite->block_bytes = (size_t)widest * sizeof *suite->blocks;
    void *memory = mmap(NULL, suite->block_bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    suite->blocks = memory == MAP_FAILED ? NULL : memory;
    return suite->blocks ? 0 : -ENOMEM;
}

static int open_memory_pass(struct suite *suite)
{
    uint64_t shared;
    struct pl_bench_memory_hooks hooks = {books_start, books_stop, &suite->books};
    int rc = pl_sampler_open(&suite->sampler);
    if (!rc)
        rc = pl_bench_watch_memory(&hooks);
    pl_sampler_reset_peak();
    pl_sampler_resident(&suite->sampler, &suite->rss_bytes_before, &shared);
    return rc;
}

static void take_job(struct suite *suite, struct pl_job *job, bool memory)
{
    *suite = (struct suite){
        .scenario = &job->scenario,
        .recording = (const void *)((const char *)job + job->recording_offset),
        .format = (enum pl_format)job->format,
        .arena = {(uint8_t *)job + job->arena_offset, 0, job->arena_bytes},
        .memory = memory,
    };
    for (uint32_t i = 0; i < job->scenario.class_count; i++)
        suite->subjects[i] = (struct subject){suite, i};
}

int suite_open(struct suite *suite, struct pl_job *job, bool memory, struct pl_error *error)
{
    take_job(suite, job, memory);
    size_writes(suite);
    size_windows(suite);
    int rc = pl_stack_parse(job->stack, &suite->spec, error);
    if (!rc)
        rc = pl_stack_parse("null", &suite->floor, error);
    if (!rc && map_blocks(suite))
        rc = pl_error_set(error, -ENOMEM, "no memory for %llu blocks",
                          (unsigned long long)suite->stalled);
    if (!rc && memory && (rc = open_memory_pass(suite)))
        pl_error_set(error, rc, "memory can't be watched: %s", strerror(-rc));
    if (rc)
        suite_close(suite);
    return rc;
}

void suite_close(struct suite *suite)
{
    if (suite->blocks)
        munmap(suite->blocks, suite->block_bytes);
    suite->blocks = NULL;
}
