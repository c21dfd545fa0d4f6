/* The cycle: taking until the target, releasing, idling (blocks.h). */
#include <string.h>

#include "harness/base/random.h"
#include "harness/pipelines/blocks/held_blocks.h"

#define SPARE 4096 /* records beyond half as many again as are likely */

static bool lives_on(const struct pl_profile_row *row)
{
    return row->life >= BLOCKS_HELD_FROM;
}

/* Of an acquire, on average: the bytes that stay until the cycle ends, and the records. */
static void mean_held(const struct pl_profile *p, double *bytes, double *records)
{
    uint64_t before = 0;
    *bytes = *records = 0;
    for (uint32_t i = 0; i < p->row_count; before = p->rows[i++].upto) {
        double share = (double)(p->rows[i].upto - before) / (double)p->blocks;
        *bytes += lives_on(&p->rows[i]) ? share * p->rows[i].size : 0;
        *records += lives_on(&p->rows[i]) ? share : 0;
    }
}

static uint32_t survival_of(const struct pl_blocks_settings *s)
{
    return (uint32_t)(s->survivor_lifetime_ns / s->cycle_ns);
}

uint32_t blocks_record_capacity(const struct pl_blocks_settings *s, const struct pl_profile *p)
{
    double bytes, records;
    mean_held(p, &bytes, &records);
    if (bytes <= 0)
        return SPARE;
    double acquires = (double)s->live_bytes / bytes;
    double survivors = acquires * (1 + s->idle_work) * s->survivors * (survival_of(s) + 1);
    double likely = acquires * records + survivors + BLOCKS_WHEEL;
    return likely > UINT32_MAX / 4 ? UINT32_MAX / 2 : (uint32_t)(1.5 * likely) + SPARE;
}

size_t blocks_arena_bytes(const struct pl_blocks_settings *s, const struct pl_profile *p)
{
    return pl_arena_cost(blocks_record_capacity(s, p) * sizeof(struct blocks_record));
}

bool blocks_open(struct blocks *b, const struct pl_blocks_settings *s, const struct pl_profile *p,
                 uint64_t seed, struct pl_arena *arena)
{
    b->settings = s;
    b->profile = p;
    b->random = seed;
    b->survival = survival_of(s);
    b->record_capacity = blocks_record_capacity(s, p);
    b->records = pl_arena_take(arena, b->record_capacity * sizeof *b->records);
    return b->records != NULL;
}

/* After how many acquires a short-lived block goes: from 2^(k-1) to 2^k - 1, 0 for the next. */
static uint32_t lifetime(struct blocks *b, const struct pl_profile_row *row)
{
    uint32_t low = row->life ? 1u << (row->life - 1) : 0;
    return low + (low > 1 ? (uint32_t)(pl_random_next(&b->random) % low) : 0);
}

static bool survives(struct blocks *b, const struct pl_profile_row *row)
{
    const struct pl_blocks_settings *s = b->settings;
    double chance = pl_random_unit(&b->random);
    return chance < s->survivors && row->size <= s->survivor_bytes;
}

/* Where a new block waits for its release. A survivor counts for its cycle, too, or one of which
 * all survive would never be full. */
static struct blocks_list *place_of(struct blocks *b, const struct pl_profile_row *row)
{
    if (lives_on(row))
        b->cycle_bytes += row->size;
    if (survives(b, row))
        return &b->survivors[(b->cycle + b->survival) % PL_BLOCKS_SURVIVAL_MAX];
    if (!lives_on(row))
        return &b->wheel[(b->acquires + lifetime(b, row)) % BLOCKS_WHEEL];
    return &b->held;
}

/* One acquire, and what is due with it. */
static void turn(struct blocks *b, const struct pl_profile_row *row)
{
    uint32_t record = blocks_take(b, row->size);
    if (record)
        blocks_append(b, place_of(b, row), record);
    b->refused |= !record;
    blocks_release_list(b, &b->wheel[b->acquires % BLOCKS_WHEEL]);
    b->acquires++;
}

