/* The contract between the harness and whatever hands out memory.
 *
 * A stack is a chain of layers on a heap, outermost first: `limited:max=32MiB/slab/jemalloc`.
 * A chain is built for each memory class of a scenario; budgets are shared by the classes that
 * name them. Of this folder the harness includes this header, base/, and of ledger/ who asks
 * (site.h) and what was asked for (statement.h); the library for foreign programs includes the
 * layers that it carries into them, too. */
#ifndef PL_ALLOCATORS_ALLOCATOR_H
#define PL_ALLOCATORS_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"
#include "allocators/base/units.h"

#define PL_NAME_MAX 32        /* bytes of a backend's, class's or budget's name, with its NUL */
#define PL_STACK_DEPTH_MAX 8  /* layers and heap together */
#define PL_OPTIONS_MAX 12     /* options of one backend */
#define PL_STACK_TEXT_MAX 512 /* bytes of a spec, with its NUL */
#define PL_ENVIRONMENT_MAX 32 /* variables that a stack may set */
/* Four libraries by the longest paths that Linux has (4096 B, limits.h): an instrument's, ours, and
 * a heap with its companion; and 4 KiB for what the heap is told. */
#define PL_ENVIRONMENT_BYTES (5 * 4096)
#define PL_VERSION_TEXT_MAX 64 /* bytes of a heap's version, with its NUL */

/** What is asked of a block beside its size: what malloc's relatives ask for. */
struct pl_request {
    size_t size;      /* bytes */
    size_t alignment; /* bytes, a power of two; 0: as malloc */
    bool zeroed;      /* as calloc */
};

/** Requests that a link has no call of its own for, and that were served by its acquire and
 *  release. Each attempt counts. */
struct pl_link_fallbacks {
    _Atomic uint64_t alignments; /* a larger block, of which an aligned part was handed out */
    _Atomic uint64_t zeroings;   /* filled by hand */
    _Atomic uint64_t resizes;    /* a new block, a copy */
};

/** One link of an opened chain. The hot calls are unchecked: the chain was checked when opened. */
struct pl_allocator {
    /** Returns at least `size` bytes, or NULL. Aligned for any object of `size` bytes, as malloc,
     *  up to pl_stack_alignment(). Any thread, but for pl_stack_one_thread(). Size 0 gives a
     *  unique pointer or NULL, as malloc. slab, frame_pool and null give
     *  NULL for more than the class's size. */
    void *(*acquire)(struct pl_allocator *self, size_t size);
    /** Takes back a block of acquire; `size` is what was asked for then. NULL is ignored. A block
     *  that is found broken or foreign is counted as a corruption and not taken back. */
    void (*release)(struct pl_allocator *self, void *block, size_t size);
    /** Bytes that a block of `size` takes at this level: what a limit above has to count. */
    size_t (*footprint)(const struct pl_allocator *self, size_t size);
    struct pl_allocator *inner; /* the next link towards the heap; NULL in the heap itself */
    /* Optional, all three or none; callers take the functions below, which do without where they
     * are NULL. A layer that has them hands requests on to the next link as they are. */
    /** Returns a block as `request` says, or NULL. */
    void *(*acquire_as)(struct pl_allocator *self, const struct pl_request *request);
    /** Takes back a block of acquire_as, or of resize, by what was asked for last. */
    void (*release_as)(struct pl_allocator *self, void *block, const struct pl_request *request);
    /** Gives a block another size, wherever it lies then; its bytes stay, up to the smaller size.
     *  It then is a block of acquire(size): as after realloc, an alignment is lost.
     *  @param old what was asked for last @return NULL: the old block stays as it is */
    void *(*resize)(struct pl_allocator *self, void *block, const struct pl_request *old,
                    size_t size);
    size_t alignment; /* bytes, of all that acquire hands out and that is no smaller; pl_stack_open
                         sets these two */
    struct pl_link_fallbacks *fallbacks;
};

static inline void *pl_acquire(struct pl_allocator *a, size_t size)
{
    return a->acquire(a, size);
}

