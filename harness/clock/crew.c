/* What both ways to run a crew have in common (crew.h). */
#include <time.h>

#include "harness/base/random.h"
#include "harness/clock/crew.h"

size_t pl_crew_arena_bytes(uint32_t count, uint32_t tasks)
{
    return pl_arena_cost(count * sizeof(struct pl_worker)) +
           count * pl_arena_cost(tasks * sizeof(struct pl_event *));
}

static void open_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* The threads' times are spread, so that they are not renewed all at once. */
static bool open_worker(struct pl_crew *crew, uint32_t index, uint32_t tasks,
                        struct pl_arena *arena)
{
    struct pl_worker *w = &crew->worker[index];
    struct pl_event **heap = pl_arena_take(arena, tasks * sizeof *heap);
    if (!heap)
        return false;
    w->crew = crew;
    w->index = index;
    w->renewed_ns = -(int64_t)index * crew->settings.renew_ns / crew->count;
    pl_loop_init(&w->loop, heap, tasks);
    sem_init(&w->turn, 0, 0);
    pthread_mutex_init(&w->lock, NULL);
    open_condition(&w->changed);
    return true;
}

bool pl_crew_open(struct pl_crew *crew, const struct pl_workers_settings *settings, uint32_t count,
                  uint32_t tasks, struct pl_loop *loop, uint64_t seed, struct pl_arena *arena)
{
    *crew = (struct pl_crew){.settings = *settings, .count = count, .random = seed, .loop = loop};
    crew->alone = count == 1 && settings->renew == PL_RENEW_NEVER;
    crew->worker = pl_arena_take(arena, count * sizeof *crew->worker);
    if (!crew->worker)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!open_worker(crew, i, tasks, arena))
            return false;
    sem_init(&crew->done, 0, 0);
    pthread_mutex_init(&crew->lock, NULL);
    open_condition(&crew->changed);
    return true;
}

static uint32_t least_loaded(const struct pl_crew *crew)
{
    uint32_t best = 0, fewest = UINT32_MAX;
    for (uint32_t i = 0; i < crew->count; i++) {
        uint32_t jobs = __atomic_load_n(&crew->worker[i].jobs, __ATOMIC_RELAXED);
        if (jobs < fewest) {
            fewest = jobs;
            best = i;
        }
    }
    return best;
}

/* The n-th draw of the crew's own sequence, whichever thread asks. */
static uint32_t draw(const struct pl_crew *crew, uint32_t n)
{
    uint64_t state = crew->random + n;
    return (uint32_t)(pl_random_next(&state) % crew->count);
}

static uint32_t choose(struct pl_crew *crew)
{
    uint32_t n = __atomic_fetch_add(&crew->given, 1, __ATOMIC_RELAXED);
    switch (crew->settings.assign) {
    case PL_ASSIGN_LEAST_LOADED:
        return least_loaded(crew);
    case PL_ASSIGN_RANDOM:
        return draw(crew, n);
    default:
        return n % crew->count;
    }
}

uint32_t pl_crew_assign(struct pl_crew *crew)
{
    uint32_t worker = choose(crew);
    __atomic_fetch_add(&crew->worker[worker].jobs, 1, __ATOMIC_RELAXED);
    return worker;
}

void pl_crew_over(struct pl_crew *crew, uint32_t worker)
{
    __atomic_fetch_sub(&crew->worker[worker].jobs, 1, __ATOMIC_RELAXED);
}

void pl_crew_add(struct pl_crew *crew, struct pl_task *task, int64_t due_ns)
{
    task->resting = true;
    task->wanted_ns = PL_NEVER;
    if (crew->loop && crew->alone)
        pl_loop_add(crew->loop, &task->event, due_ns);
    else
        worker_put(&crew->worker[task->worker], task, due_ns);
}
