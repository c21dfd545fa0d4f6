/* Walking up a stack (unwind.h). A return address is looked up in its object's unwind table once;
 * what that says goes into a word, and the word into a table in the books, from which the next
 * chains through that address take it: a few ns a frame.
 *
 * Two threads may write to one place of that table at a time. A word is taken only if it fits what
 * stands beside it, the address xored with it (Hyatt and Mann, "A lockless transposition table
 * implementation for parallel search chess engines", 2002). */
#include "harness/interpose/unwind.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

#include "harness/interpose/cfi.h"
#include "harness/interpose/count.h"
#include "harness/interpose/keep.h"
#include "harness/interpose/objects.h"

enum {
    OWN_FRAMES_MAX = 8, /* of this library, between the exported function and here */
    FRAME_BYTES_MAX = 1 << 30,
    SAVED_SHIFT = 2,
    CFA_SHIFT = 4,
    CFA_BITS = 24,
    SAVED_OFFSET_SHIFT = CFA_SHIFT + CFA_BITS,
    SAVED_OFFSET_BITS = 20
};

struct frame {
    uintptr_t pc, sp, fp;
};

static uint64_t generation = 1; /* of the objects that are mapped */

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
    if (_dl_find_object((void *)(pc - 1), &found))
        return PL_CFA_UNKNOWN;
    pl_cfi_find(pc - 1, found.dlfo_eh_frame, &rule);
    return pack(&rule, pl_object_find(pl_books, &found));
}

static inline uint64_t rule_of(uintptr_t pc)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15); /* Fibonacci hashing */
    const uint64_t key = pc ^ __atomic_load_n(&generation, __ATOMIC_RELAXED) * odd;
    struct pl_books_rule *place = &pl_books->rules[pc * odd >> 48];
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
static inline uintptr_t address_of(const struct frame *f, uint64_t rule)
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
static inline bool leave(struct frame *f, uint64_t rule)
{
    const uintptr_t cfa = address_of(f, rule);
    const uintptr_t offset = (uintptr_t)signed_bits(rule, SAVED_OFFSET_SHIFT, SAVED_OFFSET_BITS);
    const uint64_t saved = rule >> SAVED_SHIFT & 3;
    if (PL_UNLIKELY(cfa <= f->sp || !is_near(cfa, f->sp)))
        return false;
    const uintptr_t from = (saved == PL_SAVED_BELOW ? cfa : f->fp) + offset;
    if (saved != PL_SAVED_NOT && PL_UNLIKELY(!is_near(from, f->sp)))
        return false;
    f->pc = at(cfa - sizeof(void *));
    f->sp = cfa;
    if (saved != PL_SAVED_NOT)
        f->fp = at(from);
    return true;
}

/* To where the exported function was called. @return false where that can't be found */
static bool leave_own(struct frame *f, uintptr_t caller)
{
    for (int i = 0; i < OWN_FRAMES_MAX; i++) {
        if (f->pc == caller)
            return true;
        if (!leave(f, rule_of(f->pc)))
            break;
    }
    return false;
}

static uint64_t word_of(uintptr_t pc, uint64_t rule)
{
    return (rule & ~PL_BOOKS_ADDRESS_MASK) | (pc & PL_BOOKS_ADDRESS_MASK);
}

__attribute__((noinline)) uint32_t pl_unwind(const void *caller, uint64_t *frames, uint32_t max)
{
    uint32_t count = 0;
    frames[0] = word_of((uintptr_t)caller, rule_of((uintptr_t)caller));
#ifdef __x86_64__
    const uintptr_t own = (uintptr_t)__builtin_frame_address(0);
    struct frame f = {at(own + sizeof(void *)), own + 2 * sizeof(void *), at(own)};
    bool goes_on = leave_own(&f, (uintptr_t)caller);
    while (goes_on && f.pc && count < max) {
        const uint64_t rule = rule_of(f.pc);
        frames[count++] = word_of(f.pc, rule);
        goes_on = leave(&f, rule);
    }
#else
    (void)leave_own;
    (void)max;
#endif
    return count ? count : 1;
}
