/* Reads one option's value, by its type. Allocates nothing: a cell parses its spec too. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/base/nearest.h"
#include "allocators/base/size_classes.h"

static bool in_range(const struct pl_option *option, int64_t value)
{
    return value >= option->min && value <= option->max;
}

static bool parse_integer(const struct pl_option *option, const char *text, uint64_t *number)
{
    bool negative = *text == '-';
    int64_t value = 0;
    text += negative;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return false;
    }
    if (negative)
        value = -value;
    *number = (uint64_t)value;
    return in_range(option, value);
}

static bool parse_size(const struct pl_option *option, const char *text, uint64_t *number)
{
    return !pl_size_parse(text, number, NULL) && in_range(option, (int64_t)*number) &&
           *number % (option->unit ? option->unit : 1) == 0;
}

static bool parse_time(const struct pl_option *option, const char *text, uint64_t *number)
{
    int64_t ns;
    if (pl_time_parse(text, &ns, NULL) || !in_range(option, ns))
        return false;
    *number = (uint64_t)ns;
    return true;
}

static bool parse_choice(const char *choices, const char *text, uint64_t *number)
{
    size_t length = strlen(text);
    uint64_t index = 0;
    for (const char *at = choices;; index++) {
        size_t span = strcspn(at, "|");
        if (span == length && !memcmp(at, text, length)) {
            *number = index;
            return true;
        }
        if (!at[span])
            return false;
        at += span + 1;
    }
}

static bool parse_growth(const struct pl_option *option, const char *text, uint64_t *number)
{
    *number = 0;
    if (!strcmp(text, "double"))
        return true;
    return !strncmp(text, "fixed:", 6) && parse_integer(option, text + 6, number);
}

static bool parse_classes(const char *text, uint64_t *number)
{
    struct pl_size_classes classes;
    if (!pl_size_classes_parse(text, &classes))
        return false;
    *number = classes.count;
    return true;
}

/* The number that a value stands for, or false. */
static bool parse_value(const struct pl_option *option, const char *text, uint64_t *number)
{
    switch (option->type) {
    case PL_OPTION_SIZE:
        return parse_size(option, text, number);
    case PL_OPTION_COUNT:
    case PL_OPTION_MILLISECONDS:
        return parse_integer(option, text, number);
    case PL_OPTION_TIME:
        return parse_time(option, text, number);
    case PL_OPTION_BOOL:
        return parse_choice("off|on", text, number);
    case PL_OPTION_CHOICE:
        return parse_choice(option->choices, text, number);
    case PL_OPTION_GROWTH:
        return parse_growth(option, text, number);
    case PL_OPTION_CLASSES:
        return parse_classes(text, number);
    case PL_OPTION_PATH:
        *number = 1;
        return *text == '/' && !strpbrk(text, " :");
    }
    return false;
}

/* Sizes as one writes them in a spec: the unit without a space. */
static void print_size(int64_t bytes, char *text, size_t capacity)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB"};
    unsigned unit = 0;
    while (unit < 3 && bytes && bytes % 1024 == 0) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, capacity, "%" PRId64 "%s", bytes, names[unit]);
}

static void print_size_range(const struct pl_option *option, char *text, size_t capacity)
{
    char min[32], max[32], unit[32];
    print_size(option->min, min, sizeof min);
    print_size(option->max, max, sizeof max);
    print_size(option->unit, unit, sizeof unit);
    snprintf(text, capacity, option->unit ? "%s to %s in whole %s" : "%s to %s", min, max, unit);
}

/* In whole milliseconds, as one writes them. */
static void print_time_range(const struct pl_option *option, char *text, size_t capacity)
{
    snprintf(text, capacity, "%" PRId64 "ms to %" PRId64 "h", option->min / 1000000,
             option->max / (INT64_C(3600) * 1000000000));
}

static void print_range(const struct pl_option *option, char *text, size_t capacity)
{
    switch (option->type) {
    case PL_OPTION_SIZE:
        print_size_range(option, text, capacity);
        break;
    case PL_OPTION_COUNT:
    case PL_OPTION_MILLISECONDS:
        snprintf(text, capacity, "%" PRId64 " to %" PRId64, option->min, option->max);
        break;
    case PL_OPTION_TIME:
        print_time_range(option, text, capacity);
        break;
    case PL_OPTION_BOOL:
        snprintf(text, capacity, "on or off");
        break;
    case PL_OPTION_CHOICE:
        snprintf(text, capacity, "%s", option->choices);
        break;
    case PL_OPTION_GROWTH:
        snprintf(text, capacity, "double or fixed:%" PRId64 " to fixed:%" PRId64, option->min,
                 option->max);
        break;
    case PL_OPTION_CLASSES:
        snprintf(text, capacity, "1 to %d SIZExCOUNT joined by +, ascending, to 1GiB and x%d",
                 PL_SIZE_CLASSES_MAX, PL_SIZE_CLASS_COUNT_MAX);
        break;
    case PL_OPTION_PATH:
        snprintf(text, capacity, "an absolute path");
        break;
    }
}

int pl_option_parse(const struct pl_option *option, const char *text, uint64_t *number,
                    struct pl_error *error)
{
    char range[96];
    uint64_t value;
    if (parse_value(option, text, &value)) {
        *number = value;
        return 0;
    }
    print_range(option, range, sizeof range);
    struct pl_nearest nearest;
    pl_nearest_begin(&nearest, text);
    if (option->type == PL_OPTION_CHOICE)
        pl_nearest_try_list(&nearest, option->choices);
    if (pl_nearest_name(&nearest))
        return pl_error_set(error, -EINVAL, "%s=%.60s; did you mean %s? (%s)", option->name, text,
                            pl_nearest_name(&nearest), option->help);
    return pl_error_set(error, -EINVAL, "%s=%.60s is not valid; expected %s (%s)", option->name,
                        text, range, option->help);
}
