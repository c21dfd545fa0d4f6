/* Files of heaptrack's, raw and interpreted, become traces; what is damaged or says what can't be
 * is refused in one line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zstd.h>

#include "harness/trace/heaptrack/import.h"
#include "harness/trace/reader.h"

enum { EVENTS_MAX = 64 };

#define BEGIN                \
    "v 10400 3\n"            \
    "x b /bin/server\n"      \
    "X server --port 5004\n" \
    "I 1000 10000\n"

/* Two blocks of one call site, and one of none; a free of what came before, one that was missed. */
#define RAW                               \
    BEGIN                                 \
    "S leak:of nothing\n"                 \
    "c 0\n"                               \
    "m 1 -\n"                             \
    "m 1 x 400000 0 1000 2000 800\n"      \
    "m 9 /lib/a b! 7f0000000000 0 5000\n" \
    "t 402010 0\n"                        \
    "t 7f0000000123 1\n"                  \
    "+ 64 2 7f1000000010\n"               \
    "+ 64 2 7f1000000080\n"               \
    "- 7f1000000999\n"                    \
    "c 2a\n"                              \
    "R 10\n"                              \
    "- 7f1000000080\n"                    \
    "+ 3000 0 7f1000000010\n"             \
    "c 3e8\n"                             \
    "R 20\n"

#define INTERPRETED                  \
    "v 10400 3\n"                    \
    "X server --port 5004\n"         \
    "I 1000 10000\n"                 \
    "c 0\n"                          \
    "s b /bin/server\n"              \
    "s 4 main\n"                     \
    "s 6 main.c\n"                   \
    "i 402010 1 2 3 1f\n"            \
    "t 1 0\n"                        \
    "s 6 /lib/a\n"                   \
    "s 5 inner\n"                    \
    "s 5 outer\n"                    \
    "i 7f0000000123 4 5 3 7 6 3 9\n" \
    "t 2 1\n"                        \
    "i 7f0000000555 4\n"             \
    "t 3 0\n"                        \
    "a 64 2\n"                       \
    "+ 0\n"                          \
    "c 2a\n"                         \
    "R 10\n"                         \
    "+ 0\n"                          \
    "a 3000 3\n"                     \
    "+ 1\n"                          \
    "- 0\n"                          \
    "- 1\n"                          \
    "- 1\n"                          \
    "c 3e8\n"                        \
    "R 20\n"                         \
    "# strings: 6\n"

struct imported {
    int rc;
    struct pl_error error;
    struct pl_trace_head head;
    struct pl_trace_totals totals;
    char *bytes;
    size_t size;
    struct pl_trace_event events[EVENTS_MAX];
    size_t count;
    struct pl_trace_reader *reader; /* at the trace's end; NULL: there is no trace */
};

static void read_back(struct imported *i)
{
    struct pl_trace_event e;
    int rc;
    assert_int_equal(
        pl_trace_open_stream(fmemopen(i->bytes, i->size, "rb"), "trace", &i->reader, &i->error), 0);
    while ((rc = pl_trace_next(i->reader, &e, &i->error)) > 0) {
        assert_true(i->count < EVENTS_MAX);
        i->events[i->count++] = e;
    }
    assert_int_equal(rc, 0);
}

static struct imported import(const void *file, size_t size)
{
    struct imported i = {.rc = 0};
    FILE *from = fmemopen((void *)(uintptr_t)file, size, "rb");
    FILE *to = open_memstream(&i.bytes, &i.size);
    i.rc = pl_heaptrack_import(from, "heaptrack.server.1.zst", to, &i.head, &i.totals, &i.error);
    fclose(from);
    fclose(to);
    if (!i.rc)
        read_back(&i);
    return i;
}

static struct imported import_text(const char *text)
{
    return import(text, strlen(text));
}

static void forget(struct imported *i)
{
    pl_trace_close(i->reader);
    free(i->bytes);
}

static void is_event(const struct pl_trace_event *e, enum pl_trace_kind kind, uint64_t time_ms,
                     uint64_t block, uint64_t size)
{
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->time_ms, time_ms);
    assert_int_equal(e->block, block);
    assert_int_equal(e->size, size);
    assert_int_equal(e->thread, kind == PL_TRACE_RSS ? 0 : 1);
    assert_int_equal(e->alignment, 0);
    if (kind == PL_TRACE_FREE)
        assert_true(e->touched_pages == PL_TRACE_UNTOLD);
}

