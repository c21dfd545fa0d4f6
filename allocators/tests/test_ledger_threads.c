/* Threads that acquire and release each other's blocks at once, while another looks on: nothing is
 * lost or counted twice. Under TSan, no race either. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "allocators/ledger/statement.h"
#include "allocators/tests/opened.h"

enum { THREADS = 6, EXCHANGE = 64, STEPS = 30000, SITES = 4 };

static const size_t sizes[] = {8, 56, 100, 700, 2000, 9000};

static struct pl_stack *stack;
static struct pl_allocator *chain;
static struct pl_site sites[SITES];
static void *exchange[EXCHANGE]; /* each place holds blocks of one size */
static bool looking;

static size_t size_at(size_t place)
{
    return sizes[place % (sizeof sizes / sizeof *sizes)];
}

/* Puts a new block into a place and releases the one that was there, whoever acquired it. */
static void *trade(void *context)
{
    uint64_t seed = (uintptr_t)context;
    for (size_t i = 0; i < STEPS; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407; /* Knuth's MMIX */
        size_t place = (size_t)(seed >> 33) % EXCHANGE;
        pl_site_set(&sites[(seed >> 50) % SITES]);
        void *block = pl_acquire(chain, size_at(place));
        block = __atomic_exchange_n(&exchange[place], block, __ATOMIC_ACQ_REL);
        pl_release(chain, block, size_at(place));
    }
    return NULL;
}

static void ignore(void *context, const struct pl_ledger_block *block)
{
    (void)context;
    (void)block;
}

static void *look_on(void *context)
{
    struct pl_ledger *ledger = context;
    struct pl_ledger_count total;
    for (int64_t t_ns = 0; __atomic_load_n(&looking, __ATOMIC_RELAXED); t_ns += 1000000) {
        pl_ledger_totals(ledger, &total);
        pl_ledger_watch(ledger, t_ns);
        pl_ledger_walk(ledger, ignore, NULL);
    }
    return NULL;
}

static void run_threads(struct pl_ledger *ledger)
{
    pthread_t threads[THREADS], looker;
    looking = true;
    assert_int_equal(pthread_create(&looker, NULL, look_on, ledger), 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, trade, (void *)(i + 1)), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    __atomic_store_n(&looking, false, __ATOMIC_RELAXED);
    pthread_join(looker, NULL);
}

static uint64_t held_bytes(uint64_t *blocks)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < EXCHANGE; i++)
        if (exchange[i]) {
            bytes += size_at(i);
            ++*blocks;
        }
    return bytes;
}

static void trade_on(const char *text)
{
    static const struct pl_class class = {"block", 9000, -1};
    struct pl_ledger_count total;
    uint64_t blocks = 0;
    stack = open_stack(text, &class, 1, NULL, 0);
    chain = pl_stack_class(stack, 0);
    struct pl_ledger *ledger = pl_stack_ledger(stack);
    run_threads(ledger);
    uint64_t bytes = held_bytes(&blocks);
    pl_ledger_totals(ledger, &total);
    assert_int_equal(total.allocated_blocks, THREADS * STEPS);
    assert_int_equal(pl_ledger_live_blocks(&total), blocks);
    assert_int_equal(pl_ledger_current(&total), bytes);
    pl_ledger_survey(ledger, 0);
    assert_true(pl_ledger_check(ledger));
    assert_true(pl_ledger_check_survey(ledger));
    for (size_t i = 0; i < EXCHANGE; i++) {
        pl_release(chain, exchange[i], size_at(i));
        exchange[i] = NULL;
    }
    pl_ledger_totals(ledger, &total);
    assert_int_equal(pl_ledger_current(&total), 0);
    assert_int_equal(pl_ledger_survey(ledger, 0)->blocks, 0);
    assert_int_equal(stats_of(stack).corruptions, 0);
    pl_stack_close(stack);
}

static void threads_release_each_others_blocks(void **state)
{
    (void)state;
    trade_on("ledger/glibc");
    trade_on("ledger/slab/glibc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads_release_each_others_blocks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
