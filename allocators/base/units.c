/* Sizes and times with units, by integers alone: exact, without a locale, without allocation. */
#include "allocators/base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    uint64_t factor; /* bytes or nanoseconds */
};

static const struct unit size_units[] = {
    {"B", 1},
    {"KiB", UINT64_C(1) << 10},
    {"MiB", UINT64_C(1) << 20},
    {"GiB", UINT64_C(1) << 30},
    {"kB", 1000},
    {"MB", 1000000},
    {"GB", 1000000000},
    {NULL, 0},
};

static const struct unit time_units[] = {
    {"ns", 1},          {"us", 1000},         {"ms", 1000000}, {"s", 1000000000},
    {"m", 60000000000}, {"h", 3600000000000}, {NULL, 0},
};

/* A quantity taken apart, before it is worth anything. */
struct quantity {
    uint64_t whole;
    const char *fraction; /* its digits */
    size_t fraction_digits;
    const char *unit;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int parse_whole(const char **text, uint64_t *whole)
{
    *whole = 0;
    if (!is_digit(**text))
        return -EINVAL;
    for (; is_digit(**text); (*text)++)
        if (__builtin_mul_overflow(*whole, 10u, whole) ||
            __builtin_add_overflow(*whole, (uint64_t)(**text - '0'), whole))
            return -ERANGE;
    return 0;
}

static int parse_quantity(const char *text, struct quantity *quantity)
{
    int rc = parse_whole(&text, &quantity->whole);
    if (rc)
        return rc;
    quantity->fraction = text;
    quantity->fraction_digits = 0;
    if (*text == '.') {
        quantity->fraction = ++text;
        while (is_digit(*text))
            text++;
        quantity->fraction_digits = (size_t)(text - quantity->fraction);
        if (!quantity->fraction_digits)
            return -EINVAL;
    }
    quantity->unit = text;
    return 0;
}

/* Sums d1*f/10 + d2*f/100 + ... from its end. If the sum is whole, then so is each partial sum:
 * one that leaves a rest says that the whole does. */
static int sum_fraction(const struct quantity *quantity, uint64_t factor, uint64_t *sum)
{
    uint64_t rest = 0;
    for (size_t i = quantity->fraction_digits; i-- > 0;) {
        rest += (uint64_t)(quantity->fraction[i] - '0') * factor;
        if (rest % 10)
            return -EINVAL;
        rest /= 10;
    }
    *sum = rest;
    return 0;
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
    for (; units->name; units++)
        if (!strcmp(units->name, name))
            return units;
    return NULL;
}

static int refuse(struct pl_error *error, const char *text, const char *kind, const char *problem)
{
    return pl_error_set(error, -EINVAL, "'%.60s' is not a %s; expected %s", text, kind, problem);
}

static int refuse_range(struct pl_error *error, const char *text)
{
    return pl_error_set(error, -ERANGE, "'%.60s' is too large; expected at most 2^63-1", text);
}

/* What a size and a time have in common: an unsigned number and a unit. `text` stands in messages,
 * `number` is where its digits begin. */
static int parse(const char *text, const char *number, const struct unit *units, const char *kind,
                 const char *names, uint64_t *value, struct pl_error *error)
{
    struct quantity quantity;
    uint64_t fraction, result;
    int rc = parse_quantity(number, &quantity);
    if (rc == -ERANGE)
        return refuse_range(error, text);
    if (rc)
        return refuse(error, text, kind, names);
    const struct unit *unit = find_unit(units, quantity.unit);
    if (!unit) {
        if (*quantity.unit || quantity.whole || quantity.fraction_digits)
            return refuse(error, text, kind, names);
        unit = units;
    }
    if (sum_fraction(&quantity, unit->factor, &fraction))
        return refuse(error, text, kind, "a whole number of the smallest unit");
    if (__builtin_mul_overflow(quantity.whole, unit->factor, &result) ||
        __builtin_add_overflow(result, fraction, &result) || result > INT64_MAX)
        return refuse_range(error, text);
    *value = result;
    return 0;
}

int pl_size_parse(const char *text, uint64_t *bytes, struct pl_error *error)
{
    return parse(text, text, size_units, "size",
                 "a size such as 64MiB (B, KiB, MiB, GiB, kB, MB or GB)", bytes, error);
}

int pl_time_parse(const char *text, int64_t *ns, struct pl_error *error)
{
    uint64_t magnitude;
    bool negative = *text == '-';
    int rc = parse(text, text + negative, time_units, "time",
                   "a time such as 10s (ns, us, ms, s, m or h)", &magnitude, error);
    if (!rc)
        *ns = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return rc;
}

/* Divides to tenths, half up. */
static void to_tenths(uint64_t value, uint64_t factor, uint64_t *whole, unsigned *tenths)
{
    uint64_t rest = value % factor;
    *whole = value / factor;
    *tenths = (unsigned)((rest * 10 + factor / 2) / factor);
    if (*tenths == 10) {
        *tenths = 0;
        ++*whole;
    }
}

static void print_tenths(const char *sign, uint64_t whole, unsigned tenths, const char *unit,
                         char *text, size_t capacity)
{
    if (tenths)
        snprintf(text, capacity, "%s%" PRIu64 ".%u %s", sign, whole, tenths, unit);
    else
        snprintf(text, capacity, "%s%" PRIu64 " %s", sign, whole, unit);
}

void pl_size_format(uint64_t bytes, char *text, size_t capacity)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    const size_t last = sizeof names / sizeof *names - 1;
    size_t unit = 0;
    while (unit < last && bytes >> (10 * (unit + 1)))
        unit++;
    uint64_t whole;
    unsigned tenths;
    to_tenths(bytes, UINT64_C(1) << (10 * unit), &whole, &tenths);
    if (whole == 1024 && unit < last) {
        whole = 1;
        unit++;
    }
    print_tenths("", whole, tenths, names[unit], text, capacity);
}

/* A minute and more: two whole units, the smaller one left out when it is zero. */
static void format_long(const char *sign, uint64_t seconds, char *text, size_t capacity)
{
    bool hours = seconds >= 3600;
    if (hours)
        seconds = (seconds + 30) / 60;
    uint64_t large = seconds / 60, small = seconds % 60;
    const char *large_name = hours ? "h" : "min", *small_name = hours ? "min" : "s";
    if (small)
        snprintf(text, capacity, "%s%" PRIu64 " %s %" PRIu64 " %s", sign, large, large_name, small,
                 small_name);
    else
        snprintf(text, capacity, "%s%" PRIu64 " %s", sign, large, large_name);
}

void pl_time_format(int64_t ns, char *text, size_t capacity)
{
    static const char *const names[] = {"ns", "us", "ms", "s"};
    const char *sign = ns < 0 ? "-" : "";
    uint64_t magnitude = ns < 0 ? -(uint64_t)ns : (uint64_t)ns, factor = 1, whole;
    unsigned unit = 0, tenths;
    while (unit < 3 && magnitude >= factor * 1000) {
        factor *= 1000;
        unit++;
    }
    to_tenths(magnitude, factor, &whole, &tenths);
    if (unit < 3 && whole == 1000) {
        whole = 1;
        unit++;
    }
    if (unit == 3 && whole >= 60)
        format_long(sign, (magnitude + 500000000) / 1000000000, text, capacity);
    else
        print_tenths(sign, whole, tenths, names[unit], text, capacity);
}