static inline void pl_release(struct pl_allocator *a, void *block, size_t size)
{
    a->release(a, block, size);
}

/* Of requests that are aligned or zeroed, and of aligned blocks. */
void *pl_acquire_special(struct pl_allocator *a, const struct pl_request *request);
void pl_release_special(struct pl_allocator *a, void *block, const struct pl_request *request);

/** Acquires a block that may be aligned or zeroed. A link that has no acquire_as is asked for a
 *  larger block, at whose aligned part the block begins, and which is filled here. Any thread, as
 *  acquire. @return NULL when it is refused */
static inline void *pl_acquire_as(struct pl_allocator *a, const struct pl_request *request)
{
    return request->alignment || request->zeroed ? pl_acquire_special(a, request)
                                                 : pl_acquire(a, request->size);
}

/** Takes back a block of pl_acquire_as or pl_resize. @param request what was asked for last, but
 *  for whether it was zeroed; NULL blocks are ignored */
static inline void pl_release_as(struct pl_allocator *a, void *block,
                                 const struct pl_request *request)
{
    if (request->alignment)
        pl_release_special(a, block, request);
    else
        pl_release(a, block, request->size);
}

/** Gives a block another size. A link that has no resize is asked for a new block, and both are
 *  held while the bytes are copied.
 *  @param block of pl_acquire or pl_acquire_as, not NULL
 *  @return the block, wherever it lies now, to be released by its size alone; NULL when it is
 *  refused, and the old one stays */
void *pl_resize(struct pl_allocator *a, void *block, const struct pl_request *old, size_t size);

/** As pl_resize, from one class to another: where their links differ, by hand. */
void *pl_resize_across(struct pl_allocator *from, void *block, const struct pl_request *old,
                       struct pl_allocator *to, size_t size);

/** Bytes that acquire of this link is asked for to serve a request: what a pool of one size must
 * have room for. */
size_t pl_request_bytes(const struct pl_allocator *a, const struct pl_request *request);

/** Bytes that a block of such a request takes at this level, as footprint. */
size_t pl_footprint_as(const struct pl_allocator *a, const struct pl_request *request);

/** Objects of a class of this size have any size: pools of one size leave them to the next link,
 *  which is counted as a fallback, and null refuses them. One class of a stack at most. */
#define PL_CLASS_ANY 0

/** No budget: `limited` refuses such a class where it has no maximum of its own. */
#define PL_BUDGET_NONE (-1)
/** None, and meant so: `limited` counts it in none of the scenario's budgets. */
#define PL_BUDGET_FREE (-2)

/** A kind of object that a scenario holds, e.g. packet of 696 B drawing on the budget "packets". */
struct pl_class {
    char name[PL_NAME_MAX];
    uint64_t size;  /* bytes of one object, 1 B to 1 GiB; or PL_CLASS_ANY */
    int32_t budget; /* index among the budgets, PL_BUDGET_NONE or PL_BUDGET_FREE */
};

/** A limit shared by the classes that name it. */
struct pl_budget {
    char name[PL_NAME_MAX];
    uint64_t max; /* bytes; 0 counts without limiting */
};

/** One value of a backend's option, as parsed. */
struct pl_option_value {
    bool set;        /* given in the spec, not the default */
    uint64_t number; /* bytes, count, bool (0/1), index of the choice, or milliseconds */
};

struct pl_backend;

/** One part of a parsed spec. */
struct pl_layer_spec {
    const struct pl_backend *backend;
    struct pl_option_value values[PL_OPTIONS_MAX]; /* in the order of the backend's options */
    char text[256]; /* the value of a text option (preload's path, a pool's classes), or the library
                       of a heap that is named by its path */
    size_t end;     /* of its part of the spec's text; 0 when a short name stands for it */
};

/** A parsed and checked spec, outermost layer first, heap last. Plain data, no allocation. */
struct pl_stack_spec {
    struct pl_layer_spec layers[PL_STACK_DEPTH_MAX];
    size_t depth;
    char text[PL_STACK_TEXT_MAX]; /* as the person wrote it */
};

