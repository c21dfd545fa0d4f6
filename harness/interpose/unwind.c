/* Walking up a stack (unwind.h). A return address is looked up in its object's unwind table once;
 * what that says goes into a word, and the word into a table in memory that others see (the books,
 * or a recording's), from which the next chains through that address take it: a few ns a frame.
 *
 * Two threads may write to one place of that table at a time. A word is taken only if it fits what
 * stands beside it, the address xored with it (Hyatt and Mann, "A lockless transposition table
 * implementation for parallel search chess engines", 2002). */
#include "harness/interpose/unwind.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "harness/interpose/cfi.h"
#include "harness/interpose/objects.h"
#include "harness/interpose/own_slot.h"
#include "harness/interpose/shared_count.h"

enum {
    OWN_FRAMES_MAX = 8, /* of this library, between the exported function and here */
    FRAME_BYTES_MAX = 1 << 30,
    SAVED_SHIFT = 2,
    CFA_SHIFT = 4,
    CFA_BITS = 24,
    SAVED_OFFSET_SHIFT = CFA_SHIFT + CFA_BITS,
    SAVED_OFFSET_BITS = 20
};

static uint64_t generation = 1;     /* of the objects that are mapped */
static struct pl_books_rule *rules; /* by return address */

void pl_unwind_begin(struct pl_books_rule table[PL_BOOKS_RULES])
{
    rules = table;
}

static void forget(void)
{
    __atomic_fetch_add(&generation, 1, __ATOMIC_RELAXED);
}

/* Another object may come where this one was, while it goes already. */
__attribute__((visibility("default"))) int dlclose(void *object)
{
    int (*next)(void *object) = NULL;
    void *found = dlsym(RTLD_NEXT, "dlclose");
    memcpy(&next, &found, sizeof next);
    forget();
    int rc = next ? next(object) : -1;
    forget();
    return rc;
}

static uint64_t bits(int64_t value, unsigned count)
{
    return (uint64_t)value & ((UINT64_C(1) << count) - 1);
}

static int64_t signed_bits(uint64_t word, unsigned shift, unsigned count)
{
    return (int64_t)(word << (64 - shift - count)) >> (64 - count);
}

static uint64_t pack(const struct pl_frame_rule *rule, uint64_t object)
{
    return (uint64_t)rule->cfa | (uint64_t)rule->saved << SAVED_SHIFT |
           bits(rule->cfa_offset, CFA_BITS) << CFA_SHIFT |
           bits(rule->saved_offset, SAVED_OFFSET_BITS) << SAVED_OFFSET_SHIFT |
           object << PL_BOOKS_ADDRESS_BITS;
}

/* _dl_find_object takes no lock. The address before is in the call, where the rule is what holds
 * while the callee runs. */
static __attribute__((noinline, cold)) uint64_t look_up(uintptr_t pc)
{
    struct dl_find_object found;
    struct pl_frame_rule rule;
    const int error = errno;
    if (_dl_find_object((void *)(pc - 1), &found))
        return PL_CFA_UNKNOWN;
    pl_cfi_find(pc - 1, found.dlfo_eh_frame, &rule);
    const uint64_t object = pl_books ? pl_object_find(pl_books, &found) : 0;
    errno = error;
    return pack(&rule, object);
}

static inline uint64_t rule_of(uintptr_t pc)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing */
    const uint64_t key = pc ^ __atomic_load_n(&generation, __ATOMIC_RELAXED) * odd;
    struct pl_books_rule *place = &rules[pc * odd >> 48];
    uint64_t rule = __atomic_load_n(&place->rule, __ATOMIC_RELAXED);
    if (PL_LIKELY((__atomic_load_n(&place->check, __ATOMIC_RELAXED) ^ rule) == key))
        return rule;
    rule = look_up(pc);
    __atomic_store_n(&place->rule, rule, __ATOMIC_RELAXED);
    __atomic_store_n(&place->check, key ^ rule, __ATOMIC_RELAXED);
    return rule;
}

static inline bool is_near(uintptr_t address, uintptr_t sp)
{
    return address - sp < FRAME_BYTES_MAX && address % sizeof(void *) == 0;
}

static inline uintptr_t at(uintptr_t address)
{
    return *(const uintptr_t *)address;
}

/* @return the canonical frame address, 0 where there is no telling */
static inline uintptr_t address_of(const struct pl_books_step *f, uint64_t rule)
{
    const uintptr_t offset = (uintptr_t)signed_bits(rule, CFA_SHIFT, CFA_BITS);
    switch (rule & 3) {
    case PL_CFA_SP:
        return f->sp + offset;
    case PL_CFA_FP:
        return f->fp + offset;
    case PL_CFA_AT_FP:
        return is_near(f->fp + offset, f->sp) ? at(f->fp + offset) : 0;
    default:
        return 0;
    }
}

/* To the caller's frame. A stack only ever grows down: what leads elsewhere is no frame. */
static inline bool leave(struct pl_books_step *f, uint64_t rule, struct pl_books_step *next)
{
    const uintptr_t cfa = address_of(f, rule);
    f->cfa_from =
        (rule & 3) == PL_CFA_AT_FP ? f->fp + (uintptr_t)signed_bits(rule, CFA_SHIFT, CFA_BITS) : 0;
    const uintptr_t offset = (uintptr_t)signed_bits(rule, SAVED_OFFSET_SHIFT, SAVED_OFFSET_BITS);
    const uint64_t saved = rule >> SAVED_SHIFT & 3;
    if (PL_UNLIKELY(cfa <= f->sp || !is_near(cfa, f->sp)))
        return false;
    f->fp_from = saved == PL_SAVED_NOT ? 0 : (saved == PL_SAVED_BELOW ? cfa : f->fp) + offset;
    if (f->fp_from && PL_UNLIKELY(!is_near(f->fp_from, f->sp)))
        return false;
    f->fp_counts = (rule & 3) != PL_CFA_SP || saved == PL_SAVED_AT_FP;
    next->pc = at(cfa - sizeof(void *));
    next->sp = cfa;
    next->fp = f->fp_from ? at(f->fp_from) : f->fp;
    return next->pc != 0;
}

