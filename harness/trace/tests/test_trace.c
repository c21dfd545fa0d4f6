/* A trace written and read back: the same events; and what is damaged, cut off or claims too much.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <xxhash.h>

#include "harness/base/random.h"
#include "harness/trace/reader.h"
#include "harness/trace/section.h"
#include "harness/trace/writer.h"

enum { EVENTS = 20000, THREADS = 5, LIVE_MAX = 300 };

static const struct pl_trace_head head = {.program = "/bin/server",
                                          .command = "server --port 5004",
                                          .machine = "2 processors",
                                          .heap = "libc.so.6",
                                          .ended = "exit status 0",
                                          .began_unix_ms = 1700000000000,
                                          .duration_ms = 1234,
                                          .ordered_by_clock = true,
                                          .site_frames = 2};

struct made {
    char *bytes;
    size_t size;
    struct pl_trace_event *events;
    size_t count;
};

struct maker {
    uint64_t random;
    struct pl_trace_writer *writer;
    uint32_t live[LIVE_MAX];
    uint32_t live_count, thread_count;
    uint64_t time_ms;
};

static uint64_t draw(struct maker *m, uint64_t below)
{
    return pl_random_next(&m->random) % below;
}

static void draw_shape(struct maker *m, struct pl_trace_event *e)
{
    e->size = draw(m, 4) ? 16 * draw(m, 20) : draw(m, 1 << 20);
    e->alignment = draw(m, 3) ? 0 : UINT64_C(1) << (1 + draw(m, 12));
    e->zeroed = !draw(m, 5);
    e->site = (uint32_t)draw(m, 4);
}

/* A block that is there already, or none: then one has to come. */
static struct pl_trace_event draw_event(struct maker *m, uint32_t *at)
{
    const enum pl_trace_kind of_blocks[] = {PL_TRACE_FREE, PL_TRACE_FREE, PL_TRACE_RESIZE,
                                            PL_TRACE_ASK_SIZE, PL_TRACE_TOUCHED};
    const enum pl_trace_kind others[] = {PL_TRACE_TRIM, PL_TRACE_REFUSED, PL_TRACE_BESIDE,
                                         PL_TRACE_RSS, PL_TRACE_THREAD_END};
    struct pl_trace_event e = {.kind = PL_TRACE_ALLOCATE};
    *at = m->live_count ? (uint32_t)draw(m, m->live_count) : 0;
    if (m->live_count && (draw(m, 2) || m->live_count == LIVE_MAX))
        e.kind = of_blocks[m->live_count == LIVE_MAX ? 0 : draw(m, 5)];
    else if (!draw(m, 20))
        e.kind = others[draw(m, 5)];
    return e;
}

static void fill_in(struct maker *m, struct pl_trace_event *e, uint32_t at)
{
    if (e->kind < PL_TRACE_TOUCHED) {
        e->thread = 1 + (uint32_t)draw(m, m->thread_count + (m->thread_count < THREADS));
        m->thread_count = e->thread > m->thread_count ? e->thread : m->thread_count;
    }
    m->time_ms += draw(m, 50) ? 0 : draw(m, 100);
    e->time_ms = m->time_ms;
    if (m->live_count)
        e->slot = m->live[at];
    if (e->kind == PL_TRACE_FREE || e->kind == PL_TRACE_RESIZE || e->kind == PL_TRACE_TOUCHED)
        e->touched_pages = draw(m, 2) ? draw(m, 300) : PL_TRACE_UNTOLD;
    if (e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE || e->kind == PL_TRACE_REFUSED)
        draw_shape(m, e);
    if (e->kind == PL_TRACE_TRIM)
        e->size = draw(m, 1000);
    if (e->kind == PL_TRACE_BESIDE)
        e->beside_bytes = draw(m, UINT64_C(1) << 40);
    if (e->kind == PL_TRACE_RSS) {
        e->rss_bytes = draw(m, UINT64_C(1) << 40);
        e->beside_rss_bytes = draw(m, 1 << 20);
    }
    const bool has_slot = e->kind != PL_TRACE_TRIM && e->kind != PL_TRACE_REFUSED &&
                          e->kind != PL_TRACE_BESIDE && e->kind != PL_TRACE_RSS &&
                          e->kind != PL_TRACE_THREAD_END && e->kind != PL_TRACE_ALLOCATE;
    e->slot = has_slot ? e->slot : 0;
}

static struct pl_trace_event make_event(struct maker *m)
{
    uint32_t at;
    struct pl_trace_event e = draw_event(m, &at);
    fill_in(m, &e, at);
    assert_int_equal(pl_trace_write(m->writer, &e), 0);
    if (e.kind == PL_TRACE_ALLOCATE)
        m->live[m->live_count++] = e.slot;
    if (e.kind == PL_TRACE_FREE)
        m->live[at] = m->live[--m->live_count];
    return e;
}

