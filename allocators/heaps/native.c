/* No heap of ours: a program's own, whatever it is, for those that nothing can be preloaded into
 * (linked statically, in Go, for musl, with a heap linked in) and as a reference for the others. */
#include <errno.h>

#include "allocators/backend.h"
#include "allocators/foreign.h"

static int check(const struct pl_layer_context *context, struct pl_error *error)
{
    return pl_error_set(error, -EINVAL,
                        "stack '%.100s': native is a program's own heap, and a model has none; "
                        "expected glibc, or `-- PROGRAM`",
                        context->stack->text);
}

static int stand_in_foreign(const struct pl_stack_spec *spec, size_t layer,
                            struct pl_foreign *foreign, struct pl_error *error)
{
    (void)foreign;
    if (layer == 0)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "stack '%.100s': %s can't stand on native: it works behind malloc, and "
                        "native leaves the program's as it is; expected native alone",
                        spec->text, spec->layers[0].backend->name);
}

const struct pl_backend pl_backend_native = {
    .name = "native",
    .summary = "a program's own heap: nothing is preloaded, also where nothing can be",
    .heap = true,
    .native = true,
    .alignment = pl_malloc_alignment,
    .check = check,
    .foreign = stand_in_foreign,
};
