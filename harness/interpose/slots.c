#include "harness/interpose/slots.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/interpose/own_slot.h"
#include "harness/interpose/shared_count.h"

enum { FREE = 0, FOLDING = 1 };

/* Containers within the cell may number their processes anew. */
static uint64_t own_place(void)
{
    struct stat status;
    uint64_t space = stat("/proc/self/ns/pid", &status) == 0 ? (uint64_t)status.st_ino : 0;
    return space << 32 | (uint32_t)syscall(SYS_getpid);
}

static bool change(uint64_t *place, uint64_t from, uint64_t to)
{
    return __atomic_compare_exchange_n(place, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Only those that this process can see may be told to have ended. */
static bool has_ended(uint64_t place, uint64_t own)
{
    return place > FOLDING && place >> 32 == own >> 32 && kill((pid_t)(uint32_t)place, 0) &&
           errno == ESRCH;
}

static void fold_stripes(struct pl_page_ended *ended, const struct pl_page_process *process)
{
    for (int i = 0; i < PL_PAGE_STRIPES; i++) {
        pl_count_shared(&ended->calls, pl_count_read(&process->stripes[i].calls));
        pl_count_shared(&ended->allocated_blocks,
                        pl_count_read(&process->stripes[i].allocated_blocks));
        pl_count_shared(&ended->allocated_bytes,
                        pl_count_read(&process->stripes[i].allocated_bytes));
    }
}

static void fold(struct pl_page_ended *ended, const struct pl_page_process *process)
{
    fold_stripes(ended, process);
    pl_count_shared(&ended->processes, 1);
    pl_count_shared(&ended->refusals, pl_count_read(&process->refusals));
    pl_count_max(&ended->refused_bytes_max, pl_count_read(&process->refused_bytes_max));
    pl_count_shared(&ended->faults, pl_count_read(&process->faults));
    pl_count_max(&ended->allocating_calls, pl_count_read(&process->allocating_calls));
    pl_count_shared(&ended->trims, pl_count_read(&process->trims));
    pl_count_shared(&ended->trimmed_bytes, pl_count_read(&process->trimmed_bytes));
    pl_count_shared(&ended->trim_ns, pl_count_read(&process->trim_ns));
    pl_count_max(&ended->trim_ns_max, pl_count_read(&process->trim_ns_max));
    pl_count_max(&ended->live_bytes_peak, pl_count_read(&process->live_bytes_peak));
}

/* The slot of one that has ended, emptied and at once the caller's. */
static bool take_over(struct pl_page *page, struct pl_page_process *process, uint64_t own)
{
    uint64_t place = __atomic_load_n(&process->place, __ATOMIC_ACQUIRE);
    if (!has_ended(place, own) || !change(&process->place, place, FOLDING))
        return false;
    fold(&page->ended, process);
    memset((char *)process + sizeof process->place, 0, sizeof *process - sizeof process->place);
    __atomic_store_n(&process->place, own, __ATOMIC_RELEASE);
    return true;
}

struct pl_page_process *pl_slots_take(struct pl_page *page)
{
    const uint64_t own = own_place();
    struct pl_page_process *const slots = page->processes;
    for (int i = 0; i < PL_PAGE_PROCESSES; i++)
        if (__atomic_load_n(&slots[i].place, __ATOMIC_ACQUIRE) == own)
            return &slots[i];
    for (int i = 0; i < PL_PAGE_PROCESSES; i++)
        if (change(&slots[i].place, FREE, own))
            return &slots[i];
    for (int i = 0; i < PL_PAGE_PROCESSES; i++)
        if (take_over(page, &slots[i], own))
            return &slots[i];
    pl_count_shared(&page->lost, 1);
    return NULL;
}

static bool change_owner(struct pl_page_stripe *stripe, int32_t from, int32_t to)
{
    return __atomic_compare_exchange_n(&stripe->owner, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static bool take_over_stripe(struct pl_page_stripe *stripe, pid_t pid, int32_t own)
{
    int32_t owner = __atomic_load_n(&stripe->owner, __ATOMIC_ACQUIRE);
    return syscall(SYS_tgkill, pid, owner, 0) && errno == ESRCH && change_owner(stripe, owner, own);
}

struct pl_page_stripe *pl_stripes_take(struct pl_page_process *process)
{
    enum { OWNED = PL_PAGE_STRIPES - 1 };
    const int32_t own = (int32_t)syscall(SYS_gettid);
    const pid_t pid = (pid_t)syscall(SYS_getpid);
    struct pl_page_stripe *const stripes = process->stripes;
    __atomic_fetch_add(&process->threads, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < OWNED; i++)
        if (__atomic_load_n(&stripes[i].owner, __ATOMIC_ACQUIRE) == own)
            return &stripes[i];
    for (int i = 0; i < OWNED; i++)
        if (change_owner(&stripes[i], 0, own))
            return &stripes[i];
    for (int i = 0; i < OWNED; i++)
        if (take_over_stripe(&stripes[i], pid, own))
            return &stripes[i];
    return NULL;
}