static struct made make(size_t count, uint64_t seed)
{
    struct made made = {.events = calloc(count, sizeof *made.events), .count = count};
    const char *const frames[] = {"/bin/server+0x1234", "/lib/libc.so.6+0x77"};
    FILE *stream = open_memstream(&made.bytes, &made.size);
    struct maker m = {.random = seed, .writer = pl_trace_writer_open(stream, &head)};

    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(pl_trace_write_site(m.writer, frames, i), i + 1);
    for (size_t i = 0; i < count; i++)
        made.events[i] = make_event(&m);
    pl_trace_writer_totals(m.writer)->unknown_frees = 7;
    assert_int_equal(pl_trace_writer_close(m.writer, true), 0);
    fclose(stream);
    return made;
}

static void unmake(struct made *made)
{
    free(made->bytes);
    free(made->events);
}

static bool same(const struct pl_trace_event *a, const struct pl_trace_event *b)
{
    return a->kind == b->kind && a->thread == b->thread && a->time_ms == b->time_ms &&
           a->block == b->block && a->old_block == b->old_block && a->slot == b->slot &&
           a->size == b->size && a->old_size == b->old_size && a->alignment == b->alignment &&
           a->zeroed == b->zeroed && a->site == b->site && a->touched_pages == b->touched_pages &&
           a->beside_bytes == b->beside_bytes && a->beside_rss_bytes == b->beside_rss_bytes &&
           a->rss_bytes == b->rss_bytes;
}

/* @return what the reader ended with; *read: events that came, each as it was written */
static int read_back(const struct made *made, const char *bytes, size_t size, size_t *read)
{
    struct pl_trace_reader *reader = NULL;
    struct pl_trace_event e;
    struct pl_error error = {""};
    *read = 0;
    int rc = pl_trace_open_stream(fmemopen((void *)(uintptr_t)bytes, size, "rb"), "trace", &reader,
                                  &error);
    while (!rc && (rc = pl_trace_next(reader, &e, &error)) > 0) {
        assert_true(*read < made->count);
        assert_true(same(&e, &made->events[*read]));
        ++*read;
        rc = 0;
    }
    assert_int_equal(rc < 0, error.text[0] != '\0');
    pl_trace_close(reader);
    return rc;
}

static void events_come_back(void **state)
{
    (void)state;
    size_t read;
    for (uint64_t seed = 1; seed < 4; seed++) {
        struct made made = make(EVENTS, seed);
        assert_int_equal(read_back(&made, made.bytes, made.size, &read), 0);
        assert_int_equal(read, EVENTS);
        unmake(&made);
    }
}

static void sections_follow_each_other(void **state)
{
    (void)state;
    size_t read;
    struct made made = make(600000, 5);
    assert_int_equal(read_back(&made, made.bytes, made.size, &read), 0);
    assert_int_equal(read, made.count);
    assert_int_equal(read_back(&made, made.bytes, made.size / 2, &read), -ENODATA);
    assert_true(read > 100000); /* whole sections before the cut */
    unmake(&made);
}

static void what_is_known_comes_back(void **state)
{
    (void)state;
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    struct pl_error error;
    struct made made = make(EVENTS, 1);
    FILE *stream = fmemopen(made.bytes, made.size, "rb");
    assert_int_equal(pl_trace_open_stream(stream, "trace", &reader, &error), 0);
    assert_memory_equal(pl_trace_head(reader), &head, sizeof head);
    while (pl_trace_next(reader, &e, &error) > 0)
        continue;
    assert_int_equal(pl_trace_totals(reader)->events, EVENTS);
    assert_int_equal(pl_trace_totals(reader)->unknown_frees, 7);
    assert_int_equal(pl_trace_totals(reader)->threads, THREADS);
    assert_null(pl_trace_frame(reader, 1, 0)); /* a site of no frames */
    assert_string_equal(pl_trace_frame(reader, 3, 0), "/bin/server+0x1234");
    assert_string_equal(pl_trace_frame(reader, 3, 1), "/lib/libc.so.6+0x77");
    assert_null(pl_trace_frame(reader, 3, 2));
    assert_null(pl_trace_frame(reader, 4, 0));
    pl_trace_close(reader);
    unmake(&made);
}

static void a_cut_is_told_at_any_byte(void **state)
{
    (void)state;
    size_t read;
    struct made made = make(500, 2);
    for (size_t size = 1; size < made.size; size++) {
        int rc = read_back(&made, made.bytes, size, &read);
        assert_int_equal(rc, size < sizeof pl_trace_start ? -EINVAL : -ENODATA);
    }
    unmake(&made);
}

static void half_of_a_file_has_a_part(void **state)
{
    (void)state;
    size_t read;
    struct made made = make(200000, 4);
    assert_int_equal(read_back(&made, made.bytes, made.size / 2, &read), -ENODATA);
    assert_in_range(read, 65536, 131072);
    unmake(&made);
}