static void is_raw(const struct imported *i)
{
    assert_int_equal(i->rc, 0);
    assert_int_equal(i->count, 7);
    is_event(&i->events[0], PL_TRACE_ALLOCATE, 0, 1, 0x64);
    is_event(&i->events[1], PL_TRACE_ALLOCATE, 0, 2, 0x64);
    is_event(&i->events[2], PL_TRACE_RSS, 42, 0, 0);
    assert_int_equal(i->events[2].rss_bytes, 0x10 * 4096);
    is_event(&i->events[3], PL_TRACE_FREE, 42, 2, 0x64);
    is_event(&i->events[4], PL_TRACE_FREE, 42, 1, 0x64); /* put in: its address comes again */
    is_event(&i->events[5], PL_TRACE_ALLOCATE, 42, 3, 0x3000);
    is_event(&i->events[6], PL_TRACE_RSS, 1000, 0, 0);
    assert_int_equal(i->totals.unknown_frees, 1);
    assert_int_equal(i->totals.missed_frees, 1);
    assert_int_equal(i->totals.live_bytes_peak, 0x3000);
}

static void raw_ones(void **state)
{
    (void)state;
    struct imported i = import_text(RAW);
    is_raw(&i);
    const struct pl_trace_head *head = pl_trace_head(i.reader);
    assert_string_equal(head->program, "/bin/server");
    assert_string_equal(head->command, "server --port 5004");
    assert_int_equal(head->duration_ms, 1000);
    assert_string_equal(head->lost, "");
    assert_non_null(strstr(head->imported, "heaptrack 1.4.0, raw"));
    assert_non_null(strstr(head->imported, "touched in whole"));
    assert_int_equal(i.events[0].site, 1);
    assert_int_equal(i.events[1].site, 1);
    assert_int_equal(i.events[5].site, 0);
    assert_string_equal(pl_trace_frame(i.reader, 1, 0), "/lib/a b!+0x123");
    assert_string_equal(pl_trace_frame(i.reader, 1, 1), "/bin/server+0x2010");
    assert_null(pl_trace_frame(i.reader, 1, 2));
    forget(&i);
}

static void interpreted_ones(void **state)
{
    (void)state;
    struct imported i = import_text(INTERPRETED);
    assert_int_equal(i.rc, 0);
    assert_int_equal(i.count, 7);
    is_event(&i.events[0], PL_TRACE_ALLOCATE, 0, 1, 0x64);
    is_event(&i.events[2], PL_TRACE_ALLOCATE, 42, 2, 0x64);
    is_event(&i.events[3], PL_TRACE_ALLOCATE, 42, 3, 0x3000);
    is_event(&i.events[4], PL_TRACE_FREE, 42, 1, 0x64); /* the oldest of its kind */
    is_event(&i.events[5], PL_TRACE_FREE, 42, 3, 0x3000);
    assert_int_equal(i.totals.unknown_frees, 1);
    assert_string_equal(pl_trace_head(i.reader)->program, "server");
    assert_non_null(strstr(pl_trace_head(i.reader)->imported, "interpreted"));
    assert_string_equal(pl_trace_frame(i.reader, 1, 0), "inner (main.c:7)");
    assert_string_equal(pl_trace_frame(i.reader, 1, 1), "outer (main.c:9)");
    assert_string_equal(pl_trace_frame(i.reader, 1, 2), "main (main.c:31)");
    assert_null(pl_trace_frame(i.reader, 1, 3));
    assert_string_equal(pl_trace_frame(i.reader, 2, 0), "0x7f0000000555 (/lib/a)");
    forget(&i);
}

/* Format 2 told no lengths. */
static void older_formats(void **state)
{
    (void)state;
    struct imported i = import_text("v 10100 2\nx /bin/my server\nX server\nI 1000 10\n"
                                    "m -\nm x 400000 0 1000\nt 400123 0\n+ 10 1 7f0000001000\n");
    assert_int_equal(i.rc, 0);
    assert_string_equal(pl_trace_head(i.reader)->program, "/bin/my server");
    assert_string_equal(pl_trace_frame(i.reader, 1, 0), "/bin/my server+0x123");
    forget(&i);
    i = import_text("v 10100 2\ns operator new(unsigned long)\ni 1 0 1\nt 1 0\na 10 1\n+ 0\n");
    assert_int_equal(i.rc, 0);
    assert_string_equal(pl_trace_frame(i.reader, 1, 0), "operator new(unsigned long)");
    forget(&i);
}

