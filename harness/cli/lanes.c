/* Lanes (lanes.h): threads that take the next cell of a queue. The cells are processes, so that all
 * a lane does is to wait for its own. */
#include "harness/cli/lanes.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/enclosing.h"
#include "harness/measure/metrics.h"
#include "harness/scenario/traits.h"

/* Cells that are still to run, in the order of the matrix. */
struct queue {
    struct pl_run *run;
    size_t *numbers;
    size_t count, next;
    size_t again; /* of what is done, those at the front of `numbers` that need more memory */
    uint32_t lanes;
    uint64_t share_bytes; /* of the memory that is to spare, a lane's */
    int rc;               /* of the first that failed: no other is begun */
    struct pl_error error;
};

struct lane {
    struct queue *queue;
    uint32_t number;
    pthread_t thread;
};

/* Whether something is expected of a figure that a neighbour would change. */
static bool is_judged_by_noise(const struct pl_scenario *s)
{
    for (uint32_t i = 0; i < s->expectation_count; i++)
        for (uint32_t k = 0; k < s->expectations[i].bound_count; k++) {
            const struct pl_metric *metric = pl_metric_find(s->expectations[i].bounds[k].metric);
            if (metric && metric->class == PL_CLASS_N)
                return true;
        }
    return false;
}

static bool runs_alone(const struct pl_planned *p, uint64_t share_bytes)
{
    const struct pl_scenario *s = &p->scenario;
    return p->clock == PL_CLOCK_WALL || pl_traits_of(s)->foreign || s->repeat > 1 ||
           s->container_bytes > share_bytes || is_judged_by_noise(s);
}

/* @return the next cell's number, or the matrix' count when there is none for this lane */
static size_t take(struct queue *q)
{
    size_t number = q->run->selection->matrix.count;
    pthread_mutex_lock(&q->run->lock);
    if (!q->rc && q->next < q->count)
        number = q->numbers[q->next++];
    pthread_mutex_unlock(&q->run->lock);
    return number;
}

static void fail(struct queue *q, int rc, const struct pl_error *error)
{
    pthread_mutex_lock(&q->run->lock);
    if (!q->rc) {
        q->rc = rc;
        q->error = *error;
    }
    pthread_mutex_unlock(&q->run->lock);
}

/* Once more, with all the memory that there is. */
static void put_off(struct queue *q, size_t number)
{
    pthread_mutex_lock(&q->run->lock);
    q->numbers[q->again++] = number;
    pthread_mutex_unlock(&q->run->lock);
}

static void *serve(void *context)
{
    struct lane *lane = context;
    struct queue *q = lane->queue;
    const size_t none = q->run->selection->matrix.count;
    struct pl_job_memory memory = PL_JOB_MEMORY_NONE;
    for (size_t number; (number = take(q)) != none;) {
        struct pl_error error = {""};
        const struct pl_lane place = {lane->number, q->lanes - 1,
                                      q->lanes > 1 ? q->share_bytes / 2 : 0, &memory};
        int rc = pl_run_cell(q->run, number, &place, &error);
        if (rc == -EAGAIN)
            put_off(q, number);
        else if (rc)
            fail(q, rc, &error);
    }
    pl_job_memory_free(&memory);
    return NULL;
}

/* The calling thread is the first lane; where no other can be made it serves all of them. */
static int serve_all(struct queue *q, uint32_t lanes, struct pl_error *error)
{
    struct lane *lane = calloc(lanes, sizeof *lane);
    uint32_t made = 1;
    if (!lane)
        return pl_error_set(error, -ENOMEM, "out of memory");
    q->lanes = lanes;
    lane[0] = (struct lane){.queue = q};
    for (; made < lanes; made++) {
        lane[made] = (struct lane){.queue = q, .number = made};
        if (pthread_create(&lane[made].thread, NULL, serve, &lane[made]))
            break;
    }
    serve(&lane[0]);
    for (uint32_t i = 1; i < made; i++)
        pthread_join(lane[i].thread, NULL);
    free(lane);
    *error = q->error;
    return q->rc;
}

static void add(struct queue *q, bool alone)
{
    const struct pl_selection *s = q->run->selection;
    for (size_t i = 0; i < s->matrix.count; i++)
        if (s->wanted[i] && runs_alone(s->matrix.cells[i].planned, q->share_bytes) == alone)
            q->numbers[q->count++] = i;
}

int pl_lanes_run(struct pl_run *run, struct pl_error *error)
{
    struct pl_enclosing enclosing;
    pl_enclosing_look(&enclosing);
    struct queue q = {.run = run, .share_bytes = pl_enclosing_room(&enclosing) / run->jobs};
    q.numbers = malloc((run->selection->matrix.count + 1) * sizeof *q.numbers);
    if (!q.numbers)
        return pl_error_set(error, -ENOMEM, "out of memory");
    add(&q, false);
    uint32_t lanes = q.count < run->jobs ? (uint32_t)q.count : run->jobs;
    int rc = serve_all(&q, lanes ? lanes : 1, error);
    if (!rc) {
        q.count = q.again;
        q.next = 0;
        add(&q, true);
        rc = serve_all(&q, 1, error);
    }
    free(q.numbers);
    return rc;
}