static void damage_is_told_at_any_bit(void **state)
{
    (void)state;
    size_t read;
    struct made made = make(200, 3);
    for (size_t bit = 0; bit < 8 * made.size; bit++) {
        made.bytes[bit / 8] = (char)(made.bytes[bit / 8] ^ 1 << bit % 8);
        int rc = read_back(&made, made.bytes, made.size, &read);
        assert_true(rc == -EINVAL || rc == -ENODATA);
        made.bytes[bit / 8] = (char)(made.bytes[bit / 8] ^ 1 << bit % 8);
    }
    made.bytes = realloc(made.bytes, made.size + 1);
    made.bytes[made.size] = 0;
    assert_int_equal(read_back(&made, made.bytes, made.size + 1, &read), -EINVAL);
    unmake(&made);
}

/* One section of events, under checksums that are right. */
static int read_forged(const uint64_t *values, size_t count, uint32_t events)
{
    struct made made = make(0, 1);
    struct pl_trace_bytes content = {0}, packed = {0};
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t size, read;
    char *bytes;
    for (size_t i = 0; i < count; i++)
        pl_trace_put(&content, values[i]);
    FILE *stream = open_memstream(&bytes, &size);
    struct pl_trace_writer *w = pl_trace_writer_open(stream, &head);
    const struct pl_trace_section section = {
        .kind = PL_TRACE_EVENTS, .events = events, .number = 1};
    assert_int_equal(pl_trace_section_pack(&section, &content, context, &packed), 0);
    fwrite(packed.at, 1, packed.count, stream);
    pl_trace_writer_close(w, false);
    fclose(stream);
    int rc = read_back(&made, bytes, size, &read);
    ZSTD_freeCCtx(context);
    free(content.at);
    free(packed.at);
    free(bytes);
    unmake(&made);
    return rc;
}

static void claims_are_refused(void **state)
{
    (void)state;
    /* threads, (thread, bytes), order, time, touched; turns; tokens */
    const uint64_t block_of_2_50[] = {1, 1, 10, 2, 0, 0, 0, 1, 1, UINT64_C(1) << 50, 0};
    const uint64_t events_of_2_60[] = {1, 1, 1, 10, 0, 0, 0, UINT64_C(1) << 60, 5};
    const uint64_t threads_of_2_60[] = {UINT64_C(1) << 60, 1, 1};
    const uint64_t thread_9[] = {1, 9, 1, 2, 0, 0, 0, 1, 0};
    const uint64_t free_of_none[] = {1, 1, 1, 2, 0, 0, 0, 1, 0};
    const uint64_t long_stream[] = {1, 1, UINT64_C(1) << 62, 2, 0, 0, 0, 1, 0};
    assert_int_equal(read_forged(block_of_2_50, 11, 1), -EINVAL);
    assert_int_equal(read_forged(events_of_2_60, 9, 5), -EINVAL);
    assert_int_equal(read_forged(events_of_2_60, 9, UINT32_MAX), -EINVAL);
    assert_int_equal(read_forged(threads_of_2_60, 3, 1), -EINVAL);
    assert_int_equal(read_forged(thread_9, 9, 1), -EINVAL);
    assert_int_equal(read_forged(free_of_none, 9, 1), -EINVAL);
    assert_int_equal(read_forged(long_stream, 9, 1), -EINVAL);
}

static void another_version_is_told(void **state)
{
    (void)state;
    struct pl_trace_reader *reader;
    struct pl_error error;
    struct made made = make(10, 1);
    made.bytes[8] = 2;
    FILE *stream = fmemopen(made.bytes, made.size, "rb");
    assert_int_equal(pl_trace_open_stream(stream, "my.trace", &reader, &error), -EINVAL);
    assert_non_null(strstr(error.text, "my.trace is a trace of version 2"));
    unmake(&made);
}

static void events_that_cannot_be_are_refused(void **state)
{
    (void)state;
    char *bytes;
    size_t size;
    FILE *stream = open_memstream(&bytes, &size);
    struct pl_trace_writer *w = pl_trace_writer_open(stream, &head);
    struct pl_trace_event unknown = {.kind = PL_TRACE_FREE, .thread = 1, .slot = 0};
    struct pl_trace_event large = {
        .kind = PL_TRACE_ALLOCATE, .thread = 1, .size = UINT64_C(1) << 50};
    struct pl_trace_event late = {.kind = PL_TRACE_ALLOCATE, .thread = 2, .size = 1};
    struct pl_trace_event nobodys = {.kind = PL_TRACE_ALLOCATE, .size = 1};
    assert_int_equal(pl_trace_write(w, &unknown), -EINVAL);
    assert_int_equal(pl_trace_write(w, &large), -EINVAL);
    assert_int_equal(pl_trace_write(w, &late), -EINVAL);
    assert_int_equal(pl_trace_write(w, &nobodys), -EINVAL);
    assert_int_equal(pl_trace_writer_close(w, true), 0);
    fclose(stream);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_back),
        cmocka_unit_test(sections_follow_each_other),
        cmocka_unit_test(what_is_known_comes_back),
        cmocka_unit_test(a_cut_is_told_at_any_byte),
        cmocka_unit_test(half_of_a_file_has_a_part),
        cmocka_unit_test(damage_is_told_at_any_bit),
        cmocka_unit_test(claims_are_refused),
        cmocka_unit_test(another_version_is_told),
        cmocka_unit_test(events_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
