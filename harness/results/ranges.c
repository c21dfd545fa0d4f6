/* Checking the numbers of documents (ranges.h). */
#include "harness/results/ranges.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER, INTEGER };

static const struct row {
    const char *parent, *key;
    int kind;
    double minimum, maximum;
} rows[] = {
#define PL_RANGE(parent, key, kind, minimum, maximum) \
    {parent, key, kind, (double)(minimum), (double)(maximum)},
#include "harness/results/ranges.def"
#undef PL_RANGE
};

static bool fits(const char *pattern, const char *text)
{
    return !pattern || strcmp(pattern, text) == 0;
}

/* `ours` of an instrument is metrics, too. */
static bool holds_metrics(const char *parent)
{
    return strcmp(parent, "metrics") == 0 || strcmp(parent, "ours") == 0;
}

struct pl_range pl_range_of(const char *parent, const char *key, bool *integer)
{
    const struct pl_metric *metric = holds_metrics(parent) ? pl_metric_find(key) : NULL;
    const struct row *row = rows;
    *integer = false;
    if (metric)
        return pl_metric_range(metric);
    while (!fits(row->parent, parent) || !fits(row->key, key))
        row++; /* the last fits anything */
    *integer = row->kind == INTEGER;
    return (struct pl_range){row->minimum, row->maximum, *integer};
}

int pl_range_check(const struct pl_range *r, double value, const char *what, struct pl_error *error)
{
    if (value >= r->minimum && value <= r->maximum && (!r->whole || value == floor(value)))
        return 0;
    return pl_error_set(error, -EINVAL, "%s is %.12g; expected a %s from %.17g to %.17g", what,
                        value, r->whole ? "whole number" : "number", r->minimum, r->maximum);
}

static int check_number(const json_t *number, const char *parent, const char *key, bool medians,
                        struct pl_error *error)
{
    char what[160];
    bool integer, metric = holds_metrics(parent);
    struct pl_range range = pl_range_of(parent, key, &integer);
    range.whole = range.whole && !(metric && medians);
    if (metric)
        snprintf(what, sizeof what, "metric '%.60s'", key);
    else
        snprintf(what, sizeof what, "'%.60s%s%.60s'", parent, *parent ? "." : "", key);
    if (integer && json_is_real(number))
        return pl_error_set(error, -EINVAL, "%s is %.12g; expected an integer", what,
                            json_real_value(number));
    return pl_range_check(&range, json_number_value(number), what, error);
}

static int check_value(const json_t *value, const char *parent, const char *key, bool medians,
                       struct pl_error *error)
{
    if (json_is_number(value))
        return check_number(value, parent, key, medians, error);
    return json_is_object(value) || json_is_array(value)
               ? pl_ranges_check(value, key, medians, error)
               : 0;
}

int pl_ranges_check(const json_t *tree, const char *name, bool medians, struct pl_error *error)
{
    const char *key;
    json_t *value;
    size_t i;
    int rc = 0;
    json_object_foreach((json_t *)tree, key, value)
    {
        if (!rc)
            rc = check_value(value, name, key, medians, error);
    }
    json_array_foreach(tree, i, value)
    {
        if (!rc)
            rc = check_value(value, name, json_is_number(value) ? "" : name, medians, error);
    }
    return rc;
}
