#include "harness/interpose/limit.h"

#include <pthread.h>

enum { CLOSED = -1 };

struct pl_limit pl_limit;
PL_TLS struct pl_limit_credit *pl_limit_credit;
PL_TLS int64_t pl_limit_seen;
PL_TLS struct pl_limit_guess pl_limit_guesses[PL_LIMIT_GUESSES];

/* Each of the stripe of its number; nobody's are zero or closed. */
static struct pl_limit_credit credits[PL_PAGE_STRIPES];

static unsigned threads; /* that this program has had */

/* Held by whoever moves bytes between the count and a credit. */
static pthread_mutex_t moving = PTHREAD_MUTEX_INITIALIZER;

void pl_limit_open(uint64_t max)
{
    const uint64_t chunk = max / PL_LIMIT_CHUNKS;
    pl_limit.max = (int64_t)max;
    pl_limit.chunk = chunk < PL_LIMIT_CHUNK_MAX ? (int64_t)chunk : PL_LIMIT_CHUNK_MAX;
}

void pl_limit_join(int stripe)
{
    pl_limit_credit = stripe < 0 ? NULL : &credits[stripe];
    if (__atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED) > 1)
        __atomic_store_n(&pl_limit.is_split, true, __ATOMIC_RELAXED);
}

void pl_limit_lock(void)
{
    pthread_mutex_lock(&moving);
}

void pl_limit_unlock(void)
{
    pthread_mutex_unlock(&moving);
}

/* Afterwards each thread's way leads to the count of all. */
static void close_credits(void)
{
    for (int i = 0; i < PL_PAGE_STRIPES; i++) {
        int64_t left = __atomic_exchange_n(&credits[i].bytes, CLOSED, __ATOMIC_RELAXED);
        if (left > 0)
            pl_limit_give_shared((size_t)left);
    }
}

int64_t pl_limit_inherit(void)
{
    pthread_mutex_init(&moving, NULL); /* its parent may have had it */
    close_credits();
    pl_limit.is_split = false;
    threads = 0;
    return pl_limit.live;
}

/* A block's bytes and a chunk beside them. */
static bool open_credit(struct pl_limit_credit *credit, size_t bytes)
{
    if (!credit || !pl_limit_take_shared(bytes + (size_t)pl_limit.chunk))
        return false;
    int64_t have = __atomic_load_n(&credit->bytes, __ATOMIC_RELAXED);
    __atomic_store_n(&credit->bytes, (have > 0 ? have : 0) + pl_limit.chunk, __ATOMIC_RELAXED);
    return true;
}

static bool take_what_is_left(size_t bytes)
{
    if (pl_limit_take_shared(bytes))
        return true;
    close_credits();
    return pl_limit_take_shared(bytes);
}

bool pl_limit_take_slowly(size_t bytes)
{
    pl_limit_lock();
    bool taken = open_credit(pl_limit_credit_for(bytes), bytes) || take_what_is_left(bytes);
    pl_limit_unlock();
    return taken;
}

void pl_limit_give_slowly(size_t bytes)
{
    pl_limit_lock();
    const int64_t have = __atomic_load_n(&pl_limit_credit->bytes, __ATOMIC_RELAXED);
    const int64_t kept = have > pl_limit.chunk ? pl_limit.chunk : have > 0 ? have : 0;
    if (have > kept)
        __atomic_store_n(&pl_limit_credit->bytes, kept, __ATOMIC_RELAXED);
    pl_limit_give_shared(bytes + (size_t)(have > kept ? have - kept : 0));
    pl_limit_unlock();
}

/* Beyond the limit no credit may be left: it could be handed out. */
bool pl_limit_exceed(size_t bytes)
{
    if (pl_limit_take(bytes))
        return false;
    pl_limit_lock();
    close_credits();
    pl_limit_seen = __atomic_add_fetch(&pl_limit.live, (int64_t)bytes, __ATOMIC_RELAXED);
    pl_limit_unlock();
    return true;
}

void pl_limit_refused(size_t size)
{
    pl_count_shared(&pl_process->refusals, 1);
    pl_count_max(&pl_process->refused_bytes_max, size);
}
