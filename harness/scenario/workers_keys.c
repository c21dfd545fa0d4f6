/* The keys of threads: how many, and what a server's workers do. */
#include <stdlib.h>
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

uint32_t pl_threads_parse(const char *text)
{
    char *end;
    if (text[0] < '1' || text[0] > '9')
        return 0;
    unsigned long threads = strtoul(text, &end, 10);
    return *end || threads > PL_THREADS_MAX ? 0 : (uint32_t)threads;
}

uint32_t pl_scenario_threads(const struct pl_scenario *s, uint32_t threads[PL_THREAD_COUNTS_MAX])
{
    char list[sizeof s->threads], *rest = list;
    uint32_t count = 0;
    memcpy(list, s->threads, sizeof list);
    for (char *item; count < PL_THREAD_COUNTS_MAX && (item = strsep(&rest, ","));)
        threads[count++] = pl_threads_parse(item);
    return count;
}

int pl_decode_renew(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_workers_settings *w = &d->scenario->workers;
    char text[32];
    (void)key;
    int rc = pl_decode_text(d, value, "workers.renew", text, sizeof text);
    if (rc)
        return rc;
    w->renew_ns = 0;
    if (strcmp(text, "never") == 0)
        w->renew = PL_RENEW_NEVER;
    else if (strcmp(text, "job") == 0)
        w->renew = PL_RENEW_JOB;
    else if (pl_time_parse(text, &w->renew_ns, NULL) || w->renew_ns <= 0)
        return pl_decode_fail(d, pl_decode_mark(value),
                              "workers.renew: '%s' is no time; expected never, job or a time such "
                              "as 60s",
                              text);
    else
        w->renew = PL_RENEW_TIME;
    return 0;
}

/* Where a key stands, or another one where it is a default. */
static int fail_at(struct pl_decoder *d, const char *key, const char *otherwise, const char *what)
{
    struct pl_mark mark = d->marks[pl_schema_find(key) - pl_schema];
    if (!mark.line)
        mark = d->marks[pl_schema_find(otherwise) - pl_schema];
    return pl_decode_fail(d, mark, "%s", what);
}

static struct pl_mark threads_mark(const struct pl_decoder *d)
{
    return d->marks[pl_schema_find("threads") - pl_schema];
}

static uint32_t numbers_in(const char *list)
{
    uint32_t numbers = 1;
    for (; *list; list++)
        numbers += *list == ',';
    return numbers;
}

static int check_one(struct pl_decoder *d, const uint32_t *threads, uint32_t index)
{
    const struct pl_pipeline_traits *traits = pl_traits_of(d->scenario);
    for (uint32_t k = 0; k < index; k++)
        if (threads[k] == threads[index])
            return pl_decode_fail(d, threads_mark(d),
                                  "threads: %u is named twice; expected once (repeat repeats)",
                                  threads[index]);
    if (threads[index] <= traits->threads_max)
        return 0;
    if (traits->threads_max == 1)
        return pl_decode_fail(d, threads_mark(d), "threads: the pipeline %s has one thread",
                              traits->name);
    return pl_decode_fail(d, threads_mark(d),
                          "threads: %u is out of range; expected 1 to %u of the pipeline %s",
                          threads[index], traits->threads_max, traits->name);
}

static int check_counts(struct pl_decoder *d, const uint32_t *threads, uint32_t count)
{
    if (numbers_in(d->scenario->threads) > PL_THREAD_COUNTS_MAX)
        return pl_decode_fail(d, threads_mark(d), "threads: more than %d numbers",
                              PL_THREAD_COUNTS_MAX);
    int rc = 0;
    for (uint32_t i = 0; !rc && i < count; i++)
        rc = check_one(d, threads, i);
    return rc;
}

/* Stacks count where the container is RLIMIT_DATA, and in any once they are touched. */
static int check_stacks(struct pl_decoder *d, const uint32_t *threads, uint32_t count)
{
    const struct pl_scenario *s = d->scenario;
    for (uint32_t i = 0; i < count; i++)
        if (threads[i] > 1 && s->container_bytes &&
            threads[i] * s->workers.stack_bytes >= s->container_bytes)
            return pl_decode_fail(d, threads_mark(d),
                                  "threads: the stacks of %u threads take %llu B, all of the "
                                  "container; expected fewer threads, less workers.stack or more "
                                  "container",
                                  threads[i],
                                  (unsigned long long)(threads[i] * s->workers.stack_bytes));
    return 0;
}

static int check_renewal(struct pl_decoder *d, const struct pl_workers_settings *w)
{
    if (w->renew == PL_RENEW_TIME && w->renew_ns < w->turn_ns)
        return fail_at(d, "workers.renew", "workers.turn",
                       "workers.renew is shorter than workers.turn; expected a time of a turn or "
                       "more");
    if (w->renew == PL_RENEW_JOB && pl_traits_of(d->scenario)->restless)
        return fail_at(d, "workers.renew", "workers",
                       "workers.renew: what is done for a client is never over; expected never, or "
                       "a time such as 60s");
    return 0;
}

int pl_threads_check(struct pl_decoder *d)
{
    const struct pl_workers_settings *w = &d->scenario->workers;
    uint32_t threads[PL_THREAD_COUNTS_MAX], count = pl_scenario_threads(d->scenario, threads);
    int rc = check_counts(d, threads, count);
    if (!rc && pl_traits_of(d->scenario)->workers)
        rc = check_stacks(d, threads, count);
    if (!rc)
        rc = check_renewal(d, w);
    return rc;
}
