/* plimsoll-real-roc: the real roc-toolkit asked what a scenario asks of the modelled receiver.
 *
 *     plimsoll-real-roc SCENARIO RATE [KEY=VALUE...] >SERIES 2>FACTS
 *
 * The scenario's recording goes to two endpoints at RATE times its pace, from a sender each, and
 * they are read as the scenario says, RATE times as fast. SERIES is private resident memory over
 * the replay's time (t_ns,rss_bytes,packets), the packets those that were sent until then; FACTS
 * has a `name value` a line. Scenario and recording are read in other processes: this one holds the
 * library, a thread that reads and one that samples. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/sampler.h"
#include "harness/cell/tests/roc_endpoints.h"
#include "harness/clock/real.h"
#include "harness/live/send.h"
#include "harness/live/wait.h"

#define START_WAIT_NS INT64_C(30000000000)
#define END_WAIT_NS INT64_C(2000000000)
#define LINE_MAX_BYTES 512

struct sample {
    int64_t t_ns;
    uint64_t rss_bytes;
    uint64_t packets;
};

/* Shared between the processes, and so no part of the RssAnon that is measured. */
struct rig {
    struct pl_scenario scenario;
    struct pl_live_link links[ROC_ENDPOINTS];
    pid_t senders[ROC_ENDPOINTS];
    struct roc_endpoints endpoints;
    struct pl_sampler sampler;
    double rate;
    _Atomic int64_t start_ns; /* replay time 0, as pl_real_now counts */
    int64_t late_ns_max;      /* of a read, in real time */
    uint64_t base_bytes;      /* RssAnon before the first packet */
    struct sample *samples;
    size_t sample_count;
};

static void *map_shared(size_t bytes)
{
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* Real time of a time of the replay. */
static int64_t real_ns(const struct rig *rig, int64_t t_ns)
{
    return rig->start_ns + llround((double)t_ns / rig->rate);
}

static int refuse_others(const struct pl_scenario *s, struct pl_error *error)
{
    if (s->pipeline == PL_PIPELINE_RECEIVER && s->traffic.sessions == ROC_ENDPOINTS)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s: expected the pipeline 'receiver' with traffic.sessions of %d, one for "
                        "each endpoint",
                        s->name, ROC_ENDPOINTS);
}

static int load(struct rig *rig, char **arguments)
{
    char path[4096];
    struct pl_error error;
    const char *const *settings = (const char *const *)arguments + 2;
    size_t count = 0;
    while (settings[count])
        count++;
    if (!pl_scenario_find(arguments[0], path, sizeof path, &error) &&
        !pl_scenario_load(path, PL_TIER_DEFAULT, settings, count, &rig->scenario, &error) &&
        !refuse_others(&rig->scenario, &error))
        return 0;
    fprintf(stderr, "%s\n", error.text);
    return 2;
}

/* libfyaml would leave free memory behind, which what is measured would then take unseen. */
static int load_apart(struct rig *rig, char **arguments)
{
    int status = 1;
    pid_t pid = fork();
    if (pid == 0)
        _exit(load(rig, arguments));
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return 1;
    return WEXITSTATUS(status);
}

/* One of the scenario's senders. At a rate, the traffic lasts that much shorter. */
static int send_to(struct rig *rig, uint32_t endpoint)
{
    struct pl_scenario one = rig->scenario;
    struct pl_recording *recording;
    struct pl_error error;
    one.traffic.sessions = 1;
    one.traffic.rate *= rig->rate;
    one.duration_ns = llround((double)one.duration_ns / rig->rate);
    if (!pl_capture_read(one.traffic.file, &(struct pl_capture_options){0}, &recording, NULL,
                         &error) &&
        !pl_live_send(&one, recording, one.seed + endpoint, &rig->links[endpoint], &error))
        return 0;
    fprintf(stderr, "%s\n", error.text);
    return 1;
}

static void start_senders(struct rig *rig)
{
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            _exit(send_to(rig, i));
        }
        rig->senders[i] = pid; /* of the shared memory, where a child may not write its 0 */
    }
}

/* What is late still comes; who never began is ended. */
static void await_end(const struct pl_live_link *link, pid_t sender)
{
    int64_t until_ns = pl_real_now() + END_WAIT_NS;
    while (!link->done && pl_real_now() < until_ns)
        usleep(500);
    if (!link->done && sender > 0)
        kill(sender, SIGKILL);
}

/* @return whether all of them sent all that they should */
static bool end_senders(struct rig *rig)
{
    bool well = true;
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++) {
        int status = 1;
        await_end(&rig->links[i], rig->senders[i]);
        rig->links[i].ended = 1;
        if (rig->senders[i] > 0 && waitpid(rig->senders[i], &status, 0) == rig->senders[i])
            well &= status == 0 && rig->links[i].sent_all && rig->links[i].send_errors == 0;
        else
            well = false;
    }
    return well;
}

/* Names the ports to the senders, and waits for both of them to name their beginnings. */
static bool meet_senders(struct rig *rig)
{
    int64_t until_ns = pl_real_now() + START_WAIT_NS, start_ns = 0;
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++)
        rig->links[i].port[0] = rig->endpoints.ports[i];
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++) {
        while (rig->links[i].start_ns == 0 && pl_real_now() < until_ns)
            usleep(500);
        if (rig->links[i].start_ns == 0)
            return false;
        if (rig->links[i].start_ns > start_ns)
            start_ns = rig->links[i].start_ns;
    }
    rig->start_ns = start_ns;
    return true;
}

