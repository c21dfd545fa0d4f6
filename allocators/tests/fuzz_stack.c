/* Feeds arbitrary text to the reader of lists and specs; whatever is accepted must read
 * back as the same stack, and everything that can be asked of a spec must have an answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void try_spec(const char *text)
{
    static const struct pl_class classes[] = {{"packet", 696, 0}, {"buffer", 2072, 0}};
    static const struct pl_budget budget = {"packets", 1 << 20};
    struct pl_stack_spec spec, again;
    struct pl_environment environment;
    struct pl_error error = {""};
    if (pl_stack_parse(text, &spec, &error)) {
        require(error.text[0] && !strchr(error.text, '\n'));
        return;
    }
    require(spec.depth >= 1 && spec.depth <= PL_STACK_DEPTH_MAX);
    require(!pl_stack_parse(spec.text, &again, NULL) && !memcmp(&spec, &again, sizeof spec));
    require(pl_stack_alignment(&spec) >= 8);
    pl_stack_is_limited(&spec);
    pl_stack_virtual_time(&spec, &error);
    pl_stack_check(&spec, classes, 2, &budget, 1, &error);
    pl_stack_environment(&spec, &environment, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *list = malloc(size + 1), text[PL_STACK_TEXT_MAX];
    const char *next = list;
    if (!list)
        return 0;
    memcpy(list, data, size);
    list[size] = '\0';
    while (!pl_stack_list_next(&next, text, sizeof text, NULL))
        try_spec(text);
    try_spec(list);
    free(list);
    return 0;
}
