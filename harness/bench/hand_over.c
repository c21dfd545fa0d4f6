/* A network thread acquires and fills buffers and packets, a pipeline thread takes them over and
 * releases them: what a heap's thread caches are worst at. They pass each other whole batches, so
 * that the semaphores (a system call when one has to wait) cost little a packet. */
#include <pthread.h>
#include <semaphore.h>

#include "harness/bench/suite.h"

/* Waking a thread takes about 10 us: 40 ns a packet at worst. A thousand packets live at most. */
#define BATCH 256
#define BATCHES 4 /* on their way */

struct pair {
    void *buffer;
    void *packet;
};

struct hand_over {
    struct run run;
    struct pair batches[BATCHES][BATCH];
    sem_t free;
    sem_t full;
    uint64_t total; /* packets, so that the last batch is not whole */
    pthread_t network;
    uint64_t taken;     /* batches, by the pipeline */
    uint64_t left;      /* packets of the batch at hand */
    struct pair *batch; /* at hand */
};

/* What was refused is NULL, which may be released, too. */
static struct pair take_pair(struct run *run)
{
    struct pair pair = {.buffer = run_take(run, run->suite->buffer_class)};
    if (pair.buffer)
        pair.packet = run_take(run, run->suite->packet_class);
    return pair;
}

static void give_pair(struct run *run, const struct pair *pair)
{
    run_give(run, run->suite->buffer_class, pair->buffer);
    run_give(run, run->suite->packet_class, pair->packet);
}

static void await(sem_t *semaphore)
{
    while (sem_wait(semaphore)) /* a signal: again */
        continue;
}

static uint64_t batch_packets(const struct hand_over *h, uint64_t batch)
{
    uint64_t left = h->total - batch * BATCH;
    return left < BATCH ? left : BATCH;
}

static void *network(void *context)
{
    struct hand_over *h = context;
    for (uint64_t batch = 0; batch * BATCH < h->total; batch++) {
        await(&h->free);
        for (size_t i = 0; i < batch_packets(h, batch); i++)
            h->batches[batch % BATCHES][i] = take_pair(&h->run);
        sem_post(&h->full);
    }
    return NULL;
}

/* The batch at hand was used up: hands it back and awaits the next. */
static void next_batch(struct hand_over *h)
{
    if (h->batch)
        sem_post(&h->free);
    await(&h->full);
    h->batch = h->batches[h->taken % BATCHES];
    h->left = batch_packets(h, h->taken++);
}

static bool take_over(struct hand_over *h, uint64_t count)
{
    bool whole = true;
    for (uint64_t i = 0; i < count; i++) {
        if (h->left == 0)
            next_batch(h);
        const struct pair *pair = &h->batch[--h->left];
        whole &= pair->packet != NULL;
        give_pair(&h->run, pair);
    }
    h->run.operations += count;
    return whole;
}

static bool begin(struct hand_over *h)
{
    sem_init(&h->free, 0, BATCHES);
    sem_init(&h->full, 0, 0);
    h->total = pl_bench_total(h->run.bench);
    int rc = pthread_create(&h->network, NULL, network, h);
    if (rc)
        pl_bench_skip(h->run.bench, "no thread could be started");
    return rc == 0;
}

/* A loop that was given up leaves the rest of what the network thread fills. */
static void end(struct hand_over *h)
{
    take_over(h, h->total - h->run.operations);
    pthread_join(h->network, NULL);
    sem_destroy(&h->free);
    sem_destroy(&h->full);
}

static void hand_over(struct pl_bench *bench, void *context)
{
    struct suite *suite = context;
    struct hand_over h = {0};
    if (pl_stack_one_thread(&suite->spec)) {
        pl_bench_skip(bench, "this stack serves one thread at a time");
        return;
    }
    if (!run_open(&h.run, suite, &suite->spec, bench))
        return;
    run_begin(&h.run);
    if (begin(&h)) {
        for (uint64_t n; (n = pl_bench_next(bench, PL_BENCH_BATCH));)
            if (!take_over(&h, n))
                run_refused(&h.run);
        end(&h);
    }
    run_close(&h.run);
}

int hand_over_register(struct suite *suite)
{
    const struct pl_bench_options options = {
        .name = "hand_over", .run = hand_over, .context = suite, .process_time = true};
    return pl_bench_register(&options);
}
