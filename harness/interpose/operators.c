/* operator new and delete of C++, in all forms, under the names that the compiler gives them.
 *
 * A heap that brings operators of its own would serve them without the library. So they are here,
 * and are served as malloc and free are: with every heap that Plimsoll knows that is the same
 * memory. What only C++ can do, throwing std::bad_alloc, the program's own C++ library does. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "harness/interpose/next.h"
#include "harness/interpose/own_slot.h"
#include "harness/interpose/serve.h"
#include "harness/interpose/spare.h"

#define EXPORT __attribute__((visibility("default")))
#define CALLER __builtin_return_address(0)

struct nothrow; /* std::nothrow_t */

/* The C++ library of a plug-in may be its own business, out of the global search: then it is found
 * from the object that called. */
static void *find_near(const void *caller, const char *name)
{
    Dl_info info;
    if (!dladdr(caller, &info) || !info.dli_fname)
        return NULL;
    void *object = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
    void *found = object ? dlsym(object, name) : NULL;
    if (object)
        dlclose(object);
    return found;
}

typedef void (*function)(void);

static function find(const void *caller, const char *name)
{
    function called = NULL;
    void *found = dlsym(RTLD_DEFAULT, name);
    if (!found)
        found = find_near(caller, name);
    memcpy(&called, &found, sizeof called);
    return called;
}

/* @return the handler that the program has set; NULL for none */
static function new_handler(const void *caller)
{
    function (*get)(void) = NULL;
    function found = find(caller, "_ZSt15get_new_handlerv");
    memcpy(&get, &found, sizeof get);
    return get ? get() : NULL;
}

static void throw_bad_alloc(const void *caller)
{
    function thrower = find(caller, "_ZSt17__throw_bad_allocv");
    if (thrower)
        thrower();
    abort(); /* as std::terminate does: nobody can catch what nobody can throw */
}

static void *take(size_t size, size_t alignment, const void *caller)
{
    void *block = NULL;
    if (PL_LIKELY(!alignment))
        return PL_LIKELY(!pl_serve_layers) ? pl_next.malloc(size) : pl_serve_malloc(size, caller);
    int rc = pl_serve_layers ? pl_serve_posix_memalign(&block, alignment, size, caller)
                             : pl_next.posix_memalign(&block, alignment, size);
    return rc ? NULL : block;
}

/* [new.delete.single]: as long as there is a handler it is called, and then tried again. */
static __attribute__((noinline, cold)) void *insist(size_t size, size_t alignment, bool throws,
                                                    const void *caller)
{
    void *block = NULL;
    while (!block) {
        function handler = new_handler(caller);
        if (handler)
            handler();
        else if (throws)
            throw_bad_alloc(caller);
        else
            break;
        block = take(size, alignment, caller);
    }
    return block;
}

static inline void *get(size_t size, size_t alignment, bool throws, const void *caller)
{
    const size_t bytes = size ? size : 1; /* an address of its own for each */
    pl_count_call();
    void *block = take(bytes, alignment, caller);
    return PL_LIKELY(block != NULL) ? block : insist(bytes, alignment, throws, caller);
}

/* posix_memalign takes no less than a pointer's size. */
static inline void *get_aligned(size_t size, size_t alignment, bool throws, const void *caller)
{
    return get(size, alignment < sizeof(void *) ? sizeof(void *) : alignment, throws, caller);
}

static inline void give(void *block)
{
    pl_count_call();
    if (PL_UNLIKELY(pl_spare_has(block)))
        return;
    if (PL_LIKELY(!pl_serve_layers))
        pl_next.free(block);
    else
        pl_serve_free(block);
}

#define NEW(name)                          \
    EXPORT void *name(size_t size)         \
    {                                      \
        return get(size, 0, true, CALLER); \
    }
#define NEW_NOTHROW(name)                                         \
    EXPORT void *name(size_t size, const struct nothrow *nothrow) \
    {                                                             \
        (void)nothrow;                                            \
        return get(size, 0, false, CALLER);                       \
    }
#define NEW_ALIGNED(name)                                  \
    EXPORT void *name(size_t size, size_t alignment)       \
    {                                                      \
        return get_aligned(size, alignment, true, CALLER); \
    }
#define NEW_ALIGNED_NOTHROW(name)                                                   \
    EXPORT void *name(size_t size, size_t alignment, const struct nothrow *nothrow) \
    {                                                                               \
        (void)nothrow;                                                              \
        return get_aligned(size, alignment, false, CALLER);                         \
    }
/* On every machine with registers for three arguments those that follow the block are just there:
 * sizes, alignments and nothrow, none of which free needs. */
#define DELETE(name)              \
    EXPORT void name(void *block) \
    {                             \
        give(block);              \
    }

NEW(_Znwm)
NEW(_Znam)
NEW_NOTHROW(_ZnwmRKSt9nothrow_t)
NEW_NOTHROW(_ZnamRKSt9nothrow_t)
NEW_ALIGNED(_ZnwmSt11align_val_t)
NEW_ALIGNED(_ZnamSt11align_val_t)
NEW_ALIGNED_NOTHROW(_ZnwmSt11align_val_tRKSt9nothrow_t)
NEW_ALIGNED_NOTHROW(_ZnamSt11align_val_tRKSt9nothrow_t)
DELETE(_ZdlPv)
DELETE(_ZdaPv)
DELETE(_ZdlPvm)
DELETE(_ZdaPvm)
DELETE(_ZdlPvRKSt9nothrow_t)
DELETE(_ZdaPvRKSt9nothrow_t)
DELETE(_ZdlPvSt11align_val_t)
DELETE(_ZdaPvSt11align_val_t)
DELETE(_ZdlPvmSt11align_val_t)
DELETE(_ZdaPvmSt11align_val_t)
DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t)
DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t)
