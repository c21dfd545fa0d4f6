/* A heap's own names, served through the layers (hooks.h). */
#include "harness/interpose/hooks.h"

#include "harness/interpose/own_slot.h"
#include "harness/interpose/record_begin.h"
#include "harness/interpose/recorder.h"
#include "harness/interpose/serve.h"

static void *allocate(const struct pl_hooked *hooked, const void *caller)
{
    pl_count_call();
    return pl_serve_layers ? pl_serve_hooked(hooked, caller) : hooked->call(hooked);
}

static void *resize(const struct pl_hooked *hooked, const void *caller)
{
    pl_count_call();
    return pl_serve_layers ? pl_serve_hooked_resize(hooked, caller) : hooked->call(hooked);
}

static void release(const struct pl_hooked *hooked)
{
    pl_count_call();
    if (pl_serve_layers)
        pl_serve_hooked_free(hooked);
    else
        hooked->call(hooked);
}

/* A child of fork attaches with its first allocation: until then it records nothing. */
static bool is_recorded(void)
{
    return pl_wiped.attached && pl_serve_layers & PL_SERVE_RECORD;
}

static void mapped(const void *address, size_t size, const void *caller)
{
    if (is_recorded())
        pl_record_mapped(address, size, caller);
}

static void unmapped(const void *address, size_t size, const void *caller)
{
    if (is_recorded())
        pl_record_unmapped(address, size, caller);
}

const struct pl_hooks plimsoll_interpose_hooks = {allocate, resize,   release,
                                                  mapped,   unmapped, pl_record_note_loaded};
