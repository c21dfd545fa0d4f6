/* Who asks for memory. The call has no room for it, so the site of the acquire under way is handed
 * to the chain by the thread: one store, which costs what can't be measured where no ledger reads
 * it. harness/pipelines/meter.h makes a site of each place that acquires. */
#ifndef PL_ALLOCATORS_LEDGER_SITE_H
#define PL_ALLOCATORS_LEDGER_SITE_H

#include <stddef.h>
#include <stdint.h>

/** A place in a program that acquires. Static, or at least there for as long as the stack is. */
struct pl_site {
    const char *label; /* what it is called; NULL: as its function */
    const char *file;  /* as in the tree; "" when it is not known */
    const char *function;
    uint32_t line; /* 0 when it is not known */
    uint32_t id;   /* a ledger's: 0 until one has seen the site */
};

/* Of the thread's latest acquire that named one; NULL before. Programs only, no shared libraries:
 * then it is at a fixed distance from the thread's pointer. */
extern _Thread_local struct pl_site *pl_site_current __attribute__((tls_model("initial-exec")));

/** The acquires of this thread are the site's, until another is set. NULL: nobody's. */
static inline void pl_site_set(struct pl_site *site)
{
    pl_site_current = site;
}

/** The site of the place where it is written. @param name a string, or NULL */
#define PL_SITE(name)                   \
    (__extension__({                    \
        static struct pl_site site_ = { \
            .label = (name),            \
            .file = __FILE__,           \
            .function = __func__,       \
            .line = __LINE__,           \
            .id = 0,                    \
        };                              \
        &site_;                         \
    }))
#define PL_SITE_HERE PL_SITE(NULL)

#endif
