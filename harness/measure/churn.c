/* Metrics of churn and of refusals: exact sums over the classes' books. */
#include "harness/measure/value.h"

static uint64_t sum(const struct pl_final *final, uint64_t (*part)(const struct pl_class_record *))
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < final->class_count; i++)
        total += part(&final->classes[i]);
    return total;
}

static uint64_t allocated(const struct pl_class_record *c)
{
    return c->acquired_bytes;
}

static uint64_t freed(const struct pl_class_record *c)
{
    return c->released_bytes;
}

static uint64_t operations(const struct pl_class_record *c)
{
    return c->acquires + c->releases;
}

static uint64_t failures(const struct pl_class_record *c)
{
    return c->failures;
}

static struct pl_value total(const struct pl_measured *m,
                             uint64_t (*part)(const struct pl_class_record *))
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_integer(sum(final, part)) : pl_value_none();
}

static struct pl_value per_second(const struct pl_measured *m,
                                  uint64_t (*part)(const struct pl_class_record *))
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_real((double)sum(final, part) / ((double) final->t_ns / 1e9))
                 : pl_value_none();
}

struct pl_value pl_metric_allocated_bytes_total(const struct pl_measured *m)
{
    return total(m, allocated);
}

struct pl_value pl_metric_freed_bytes_total(const struct pl_measured *m)
{
    return total(m, freed);
}

struct pl_value pl_metric_churn_bytes_per_second(const struct pl_measured *m)
{
    return per_second(m, allocated);
}

struct pl_value pl_metric_churn_ops_per_second(const struct pl_measured *m)
{
    return per_second(m, operations);
}

struct pl_value pl_metric_acquire_failures(const struct pl_measured *m)
{
    return total(m, failures);
}

struct pl_value pl_metric_limit_refusals(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_integer(final->stack.refusals) : pl_value_none();
}

struct pl_value pl_metric_fallback_allocations(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_integer(final->stack.fallback_allocations) : pl_value_none();
}
