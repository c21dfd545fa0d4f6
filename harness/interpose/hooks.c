/* A heap's own names, served through the layers (hooks.h). */
#include "harness/interpose/hooks.h"

#include "harness/interpose/process.h"
#include "harness/interpose/serve.h"

static void *allocate(const struct pl_hooked *hooked, const void *caller)
{
    pl_count_call();
    return pl_layers ? pl_serve_hooked(hooked, caller) : hooked->call(hooked);
}

static void *resize(const struct pl_hooked *hooked, const void *caller)
{
    pl_count_call();
    return pl_layers ? pl_serve_hooked_resize(hooked, caller) : hooked->call(hooked);
}

static void release(const struct pl_hooked *hooked)
{
    pl_count_call();
    if (pl_layers)
        pl_serve_hooked_free(hooked);
    else
        hooked->call(hooked);
}

const struct pl_hooks plimsoll_interpose_hooks = {allocate, resize, release};