static const struct pl_profile_row *draw(struct blocks *b)
{
    return pl_profile_draw(b->profile, pl_random_next(&b->random));
}

/* Takes until the cycle holds what it should at this time of its busy part. */
static void fill(struct blocks *b, int64_t since_ns, int64_t busy_ns)
{
    double share = (double)(since_ns + BLOCKS_STEP_NS) / (double)busy_ns;
    uint64_t target = (uint64_t)((double)b->settings->live_bytes * (share < 1 ? share : 1));
    while (b->cycle_bytes < target && !b->refused) {
        turn(b, draw(b));
        b->cycle_acquires++;
    }
}

/* The cycle ends: what it held goes, and the survivors whose time has come. */
static void release_cycle(struct blocks *b)
{
    blocks_release_list(b, &b->held);
    blocks_release_list(b, &b->survivors[b->cycle % PL_BLOCKS_SURVIVAL_MAX]);
    b->cycle_bytes = 0;
    b->idle_acquires = 0;
    b->idle = true;
}

/* What a server does while nothing is asked of it: a little, and nothing of it stays. Without any
 * acquire a heap that purges when it is called would never purge. */
static void idle_work(struct blocks *b, int64_t since_ns)
{
    double share = (double)(since_ns + BLOCKS_STEP_NS) / (double)b->settings->idle_ns;
    uint64_t due =
        (uint64_t)((double)b->cycle_acquires * b->settings->idle_work * (share < 1 ? share : 1));
    for (; b->idle_acquires < due && !b->refused; b->idle_acquires++) {
        const struct pl_profile_row *row = draw(b);
        while (lives_on(row))
            row = draw(b);
        turn(b, row);
    }
}

static void begin_cycle(struct blocks *b, uint64_t number)
{
    b->cycle = number;
    b->cycle_acquires = 0;
    b->idle = false;
    b->refused = false;
}

/* The first step at or after a cycle's beginning. */
static int64_t begin_ns(const struct blocks *b, uint64_t number)
{
    int64_t ns = (int64_t)number * b->settings->cycle_ns + BLOCKS_STEP_NS - 1;
    return ns / BLOCKS_STEP_NS * BLOCKS_STEP_NS;
}

static enum blocks_next next_of(const struct blocks *b, int64_t since_ns, int64_t busy_ns,
                                int64_t *next_ns)
{
    if (since_ns < busy_ns)
        return since_ns + BLOCKS_STEP_NS < busy_ns ? BLOCKS_MORE : BLOCKS_RELEASE;
    if (b->settings->idle_work > 0 && since_ns + BLOCKS_STEP_NS < b->settings->cycle_ns)
        return BLOCKS_MORE;
    *next_ns = begin_ns(b, b->cycle + 1);
    return BLOCKS_CYCLE;
}

enum blocks_next blocks_step(struct blocks *b, int64_t now_ns, int64_t *next_ns)
{
    const struct pl_blocks_settings *s = b->settings;
    uint64_t number = (uint64_t)(now_ns / s->cycle_ns);
    int64_t since_ns = now_ns % s->cycle_ns, busy_ns = s->cycle_ns - s->idle_ns;
    *next_ns = now_ns + BLOCKS_STEP_NS;
    if (number != b->cycle)
        begin_cycle(b, number);
    if (since_ns < busy_ns) {
        fill(b, since_ns, busy_ns);
    } else {
        if (!b->idle)
            release_cycle(b);
        idle_work(b, since_ns - busy_ns);
    }
    return next_of(b, since_ns, busy_ns, next_ns);
}

void blocks_close(struct blocks *b)
{
    blocks_release_list(b, &b->held);
    for (uint32_t i = 0; i < BLOCKS_WHEEL; i++)
        blocks_release_list(b, &b->wheel[i]);
    for (uint32_t i = 0; i < PL_BLOCKS_SURVIVAL_MAX; i++)
        blocks_release_list(b, &b->survivors[i]);
}
