/* Whether a stack can stand in a foreign program, and as what (foreign.h). */
#include "allocators/foreign.h"

#include <errno.h>

#include "allocators/backend.h"

/* What holds of a layer that says nothing of foreign programs at all. */
static const char no_part[] = "it has no part that a program which knows no links could call";

static const char *reason_of(const struct pl_backend *backend)
{
    if (backend->not_foreign)
        return backend->not_foreign;
    return backend->heap || backend->foreign ? NULL : no_part;
}

/* Two of a kind would share the fields of one. */
static bool stands_before(const struct pl_stack_spec *spec, size_t layer)
{
    for (size_t i = 0; i < layer; i++)
        if (spec->layers[i].backend == spec->layers[layer].backend)
            return true;
    return false;
}

static int add(const struct pl_stack_spec *spec, size_t layer, struct pl_foreign *foreign,
               struct pl_error *error)
{
    const struct pl_backend *backend = spec->layers[layer].backend;
    const char *reason = reason_of(backend);
    if (reason)
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': %s can't stand in a foreign program: %s", spec->text,
                            backend->name, reason);
    if (stands_before(spec, layer))
        return pl_error_set(error, -EINVAL,
                            "stack '%.100s': in a foreign program %s stands once at most",
                            spec->text, backend->name);
    return backend->foreign ? backend->foreign(spec, layer, foreign, error) : 0;
}

/* Only glibc's malloc_trim is called in a program, from its own calls. */
static int check_trims(const struct pl_stack_spec *spec, const struct pl_foreign *foreign,
                       struct pl_error *error)
{
    if (!pl_stack_trim_at(spec) && pl_stack_trim_every(spec) == foreign->trim_every_ns)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "stack '%.100s': a program of yours can't be trimmed so; expected "
                        "glibc:trim_every=TIME, or the stack of a model",
                        spec->text);
}

int pl_stack_foreign(const struct pl_stack_spec *spec, struct pl_foreign *foreign,
                     struct pl_error *error)
{
    struct pl_foreign made = {0};
    int rc = 0;
    for (size_t i = 0; i < spec->depth && !rc; i++)
        rc = add(spec, i, &made, error);
    if (!rc)
        rc = check_trims(spec, &made, error);
    if (!rc)
        *foreign = made;
    return rc;
}
