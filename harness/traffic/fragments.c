/* Fragments of packets under way, each in a block of its own (fragments.h). */
#include "harness/traffic/fragments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PACKET_MAX = 65536, UNIT = 8 };

struct pl_pending_fragments {
    struct pl_flow flow;
    uint32_t interface;
    uint32_t id;
    int64_t begun_ns;
    bool is_whole; /* and free to be used again */
    uint64_t number;
    uint32_t parts;
    uint32_t size;                  /* 0 until the last one is there */
    uint32_t held;                  /* bytes, none twice */
    uint8_t has[PACKET_MAX / UNIT]; /* units that are there */
    uint8_t data[PACKET_MAX];
};

static bool is_of(const struct pl_pending_fragments *p, const struct pl_dissected *part)
{
    return !p->is_whole && p->id == part->fragment.id && p->interface == part->interface &&
           memcmp(&p->flow, &part->flow, sizeof p->flow) == 0;
}

/* What was under way becomes free. */
static void give_up(struct pl_fragments *f, struct pl_pending_fragments *p)
{
    f->given_up += p->is_whole ? 0 : p->parts;
    p->is_whole = true;
}

static struct pl_pending_fragments *find(struct pl_fragments *f, const struct pl_dissected *part,
                                         int64_t time_ns)
{
    for (size_t i = 0; i < PL_FRAGMENTS_PENDING; i++) {
        struct pl_pending_fragments *p = f->pending[i];
        if (!p || !is_of(p, part))
            continue;
        if (time_ns - p->begun_ns <= PL_FRAGMENTS_WAIT_NS)
            return p;
        give_up(f, p);
    }
    return NULL;
}

/* A fragment may stand in a tunnel's packet that was in fragments, too, and lies here. */
static bool holds(const struct pl_pending_fragments *p, const struct pl_dissected *part)
{
    uintptr_t from = (uintptr_t)p->data, at = (uintptr_t)part->payload.data;
    return at >= from && at - from <= PACKET_MAX;
}

/* A place that is empty, or else the oldest one's; never that of the bytes to be copied. */
static struct pl_pending_fragments **place_for(struct pl_fragments *f,
                                               const struct pl_dissected *part)
{
    struct pl_pending_fragments **oldest = NULL;
    for (size_t i = 0; i < PL_FRAGMENTS_PENDING; i++) {
        struct pl_pending_fragments **place = &f->pending[i];
        if (!*place)
            return place;
        if (holds(*place, part))
            continue;
        if ((*place)->is_whole)
            return place;
        if (!oldest || (*place)->number < (*oldest)->number)
            oldest = place;
    }
    give_up(f, *oldest);
    return oldest;
}

static struct pl_pending_fragments *begin(struct pl_fragments *f, const struct pl_dissected *part,
                                          int64_t time_ns)
{
    struct pl_pending_fragments **place = place_for(f, part);
    if (!*place && !(*place = malloc(sizeof **place)))
        return NULL;
    struct pl_pending_fragments *p = *place;
    memset(p, 0, offsetof(struct pl_pending_fragments, data));
    p->flow = part->flow;
    p->interface = part->interface;
    p->id = part->fragment.id;
    p->begun_ns = time_ns;
    p->number = f->number++;
    return p;
}

/* Bytes that are there already stay as they came. */
static void copy(struct pl_pending_fragments *p, const struct pl_dissected *part)
{
    for (size_t at = 0; at < part->payload.captured; at += UNIT) {
        size_t unit = (part->fragment.offset + at) / UNIT, left = part->payload.captured - at;
        size_t size = left < UNIT ? left : UNIT;
        if (p->has[unit])
            continue;
        memcpy(p->data + unit * UNIT, part->payload.data + at, size);
        p->has[unit] = true;
        p->held += (uint32_t)size;
    }
}

static bool is_sound(const struct pl_dissected *part)
{
    size_t size = part->payload.captured, end = part->fragment.offset + size;
    return part->payload.missing == 0 && size > 0 && end <= PACKET_MAX &&
           (!part->fragment.more || size % UNIT == 0);
}

int pl_fragments_add(struct pl_fragments *f, const struct pl_dissected *part, int64_t time_ns,
                     struct pl_frame *whole, struct pl_error *error)
{
    *whole = (struct pl_frame){.captured = 0};
    if (!is_sound(part)) {
        f->given_up++;
        return 0;
    }
    struct pl_pending_fragments *p = find(f, part, time_ns);
    if (!p && !(p = begin(f, part, time_ns)))
        return pl_error_set(error, -ENOMEM, "out of memory for a packet in fragments");
    p->parts++;
    copy(p, part);
    if (!part->fragment.more)
        p->size = part->fragment.offset + (uint32_t)part->payload.captured;
    if (p->size && p->held == p->size) {
        *whole = (struct pl_frame){.data = p->data, .captured = p->size};
        p->is_whole = true;
    }
    return 0;
}

void pl_fragments_close(struct pl_fragments *f)
{
    for (size_t i = 0; i < PL_FRAGMENTS_PENDING; i++) {
        if (f->pending[i])
            give_up(f, f->pending[i]);
        free(f->pending[i]);
        f->pending[i] = NULL;
    }
}
