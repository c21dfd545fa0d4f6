/* Profiles: what is read, and how often a row is drawn. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/trace/writer.h"
#include "harness/traffic/profile.h"

static void rows_are_read(void **state)
{
    (void)state;
    struct pl_profile *p;
    struct pl_error error;
    static const char text[] = "# made by hand\n24\t0\t3\n# in between\n65536\t16\t1\n";
    assert_int_equal(pl_profile_parse(text, "t", &p, &error), 0);
    assert_int_equal(p->row_count, 2);
    assert_int_equal(p->blocks, 4);
    assert_int_equal(p->largest, 65536);
    assert_int_equal(p->bytes, sizeof *p + 2 * sizeof *p->rows);
    assert_int_equal(p->rows[0].size, 24);
    assert_int_equal(p->rows[0].upto, 3);
    assert_int_equal(p->rows[1].life, 16);
    assert_int_equal(p->rows[1].upto, 4);
    free(p);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    static const char wrong[] = "not a block; expected SIZE, LIFE and COUNT, separated by tabs "
                                "(size 1 to 1073741824 B, life 0 to 16)";
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        {"24\t0\t3\n24 0 3\n", 2}, {"0\t0\t3\n", 1},   {"24\t17\t3\n", 1},
        {"24\t0\t0\n", 1},         {"24\t0\t3", 1},    {"24\t0\n", 1},
        {"24\t0\t3\t4\n", 1},      {"-24\t0\t3\n", 1}, {"24\t0\t99999999999999999999999\n", 1},
        {"1073741825\t0\t1\n", 1}, {"\n", 1},          {"# a\n#b", 2}};
    char expected[256];
    struct pl_error error;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_profile *p = NULL;
        assert_int_equal(pl_profile_parse(cases[i].text, "dir/p.tsv", &p, &error), -EINVAL);
        snprintf(expected, sizeof expected, "dir/p.tsv:%u: %s", cases[i].line, wrong);
        assert_string_equal(error.text, expected);
        assert_null(p);
    }
}

static void a_profile_without_blocks_is_none(void **state)
{
    (void)state;
    struct pl_profile *p;
    struct pl_error error;
    assert_int_equal(pl_profile_parse("", "p", &p, &error), -EINVAL);
    assert_string_equal(error.text, "p:1: no blocks in it");
    assert_int_equal(pl_profile_parse("# a\n", "p", &p, &error), -EINVAL);
    assert_int_equal(pl_profile_read("/no/such/profile", &p, &error), -ENOENT);
}

static void ours_is_whole(void **state)
{
    (void)state;
    struct pl_profile *p;
    struct pl_error error;
    if (pl_profile_of_trace(PL_SOURCE_DIR "/scenarios/traffic/ffmpeg-blocks.trace", 0, 0, &p,
                            &error))
        fail_msg("%s", error.text);
    assert_true(p->row_count > 500 && p->blocks > 50000 && p->largest <= 65536);
    const struct pl_profile_row *row = p->rows;
    for (uint64_t block = 0; block < p->blocks; block++) {
        row += row->upto <= block;
        assert_ptr_equal(pl_profile_draw(p, block), row);
    }
    assert_ptr_equal(pl_profile_draw(p, p->blocks), p->rows);
    free(p);
    if (pl_profile_read(PL_SOURCE_DIR "/scenarios/traffic/packets.tsv", &p, &error))
        fail_msg("%s", error.text);
    free(p);
    assert_int_equal(pl_profile_of_trace("/no/such.trace", 0, 0, &p, &error), -ENOENT);
}

/* @param path of mkstemp @param stream close it behind the writer */
static struct pl_trace_writer *begin_trace(char *path, FILE **stream)
{
    static const struct pl_trace_head head = {
        .program = "p", .command = "p", .machine = "m", .heap = "h", .ended = "e"};
    *stream = fdopen(mkstemp(path), "w");
    struct pl_trace_writer *writer = pl_trace_writer_open(*stream, &head);
    assert_non_null(writer);
    return writer;
}

/* Lifetimes are counted in acquires, a resize is a release and an acquire, and what is large is
 * left out. */
