/* Taking, stamping, checking and releasing blocks (held_blocks.h). */
#include "harness/pipelines/blocks/held_blocks.h"

#include "harness/pipelines/stamp.h"

void blocks_append(struct blocks *b, struct blocks_list *list, uint32_t record)
{
    b->records[record].next = 0;
    if (list->last)
        b->records[list->last].next = record;
    else
        list->first = record;
    list->last = record;
}

static uint32_t take_first(struct blocks *b, struct blocks_list *list)
{
    uint32_t record = list->first;
    if (record) {
        list->first = b->records[record].next;
        if (!list->first)
            list->last = 0;
    }
    return record;
}

/* The record that was free last: its cache lines are still at hand. */
static uint32_t new_record(struct blocks *b)
{
    uint32_t record = b->free;
    if (!record)
        return b->record_count + 1 < b->record_capacity ? ++b->record_count : 0;
    b->free = b->records[record].next;
    return record;
}

static void free_record(struct blocks *b, uint32_t record)
{
    b->records[record].next = b->free;
    b->free = record;
}

uint32_t blocks_take(struct blocks *b, uint32_t size)
{
    uint32_t record = new_record(b);
    if (!record) { /* the bound is a fault of ours, never of a heap's */
        pl_counter_add(&b->side->counts.integrity_errors, 1);
        return 0;
    }
    struct blocks_record *r = &b->records[record];
    *r = (struct blocks_record){
        .block = pl_meter_acquire_sized(&b->side->meter, b->class_index, size),
        .stamp = b->acquires * UINT64_C(0x9e3779b97f4a7c15),
        .size = size,
    };
    if (!r->block) {
        free_record(b, record);
        return 0;
    }
    pl_stamp_write(r->block, r->size, r->stamp);
    return record;
}

void blocks_release_list(struct blocks *b, struct blocks_list *list)
{
    for (uint32_t record; (record = take_first(b, list));) {
        struct blocks_record *r = &b->records[record];
        if (!pl_stamp_is_whole(r->block, r->size, r->stamp))
            pl_counter_add(&b->side->counts.integrity_errors, 1);
        pl_meter_release_sized(&b->side->meter, b->class_index, r->block, r->size);
        r->block = NULL;
        free_record(b, record);
    }
}
