/* Names that stand for several stacks (allocator.h). Another group is another row. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "allocators/base/error.h"

const struct pl_stack_group pl_stack_groups[] = {
    {"heaps", "every heap that a model can run in; those that are missing here are skipped",
     pl_backend_heaps},
};
const size_t pl_stack_group_count = sizeof pl_stack_groups / sizeof *pl_stack_groups;

const struct pl_stack_group *pl_stack_group_find(const char *name)
{
    for (size_t i = 0; i < pl_stack_group_count; i++)
        if (strcmp(pl_stack_groups[i].name, name) == 0)
            return &pl_stack_groups[i];
    return NULL;
}

bool pl_stack_list_has(const char *list, const char *stack)
{
    char one[PL_STACK_TEXT_MAX];
    while (list && *list && !pl_stack_list_next(&list, one, sizeof one, NULL))
        if (strcmp(one, stack) == 0)
            return true;
    return false;
}

static int append(char *text, size_t capacity, const char *stack, struct pl_error *error)
{
    size_t used = strlen(text);
    int n = snprintf(text + used, capacity - used, "%s%s", used ? "," : "", stack);
    return n < 0 || (size_t)n >= capacity - used
               ? pl_error_set(error, -ENAMETOOLONG, "the list of stacks is longer than %zu B",
                              capacity)
               : 0;
}

static int append_group(const struct pl_stack_group *group, char *text, size_t capacity,
                        struct pl_error *error)
{
    char stacks[PL_STACK_TEXT_MAX], stack[PL_STACK_TEXT_MAX];
    const char *list = stacks;
    int rc = 0;
    group->stacks(stacks, sizeof stacks);
    while (!rc && list && !(rc = pl_stack_list_next(&list, stack, sizeof stack, error)))
        if (!pl_stack_list_has(text, stack))
            rc = append(text, capacity, stack, error);
    return rc;
}

int pl_stack_list_expand(const char *list, char *text, size_t capacity, struct pl_error *error)
{
    char stack[PL_STACK_TEXT_MAX];
    int rc = 0;
    text[0] = '\0';
    while (!rc && list && !(rc = pl_stack_list_next(&list, stack, sizeof stack, error))) {
        const struct pl_stack_group *group = pl_stack_group_find(stack);
        rc = group ? append_group(group, text, capacity, error)
                   : append(text, capacity, stack, error);
    }
    return rc;
}
