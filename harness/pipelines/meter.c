/* The meter's slow paths: timing one acquire, choosing the next by a seeded stride, and telling a
 * crowd. */
#include "harness/pipelines/meter.h"

#include "harness/base/random.h"
#include "harness/clock/real.h"

/* From 1 to 127, 64 on average: a fixed stride would fall into step with the traffic. */
static uint32_t next_stride(struct pl_meter *meter)
{
    return 1 + (uint32_t)(pl_random_next(&meter->random) % (2 * PL_METER_STRIDE - 1));
}

void pl_meter_open(struct pl_meter *meter, struct pl_stack *stack, const struct pl_scenario *s,
                   uint64_t seed)
{
    meter->class_count = s->class_count;
    for (uint32_t i = 0; i < s->class_count; i++) {
        meter->chains[i] = pl_stack_class(stack, i);
        meter->sizes[i] = s->classes[i].size;
    }
    meter->random = seed;
    meter->until_timed = next_stride(meter);
}

uint64_t pl_meter_churn(const struct pl_meter *meter)
{
    uint64_t churn = 0;
    for (uint32_t i = 0; i < meter->class_count; i++) {
        const struct pl_class_books *books = &meter->books[i];
        churn += meter->sizes[i] *
                 (pl_counter_read(&books->acquires) + pl_counter_read(&books->releases));
        churn +=
            pl_counter_read(&books->acquired_excess) + pl_counter_read(&books->released_excess);
    }
    return churn;
}

void pl_meter_tell(struct pl_meter *meter, uint64_t live_bytes)
{
    struct pl_meter_crowd *crowd = meter->crowd;
    uint64_t all =
        __atomic_add_fetch(&crowd->live_bytes, live_bytes - meter->told_bytes, __ATOMIC_RELAXED);
    uint64_t peak = __atomic_load_n(&crowd->live_bytes_peak, __ATOMIC_RELAXED);
    meter->told_bytes = live_bytes;
    while (all > peak && all <= INT64_MAX &&
           !__atomic_compare_exchange_n(&crowd->live_bytes_peak, &peak, all, true, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        continue;
}

/* The countdown wraps around. */
void pl_meter_untimed(struct pl_meter *meter)
{
    meter->until_timed = 0;
}

void *pl_meter_acquire_timed(struct pl_meter *meter, uint32_t class_index,
                             const struct pl_request *request)
{
    meter->until_timed = next_stride(meter);
    int64_t before = pl_real_now();
    void *block = pl_acquire_as(meter->chains[class_index], request);
    int64_t after = pl_real_now();
    pl_histogram_add(&meter->acquire_ns, (uint64_t)(after - before));
    return block;
}
