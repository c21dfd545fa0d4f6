/* Series read back: what is right, and each way in which a file is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/results/rss_series.h"

#define HEAD "t_ns,rss_bytes,live_bytes\n"

/* Reads a file of this text. @param name of the series in the cell */
static int read_text(const char *text, const char *name, struct pl_rss_series *series,
                     struct pl_error *error)
{
    char folder[] = "/tmp/plimsoll-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/series", folder);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/series/a.csv", folder);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    json_t *cell = json_pack("{s:s, s:s}", "allocator", "glibc", "series", name);
    int rc = pl_rss_series_read(folder, cell, series, error);
    json_decref(cell);
    pl_folder_remove(folder);
    return rc;
}

static void samples_come_back(void **state)
{
    (void)state;
    struct pl_rss_series s;
    struct pl_error error = {""};
    assert_int_equal(read_text(HEAD "0,4096,1\n100000000,8192,2\n250000000,9007199254740992,3\n",
                               "series/a.csv", &s, &error),
                     0);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.t_ns[1], 100000000);
    assert_int_equal(s.t_ns[2], 250000000);
    assert_true(s.live_bytes[0] == 1 && s.live_bytes[2] == 3);
    assert_true(s.rss_bytes[0] == 4096 && s.rss_bytes[2] == 9007199254740992.);
    pl_rss_series_free(&s);
    assert_null(s.t_ns);
}

static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *reason;
    } cases[] = {
        {HEAD "0,1,1\n", "", "the cell of glibc kept no series"},
        {HEAD "0,1,1\n", "/etc/passwd", "'/etc/passwd' is not a name of a series"},
        {HEAD "0,1,1\n", "series/../series/a.csv", "is not a name of a series"},
        {HEAD "0,1,1\n", "series/", "is not a name of a series"},
        {HEAD "0,1,1\n", "series/b.csv", "series/b.csv: No such file"},
        {"", "series/a.csv",
         "a.csv:1: not a series of samples; expected t_ns,rss_bytes,live_bytes"},
        {"t_ns,live_bytes,rss_bytes\n0,1,1\n", "series/a.csv", "a.csv:1: not a series"},
        {HEAD, "series/a.csv", "a.csv: no samples in it"},
        {HEAD "0,1,1\n100,1,1\n100,1,1\n", "series/a.csv",
         "a.csv:4: not a sample; expected a later time"},
        {HEAD "0,1,1\n100,,1\n", "series/a.csv", "a.csv:3: not a sample"},
        {HEAD "0,\n1,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,-1,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,1.5,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,99999999999999999999,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "9100000000000000000,1,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,9007199254740994,1\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,1,9223372036854775807\n", "series/a.csv", "a.csv:2: not a sample"},
        {HEAD "0,1,1\n100,1,", "series/a.csv", "a.csv:3: not a sample"}, /* cut */
        {HEAD "0,1,1\n100,1,\n", "series/a.csv", "a.csv:3: not a sample"},
        {HEAD "0,1\n100,1,1\n", "series/a.csv", "a.csv:2: not a sample"}, /* of two lines none */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_rss_series s = {0};
        struct pl_error error = {""};
        assert_int_equal(read_text(cases[i].text, cases[i].name, &s, &error), -EINVAL);
        if (!strstr(error.text, cases[i].reason))
            fail_msg("case %zu: %s", i, error.text);
        assert_null(s.t_ns);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
