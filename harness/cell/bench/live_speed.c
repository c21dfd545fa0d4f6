/* The highest rate that the live receiver takes on one core without a loss in the kernel, beside a
 * plain libuv receiver that frees at once. A rate is that of so many senders in real time, found by
 * bisection. Where it is the sender that can't go faster, which has a core of its own and does the
 * kernel's work of delivery, too, that is said, and the CPU that a packet takes the receivers tells
 * them apart. The two take turns, so that a slow spell of the machine hits both.
 *   plimsoll-live-speed SCENARIO STACK ROUNDS */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/job.h"
#include "harness/cell/process.h"
#include "harness/cell/record.h"
#include "harness/cell/sender_process.h"

#define SECONDS INT64_C(2)
#define SESSIONS_MAX 2048
#define STEP 16 /* senders: how finely the rate is told */
#define RCVBUF \
    (8u << 20) /* 65 ms at 100,000 packets/s: a hiccup of the machine is no lack of speed */
#define MEMORY (512u << 20)
/* A sender that is so late doesn't send at the rate asked for. */
#define LATE_NS INT64_C(20000000)
#define AT_SESSIONS 200 /* senders, for CPU a packet: 68,900 packets/s */

enum limit { KEEPS_UP, KERNEL_LOSES, SENDER_LATE };

struct highest {
    double rate; /* packets a second */
    enum limit limit;
};

struct bench {
    struct pl_scenario *scenario;
    struct pl_recording *recording;
    const char *stack;
};

static int fail(const struct pl_error *error)
{
    fprintf(stderr, "plimsoll-live-speed: %s\n", error->text);
    return 2;
}

/* Reads until the final books come, or the pipe ends. */
static bool read_final(int fd, struct pl_final *final)
{
    union pl_record record;
    while (read(fd, &record.head, sizeof record.head) == (ssize_t)sizeof record.head) {
        ssize_t rest = (ssize_t)record.head.size - (ssize_t)sizeof record.head;
        if (read(fd, (char *)&record + sizeof record.head, (size_t)rest) != rest)
            return false;
        if (record.head.kind == PL_RECORD_FINAL) {
            *final = record.final;
            return true;
        }
    }
    return false;
}

static int make_job(const struct bench *b, uint32_t sessions, struct pl_job_memory *memory,
                    struct pl_error *error)
{
    b->scenario->traffic.sessions = sessions;
    b->scenario->receiver.max_sessions = sessions;
    struct pl_job_options job = {.scenario = b->scenario,
                                 .recording = b->recording,
                                 .stack = b->stack,
                                 .clock = PL_CLOCK_WALL,
                                 .threads = 2,
                                 .seed = 1,
                                 .room_bytes = UINT64_MAX};
    return pl_job_make(&job, memory, error);
}

/* The receiver, and its sender beside. */
static int run_both(const struct bench *b, const char *program, int fd, struct pl_final *final,
                    struct pl_error *error)
{
    char path[4096];
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_process process;
    struct pl_sender_process sender;
    int rc = pl_process_find(program, path, sizeof path, error);
    if (!rc)
        rc = pl_stack_parse(b->stack, &spec, error);
    if (!rc)
        rc = pl_stack_environment(&spec, &environment, error);
    struct pl_process_options options = {
        .program = path, .environment = &environment, .job_fd = fd, .pinned = true};
    if (!rc)
        rc = pl_process_start(&options, &process, error);
    if (rc)
        return rc;
    rc = pl_sender_process_start(&sender, fd, error);
    if (!rc && !read_final(process.record_fd, final))
        rc = pl_error_set(error, -EPIPE, "%s ended without its books", program);
    pl_sender_process_end(&sender);
    close(process.record_fd);
    pl_process_pass_on(&process);
    waitpid(process.pid, NULL, 0);
    return rc;
}

/* One run of so many senders. Ends the program when it can't be run at all. */
static enum limit run(const struct bench *b, const char *program, uint32_t sessions,
                      struct pl_final *final)
{
    struct pl_job_memory memory = PL_JOB_MEMORY_NONE;
    struct pl_error error = {""};
    if (make_job(b, sessions, &memory, &error) || run_both(b, program, memory.fd, final, &error))
        exit(fail(&error));
    int64_t late_ns = atomic_load(&pl_job_of(&memory)->link.late_ns_max);
    pl_job_memory_free(&memory);
    if (final->counts.dropped[PL_DROP_KERNEL])
        return KERNEL_LOSES;
    return late_ns > LATE_NS ? SENDER_LATE : KEEPS_UP;
}

static struct highest highest(const struct bench *b, const char *program)
{
    uint32_t good = 0, bad = SESSIONS_MAX / STEP;
    enum limit limit = KEEPS_UP;
    while (bad - good > 1) {
        struct pl_final final;
        uint32_t middle = (good + bad) / 2;
        enum limit met = run(b, program, middle * STEP, &final);
        if (met == KEEPS_UP) {
            good = middle;
        } else {
            bad = middle;
            limit = met;
        }
    }
    double seconds = (double)b->recording->duration_ns / 1e9;
    return (struct highest){good * STEP * (double)b->recording->packet_count / seconds, limit};
}

/* CPU of the whole process, its start not counted where it marks a window. */
static double cpu_ns_per_packet(const struct bench *b, const char *program)
{
    struct pl_final final;
    run(b, program, AT_SESSIONS, &final);
    return (double) final.cpu_ns / (double) final.counts.received;
}

static int open_bench(struct bench *b, char **argv, struct pl_error *error)
{
    char path[1024];
    b->stack = argv[2];
    b->scenario = calloc(1, sizeof *b->scenario);
    int rc = pl_scenario_find(argv[1], path, sizeof path, error);
    if (!rc)
        rc = pl_scenario_load(path, PL_TIER_DEFAULT, NULL, 0, b->scenario, error);
    if (!rc)
        rc = pl_capture_read(b->scenario->traffic.file, &(struct pl_capture_options){0},
                             &b->recording, NULL, error);
    if (rc)
        return rc;
    b->scenario->duration_ns = SECONDS * 1000000000;
    b->scenario->container_bytes = 0;
    b->scenario->receiver.rcvbuf_bytes = RCVBUF;
    for (uint32_t i = 0; i < b->scenario->budget_count; i++)
        b->scenario->budgets[i].max = MEMORY;
    return 0;
}

static void print_round(const struct bench *b)
{
    static const char *const limits[] = {"the most that was tried", "the kernel drops beyond",
                                         "the sender can't send more"};
    struct highest plain = highest(b, "plimsoll-plain-receiver");
    struct highest live = highest(b, "plimsoll-live");
    double plain_ns = cpu_ns_per_packet(b, "plimsoll-plain-receiver");
    double live_ns = cpu_ns_per_packet(b, "plimsoll-live");
    printf("packets/s: plain %.0f (%s), live %.0f (%s), ratio %.2f; CPU ns a packet: plain %.0f, "
           "live %.0f, ratio %.2f\n",
           plain.rate, limits[plain.limit], live.rate, limits[live.limit], live.rate / plain.rate,
           plain_ns, live_ns, plain_ns / live_ns);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    struct bench b;
    struct pl_error error;
    int rounds = argc == 4 ? atoi(argv[3]) : 0;
    if (rounds < 1) {
        fputs("usage: plimsoll-live-speed SCENARIO STACK ROUNDS\n", stderr);
        return 2;
    }
    if (open_bench(&b, argv, &error))
        return fail(&error);
    for (int i = 0; i < rounds; i++)
        print_round(&b);
    return 0;
}
