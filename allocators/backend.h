/* What a backend is to the rest of this folder: one constant descriptor, named in backends.def.
 *
 * A heap that is preloaded is data alone: its library, and how its options become environment.
 * A layer (and a heap with links of its own) supplies functions; what is NULL passes through. */
#ifndef PL_ALLOCATORS_BACKEND_H
#define PL_ALLOCATORS_BACKEND_H

#include "allocators/allocator.h"

enum pl_option_type {
    PL_OPTION_SIZE,         /* 32MiB */
    PL_OPTION_COUNT,        /* 8 */
    PL_OPTION_BOOL,         /* on, off */
    PL_OPTION_CHOICE,       /* one of `choices`; the number is its index */
    PL_OPTION_MILLISECONDS, /* -1, 10000: the unit stands in the option's name */
    PL_OPTION_TIME,         /* 60s; the number is in nanoseconds */
    PL_OPTION_GROWTH,       /* double (the number is 0) or fixed:N (the number is N) */
    PL_OPTION_CLASSES,      /* 1KiBx128+64KiBx32: sizes and counts, text; the number is how many */
    PL_OPTION_PATH          /* an absolute path, the rest of the spec; the number is 1 */
};

struct pl_option {
    const char *name;
    const char *help; /* what it does, for the message about a bad value */
    enum pl_option_type type;
    int64_t min, max;    /* of size, count, milliseconds, nanoseconds and N */
    const char *choices; /* separated by '|' */
    const char
        *default_text;   /* the default as one would write it; NULL: the allocator's own business */
    const char *tunable; /* the allocator's own name of it (a variable, or a key in one); NULL: it
                            reads no such thing, others see to it */
    uint32_t unit;       /* bytes that the allocator counts a size in; 0 for 1 */
    uint32_t per_cpu;    /* when not set: so many for each CPU online, passed on always */
    uint32_t real_time;  /* from this number on, something waits in real time; 0 for never */
    bool required;       /* nothing works without it */
    const char *since;   /* the heap's first version that reads it; NULL for all */
    const char *before;  /* the first one that reads it no more; NULL for none */
    const char *capped;  /* from this version on it takes `cap` at most, whatever is asked */
    int64_t cap;
    const char *instead; /* what does the same in the versions that don't; NULL: see the list */
};

/** How a heap's tunables are written into the environment. */
struct pl_tuning {
    const char *variable; /* one variable for all of them; NULL: each tunable is one */
    char assign;          /* between key and value in that variable */
    char separator;       /* between tunables in that variable */
    const char *on, *off; /* what a bool is to it */
};

/** What a layer is opened or checked against. */
struct pl_layer_context {
    const struct pl_stack_spec *stack;
    size_t layer; /* index in the stack */
    const struct pl_class *classes;
    size_t class_count;
    const struct pl_budget *budgets;
    size_t budget_count;
};

struct pl_ledger;
struct pl_foreign;

/** The names of the options that say when a heap is to be trimmed. */
#define PL_TRIM_EVERY "trim_every"
#define PL_TRIM_AT "trim_at"

struct pl_backend {
    const char *name;
    const char *summary;
    const struct pl_option *options;
    size_t option_count;
    bool heap;

    /* heaps */
    bool preloaded;               /* serves the whole process in place of the C library's malloc */
    const char *const *libraries; /* file names or absolute globs, best first, NULL at the end;
                                     NULL when there is nothing to preload */
    const char *companion;        /* a library that the heap's own one needs, by its soname: of a
                                     heap named by its path, the one beside it is taken */
    const char *missing;          /* what to say when no library is there */
    const char *symbol;           /* a name that its library alone has, to know it when loaded */
    const struct pl_tuning *tuning;
    /** Writes the version of the heap that serves this process, "" where it can't be told; NULL: it
     *  has none. @param library the path of its library */
    void (*version)(const char *library, char *text, size_t capacity);
    /** Asks the one that serves this process to give back what is free; NULL: it can't be asked. Its
     *  options say when (heaps/trimming.h). */
    void (*trim)(void);
    /** Has the one that serves this process tell of itself; NULL: it has no interface for that that
     *  can be relied on. @param told zeroed */
    void (*tell)(struct pl_heap_told *told);
    bool native;     /* what the program has: nothing is put in its place */
    bool one_thread; /* its links take calls from one thread at a time */

    /* layers */
    const char *shorthand_tail; /* what follows when the spec is this layer alone, or NULL */
    bool needs_budgets;         /* unless its first option is set */
    /** Whether it refuses beyond a limit; NULL: never. */
    bool (*limits)(const struct pl_layer_spec *spec);