static bool stalled(const struct pl_receiver_settings *asked, int64_t t_ns)
{
    for (uint32_t i = 0; i < asked->stall_count; i++)
        if (asked->stalls[i].from_ns <= t_ns && t_ns < asked->stalls[i].until_ns)
            return true;
    return false;
}

/* As the model's reader: ticks at multiples of a frame's time, those of a stall left out. A read
 * that is late for the one before it, as after a stall, is the library's own doing: none of the
 * machine's. */
static void *read_all(void *context)
{
    struct rig *rig = context;
    const struct pl_receiver_settings *asked = &rig->scenario.receiver;
    int64_t tick_ns = llround((double)asked->frame_ns / asked->read_speed), free_ns = 0;
    while (rig->start_ns == 0)
        usleep(500);
    for (int64_t t_ns = tick_ns; t_ns < rig->scenario.duration_ns; t_ns += tick_ns) {
        int64_t due_ns = real_ns(rig, t_ns);
        if (stalled(asked, t_ns))
            continue;
        pl_live_wait(-1, due_ns);
        int64_t late_ns = pl_real_now() - (due_ns > free_ns ? due_ns : free_ns);
        if (late_ns > rig->late_ns_max)
            rig->late_ns_max = late_ns;
        if (!roc_endpoints_read(&rig->endpoints))
            break;
        free_ns = pl_real_now();
    }
    return NULL;
}

static uint64_t packets_sent(const struct rig *rig)
{
    uint64_t sent = 0;
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++)
        sent += rig->links[i].sent;
    return sent;
}

static void sample_all(struct rig *rig)
{
    const struct pl_scenario *s = &rig->scenario;
    uint64_t shared;
    for (int64_t t_ns = 0; t_ns <= s->duration_ns; t_ns += s->sample_interval_ns) {
        struct sample *sample = &rig->samples[rig->sample_count++];
        pl_live_wait(-1, real_ns(rig, t_ns));
        sample->t_ns = t_ns;
        pl_sampler_resident(&rig->sampler, &sample->rss_bytes, &shared);
        sample->packets = packets_sent(rig);
    }
}

/* Datagrams that the kernel dropped for want of room: the last column of the port's line. */
static uint64_t kernel_drops(uint32_t port)
{
    char line[LINE_MAX_BYTES];
    uint64_t drops = 0;
    FILE *file = fopen("/proc/self/net/udp", "re");
    while (file && fgets(line, sizeof line, file)) {
        unsigned of;
        unsigned long long dropped;
        if (sscanf(line, " %*u: %*x:%x %*x:%*x %*x %*x:%*x %*x:%*x %*x %*u %*u %*u %*u %*s %llu",
                   &of, &dropped) == 2 &&
            of == port)
            drops += dropped;
    }
    if (file)
        fclose(file);
    return drops;
}

/* Lateness is of the replay's time, as all that it is held against. */
static void say_facts(const struct rig *rig)
{
    uint64_t drops = 0;
    int64_t late_ns = rig->late_ns_max;
    for (uint32_t i = 0; i < ROC_ENDPOINTS; i++) {
        drops += kernel_drops(rig->endpoints.ports[i]);
        if (rig->links[i].late_ns_max > late_ns)
            late_ns = rig->links[i].late_ns_max;
    }
    fprintf(stderr, "base_bytes %llu\npackets_sent %llu\npackets_dropped_kernel %llu\n",
            (unsigned long long)rig->base_bytes, (unsigned long long)packets_sent(rig),
            (unsigned long long)drops);
    fprintf(stderr, "late_ns_max %lld\n", llround((double)late_ns * rig->rate));
}

static void say_series(const struct rig *rig)
{
    puts("t_ns,rss_bytes,packets");
    for (size_t i = 0; i < rig->sample_count; i++)
        printf("%lld,%llu,%llu\n", (long long)rig->samples[i].t_ns,
               (unsigned long long)rig->samples[i].rss_bytes,
               (unsigned long long)rig->samples[i].packets);
}

static bool run(struct rig *rig)
{
    pthread_t reader;
    uint64_t shared;
    if (!roc_endpoints_open(&rig->endpoints, &rig->scenario) ||
        pthread_create(&reader, NULL, read_all, rig))
        return false;
    pl_sampler_resident(&rig->sampler, &rig->base_bytes, &shared);
    if (!meet_senders(rig))
        _exit(1); /* the reader waits for ever */
    sample_all(rig);
    pthread_join(reader, NULL);
    return true;
}

static bool open_rig(struct rig *rig)
{
    const struct pl_scenario *s = &rig->scenario;
    rig->samples =
        map_shared(sizeof(struct sample) * (size_t)(s->duration_ns / s->sample_interval_ns + 1));
    prctl(PR_SET_THP_DISABLE, !s->huge_pages, 0, 0, 0); /* as a cell does */
    pl_real_init();
    return rig->samples && pl_sampler_open(&rig->sampler) == 0;
}

int main(int count, char **arguments)
{
    struct rig *rig = map_shared(sizeof *rig);
    if (count < 3 || !rig || !((rig->rate = atof(arguments[2])) > 0)) {
        fputs("usage: plimsoll-real-roc SCENARIO RATE [KEY=VALUE...]\n", stderr);
        return 2;
    }
    int rc = load_apart(rig, arguments + 1);
    if (rc)
        return rc;
    if (!open_rig(rig))
        return 1;
    start_senders(rig);
    bool well = run(rig);
    well &= end_senders(rig);
    say_facts(rig);
    say_series(rig);
    roc_endpoints_close(&rig->endpoints);
    return !well;
}
