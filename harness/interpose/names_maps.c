/* The kernel's calls that give and take memory, loaded where a recording is made: what a program
 * maps beside its heap. They are passed on to the kernel itself, as the C library's own do. What
 * that library maps for itself, stacks and what it loads, does not come by here. */
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/hooks.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

/* This library is linked to be the first to begin (initfirst): a heap may map its own as it does.
 */
__attribute__((constructor)) static void begin(void)
{
    plimsoll_interpose_hooks.loaded();
}

EXPORT void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    void *mapped = (void *)syscall(SYS_mmap, address, length, protection, flags, fd, offset);
    const bool counts = (flags & MAP_ANONYMOUS) && (flags & MAP_PRIVATE);
    if (mapped == MAP_FAILED)
        return mapped;
    if (flags & MAP_FIXED)
        plimsoll_interpose_hooks.unmapped(mapped, length, CALLER);
    if (counts)
        plimsoll_interpose_hooks.mapped(mapped, length, CALLER);
    return mapped;
}

EXPORT void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset)
    __attribute__((alias("mmap")));

EXPORT int munmap(void *address, size_t length)
{
    plimsoll_interpose_hooks.unmapped(address, length, CALLER);
    return (int)syscall(SYS_munmap, address, length);
}

EXPORT void *mremap(void *old, size_t old_length, size_t length, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    void *wanted = flags & MREMAP_FIXED ? va_arg(arguments, void *) : NULL;
    va_end(arguments);
    void *mapped = (void *)syscall(SYS_mremap, old, old_length, length, flags, wanted);
    if (mapped == MAP_FAILED)
        return mapped;
    plimsoll_interpose_hooks.unmapped(old, old_length, CALLER);
    plimsoll_interpose_hooks.mapped(mapped, length, CALLER);
    return mapped;
}