/* @param old a step of the walk before */
static inline bool is_step(const struct pl_books_step *old, const struct pl_books_step *f)
{
    return old->sp == f->sp && old->pc == f->pc && (!old->fp_counts || old->fp == f->fp);
}

/* A frame that stood so before is left by the same rule; but what lies where that leads may be
 * another call's by now. These loads don't wait for each other, as those of a walk by rules do.
 * @param k a step of the old walk that is one of this, too
 * @param fp what the register holds there now, and in the caller when it is followed */
static inline bool follow(const struct pl_books_walk *old, uint32_t k, uint64_t *fp)
{
    const struct pl_books_step *f = &old->steps[k], *next = f + 1;
    if (k + 1 >= old->count || (f->cfa_from && at(f->cfa_from) != next->sp) ||
        at(next->sp - sizeof(void *)) != next->pc)
        return false;
    const uint64_t now = f->fp_from ? at(f->fp_from) : *fp;
    if (next->fp_counts && now != next->fp)
        return false;
    *fp = now;
    return true;
}

static bool is_same(const struct pl_books_walk *old, const struct pl_books_step *first)
{
    uint64_t fp = first->fp;
    uint32_t k = 0;
    if (!is_step(&old->steps[0], first))
        return false;
    while (follow(old, k, &fp))
        k++;
    return k + 1 == old->count;
}

/* A walk under way. */
struct walking {
    const struct pl_books_walk *old;
    struct pl_books_walk *walk;
    uint32_t known; /* the next step of the old walk that may be one of this, too */
    bool is_known;  /* the latest one was */
};

/* Adds a step. @return whether there is one */
static inline bool step(struct walking *w)
{
    const struct pl_books_walk *old = w->old;
    struct pl_books_step *f = &w->walk->steps[w->walk->count - 1], *next = f + 1;
    uint64_t fp = f->fp;
    if (w->is_known && follow(old, w->known, &fp)) {
        f->cfa_from = old->steps[w->known].cfa_from;
        f->fp_from = old->steps[w->known].fp_from;
        f->fp_counts = old->steps[w->known].fp_counts;
        *next = old->steps[++w->known];
        next->fp = fp;
        w->walk->count++;
        return true;
    }
    if (!leave(f, f->rule, next))
        return false;
    w->walk->count++;
    next->fp_counts = 0;
    next->rule = rule_of(next->pc);
    while (w->known < old->count && old->steps[w->known].sp < next->sp)
        w->known++;
    w->is_known = w->known < old->count && is_step(&old->steps[w->known], next);
    return true;
}

/* To where the exported function was called. @return false where that can't be found */
static bool leave_own(struct walking *w, uintptr_t caller)
{
    for (uint32_t i = 0; i < OWN_FRAMES_MAX; i++) {
        if (w->walk->steps[i].pc == caller) {
            w->walk->own = i;
            return true;
        }
        if (i + 1 == OWN_FRAMES_MAX || !step(w))
            break;
    }
    return false;
}

/* From the outermost frame inwards: whether what the register holds leads anywhere. */
static void tell_what_counts(struct pl_books_walk *walk)
{
    for (uint32_t i = walk->count - 1; i-- > 0;)
        if (!walk->steps[i].fp_from)
            walk->steps[i].fp_counts |= walk->steps[i + 1].fp_counts;
}

struct pl_books_step pl_unwind_caller(const void *caller)
{
    const uintptr_t pc = (uintptr_t)caller;
    return (struct pl_books_step){.pc = pc, .rule = rule_of(pc)};
}

/* Where no chain can be had, the caller is one all the same. */
static void take_caller(struct pl_books_walk *walk, const void *caller)
{
    walk->own = 0;
    walk->count = 1;
    walk->steps[0] = pl_unwind_caller(caller);
    walk->generation = 0;
}

__attribute__((noinline)) bool pl_unwind(const void *caller, uint32_t max,
                                         const struct pl_books_walk *old,
                                         struct pl_books_walk *walk)
{
    const uint64_t now = __atomic_load_n(&generation, __ATOMIC_RELAXED);
    const uintptr_t own = (uintptr_t)__builtin_frame_address(0);
    const struct pl_books_step first = {
        .pc = at(own + sizeof(void *)), .sp = own + 2 * sizeof(void *), .fp = at(own)};
    struct walking w = {.old = old, .walk = walk, .known = UINT32_MAX};
    if (old->generation == now) {
        if (PL_LIKELY(is_same(old, &first)))
            return false;
        w.known = 0;
    }
    walk->generation = now;
    walk->count = 1;
    walk->steps[0] = first;
    walk->steps[0].rule = rule_of(first.pc);
    if (!leave_own(&w, (uintptr_t)caller)) {
        take_caller(walk, caller);
        return true;
    }
    while (walk->count - walk->own < max && step(&w))
        ;
    tell_what_counts(walk);
    return true;
}