/** What one process's allocator reads from its environment. Plain data; starts as zeroes. */
struct pl_environment {
    char text[PL_ENVIRONMENT_BYTES]; /* "KEY=VALUE", a NUL behind each */
    size_t count;
};

/** Variable `index` below the count: "KEY=VALUE". */
const char *pl_environment_at(const struct pl_environment *environment, size_t index);

/** The variable of that name, "KEY=VALUE", or NULL. */
const char *pl_environment_find(const struct pl_environment *environment, const char *name);

/** Adds a variable. @return 0, or -ENAMETOOLONG: then there is no more of it than before */
int pl_environment_add(struct pl_environment *environment, struct pl_error *error,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Writes on at the end of the last variable; there is one. @return 0, or -ENAMETOOLONG: then it is
 *  cut */
int pl_environment_extend(struct pl_environment *environment, struct pl_error *error,
                          const char *format, ...) __attribute__((format(printf, 3, 4)));

/** Puts a library before the others in LD_PRELOAD.
 *  @return 0, -EINVAL (it can't stand there), -ENAMETOOLONG */
int pl_environment_preload(struct pl_environment *environment, const char *path,
                           struct pl_error *error);

/** What an opened stack holds, summed over its classes. Exact; of a moment when no acquire or
 *  release is under way in another thread. */
struct pl_stack_stats {
    bool pooled; /* a pool stands in the stack. If none does, the two below are 0: what is reserved
                    is then what the caller holds, and a link that counted it would only cost */
    uint64_t reserved_bytes; /* bytes taken from the heap (or mapped) by pools, free slots included;
                                with a collector, also its heap, and the blocks that it holds and no
                                pool counts */
    uint64_t reserved_bytes_peak;
    uint64_t slabs;                /* slabs held now */
    uint64_t refusals;             /* requests that a limit refused; each try of a slab counts */
    uint64_t heap_failures;        /* NULLs from the heap itself, from mmap, or from `fault` */
    uint64_t oversize;             /* requests larger than the class's object, refused by a pool */
    uint64_t fallback_allocations; /* acquires that went around a pool or limit */
    bool counts_hits; /* a pool of blocks made beforehand stands in the stack: these two are its */
    uint64_t pool_hits;   /* acquires that found a free block there */
    uint64_t pool_misses; /* acquires that found none: they fall back, or are refused */
    uint64_t corruptions; /* canaries broken, foreign or twice released blocks, more released than
                             taken: any at all fails the cell */
    uint64_t alignment_fallbacks; /* see struct pl_link_fallbacks */
    uint64_t zeroing_fallbacks;
    uint64_t resize_fallbacks;
    bool collected;     /* a modelled collector stands in the stack: the rest is its */
    uint64_t gc_cycles; /* of the major collector, that are over */
    uint64_t gc_minor_collections;
    uint64_t gc_slices;         /* parts of cycles, each a pause */
    uint64_t gc_pause_ns_max;   /* real time of the longest slice or minor collection */
    uint64_t gc_deferred_bytes; /* of blocks released to the collector and not freed yet */
};

/** Reads a spec: `layer[:key=value,...]/.../heap[@/path/lib.so][:key=value,...]`; `slab` and
 *  `limited` alone are short for `slab/glibc` and `limited/slab/glibc`.
 *  @return 0 or -EINVAL (unknown name or option, no heap, two heaps, bad value, too deep) */
int pl_stack_parse(const char *text, struct pl_stack_spec *spec, struct pl_error *error);

/** Writes the same stack with an option set in each layer of a name that does not set it; short
 *  names are written out for it. Without such a layer the text stays as it is.
 *  @param option "backing=mmap"
 *  @return 0, -EINVAL when the layer has no such option or value, -ENAMETOOLONG */
int pl_stack_set_option(const struct pl_stack_spec *spec, const char *layer, const char *option,
                        char *text, size_t capacity, struct pl_error *error);

/** Writes the same stack with one layer more, outermost; short names are written out for it. A
 * stack that has the layer already stays as it is.
 *  @return 0, -EINVAL when that is too deep, -ENAMETOOLONG */
int pl_stack_put_outermost(const struct pl_stack_spec *spec, const char *layer, char *text,
                           size_t capacity, struct pl_error *error);

/** The name of the stack's heap. */
const char *pl_stack_heap(const struct pl_stack_spec *spec);

/** General heaps that a model can run in, as "glibc,jemalloc", in the order of the table, whether
 *  or not this machine has them. */
void pl_backend_heaps(char *text, size_t capacity);

/** A name that stands for several stacks in a list of them. */
struct pl_stack_group {
    const char *name;
    const char *about;                           /* what it stands for */
    void (*stacks)(char *text, size_t capacity); /* writes "glibc,jemalloc" */
};

extern const struct pl_stack_group pl_stack_groups[];
extern const size_t pl_stack_group_count;

/** @return the group, or NULL */
const struct pl_stack_group *pl_stack_group_find(const char *name);

/** Whether a list names a stack, by itself, not by a group. */
bool pl_stack_list_has(const char *list, const char *stack);

/** Writes a list of stacks with each group replaced by those of it that were not named before.
 *  @return 0, -ENAMETOOLONG or as pl_stack_list_next */
int pl_stack_list_expand(const char *list, char *text, size_t capacity, struct pl_error *error);

/** Takes the next spec off a list `SPEC[,SPEC]`; commas between options don't separate specs.
 *  @param list advanced past what was taken; NULL afterwards when the list is used up
 *  @return 0, -ENOENT at the end, -ENAMETOOLONG */
int pl_stack_list_next(const char **list, char *text, size_t capacity, struct pl_error *error);

/** Whether this machine can run the stack. For the controller: it allocates.
 *  @return 0, or -ENOENT with what is missing */
int pl_stack_available(const struct pl_stack_spec *spec, struct pl_error *error);

/** Whether the stack may run when time is virtual (no background threads that wait in real time).
 *  @return 0 or -EINVAL */
int pl_stack_virtual_time(const struct pl_stack_spec *spec, struct pl_error *error);

/** Whether a limited layer of the stack takes its maximum from the scenario's budgets. */
bool pl_stack_needs_budgets(const struct pl_stack_spec *spec);

/** Whether any layer of the stack refuses beyond a limit: a pool that falls back is none. */
bool pl_stack_is_limited(const struct pl_stack_spec *spec);

/** Whether one thread at a time only may call the links (null takes no lock). */
bool pl_stack_one_thread(const struct pl_stack_spec *spec);

/** Whether a pool of the stack has blocks of one size for each class. */
bool pl_stack_one_size(const struct pl_stack_spec *spec);

/** Whether the stack is a program's own heap: nothing stands in that program. */
bool pl_stack_is_native(const struct pl_stack_spec *spec);

/** How often the stack's heap is to be trimmed, in ns of the replay; 0: never. */
uint64_t pl_stack_trim_every(const struct pl_stack_spec *spec);

/** When it is to be trimmed once, likewise; 0: never. */
uint64_t pl_stack_trim_at(const struct pl_stack_spec *spec);

/** Asks the stack's heap to give back to the kernel what is free (malloc_trim, or what it has). Any
 * thread; takes as long as the heap takes. Nothing for a heap that can't. */
void pl_stack_trim(const struct pl_stack_spec *spec);

/** What a heap tells of itself, where it does; 0 for what it does not tell. */
struct pl_heap_told {
    uint64_t arenas;     /* that it has made: each grows, and keeps what is free, by itself */
    uint64_t held_bytes; /* that it took from the kernel and did not give back, free or not */
};

/** Asks the stack's heap about itself, by malloc_info or what it has for that. Any thread; stops
 * each arena for as long as its free lists are walked. All 0 for a heap that tells nothing. */
void pl_stack_tell(const struct pl_stack_spec *spec, struct pl_heap_told *told);

/** The alignment in bytes of what the links hand out: max_align_t, but for a slab with guards. As
 *  in roc-toolkit its slots are rounded up to 8 B, and so are the objects aligned; where the slot
 *  is a multiple of 16 B (all of roc's are) they do lie on 16. */
size_t pl_stack_alignment(const struct pl_stack_spec *spec);

/** Checks the stack against classes and budgets without opening it (a limit smaller than one
 *  object, a class without a budget, a pool on a pool). @return 0 or -EINVAL */
int pl_stack_check(const struct pl_stack_spec *spec, const struct pl_class *classes,
                   size_t class_count, const struct pl_budget *budgets, size_t budget_count,
                   struct pl_error *error);

/** The library that the stack's heap is preloaded from; "" for a heap without one.
 *  @return 0, -ENOENT (not installed), -ENAMETOOLONG */
int pl_stack_library(const struct pl_stack_spec *spec, char *path, size_t capacity);

/** Asks the heap for its version, in a process that was started with the stack's environment.
 *  @param version "" where the heap has none or doesn't tell
 *  @return 0, or -ENOSYS when another heap serves this process */
int pl_stack_version(const struct pl_stack_spec *spec, char *version, size_t capacity,
                     struct pl_error *error);

/** Whether that version of the stack's heap reads all options that the spec gives it; one that is
 *  not known, "", is taken to. @return 0 or -EINVAL, with what is expected */
int pl_stack_check_version(const struct pl_stack_spec *spec, const char *version,
                           struct pl_error *error);

/** Writes the options of the stack's heap that this version does not read, separated by ", ". */
void pl_stack_unread(const struct pl_stack_spec *spec, const char *version, char *text,
                     size_t capacity);

/** Whether a layer or the heap of the stack has that name. */
bool pl_stack_has(const struct pl_stack_spec *spec, const char *name);

/** Writes the stack as it would be named without the path of its heap's library. */
void pl_stack_without_path(const struct pl_stack_spec *spec, char *text, size_t capacity);

/** What the cell's environment must hold: LD_PRELOAD and the heap's tunables, arena counts always
 *  explicit. @return 0, -ENOENT (library not installed), -ENAMETOOLONG */
int pl_stack_environment(const struct pl_stack_spec *spec, struct pl_environment *environment,
                         struct pl_error *error);

struct pl_stack;

/**
 * Builds the chains, one a class. The stack's own state lives in shared mappings, outside the heap
 * and outside RssAnon, so that it does not weigh on what is measured.
 * Checks that the heap named is the one that serves this process. With limited:max=SIZE every
 * budget has that maximum, and the classes without a budget share one more.
 * @param budgets copied; may be NULL when the stack needs none
 * @return 0, -EINVAL as pl_stack_check, -ENOSYS when the heap was not preloaded, -ENOMEM (also
 *  when a limit or heap has no room for what a pool makes beforehand)
 */
int pl_stack_open(const struct pl_stack_spec *spec, const struct pl_class *classes,
                  size_t class_count, const struct pl_budget *budgets, size_t budget_count,
                  struct pl_stack **stack, struct pl_error *error);

/** The chain of class `index`, in the order given to pl_stack_open. */
struct pl_allocator *pl_stack_class(struct pl_stack *stack, size_t index);

/** Sums up what the stack holds. Cheap enough for every sample: a few adds a class. */
void pl_stack_stats(const struct pl_stack *stack, struct pl_stack_stats *stats);

/** Gives everything back. Blocks still held become invalid. NULL is ignored. */
void pl_stack_close(struct pl_stack *stack);

/** One backend as `plimsoll list allocators` shows it. */
struct pl_backend_info {
    const char *name;
    const char *summary;
    bool heap;
    const char *missing; /* NULL, or why it can't run here */
    char options[512];   /* "key=default" separated by spaces; auto: the allocator's own business */
};

/** @return false past the last backend */
bool pl_backend_info(size_t index, struct pl_backend_info *info);

#endif
