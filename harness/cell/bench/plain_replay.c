/* What a trace's free threads cost without the harness (ci/trace-speed): the same calls by as many
 * threads on the same heap, which write to each block's beginning and wait for each other's blocks,
 * without books, classes, stacks, samples or a clock.
 *   plimsoll-plain-replay make FILE.trace EVENTS own|cross     two threads, and whose blocks they
 * free plimsoll-plain-replay FILE.trace...                        seconds and events a second of
 * each
 */
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness/base/random.h"
#include "harness/trace/writer.h"
#include "harness/traffic/tape_split.h"

enum { LIVE = 1000, TURN = 32, SPINS = 200, EVENTS_A_MS = 10000 };

struct block {
    void *block;
    uint32_t shape;
};

/* Cache lines of its own. */
struct lane {
    _Alignas(64) struct player *player;
    pthread_t thread;
    uint64_t next;
    uint32_t index;
    bool started;
};

struct player {
    const struct pl_tape *tape;
    struct block *blocks;
    uint32_t *owners;
    struct lane lanes[PL_TAPE_LANES_MAX];
};

static int fail(const char *what)
{
    fprintf(stderr, "plimsoll-plain-replay: %s\n", what);
    return 2;
}

static void *ask(const struct pl_request *r)
{
    if (r->alignment)
        return aligned_alloc(r->alignment, (r->size + r->alignment - 1) & ~(r->alignment - 1));
    return r->zeroed ? calloc(1, r->size) : malloc(r->size);
}

static void write_to(struct block *b, const struct pl_request *r, uint32_t value)
{
    if (b->block && r->size >= sizeof value)
        memcpy(b->block, &value, sizeof value);
}

static void act(struct player *p, pl_tape_word word)
{
    struct block *b = &p->blocks[pl_tape_slot_of(word)];
    const uint32_t shape = pl_tape_argument_of(word);
    switch (pl_tape_block_op_of(word)) {
    case PL_TAPE_ACQUIRE:
        b->block = ask(&pl_tape_shapes(p->tape)[shape]);
        write_to(b, &pl_tape_shapes(p->tape)[shape], shape);
        break;
    case PL_TAPE_RELEASE:
        free(b->block);
        b->block = NULL;
        break;
    case PL_TAPE_RESIZE:
        b->block = realloc(b->block, pl_tape_shapes(p->tape)[shape].size);
        write_to(b, &pl_tape_shapes(p->tape)[shape], shape);
        break;
    default:
        break;
    }
}

static void *play(void *context);

static void begin(struct lane *lane)
{
    if (lane->started)
        pthread_join(lane->thread, NULL);
    lane->started = pthread_create(&lane->thread, NULL, play, lane) == 0;
    if (!lane->started)
        exit(fail("no thread could be made"));
}

static void await(const uint32_t *owner, uint32_t lane)
{
    for (uint32_t looks = 0; __atomic_load_n(owner, __ATOMIC_ACQUIRE) != lane; looks++)
        if (looks >= SPINS)
            sched_yield();
}

