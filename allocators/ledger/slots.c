/* Counts a thread, and the index of each site (books.h). */
#include "allocators/base/mapping.h"
#include "allocators/ledger/books.h"

_Thread_local struct pl_ledger_mine pl_ledger_mine __attribute__((tls_model("initial-exec")));

static struct pl_ledger_slot *known_slot(const struct pl_ledger *ledger)
{
    struct pl_ledger_slot *slot = __atomic_load_n(&ledger->slots, __ATOMIC_ACQUIRE);
    while (slot && slot->owner != &pl_ledger_mine)
        slot = slot->next;
    return slot;
}

static struct pl_ledger_slot *new_slot(struct pl_ledger *ledger)
{
    struct pl_ledger_slot *slot = pl_mapping_new(sizeof *slot);
    if (!slot)
        return NULL;
    slot->owner = &pl_ledger_mine;
    slot->next = __atomic_load_n(&ledger->slots, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&ledger->slots, &slot->next, slot, true, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
    __atomic_fetch_add(&ledger->slot_count, 1, __ATOMIC_RELEASE);
    return slot;
}

struct pl_ledger_slot *pl_ledger_slot_turn_to(struct pl_ledger *ledger)
{
    struct pl_ledger_slot *slot = known_slot(ledger);
    if (!slot)
        slot = new_slot(ledger);
    if (!slot)
        return NULL;
    pl_ledger_mine.slot = slot;
    __atomic_signal_fence(__ATOMIC_RELEASE); /* a handler that allocates finds both or neither */
    pl_ledger_mine.ledger = ledger->number;
    return slot;
}

void pl_ledger_slots_close(struct pl_ledger *ledger)
{
    while (ledger->slots) {
        struct pl_ledger_slot *slot = ledger->slots;
        ledger->slots = slot->next;
        pl_mapping_delete(slot, sizeof *slot);
    }
}

uint64_t pl_ledger_sum_live(const struct pl_ledger *ledger, size_t offset)
{
    uint64_t live = 0;
    const struct pl_ledger_slot *slot = __atomic_load_n(&ledger->slots, __ATOMIC_ACQUIRE);
    for (; slot; slot = slot->next) {
        const struct pl_ledger_count *count = (const void *)((const char *)slot + offset);
        live += pl_ledger_read(&count->allocated_bytes) - pl_ledger_read(&count->freed_bytes);
    }
    return live;
}

/* Two threads may see a site for the first time at once. Places are taken in order, and stay. */
uint32_t pl_ledger_site_find(struct pl_ledger *ledger, struct pl_site *site)
{
    for (uint32_t i = 1; i < PL_LEDGER_NAMED_MAX; i++) {
        struct pl_site *known = NULL;
        if (!__atomic_compare_exchange_n(&ledger->sites[i], &known, site, false, __ATOMIC_RELEASE,
                                         __ATOMIC_ACQUIRE)) {
            if (known != site)
                continue;
        } else {
            __atomic_fetch_add(&ledger->site_count, 1, __ATOMIC_RELEASE);
        }
        __atomic_store_n(&site->id, i, __ATOMIC_RELAXED);
        return i;
    }
    return 0;
}
