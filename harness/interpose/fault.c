/* Which allocation fails (fault.h): as the layer in allocators/layers/fault.c, over all of the
 * process. */
#include "harness/interpose/fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <string.h>

#include "harness/interpose/own_slot.h"

static uint64_t calls; /* a child of fork counts on from where its parent was */

/* _dl_find_object takes no lock: a thread that is loading a library may hold the loader's, and wait
 * for one that the caller of malloc holds. */
static void find_site(struct pl_page_fault *fault, const void *caller)
{
    struct dl_find_object found;
    fault->object[0] = '\0';
    fault->offset = (uintptr_t)caller;
    if (_dl_find_object((void *)(uintptr_t)caller, &found))
        return;
    const char *name = found.dlfo_link_map->l_name;
    fault->offset = (uintptr_t)caller - found.dlfo_link_map->l_addr;
    pl_process_copy_path(fault->object, *name ? name : pl_process->program);
}

static void record(uint64_t number, size_t size, const void *caller)
{
    uint64_t before = __atomic_fetch_add(&pl_process->faults, 1, __ATOMIC_RELAXED);
    struct pl_page_fault *fault = &pl_process->latest[before % PL_PAGE_FAULTS];
    const int error = errno;
    __atomic_store_n(&fault->number, 0, __ATOMIC_RELEASE);
    fault->size = size;
    find_site(fault, caller);
    __atomic_store_n(&fault->number, number, __ATOMIC_RELEASE);
    errno = error;
}

bool pl_fault_fails(size_t size, const void *caller)
{
    const uint64_t every = pl_settings.fault_every;
    uint64_t number = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    pl_count_max(&pl_process->allocating_calls, number);
    if (number != pl_settings.fault_nth && (!every || number % every != 0))
        return false;
    record(number, size, caller);
    return true;
}