static void *play(void *context)
{
    struct lane *lane = context;
    struct player *p = lane->player;
    const pl_tape_word *words = pl_tape_words(p->tape);
    const uint64_t end = pl_tape_streams(p->tape)[lane->index].end;
    while (lane->next < end) {
        const pl_tape_word word = words[lane->next++];
        const unsigned op = pl_tape_op_of(word);
        uint32_t *owner = &p->owners[pl_tape_slot_of(word)];
        if (op == PL_TAPE_LEAVE)
            return NULL;
        if (op == PL_TAPE_START)
            begin(&p->lanes[pl_tape_argument_of(word)]);
        else if (op == PL_TAPE_HAND)
            __atomic_store_n(owner, pl_tape_argument_of(word), __ATOMIC_RELEASE);
        else if (op == PL_TAPE_TRIM)
            malloc_trim(pl_tape_argument_of(word));
        else if (op != PL_TAPE_TIME) {
            if (op & PL_TAPE_AWAIT)
                await(owner, lane->index);
            act(p, word);
        }
    }
    return NULL;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(struct player *p, const char *path)
{
    for (uint32_t i = 0; i < p->tape->lanes; i++)
        p->lanes[i] =
            (struct lane){.player = p, .index = i, .next = pl_tape_streams(p->tape)[i].begin};
    memset(p->owners, 0xff, p->tape->slots * sizeof *p->owners);
    double begun = seconds_now();
    play(&p->lanes[0]);
    for (uint32_t i = 1; i < p->tape->lanes; i++)
        if (p->lanes[i].started)
            pthread_join(p->lanes[i].thread, NULL);
    double seconds = seconds_now() - begun;
    printf("%s\t%llu\t%.6f\t%.0f\n", path, (unsigned long long)p->tape->events, seconds,
           (double)p->tape->events / seconds);
}

static struct pl_recording *split_of(const char *path, struct pl_error *error)
{
    struct pl_recording *recording, *made = NULL;
    struct pl_tape_split *split = NULL;
    if (pl_tape_compile(path, &recording, error))
        return NULL;
    if (!pl_tape_split_make(recording, &split, error)) {
        made = malloc(pl_tape_split_bytes(split));
        if (made)
            pl_tape_split_write(split, made);
    }
    pl_tape_split_free(split);
    free(recording);
    return made;
}

static int replay(const char *path)
{
    struct pl_error error = {"out of memory"};
    struct pl_recording *recording = split_of(path, &error);
    struct player *p = aligned_alloc(64, sizeof *p);
    if (!recording || !p)
        return fail(error.text);
    *p = (struct player){.tape = pl_tape_of(recording)};
    p->blocks = calloc(p->tape->slots, sizeof *p->blocks);
    p->owners = malloc(p->tape->slots * sizeof *p->owners);
    if (!p->blocks || !p->owners)
        return fail("out of memory");
    run(p, path);
    free(p->owners);
    free(p->blocks);
    free(p);
    free(recording);
    return 0;
}

/* Two threads, in turns of some events, with a thousand blocks each that go in any order. */
struct maker {
    struct pl_trace_writer *writer;
    uint32_t slots[2][LIVE];
    uint32_t live[2];
    uint64_t random, events;
    bool cross;
};

static int write_one(struct maker *m, uint32_t thread)
{
    struct pl_trace_event e = {.thread = thread + 1, .time_ms = m->events++ / EVENTS_A_MS};
    const uint64_t drawn = pl_random_next(&m->random);
    const uint32_t whose = m->cross ? (uint32_t)(drawn >> 40 & 1) : thread;
    uint32_t *slots = m->slots[whose];
    if (m->live[thread] < LIVE && (drawn & 1 || !m->live[whose])) {
        e.kind = PL_TRACE_ALLOCATE;
        e.size = 16 + (drawn >> 8) % 497;
        int rc = pl_trace_write(m->writer, &e);
        m->slots[thread][m->live[thread]++] = e.slot;
        return rc;
    }
    if (!m->live[whose])
        return 0;
    uint32_t at = (uint32_t)((drawn >> 8) % m->live[whose]);
    e.kind = PL_TRACE_FREE;
    e.slot = slots[at];
    e.touched_pages = PL_TRACE_UNTOLD;
    slots[at] = slots[--m->live[whose]];
    return pl_trace_write(m->writer, &e);
}

static int make(const char *path, uint64_t events, bool cross)
{
    static const struct pl_trace_head head = {.program = "two-threads", .command = "two-threads"};
    static struct maker m;
    FILE *stream = fopen(path, "wb");
    m = (struct maker){.random = 1, .cross = cross};
    m.writer = stream ? pl_trace_writer_open(stream, &head) : NULL;
    if (!m.writer)
        return fail("the trace can't be written");
    int rc = 0;
    for (uint32_t thread = 0; !rc && m.events < events; thread = 1 - thread)
        for (uint64_t i = pl_random_next(&m.random) % TURN + 1; !rc && i > 0; i--)
            rc = write_one(&m, thread);
    rc = rc ? rc : pl_trace_writer_close(m.writer, true);
    return fclose(stream) || rc ? fail("the trace can't be written") : 0;
}

int main(int argc, char **argv)
{
    int rc = argc > 1 ? 0 : fail("FILE.trace, or make FILE.trace EVENTS own|cross");
    if (argc == 5 && strcmp(argv[1], "make") == 0)
        return make(argv[2], strtoull(argv[3], NULL, 10), strcmp(argv[4], "cross") == 0);
    for (int i = 1; !rc && i < argc; i++)
        rc = replay(argv[i]);
    return rc;
}
