/* See instruments.h. MALLOCLIKE_BLOCK and not MEMPOOL: massif knows only the former
 * (valgrind manual 3.19, 9.7 "Massif"; 4.8 "Memory Pools" for memcheck). */
#include "allocators/base/instruments.h"

#if defined __has_include
#if __has_include(<valgrind/valgrind.h>) && __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>
#define HAVE_VALGRIND 1
#endif
#endif

#ifndef HAVE_VALGRIND
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_MALLOCLIKE_BLOCK(block, size, red_zone, zeroed) ((void)(block), (void)(size))
#define VALGRIND_FREELIKE_BLOCK(block, red_zone) ((void)(block))
#define VALGRIND_MAKE_MEM_DEFINED(block, size) ((void)(block), (void)(size))
#define VALGRIND_MAKE_MEM_UNDEFINED(block, size) ((void)(block), (void)(size))
#endif

/* heaptrack_api.h: zero unless libheaptrack_preload.so is loaded. In a position-independent
 * executable (the default of Debian's compilers) the dynamic linker fills them in. dlsym would look
 * them up in any executable, and leave a message of its failure in the measured heap. */
__attribute__((weak)) extern void heaptrack_malloc(void *block, size_t size);
__attribute__((weak)) extern void heaptrack_free(void *block);

void pl_instruments_find(struct pl_instruments *instruments)
{
    instruments->valgrind = RUNNING_ON_VALGRIND != 0;
    instruments->heaptrack = heaptrack_malloc && heaptrack_free;
    instruments->attached = instruments->valgrind || instruments->heaptrack;
}

void pl_instruments_open(const struct pl_instruments *instruments, void *object, size_t size)
{
    if (instruments->valgrind)
        VALGRIND_MAKE_MEM_UNDEFINED(object, size);
}

void pl_instruments_acquired(const struct pl_instruments *instruments, void *object, size_t size)
{
    if (instruments->valgrind)
        VALGRIND_MALLOCLIKE_BLOCK(object, size, 0, 0);
    if (instruments->heaptrack)
        heaptrack_malloc(object, size);
}

void pl_instruments_released(const struct pl_instruments *instruments, void *object, size_t kept)
{
    if (instruments->heaptrack)
        heaptrack_free(object);
    if (instruments->valgrind) {
        VALGRIND_FREELIKE_BLOCK(object, 0);
        VALGRIND_MAKE_MEM_DEFINED(object, kept);
    }
}
