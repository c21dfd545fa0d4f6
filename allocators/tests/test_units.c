/* Sizes and times: what is read, what is refused, what is written. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/units.h"

struct row {
    const char *text;
    int rc;
    int64_t value;
};

static const struct row sizes[] = {
    {"0", 0, 0},
    {"0B", 0, 0},
    {"1B", 0, 1},
    {"32MiB", 0, 33554432},
    {"1.5KiB", 0, 1536},
    {"1.25MiB", 0, 1310720},
    {"2kB", 0, 2000},
    {"3MB", 0, 3000000},
    {"1.000000001GB", 0, 1000000001},
    {"0.000000000931322574615478515625GiB", 0, 1},
    {"1.50000000000000000000000000000000000000000KiB", 0, 1536},
    {"9223372036854775807B", 0, INT64_MAX},
    {"8589934591GiB", 0, INT64_C(8589934591) << 30},
    {"0.3B", -EINVAL, 0},
    {"0.3KiB", -EINVAL, 0},
    {"10", -EINVAL, 0},
    {"0.5", -EINVAL, 0},
    {"", -EINVAL, 0},
    {"B", -EINVAL, 0},
    {"-1B", -EINVAL, 0},
    {"+1B", -EINVAL, 0},
    {"1 MiB", -EINVAL, 0},
    {" 1MiB", -EINVAL, 0},
    {"1MiB ", -EINVAL, 0},
    {"1.MiB", -EINVAL, 0},
    {".5MiB", -EINVAL, 0},
    {"1,5KiB", -EINVAL, 0},
    {"1mib", -EINVAL, 0},
    {"1KB", -EINVAL, 0},
    {"1TiB", -EINVAL, 0},
    {"0x10B", -EINVAL, 0},
    {"1e3B", -EINVAL, 0},
    {"9223372036854775808B", -ERANGE, 0},
    {"8589934592GiB", -ERANGE, 0},
    {"18446744073709551616B", -ERANGE, 0},
    {"99999999999999999999999999GiB", -ERANGE, 0},
};

static const struct row times[] = {
    {"0", 0, 0},
    {"-0", 0, 0},
    {"1ns", 0, 1},
    {"266.7ms", 0, 266700000},
    {"1.5us", 0, 1500},
    {"200ms", 0, 200000000},
    {"-200ms", 0, -200000000},
    {"240s", 0, INT64_C(240000000000)},
    {"1.5m", 0, INT64_C(90000000000)},
    {"24h", 0, INT64_C(86400000000000)},
    {"9223372036854775807ns", 0, INT64_MAX},
    {"-9223372036854775807ns", 0, -INT64_MAX},
    {"2562047h", 0, INT64_C(2562047) * 3600000000000},
    {"0.5ns", -EINVAL, 0},
    {"10", -EINVAL, 0},
    {"--1s", -EINVAL, 0},
    {"-", -EINVAL, 0},
    {"1min", -EINVAL, 0},
    {"9223372036854775808ns", -ERANGE, 0},
    {"-9223372036854775808ns", -ERANGE, 0},
    {"2562048h", -ERANGE, 0},
};

static void reads_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct pl_error error = {""};
        uint64_t bytes = 77;
        int rc = pl_size_parse(sizes[i].text, &bytes, &error);
        if (rc != sizes[i].rc || bytes != (rc ? 77 : (uint64_t)sizes[i].value))
            fail_msg("'%s' gave %d and %llu", sizes[i].text, rc, (unsigned long long)bytes);
        assert_int_equal(rc != 0, error.text[0] != '\0');
    }
}

static void reads_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct pl_error error = {""};
        int64_t ns = 77;
        int rc = pl_time_parse(times[i].text, &ns, &error);
        if (rc != times[i].rc || ns != (rc ? 77 : times[i].value))
            fail_msg("'%s' gave %d and %lld", times[i].text, rc, (long long)ns);
        assert_int_equal(rc != 0, error.text[0] != '\0');
    }
}

static void says_what_would_be_right(void **state)
{
    struct pl_error error;
    uint64_t bytes;
    int64_t ns;
    (void)state;
    pl_size_parse("10", &bytes, &error);
    assert_string_equal(
        error.text,
        "'10' is not a size; expected a size such as 64MiB (B, KiB, MiB, GiB, kB, MB or GB)");
    pl_size_parse("0.3B", &bytes, &error);
    assert_string_equal(error.text,
                        "'0.3B' is not a size; expected a whole number of the smallest unit");
    pl_time_parse("-3", &ns, &error);
    assert_string_equal(error.text,
                        "'-3' is not a time; expected a time such as 10s (ns, us, ms, s, m or h)");
    pl_time_parse("2562048h", &ns, &error);
    assert_string_equal(error.text, "'2562048h' is too large; expected at most 2^63-1");
    assert_int_equal(pl_size_parse("10", &bytes, NULL), -EINVAL);
}

static void writes_sizes(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {1023, "1023 B"},
        {1024, "1 KiB"},
        {1536, "1.5 KiB"},
        {48339354, "46.1 MiB"},
        {1048575, "1 MiB"}, /* 1023.999 KiB */
        {1048524, "1023.9 KiB"},
        {33554432, "32 MiB"},
        {UINT64_C(1) << 40, "1 TiB"},
        {UINT64_MAX, "16777216 TiB"},
    };
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_size_format(rows[i].bytes, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
    pl_size_format(1536, text, 4);
    assert_string_equal(text, "1.5");
}

static void writes_times(void **state)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        {0, "0 ns"},
        {999, "999 ns"},
        {1500, "1.5 us"},
        {200000000, "200 ms"},
        {266700000, "266.7 ms"},
        {999960000, "1 s"},
        {12500000000, "12.5 s"},
        {59940000000, "59.9 s"},
        {59960000000, "1 min"},
        {95000000000, "1 min 35 s"},
        {-95000000000, "-1 min 35 s"},
        {3599400000000, "59 min 59 s"},
        {3599600000000, "1 h"},
        {3600000000000, "1 h"},
        {5430000000000, "1 h 31 min"},
        {86400000000000, "24 h"},
        {INT64_MIN, "-2562047 h 47 min"},
    };
    char text[32];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        pl_time_format(rows[i].ns, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(says_what_would_be_right),
        cmocka_unit_test(writes_sizes),
        cmocka_unit_test(writes_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
