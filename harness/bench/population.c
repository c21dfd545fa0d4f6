/* What a ledger costs, by how many blocks are live: one is acquired and another released, the
 * oldest or any of them, on the stack and on the same with a ledger in front. Small blocks, so that
 * a million of them fit into the machine. Asked for by --live, best read interleaved:
 * --benchmark_enable_random_interleaving=true --benchmark_repetitions=9 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "allocators/ledger/site.h"
#include "harness/base/random.h"
#include "harness/bench/suite.h"

enum { NODE_BYTES = 56, LIVE_MAX = 1000000 };

/* A budget that counts without limiting, for stacks that want one. */
static const struct pl_class node = {"node", NODE_BYTES, 0};
static const struct pl_budget unlimited = {"nodes", 0};

struct held {
    void *blocks[LIVE_MAX];
    uint32_t order[LIVE_MAX]; /* which goes at each turn: the oldest, or any */
};

struct population {
    struct run run;
    struct held *held;
    struct pl_allocator *chain;
    uint32_t live, next;
};

static struct held *new_held(uint32_t live, bool shuffled)
{
    struct held *held = mmap(NULL, sizeof *held, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    uint64_t seed = 1;
    if (held == MAP_FAILED)
        return NULL;
    for (uint32_t i = 0; i < live; i++)
        held->order[i] = shuffled ? (uint32_t)(pl_random_next(&seed) % live) : i;
    return held;
}

static void *take(struct population *p)
{
    pl_site_set(PL_SITE("population"));
    void *block = pl_acquire(p->chain, NODE_BYTES);
    if (block)
        memset(block, 0x5a, NODE_BYTES);
    return block;
}

/* @return false when one was refused, or there is no memory */
static bool fill(struct population *p, const struct pl_stack_spec *spec, bool shuffled)
{
    struct pl_error error;
    if (pl_stack_open(spec, &node, 1, &unlimited, 1, &p->run.stack, &error)) {
        pl_bench_skip(p->run.bench, error.text);
        return false;
    }
    p->chain = pl_stack_class(p->run.stack, 0);
    if (p->run.suite->memory)
        p->chain = books_link(&p->run.suite->books, 0, p->chain);
    p->held = new_held(p->live, shuffled);
    for (uint32_t i = 0; p->held && i < p->live; i++)
        if (!(p->held->blocks[i] = take(p)))
            return false;
    return p->held != NULL;
}

/* The new one comes first: a packet arrives before another is played. */
static bool replace(struct population *p, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        void **slot = &p->held->blocks[p->held->order[p->next]];
        void *block = take(p);
        if (!block)
            return false;
        pl_release(p->chain, *slot, NODE_BYTES);
        *slot = block;
        p->next = p->next + 1 == p->live ? 0 : p->next + 1;
    }
    p->run.operations += count;
    return true;
}

static void empty(struct population *p)
{
    if (p->held) {
        for (uint32_t i = 0; i < p->live; i++)
            if (p->held->blocks[i])
                pl_release(p->chain, p->held->blocks[i], NODE_BYTES);
        munmap(p->held, sizeof *p->held);
    }
    if (p->run.stack)
        run_close(&p->run);
}

static void populate(struct pl_bench *bench, struct suite *suite, const struct pl_stack_spec *spec)
{
    struct population p = {.run = {.suite = suite, .bench = bench},
                           .live = (uint32_t)pl_bench_arg(bench, 0)};
    bool filled = fill(&p, spec, pl_bench_arg(bench, 1));
    if (filled)
        run_begin(&p.run);
    else if (p.run.stack)
        run_refused(&p.run);
    for (uint64_t n; filled && (n = pl_bench_next(bench, PL_BENCH_BATCH));)
        if (!replace(&p, n))
            run_refused(&p.run);
    empty(&p);
}

static void plain(struct pl_bench *bench, void *context)
{
    struct suite *suite = context;
    populate(bench, suite, &suite->spec);
}

static void with_ledger(struct pl_bench *bench, void *context)
{
    struct suite *suite = context;
    struct pl_stack_spec spec;
    struct pl_error error;
    char text[PL_STACK_TEXT_MAX];
    if (pl_stack_put_outermost(&suite->spec, "ledger", text, sizeof text, &error) ||
        pl_stack_parse(text, &spec, &error))
        pl_bench_skip(bench, error.text);
    else
        populate(bench, suite, &spec);
}

int population_register(struct suite *suite)
{
    static const struct {
        const char *name;
        pl_bench_function run;
    } subjects[] = {{"live/plain", plain}, {"live/ledger", with_ledger}};
    static const int64_t lives[] = {200, LIVE_MAX};
    int rc = 0;
    for (size_t i = 0; !rc && i < 8; i++) {
        struct pl_bench_options options = {.name = subjects[i % 2].name,
                                           .run = subjects[i % 2].run,
                                           .context = suite,
                                           .args = {lives[i / 4], i / 2 % 2},
                                           .arg_count = 2};
        rc = pl_bench_register(&options);
    }
    return rc;
}
