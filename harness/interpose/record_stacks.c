/* Walking up the stack of a recorded program (record_stacks.h): on x86-64 by the unwind tables that
 * a ledger goes by, too (unwind.h), which are there whatever code keeps in its frame pointer;
 * elsewhere as far as code keeps frame pointers. */
#include "harness/interpose/record_stacks.h"

#ifdef __x86_64__

#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/unwind.h"

/* Shared, so that it is no part of what the program is seen to hold; but of a child of fork another
 * one, since what is mapped at an address may differ there. */
bool pl_record_stacks_open(void)
{
    static struct pl_books_rule *rules;
    const size_t bytes = PL_BOOKS_RULES * sizeof *rules;
    if (rules)
        syscall(SYS_munmap, rules, bytes);
    void *mapped = (void *)syscall(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    rules = mapped == MAP_FAILED ? NULL : mapped;
    pl_unwind_begin(rules);
    return rules != NULL;
}

__attribute__((noinline)) uint32_t pl_record_stack(const void *caller, uint32_t max,
                                                   uint64_t *frames)
{
    static const struct pl_books_walk none = {.generation = 0};
    struct pl_books_walk walk;
    pl_unwind(caller, max, &none, &walk);
    const uint32_t count = walk.count - walk.own;
    for (uint32_t i = 0; i < count; i++)
        frames[i] = walk.steps[walk.own + i].pc;
    return count;
}

#else

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/record_thread.h"

enum { PAGE = 4096, STACK_REACH = 1 << 18 /* bytes between two frames at most */ };

bool pl_record_stacks_open(void)
{
    return true;
}

/* Whether an address on the stack can be read: its page and all down to those that are known. A
 * guard page is mapped, but never in memory. */
static bool can_read(uintptr_t address)
{
    struct pl_record_thread *mine = &pl_record_mine;
    const uintptr_t page = address / PAGE * PAGE;
    unsigned char there;
    while (page >= mine->stack_end) {
        if (syscall(SYS_mincore, mine->stack_end, PAGE, &there) || !(there & 1))
            return false;
        mine->stack_end += PAGE;
    }
    return page >= mine->stack_begin;
}

/* The stack that the thread is on now, which may be one of its own making. */
static void know_stack(uintptr_t here)
{
    struct pl_record_thread *mine = &pl_record_mine;
    const uintptr_t page = here / PAGE * PAGE;
    if (page >= mine->stack_begin && page < mine->stack_end)
        return;
    if (page >= mine->stack_end || mine->stack_begin - page > STACK_REACH)
        mine->stack_end = page + PAGE;
    mine->stack_begin = page;
}

/* @return the frame above, or NULL: code that keeps anything in the frame pointer ends the walk.
 * Frames rise, in steps that a stack can have. */
static void *const *frame_above(void *const *frame)
{
    const uintptr_t below = (uintptr_t)frame, next = (uintptr_t)frame[0];
    if (next <= below || next - below > STACK_REACH || next % sizeof(void *) ||
        !can_read(next + sizeof(void *)) || !can_read(next))
        return NULL;
    return (void *const *)next;
}

/* The caller, then those of frames beyond it: those before are the library's own. */
__attribute__((noinline)) uint32_t pl_record_stack(const void *caller, uint32_t max,
                                                   uint64_t *frames)
{
    void *const *frame = __builtin_frame_address(0);
    bool is_beyond = false;
    uint32_t count = 1;
    const int error = errno;
    know_stack((uintptr_t)frame);
    frames[0] = (uint64_t)(uintptr_t)caller;
    for (; frame && count < max; frame = frame_above(frame)) {
        if (is_beyond)
            frames[count++] = (uint64_t)(uintptr_t)frame[1];
        is_beyond |= frame[1] == caller;
    }
    errno = error;
    return count;
}

#endif