    /** Serves nothing larger than the class's object. */
    bool one_size;
    /** Counts every block that it has of the next link as reserved. */
    bool pool;
    /** Alignment of what it hands out; NULL: that of the next link. */
    size_t (*alignment)(const struct pl_layer_spec *spec);
    /** Bytes that a block of `size` takes at this level; NULL: as at the next link. */
    size_t (*weight)(const struct pl_layer_spec *spec, size_t size);
    /** The smallest block that it asks of the next link to serve `size`; NULL: just `size`. */
    size_t (*request)(const struct pl_layer_spec *spec, size_t size);
    /** Checks its options against the stack and the classes; may be NULL. */
    int (*check)(const struct pl_layer_context *context, struct pl_error *error);

    /** Bytes of shared, zeroed memory that an instance wants. */
    size_t (*state_bytes)(const struct pl_layer_context *context);
    /** Makes the links. `links` holds the next link of each class (NULL in a heap) and takes the
     *  new one. @return 0 or a negative errno, with nothing left behind */
    int (*open)(void *state, const struct pl_layer_context *context, struct pl_allocator **links,
                struct pl_error *error);
    /** Adds what the instance holds; may be NULL. */
    void (*stats)(const void *state, struct pl_stack_stats *stats);
    /** Where it reads the time; NULL: it has no use for it. */
    void (*clock)(void *state, const int64_t *now_ns);
    /** The ledger that it is; NULL: none. */
    struct pl_ledger *(*ledger)(void *state);
    /** A library of ours for the heap's own names of malloc and free, to be preloaded before the
     * heap in a foreign program; NULL: it has none. */
    const char *names;
    /** Why it can't stand in a foreign program (foreign.h); NULL: a heap can, and a layer that has
     *  the next one. */
    const char *not_foreign;
    /** Writes its options as they stand in a foreign program; NULL: it has none there.
     *  @return 0 or -EINVAL */
    int (*foreign)(const struct pl_stack_spec *spec, size_t layer, struct pl_foreign *foreign,
                   struct pl_error *error);
    /** Gives back what the instance took; the links below still stand. May be NULL. */
    void (*close)(void *state);
};

#define PL_ARRAY_COUNT(array) (sizeof(array) / sizeof *(array))

/** The backend of that name, or NULL. */
const struct pl_backend *pl_backend_find(const char *name);

/** Writes the names of all backends (or of the heaps only), separated by ", ". */
void pl_backend_names(bool heaps_only, char *text, size_t capacity);

/** Whether a sanitizer's runtime stands in the place of malloc in this build. */
bool pl_backend_sanitized(void);

/** Why a backend can't run on this machine, or NULL. */
const char *pl_backend_missing(const struct pl_backend *backend);

/** Reads the value of one option. `text` is the whole value.
 *  @return 0 or -EINVAL, with a line that says what is expected */
int pl_option_parse(const struct pl_option *option, const char *text, uint64_t *number,
                    struct pl_error *error);

/** Compares two versions by their first three numbers, wherever those begin. @return as strcmp */
int pl_version_compare(const char *a, const char *b);

/** Whether a version of a heap reads an option; one that is not known, "", reads all. */
bool pl_option_is_read(const struct pl_option *option, const char *version);

/** Finds a heap's library on this machine. @return 0, -ENOENT or -ENAMETOOLONG */
int pl_library_find(const char *const *libraries, char *path, size_t capacity);

/** Finds what follows a mark in a library's file, up to what is no digit or dot; "" for nothing.
 *  For a process that may allocate. */
void pl_library_tells(const char *path, const char *mark, char *text, size_t capacity);

/** What the smallest request for `size`, made at the top of the stack, weighs below `layer`:
 *  the bytes that a limit at `layer` counts for it. */
size_t pl_stack_weight_below(const struct pl_stack_spec *stack, size_t layer, size_t size);

/** The alignment in bytes of what a layer's links hand out, as pl_stack_alignment. */
size_t pl_layer_alignment(const struct pl_stack_spec *spec, size_t layer);

/** The links of a heap that is the process's own malloc (heaps/malloc_heap.c). */
size_t pl_malloc_state_bytes(const struct pl_layer_context *context);
int pl_malloc_open(void *state, const struct pl_layer_context *context, struct pl_allocator **links,
                   struct pl_error *error);
/** Whether the stack's heap serves this process's malloc. @return 0 or -ENOSYS */
int pl_malloc_check(const struct pl_stack_spec *spec, struct pl_error *error);
void pl_malloc_stats(const void *state, struct pl_stack_stats *stats);
size_t pl_malloc_alignment(const struct pl_layer_spec *spec);

#define PL_MALLOC_HEAP                                                                    \
    .heap = true, .alignment = pl_malloc_alignment, .state_bytes = pl_malloc_state_bytes, \
    .open = pl_malloc_open, .stats = pl_malloc_stats

#endif