static size_t compress(const char *text, size_t length, char *to, size_t room)
{
    const size_t size = ZSTD_compress(to, room, text, length, 3);
    assert_false(ZSTD_isError(size));
    return size;
}

static void compressed_ones(void **state)
{
    (void)state;
    char packed[4096];
    const size_t size = compress(RAW, strlen(RAW), packed, sizeof packed);
    struct imported i = import(packed, size);
    is_raw(&i);
    forget(&i);
    /* In two frames, cut in the middle of a line. */
    const char *raw = RAW;
    size_t both = compress(raw, 100, packed, sizeof packed);
    both += compress(raw + 100, strlen(raw) - 100, packed + both, sizeof packed - both);
    i = import(packed, both);
    is_raw(&i);
    forget(&i);
}

/* More than is read at a time: 300,000 events, of them 1,000 live. */
static void long_ones(void **state)
{
    (void)state;
    char *text, *packed;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fputs(BEGIN, stream);
    for (int i = 0; i < 150000; i++) {
        fprintf(stream, "+ %x 0 %x\n", 16 + i % 100, 0x10000 + i % 1000 * 64);
        if (i >= 149000)
            continue;
        fprintf(stream, "- %x\n", 0x10000 + i % 1000 * 64);
    }
    fclose(stream);
    packed = malloc(ZSTD_compressBound(size));
    const size_t packed_size = ZSTD_compress(packed, ZSTD_compressBound(size), text, size, 1);
    struct imported i = {.rc = 0};
    FILE *from = fmemopen(packed, packed_size, "rb");
    FILE *to = open_memstream(&i.bytes, &i.size);
    assert_int_equal(pl_heaptrack_import(from, "long", to, &i.head, &i.totals, &i.error), 0);
    assert_int_equal(i.totals.events, 299000);
    assert_int_equal(i.totals.slots, 1000);
    assert_int_equal(i.totals.missed_frees, 0);
    fclose(from);
    fclose(to);
    forget(&i);
    free(packed);
    free(text);
}

static void killed_programs(void **state)
{
    (void)state;
    /* Within its last line, and behind one that no program ends with. */
    const size_t whole = strlen(RAW);
    struct imported i = import(RAW, whole - 2);
    assert_int_equal(i.rc, 0);
    assert_int_equal(i.count, 6);
    assert_string_equal(pl_trace_head(i.reader)->lost, "heaptrack's file is cut off within a line");
    forget(&i);
    i = import(RAW, whole - strlen("c 3e8\nR 20\n"));
    assert_int_equal(i.rc, 0);
    assert_int_equal(i.count, 6);
    assert_int_equal(pl_trace_head(i.reader)->duration_ms, 42);
    assert_non_null(strstr(pl_trace_head(i.reader)->lost, "killed"));
    forget(&i);
}

/* Whatever is left of a plain file is imported or refused in one line; of a compressed one, nothing
 * but the whole is taken. */
static void cuts_at_any_byte(void **state)
{
    (void)state;
    static const char *const texts[] = {RAW, INTERPRETED};
    char packed[4096];
    for (size_t k = 0; k < 2; k++) {
        for (size_t size = 1; size < strlen(texts[k]); size++) {
            struct imported i = import(texts[k], size);
            assert_true(i.rc == 0 || (i.rc == -EINVAL && i.error.text[0]));
            forget(&i);
        }
        const size_t whole = compress(texts[k], strlen(texts[k]), packed, sizeof packed);
        for (size_t size = 1; size < whole; size++) {
            struct imported i = import(packed, size);
            assert_int_equal(i.rc, -EINVAL);
            if (size > 8) /* a frame's head */
                assert_non_null(strstr(i.error.text, "ends within a zstd frame"));
            forget(&i);
        }
    }
}

/* heaptrack's reader takes the words as one line; its writer does not care. */
static void commands_of_lines(void **state)
{
    (void)state;
    struct imported i = import_text("v 10400 3\nX sh -c echo a\n+ b\nI c\nt 1\nI 1000 10\n"
                                    "+ 10 0 7f0000001000\nc 1\nR 1\n");
    assert_int_equal(i.rc, 0);
    assert_int_equal(i.count, 2);
    assert_string_equal(pl_trace_head(i.reader)->command, "sh -c echo a");
    forget(&i);
}

