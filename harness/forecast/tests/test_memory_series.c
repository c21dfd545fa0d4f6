/* Series of others read: times, units, gaps, restarts, any number of rows, and what is refused. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/forecast/moment.h"
#include "harness/forecast/reducer.h"
#include "harness/forecast/series_file.h"

#define SECOND INT64_C(1000000000)

static struct pl_error error;

/* Reads a file of this text. */
static int read_text(const char *text, const struct pl_memory_series_wishes *wishes,
                     struct pl_memory_series *series)
{
    static const struct pl_memory_series_wishes none;
    char path[] = "/tmp/plimsoll-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int rc = pl_memory_series_read(path, wishes ? wishes : &none, series, &error);
    unlink(path);
    return rc;
}

/* Head, and ten lines from a format of a time and a figure, each a minute and `step` further. */
static char *rows(const char *head, const char *format, int64_t time, int64_t minute, int figure,
                  int step)
{
    static char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", head);
    for (int i = 0; i < 10; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, format, time + i * minute,
                                 figure + i * step);
    return text;
}

#define LINE "%" PRId64 ",%d\n"
#define PS_LINE "%" PRId64 " %d\n"

static void expect(const char *text, const struct pl_memory_series_wishes *wishes, int64_t first_ns,
                   double first_bytes)
{
    struct pl_memory_series s;
    if (read_text(text, wishes, &s))
        fail_msg("%s", error.text);
    assert_int_equal(s.points.count, 10);
    assert_int_equal(s.points.t_ns[0], first_ns);
    assert_true(s.points.values[0] == first_bytes);
    assert_int_equal(s.points.t_ns[9] - s.points.t_ns[0], 540 * SECOND);
    pl_memory_series_free(&s);
}

static void formats_are_known(void **state)
{
    (void)state;
    const int64_t now = 1764500000;
    const struct pl_memory_series_wishes minute = {.interval_ns = 60 * SECOND};
    const struct pl_memory_series_wishes mib = {.unit_bytes = 1048576};
    const struct pl_memory_series_wishes named = {.series = "b"};
    expect(rows("", PS_LINE, now, 60, 5001, 7), NULL, now * SECOND, 5001 * 1024.);
    expect(rows("", "  %2$d\n", now, 60, 5001, 7), &minute, 0, 5001 * 1024.);
    expect(rows("  RSS\n", "%2$d\n  RSS\n", now, 60, 5001, 7), &minute, 0, 5001 * 1024.);
    expect(rows("t_ns,rss_bytes,live_bytes,cpu_ns\n", "%" PRId64 ",%d,,5\n", 0, 60 * SECOND, 4096,
                4096),
           NULL, 0, 4096);
    expect(rows("epoch_s,rss_bytes,processes\n", "%" PRId64 ".250,%d,3\n", now, 60, 4096, 0), NULL,
           now * SECOND + SECOND / 4, 4096);
    expect(rows("\"Time\",\"value\"\n", "%" PRId64 ",%d\n", now * 1000, 60000, 5000000, 7), NULL,
           now * SECOND, 5000000);
    expect(rows("Time;srv\n", "%" PRId64 ";%d MiB\n", now * 1000, 60000, 50, 1), NULL, now * SECOND,
           50 * 1048576.);
    expect(rows("time\tmemory (KiB)\n", "%" PRId64 "\t%d\n", now, 60, 5001, 1), NULL, now * SECOND,
           5001 * 1024.);
    expect(rows("", LINE, now, 60, 50, 1), &mib, now * SECOND, 50 * 1048576.);
    expect(rows("time,a,b\n", "%1$" PRId64 ",1,%2$d\n", now, 60, 70, 1),
           &(struct pl_memory_series_wishes){.series = named.series, .unit_bytes = 1}, now * SECOND,
           70);
}

