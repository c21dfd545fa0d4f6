#include "harness/traffic/tests/traced.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/trace/writer.h"

#define RSS (UINT64_C(5) << 20)

struct maker {
    struct traced *traced;
    struct pl_trace_writer *writer;
    uint64_t random, largest, time_ms, live_bytes;
    uint32_t slots[TRACED_LIVE_MAX];
    uint64_t sizes[TRACED_LIVE_MAX];
    uint32_t live;
    uint32_t first_thread, last_thread; /* of those that are there, beside the first one */
};

static uint64_t draw(struct maker *m, uint64_t below)
{
    return pl_random_next(&m->random) % below;
}

/* Mostly small, now and then up to the largest. */
static uint64_t draw_size(struct maker *m)
{
    return 1 + (draw(m, 8) ? draw(m, 600) : draw(m, m->largest));
}

static void write_event(struct maker *m, struct pl_trace_event *e)
{
    e->time_ms = m->time_ms;
    assert_int_equal(pl_trace_write(m->writer, e), 0);
    m->traced->events++;
}

/* The first one, or one of three that are replaced as time goes on. */
static uint32_t draw_thread(struct maker *m)
{
    uint32_t others = m->last_thread - m->first_thread;
    uint32_t drawn = (uint32_t)draw(m, others + 1u);
    return drawn ? m->first_thread + drawn : 1;
}

static void allocate(struct maker *m)
{
    struct pl_trace_event e = {.kind = PL_TRACE_ALLOCATE,
                               .thread = draw_thread(m),
                               .size = draw_size(m),
                               .alignment = draw(m, 10) ? 0 : UINT64_C(1) << (3 + draw(m, 8)),
                               .zeroed = !draw(m, 6)};
    write_event(m, &e);
    m->slots[m->live] = e.slot;
    m->sizes[m->live++] = e.size;
    m->live_bytes += e.size;
}

static void resize(struct maker *m, uint32_t at)
{
    struct pl_trace_event e = {.kind = PL_TRACE_RESIZE,
                               .thread = draw_thread(m),
                               .slot = m->slots[at],
                               .size = draw_size(m),
                               .touched_pages = draw(m, 2) ? draw(m, 10) : PL_TRACE_UNTOLD};
    write_event(m, &e);
    m->live_bytes += e.size - m->sizes[at];
    m->sizes[at] = e.size;
    m->traced->resizes++;
}

static void free_block(struct maker *m, uint32_t at)
{
    struct pl_trace_event e = {.kind = PL_TRACE_FREE,
                               .thread = draw_thread(m),
                               .slot = m->slots[at],
                               .touched_pages = draw(m, 2) ? draw(m, 10) : PL_TRACE_UNTOLD};
    write_event(m, &e);
    m->live_bytes -= m->sizes[at];
    m->slots[at] = m->slots[--m->live];
    m->sizes[at] = m->sizes[m->live];
}

static void look(struct maker *m, uint32_t at)
{
    struct pl_trace_event touched = {
        .kind = PL_TRACE_TOUCHED, .slot = m->slots[at], .touched_pages = draw(m, 10)};
    struct pl_trace_event rss = {
        .kind = PL_TRACE_RSS, .rss_bytes = RSS + m->live_bytes, .beside_rss_bytes = RSS};
    write_event(m, &touched);
    write_event(m, &rss);
}

/* Beside the first there are three at most: the oldest of them ends as a new one comes. */
static void replace_thread(struct maker *m, uint32_t threads)
{
    struct pl_trace_event e = {.kind = PL_TRACE_THREAD_END, .thread = m->first_thread + 1};
    if (m->last_thread - m->first_thread == 3) {
        write_event(m, &e);
        m->first_thread++;
    }
    if (m->last_thread < threads) {
        struct pl_trace_event first = {.kind = PL_TRACE_ALLOCATE, .thread = ++m->last_thread};
        first.size = draw_size(m);
        write_event(m, &first);
        m->slots[m->live] = first.slot;
        m->sizes[m->live++] = first.size;
        m->live_bytes += first.size;
    }
}

static void any_event(struct maker *m)
{
    struct pl_trace_event other = {
        .kind = draw(m, 2) ? PL_TRACE_REFUSED : PL_TRACE_TRIM, .thread = 1, .size = 4096};
    uint32_t at = m->live ? (uint32_t)draw(m, m->live) : 0;
    uint64_t kind = draw(m, 40);
    if (!m->live || (kind < 19 && m->live < TRACED_LIVE_MAX - 8))
        allocate(m);
    else if (kind < 33)
        free_block(m, at);
    else if (kind < 38)
        resize(m, at);
    else if (kind == 38)
        look(m, at);
    else
        write_event(m, &other);
}

/* What is live stays so until the next event. */
static void go_on(struct maker *m, uint64_t ms)
{
    for (; ms > 0; ms--) {
        m->traced->live_bytes[m->time_ms] = m->live_bytes;
        m->traced->live_blocks[m->time_ms++] = m->live;
    }
}

static void make_events(struct maker *m, uint32_t threads, uint32_t events)
{
    for (uint32_t i = 0; i < events; i++) {
        if (i && i % (events / threads + 1) == 0)
            replace_thread(m, threads);
        any_event(m);
        if (draw(m, 20) == 0)
            go_on(m, 1 + draw(m, 5));
    }
    m->traced->live_bytes[m->time_ms] = m->live_bytes;
    m->traced->live_blocks[m->time_ms] = m->live;
    m->traced->duration_ms = m->time_ms;
    m->traced->threads = m->last_thread;
    m->traced->threads_left = 1 + m->last_thread - m->first_thread;
}

void traced_make(struct traced *t, uint32_t threads, uint32_t events, uint64_t largest,
                 uint64_t seed)
{
    static const struct pl_trace_head head = {.program = "/bin/server",
                                              .command = "server --port 5004",
                                              .machine = "2 processors",
                                              .heap = "/usr/lib/libc.so.6",
                                              .ended = "exit status 0",
                                              .ordered_by_clock = true};
    *t = (struct traced){.path = "/tmp/plimsoll-traced-XXXXXX.trace",
                         .live_bytes = calloc(6u * events + 6, sizeof *t->live_bytes),
                         .live_blocks = calloc(6u * events + 6, sizeof *t->live_blocks)};
    int fd = mkstemps(t->path, 6);
    FILE *stream = fdopen(fd, "wb");
    assert_true(stream && t->live_bytes && t->live_blocks);
    struct maker m = {.traced = t,
                      .writer = pl_trace_writer_open(stream, &head),
                      .random = seed,
                      .largest = largest,
                      .first_thread = 1,
                      .last_thread = 1};
    make_events(&m, threads, events);
    assert_int_equal(pl_trace_writer_close(m.writer, true), 0);
    assert_int_equal(fclose(stream), 0);
}

void traced_cut(const struct traced *t, double share)
{
    struct stat status;
    assert_int_equal(stat(t->path, &status), 0);
    assert_int_equal(truncate(t->path, (off_t)(share * (double)status.st_size)), 0);
}

void traced_remove(struct traced *t)
{
    unlink(t->path);
    free(t->live_bytes);
    free(t->live_blocks);
}