static void attached_ones(void **state)
{
    (void)state;
    struct imported i = import_text(BEGIN "A\n+ 10 0 7f0000001000\n");
    assert_int_equal(i.rc, 0);
    assert_non_null(strstr(pl_trace_head(i.reader)->imported, "attached"));
    forget(&i);
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *tells;
    } refused[] = {
        {"", "is empty"},
        {"\n", "is not a file of heaptrack's"},
        {" ", "is not a file of heaptrack's"},
        {"no such file, but text\n", "is not a file of heaptrack's"},
        {"v \n", "is not a file of heaptrack's"},
        {"v 1 2 3 4", "is not a file of heaptrack's"}, /* no end of line */
        {"pltrace\n", "is not a file of heaptrack's"},
        {"\x1f\x8b\x08", "zcat FILE | zstd"},
        {"v 10700 4\n", "in format 4; expected 1 to 3"},
        {"v 10700 ffffffffffff\n", "in format 4294967295"},
        {"v 900\n", "in format 0"},
        {"\x28\xb5\x2f\xfdno zstd at all", "is not a sound zstd file"},
        {BEGIN, "holds no allocation"},
        {BEGIN "+ 1000000000000000 0 7f0000001000\n", ".zst:5: a record"}, /* 2^60 bytes */
        {BEGIN "+ 7fffffffffff 0 1000\n+ 1 0 2000\n", ".zst:6: more is live"},
        {BEGIN "+ 1ffffffffffffffff 0 1000\n", ".zst:5: "}, /* 65 bits */
        {BEGIN "+ 10 0 0\n", ".zst:5: "},
        {BEGIN "+ 10 1 1000\n", ".zst:5: "}, /* no such node */
        {BEGIN "+ 10 1000\n", ".zst:5: "},
        {BEGIN "+ 10 0 1000\n+ 0\n", ".zst:6: "}, /* of the other form */
        {BEGIN "+ 10 0 1000\na 10 0\n", ".zst:6: "},
        {BEGIN "+ 10 0 1000\n?\n", ".zst:6: "},
        {BEGIN "+ 10 0 1000\nR 100000000000000\n", ".zst:6: "},
        {BEGIN "+ 10 0 1000\nc fffffffffffff\n", ".zst:6: a number"},
        {BEGIN "+ 10 0 1000\nt 1 1\n", ".zst:6: "}, /* its own caller */
        {BEGIN "+ 10 0 1000\nm 5 x 1000\n", ".zst:6: "},
        {BEGIN "+ 10 0 1000\nv 10400 3\n", ".zst:6: "},
        {"v 10400 3\nI 0 0\n+ 10 0 1000\n", ".zst:2: a number"},
        {"v 10400 3\n+ 0\n", ".zst:2: "}, /* no such kind */
        {"v 10400 3\na 10 0\n+ 0\nm 1 -\n", ".zst:4: "},
        {"v 10400 3\na 10 0\n+ 0\ni 1 1\n", ".zst:4: "}, /* no such string */
        {"v 10400 3\na 10 0\n+ 0\ni 1 0 1\n", ".zst:4: "},
        {"v 10400 3\na 10 0\n+ 0\nt 1 0\n", ".zst:4: "}, /* no such place */
        {"v 10400 3\na 10 0\n+ 0\n- 1\n", ".zst:4: "},
        {"v 10400 3\na 10 0\n+ 0\ns 99 short\n", ".zst:4: "},
    };
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        struct imported i = import_text(refused[k].text);
        assert_int_equal(i.rc, -EINVAL);
        if (!strstr(i.error.text, refused[k].tells))
            fail_msg("'%s' is refused by '%s', not '%s'", refused[k].text, i.error.text,
                     refused[k].tells);
        forget(&i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_ones),         cmocka_unit_test(interpreted_ones),
        cmocka_unit_test(older_formats),    cmocka_unit_test(compressed_ones),
        cmocka_unit_test(long_ones),        cmocka_unit_test(killed_programs),
        cmocka_unit_test(cuts_at_any_byte), cmocka_unit_test(commands_of_lines),
        cmocka_unit_test(attached_ones),    cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
