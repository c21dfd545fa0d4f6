/* What an instrument should see through a pool: runs one use or misuse of a stack.
 * `misuse SPEC clean|leak|after_release|uninitialised|overrun` */
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"

enum { SIZE = 696, HELD = 100 };

static unsigned char sum(const unsigned char *bytes)
{
    unsigned char total = 0;
    for (size_t i = 0; i < SIZE; i++)
        total = (unsigned char)(total + bytes[i]);
    return total;
}

static void misuse(struct pl_allocator *link, const char *how)
{
    unsigned char *block = pl_acquire(link, SIZE);
    if (strcmp(how, "uninitialised"))
        memset(block, 1, SIZE);
    if (!strcmp(how, "overrun"))
        block[SIZE] = 1;
    if (!strcmp(how, "leak"))
        return;
    if (!strcmp(how, "uninitialised") && sum(block))
        puts("not zero");
    pl_release(link, block, SIZE);
    if (!strcmp(how, "after_release") && block[100])
        puts("not zero");
}

static void churn(struct pl_allocator *link)
{
    void *held[HELD];
    for (size_t round = 0; round < 10; round++) {
        for (size_t i = 0; i < HELD; i++)
            memset(held[i] = pl_acquire(link, SIZE), 1, SIZE);
        for (size_t i = 0; i < HELD; i++)
            pl_release(link, held[i], SIZE);
    }
}

int main(int argc, char **argv)
{
    const struct pl_class class = {"packet", SIZE, 0};
    const struct pl_budget budget = {"packets", 1 << 20};
    struct pl_stack_spec spec;
    struct pl_stack *stack = NULL;
    struct pl_error error = {"two arguments would be right"};
    if (argc != 3 || pl_stack_parse(argv[1], &spec, &error) ||
        pl_stack_open(&spec, &class, 1, &budget, 1, &stack, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    churn(pl_stack_class(stack, 0));
    misuse(pl_stack_class(stack, 0), argv[2]);
    if (strcmp(argv[2], "leak"))
        pl_stack_close(stack);
    return 0;
}
