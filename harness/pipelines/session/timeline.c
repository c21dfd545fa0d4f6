#include "harness/pipelines/session/timeline.h"

void timeline_put(struct timeline *t, struct timeline_place *places, uint32_t session,
                  int64_t due_ns)
{
    uint32_t self = session + 1, before = t->last;
    while (before && places[before - 1].due_ns > due_ns)
        before = places[before - 1].previous;
    uint32_t *link = before ? &places[before - 1].next : &t->first;
    places[session] = (struct timeline_place){due_ns, before, *link};
    if (*link)
        places[*link - 1].previous = self;
    else
        t->last = self;
    *link = self;
}

void timeline_take(struct timeline *t, struct timeline_place *places, uint32_t session)
{
    const struct timeline_place *place = &places[session];
    *(place->previous ? &places[place->previous - 1].next : &t->first) = place->next;
    *(place->next ? &places[place->next - 1].previous : &t->last) = place->previous;
}