static void moments_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns;
    } cases[] = {
        {"2026-11-30T18:54:28Z", INT64_C(1796064868000000000)},
        {"2026-11-30 18:54:28", INT64_C(1796064868000000000)},
        {"2026-11-30T19:54:28.5+01:00", INT64_C(1796064868500000000)},
        {"1796064868", INT64_C(1796064868000000000)},
        {"1796064868.5", INT64_C(1796064868500000000)},
        {"1796064868500", INT64_C(1796064868500000000)},
        {"1796064868500000000", INT64_C(1796064868500000000)},
    };
    int64_t ns;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(pl_moment_read(cases[i].text, 0, &ns));
        assert_int_equal(ns, cases[i].ns);
    }
    static const char *const none[] = {"",     "x",          "-5",
                                       "nan",  "inf",        "2026-13-01T00:00:00Z",
                                       "1e30", "2026-11-30", "2026-11-30T18:54:28X",
                                       "12x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(pl_moment_read(none[i], 0, &ns));
}

static void what_is_none_or_two_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {"", "no samples in it"},
        {"1764500000 1000\n", "only 1 sample; expected 8"},
        {"1764500000,1000\n", ":1: the unit of the memory is not said; expected --unit"},
        {"1 2 3\n", "3 columns without names"},
        {"5000\n", "no column of time; expected one, or --interval"},
        {"time,rss_kib\n100,5\n90,6\n", ":3: time goes back"},
        {"time,rss_kib\n100,5\n110,NaN\n", ":3: the memory is no number"},
        {"time,rss_kib\n100,-5\n", ":2: the memory is no number"},
        {"time,rss_kib\n100,x\n", ":2: the memory is no number"},
        {"time,rss_kib\nsoon,5\n", ":2: no time"},
        {"time,rss_kib\n100,5,6\n", ":2: 3 columns; expected 2"},
        {"time,a_bytes,b_bytes\n1,2,3\n", "--series with one of: a_bytes, b_bytes"},
        {"time,rss_gib\n1,9e9\n", "more than 64 TiB"},
        {"\x7f"
         "ELF\x02\x01\n",
         ":1: not text"},
        {"{\"status\": \"success\"", "no whole JSON"},
        {"{\"status\": \"error\", \"error\": \"no such query\"}", "no such query"},
        {"time_ns,rss_bytes\n1,5\n2,6\n3,7\n4,8\n5,9\n6,8\n7,9\n8,9\n9,9\n",
         "lasts less than 10 ms"},
        {"{\"status\": \"error\"}", "Prometheus failed; expected"},
        {"{\"data\": {\"resultType\": \"vector\"}}", "no matrix"},
        {"{\"data\": {\"resultType\": \"matrix\", \"result\": []}}", "Prometheus found no series"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_memory_series s;
        assert_int_equal(read_text(cases[i].text, NULL, &s), -EINVAL);
        if (!strstr(error.text, cases[i].reason))
            fail_msg("'%s' does not hold '%s'", error.text, cases[i].reason);
    }
    struct pl_memory_series s;
    const struct pl_memory_series_wishes timed = {.interval_ns = SECOND};
    assert_int_equal(read_text("time,rss_kib\n100,5\n", &timed, &s), -EINVAL);
    assert_non_null(strstr(error.text, "a column of time and --interval"));
    assert_int_equal(read_text(rows("", PS_LINE, 1764500000, 60, 40960000, 4096), NULL, &s),
                     -EINVAL);
    assert_non_null(strstr(error.text, "may be KiB or bytes"));
}

static void prometheus_is_read(void **state)
{
    (void)state;
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text,
                                   "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\","
                                   "\"result\":[");
    for (int k = 0; k < 2; k++) {
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "%s{\"metric\":{\"__name__\":\"rss\",\"instance\":\"host%d:9\"},"
                                 "\"values\":[",
                                 k ? "," : "", k);
        for (int i = 0; i < 10; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s[%d.5,\"%d\"]",
                                     i ? "," : "", 1764500000 + 60 * i, 4096 * (k + 1));
        used += (size_t)snprintf(text + used, sizeof text - used, "]}");
    }
    snprintf(text + used, sizeof text - used, "]}}");
    const struct pl_memory_series_wishes second = {.series = "host1"};
    expect(text, &second, 1764500000 * SECOND + SECOND / 2, 8192);
    struct pl_memory_series s;
    assert_int_equal(read_text(text, NULL, &s), -EINVAL);
    assert_non_null(strstr(error.text, "rss{instance=\"host0:9\"}, rss{instance=\"host1:9\"}"));
}

