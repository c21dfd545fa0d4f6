/* jemalloc's own names (jemalloc(3), "Non-standard API"), loaded with jemalloc alone. sallocx and
 * nallocx allocate nothing and stay jemalloc's. */
#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "harness/interpose/hooks.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

static struct {
    void *(*mallocx)(size_t size, int flags);
    void *(*rallocx)(void *block, size_t size, int flags);
    size_t (*xallocx)(void *block, size_t size, size_t extra, int flags);
    void (*dallocx)(void *block, int flags);
    void (*sdallocx)(void *block, size_t size, int flags);
} next;

static void bind(void *pointer, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(pointer, &found, sizeof found);
}

/* With the first call or the constructor, whichever comes first. */
__attribute__((constructor)) static void find(void)
{
    if (next.sdallocx)
        return;
    bind(&next.mallocx, "mallocx");
    bind(&next.rallocx, "rallocx");
    bind(&next.xallocx, "xallocx");
    bind(&next.dallocx, "dallocx");
    bind(&next.sdallocx, "sdallocx");
}

static void *call_mallocx(const struct pl_hooked *self)
{
    return next.mallocx(self->size, self->flags);
}

static void *call_rallocx(const struct pl_hooked *self)
{
    return next.rallocx(self->block, self->size, self->flags);
}

/* It never moves a block, and never fails. */
static void *call_xallocx(const struct pl_hooked *self)
{
    next.xallocx(self->block, self->size, 0, self->flags);
    return self->block;
}

static void *call_dallocx(const struct pl_hooked *self)
{
    next.dallocx(self->block, self->flags);
    return NULL;
}

static void *call_sdallocx(const struct pl_hooked *self)
{
    next.sdallocx(self->block, self->size, self->flags);
    return NULL;
}

EXPORT void *mallocx(size_t size, int flags)
{
    const struct pl_hooked hooked = {.call = call_mallocx, .size = size, .flags = flags};
    find();
    return plimsoll_interpose_hooks.allocate(&hooked, CALLER);
}

EXPORT void *rallocx(void *block, size_t size, int flags)
{
    const struct pl_hooked hooked = {
        .call = call_rallocx, .block = block, .size = size, .flags = flags};
    find();
    return plimsoll_interpose_hooks.resize(&hooked, CALLER);
}

/* Without the extra bytes, which it may always leave away: they would have to be refused apart. */
EXPORT size_t xallocx(void *block, size_t size, size_t extra, int flags);
size_t sallocx(const void *block, int flags);

EXPORT size_t xallocx(void *block, size_t size, size_t extra, int flags)
{
    const struct pl_hooked hooked = {
        .call = call_xallocx, .block = block, .size = size, .flags = flags};
    (void)extra;
    find();
    plimsoll_interpose_hooks.resize(&hooked, CALLER);
    return sallocx(block, flags);
}

EXPORT void dallocx(void *block, int flags)
{
    const struct pl_hooked hooked = {.call = call_dallocx, .block = block, .flags = flags};
    find();
    plimsoll_interpose_hooks.release(&hooked);
}

EXPORT void sdallocx(void *block, size_t size, int flags)
{
    const struct pl_hooked hooked = {
        .call = call_sdallocx, .block = block, .size = size, .flags = flags};
    find();
    plimsoll_interpose_hooks.release(&hooked);
}
