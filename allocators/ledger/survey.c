/* A look at each live block of a ledger: how old they are, and which there are most of (ledger.h).
 */
#include <string.h>

#include "allocators/base/book.h"
#include "allocators/ledger/books.h"

struct surveying {
    struct pl_ledger_survey *survey;
    int64_t now_ns;
    struct pl_book groups; /* site and size: how many */
};

/* A site and a size as what a book takes for a block: its low 4 bits don't tell blocks apart. */
static void *group_key(uint32_t site, uint64_t size)
{
    return (void *)(uintptr_t)(((uint64_t)site << PL_LEDGER_SIZE_BITS | size) << 4 | 8);
}

static struct pl_ledger_group group_of(const struct pl_book_entry *entry)
{
    uint64_t key = (uint64_t)(uintptr_t)entry->block >> 4;
    return (struct pl_ledger_group){
        .size = pl_ledger_word_size(key),
        .blocks = (uintptr_t)entry->value,
        .site = (uint32_t)(key >> PL_LEDGER_SIZE_BITS),
    };
}

static uint32_t age_class(int64_t age_ns)
{
    static const int64_t below_ns[PL_LEDGER_AGES - 1] = {
        10000000, 100000000, 1000000000, 10000000000, 60000000000, 600000000000, 3600000000000,
    };
    uint32_t class = 0;
    while (class < PL_LEDGER_AGES - 1 && age_ns >= below_ns[class])
        class ++;
    return class;
}

static void visit(void *context, const struct pl_ledger_block *block)
{
    struct surveying *s = context;
    struct pl_ledger_survey *survey = s->survey;
    const uint32_t age = age_class(s->now_ns - block->birth_ns);
    survey->blocks++;
    survey->bytes += block->size;
    survey->age_blocks[age]++;
    survey->age_bytes[age] += block->size;
    pl_book_add(&s->groups, group_key(block->site, block->size), 1);
    if (block->site >= survey->site_count)
        return;
    if (block->birth_ns < survey->oldest_ns[block->site])
        survey->oldest_ns[block->site] = block->birth_ns;
    if (block->birth_ns > survey->youngest_ns[block->site])
        survey->youngest_ns[block->site] = block->birth_ns;
}

/* By bytes; those that hold the same by site and size, so that a report repeats. */
static bool goes_before(const struct pl_ledger_group *a, const struct pl_ledger_group *b)
{
    if (a->blocks * a->size != b->blocks * b->size)
        return a->blocks * a->size > b->blocks * b->size;
    return a->site != b->site ? a->site < b->site : a->size < b->size;
}

static void keep_largest(struct pl_ledger_survey *survey, const struct pl_ledger_group *group)
{
    uint32_t at = survey->group_count;
    while (at > 0 && goes_before(group, &survey->groups[at - 1])) {
        if (at < PL_LEDGER_GROUPS)
            survey->groups[at] = survey->groups[at - 1];
        at--;
    }
    if (at == PL_LEDGER_GROUPS)
        return;
    survey->groups[at] = *group;
    if (survey->group_count < PL_LEDGER_GROUPS)
        survey->group_count++;
}

const struct pl_ledger_survey *pl_ledger_survey(struct pl_ledger *ledger, int64_t now_ns)
{
    struct surveying s = {.survey = &ledger->survey, .now_ns = now_ns};
    memset(s.survey, 0, offsetof(struct pl_ledger_survey, oldest_ns));
    s.survey->site_count = pl_ledger_site_count(ledger);
    for (uint32_t i = 0; i < s.survey->site_count; i++) {
        s.survey->oldest_ns[i] = INT64_MAX;
        s.survey->youngest_ns[i] = INT64_MIN;
    }
    pl_ledger_walk(ledger, visit, &s);
    for (size_t i = 0; i < s.groups.capacity; i++) {
        struct pl_ledger_group group = group_of(&s.groups.entries[i]);
        if (s.groups.entries[i].block)
            keep_largest(s.survey, &group);
    }
    pl_book_close(&s.groups);
    return s.survey;
}

bool pl_ledger_check_survey(struct pl_ledger *ledger)
{
    struct pl_ledger_count total;
    pl_ledger_totals(ledger, &total);
    bool agrees = ledger->survey.blocks == pl_ledger_live_blocks(&total) &&
                  ledger->survey.bytes == pl_ledger_current(&total);
    if (!agrees)
        __atomic_fetch_add(&ledger->corruptions, 1, __ATOMIC_RELAXED);
    return agrees;
}