/* Thirty lines, some left out, and a level from some line on. */
static char *levels(int gap_from, int gap_to, int fall_at, int rise_at)
{
    static char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "time,rss_kib\n");
    for (int i = 0; i < 30; i++)
        if (i < gap_from || i >= gap_to)
            used += (size_t)snprintf(text + used, sizeof text - used, "%d,%d\n", 60 * i,
                                     i < fall_at || i >= rise_at ? 100000 + i : 20000 + i);
    return text;
}

static void gaps_and_restarts_are_told(void **state)
{
    (void)state;
    static const struct {
        int gap_from, gap_to, fall_at, rise_at;
        size_t left;
        const char *note;
    } cases[] = {
        {30, 30, 30, 30, 30, NULL},
        {10, 12, 30, 30, 28, NULL},
        {5, 18, 30, 30, 12, "What is before a gap of 14 min is left out."},
        {30, 30, 20, 30, 10, "taken from there, the last 9 min"},
        {30, 30, 25, 30, 25, "in its last 5 samples, as where a program ends"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_memory_series s;
        const char *text =
            levels(cases[i].gap_from, cases[i].gap_to, cases[i].fall_at, cases[i].rise_at);
        assert_int_equal(read_text(text, NULL, &s), 0);
        assert_int_equal(s.points.count, cases[i].left);
        assert_int_equal(s.samples, cases[i].left);
        assert_int_equal(s.note_count, cases[i].note != NULL);
        if (cases[i].note)
            assert_non_null(strstr(s.notes[0], cases[i].note));
        pl_memory_series_free(&s);
    }
    struct pl_memory_series s;
    assert_int_equal(read_text(levels(5, 24, 30, 30), NULL, &s), -EINVAL);
    assert_non_null(strstr(error.text, "only 6 samples since the last gap or restart"));
}

/* Samples of a level, then of another one, with noise of 5 % of the first. */
static void lower_level_is_a_restart_where_it_is_clear(void **state)
{
    static const struct {
        int to; /* MiB, after 100 */
        size_t left;
    } cases[] = {{70, 20}, {85, 20}, {92, 40}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_memory_series s;
        char text[2048] = "\xef\xbb\xbftime,rss_bytes\n"; /* as exported by Excel */
        for (int k = 0; k < 40; k++)
            sprintf(text + strlen(text), "%d,%d\n", k,
                    ((k < 20 ? 100 : cases[i].to) + k * 7 % 6 - 3) << 20);
        assert_int_equal(read_text(text, NULL, &s), 0);
        assert_int_equal(s.samples, cases[i].left);
        pl_memory_series_free(&s);
    }
}

static void any_number_of_samples_is_kept_in_short(void **state)
{
    (void)state;
    struct pl_reducer r = {0};
    struct pl_points p;
    const int64_t count = 100000;
    for (int64_t i = 0; i < count; i++)
        assert_int_equal(pl_reducer_add(&r, i, i == 33333 ? 9e9 : i == 66666 ? -1 : (double)i), 0);
    assert_int_equal(r.samples, count);
    assert_int_equal(pl_reducer_points(&r, &p), 0);
    assert_true(p.count <= 4 * PL_REDUCER_PARTS);
    assert_int_equal(p.t_ns[0], 0);
    assert_int_equal(p.t_ns[p.count - 1], count - 1);
    bool high = false, low = false;
    for (size_t i = 0; i < p.count; i++) {
        assert_true(!i || p.t_ns[i] > p.t_ns[i - 1]);
        high |= p.t_ns[i] == 33333 && p.values[i] == 9e9;
        low |= p.t_ns[i] == 66666 && p.values[i] == -1;
    }
    assert_true(high && low);
    pl_points_free(&p);
    pl_reducer_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_known),
        cmocka_unit_test(moments_are_read),
        cmocka_unit_test(what_is_none_or_two_is_refused),
        cmocka_unit_test(prometheus_is_read),
        cmocka_unit_test(gaps_and_restarts_are_told),
        cmocka_unit_test(lower_level_is_a_restart_where_it_is_clear),
        cmocka_unit_test(any_number_of_samples_is_kept_in_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
