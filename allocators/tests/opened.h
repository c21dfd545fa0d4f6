/* What the tests of this folder share: a spec opened or the test failed. */
#ifndef PL_ALLOCATORS_TESTS_OPENED_H
#define PL_ALLOCATORS_TESTS_OPENED_H

#include "allocators/backend.h"

static inline struct pl_stack *open_stack(const char *text, const struct pl_class *classes,
                                          size_t class_count, const struct pl_budget *budgets,
                                          size_t budget_count)
{
    struct pl_stack_spec spec;
    struct pl_stack *stack = NULL;
    struct pl_error error = {""};
    if (pl_stack_parse(text, &spec, &error) ||
        pl_stack_open(&spec, classes, class_count, budgets, budget_count, &stack, &error))
        fail_msg("%s", error.text);
    return stack;
}

static inline struct pl_stack_stats stats_of(const struct pl_stack *stack)
{
    struct pl_stack_stats stats;
    pl_stack_stats(stack, &stats);
    return stats;
}

/* For tests of what only the C library's own malloc does. */
static inline void skip_if_sanitized(void)
{
    if (!pl_backend_sanitized())
        return;
    print_message("skipped: this build has a sanitizer, whose runtime replaces malloc\n");
    skip();
}

#endif