static void a_trace_has_a_profile(void **state)
{
    (void)state;
    static const struct pl_trace_event events[] = {
        {.kind = PL_TRACE_ALLOCATE, .thread = 1, .size = 100}, /* lives for 3 acquires */
        {.kind = PL_TRACE_ALLOCATE, .thread = 1, .size = 130}, /* 144; for none */
        {.kind = PL_TRACE_FREE, .thread = 1, .slot = 1},
        {.kind = PL_TRACE_ALLOCATE, .thread = 1, .size = 65537}, /* left out */
        {.kind = PL_TRACE_RESIZE,
         .thread = 1,
         .time_ms = 5,
         .slot = 1,
         .size = 65536}, /* never released */
        {.kind = PL_TRACE_FREE, .thread = 1, .time_ms = 6, .slot = 0},
    };
    char path[] = "/tmp/plimsoll-profile-XXXXXX";
    struct pl_profile *p;
    struct pl_error error = {""};
    FILE *stream;
    struct pl_trace_writer *writer = begin_trace(path, &stream);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct pl_trace_event event = events[i];
        assert_int_equal(pl_trace_write(writer, &event), 0);
    }
    assert_int_equal(pl_trace_writer_close(writer, true), 0);
    fclose(stream);
    if (pl_profile_of_trace(path, 0, 0, &p, &error))
        fail_msg("%s", error.text);
    struct pl_profile *late, *early;
    assert_int_equal(pl_profile_of_trace(path, 5000000, 6000000, &late, &error), 0);
    assert_int_equal(late->blocks, 1);
    assert_int_equal(late->rows[0].size, 65536);
    assert_int_equal(pl_profile_of_trace(path, 0, 5000000, &early, &error), 0);
    assert_int_equal(early->blocks, 2); /* of which one is released later on */
    assert_int_equal(early->rows[0].life, 2);
    free(late);
    free(early);
    assert_string_equal(p->cut, "");
    assert_int_equal(pl_profile_of_trace(path, 6000000, 0, &late, &error), -EINVAL);
    assert_non_null(strstr(error.text, "holds no block of 1 to 65536 B between from and until"));
    unlink(path);
    static const struct pl_profile_row wanted[] = {{100, 2, 1}, {144, 0, 2}, {65536, 16, 3}};
    assert_int_equal(p->row_count, 3);
    assert_int_equal(p->blocks, 3);
    assert_int_equal(p->largest, 65536);
    assert_memory_equal(p->rows, wanted, sizeof wanted);
    free(p);
}

/* Of a trace that is cut behind some of its sections, and within the first one. */
static void a_cut_trace_is_told(void **state)
{
    (void)state;
    char path[] = "/tmp/plimsoll-profile-XXXXXX";
    struct pl_profile *p;
    struct pl_error error = {""};
    FILE *stream;
    struct pl_trace_writer *writer = begin_trace(path, &stream);
    for (uint32_t i = 0; i < 200000; i++) {
        struct pl_trace_event made = {
            .kind = PL_TRACE_ALLOCATE, .thread = 1, .slot = i, .size = 64};
        made.time_ms = i / 10;
        made.size += i * 7919 % 4096; /* so that no compression makes it a single section */
        assert_int_equal(pl_trace_write(writer, &made), 0);
    }
    assert_int_equal(pl_trace_writer_close(writer, true), 0);
    long size = ftell(stream);
    fclose(stream);
    assert_int_equal(pl_profile_of_trace(path, 0, 0, &p, &error), 0);
    assert_int_equal(p->blocks, 200000);
    assert_string_equal(p->cut, "");
    free(p);
    assert_int_equal(truncate(path, size - 20), 0);
    if (pl_profile_of_trace(path, 0, 0, &p, &error))
        fail_msg("%s", error.text);
    assert_in_range(p->blocks, 1, 200000);
    assert_non_null(strstr(p->cut, path));
    free(p);
    assert_int_equal(truncate(path, 300), 0);
    assert_int_equal(pl_profile_of_trace(path, 0, 0, &p, &error), -EINVAL);
    assert_non_null(strstr(error.text, ", and holds no block of 1 to 65536 B before that"));
    assert_null(strstr(strstr(error.text, path) + 1, path)); /* named once */
    unlink(path);
}

static void a_row_is_drawn_as_often_as_it_has_blocks(void **state)
{
    (void)state;
    uint64_t drawn[3] = {0};
    struct pl_profile *p;
    struct pl_error error;
    assert_int_equal(pl_profile_parse("8\t0\t3\n16\t0\t1\n32\t0\t6\n", "t", &p, &error), 0);
    for (uint64_t i = 0; i < 1000; i++)
        drawn[pl_profile_draw(p, i) - p->rows]++;
    assert_int_equal(drawn[0], 300);
    assert_int_equal(drawn[1], 100);
    assert_int_equal(drawn[2], 600);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(a_profile_without_blocks_is_none),
        cmocka_unit_test(ours_is_whole),
        cmocka_unit_test(a_trace_has_a_profile),
        cmocka_unit_test(a_cut_trace_is_told),
        cmocka_unit_test(a_row_is_drawn_as_often_as_it_has_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
