/* plimsoll-cell: one measured run under the virtual clock, in a process of its own, started by the
 * controller with the heap preloaded. With --heap-version STACK it only says which version of the
 * heap serves it, for the results. */
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/cell/virtual_run.h"

static int print_version(const char *stack)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    char version[PL_VERSION_TEXT_MAX];
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_version(&spec, version, sizeof version, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    return puts(version) < 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--heap-version") == 0)
        return print_version(argv[2]);
    return pl_cell_replay(pl_pipeline_of);
}
