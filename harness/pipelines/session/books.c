#include "harness/pipelines/session/books.h"

#include <errno.h>

#include "harness/pipelines/stamp.h"
#include "harness/traffic/material.h"

#define BOOKS_MAX_BYTES 0x1p32

/* What is made from time to time and kept is as much as there is time for; under the wall clock a
 * late one may come behind the end. */
uint64_t books_slots(const struct pl_scenario *s, const struct pl_session_object *o)
{
    if (o->kept == PL_OBJECT_KEPT_FOR_EVER)
        return 0;
    if (o->kept == PL_OBJECT_KEPT_EVENTS)
        return o->events;
    return o->at == PL_OBJECT_EVERY ? (uint64_t)(s->duration_ns / o->every_ns) + 1 : 1;
}

double books_places(const struct pl_scenario *s)
{
    double places = 0;
    for (uint32_t i = 0; i < s->session.object_count; i++)
        places += (double)books_slots(s, &s->session.objects[i]) * s->session.objects[i].count;
    return places;
}

static int check_books(const struct pl_scenario *s, uint32_t sessions, struct pl_error *error)
{
    double bytes = books_places(s) * sessions * sizeof(struct pl_stamped);
    if (bytes <= BOOKS_MAX_BYTES)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s: session.objects: what %u sessions keep at most takes %.1f GiB of "
                        "books; expected 4 GiB or less: fewer sessions, a shorter duration, or "
                        "objects more seldom",
                        s->path, sessions, bytes / 0x1p30);
}

const struct pl_profile *books_profile(const struct pl_scenario *s,
                                       const struct pl_session_object *o,
                                       const struct pl_recording *recording)
{
    if (o->size_max)
        return NULL;
    const struct pl_material *material = pl_recording_material(recording);
    return pl_material_file(material, material->count - s->session.profile_count + o->profile);
}

static uint32_t smallest_of(const struct pl_profile *p)
{
    uint32_t smallest = p->largest;
    for (uint32_t i = 0; i < p->row_count; i++)
        if (p->rows[i].size < smallest)
            smallest = p->rows[i].size;
    return smallest;
}

static int check_profile(const struct pl_scenario *s, const struct pl_session_object *o,
                         const struct pl_profile *p, struct pl_error *error)
{
    uint64_t size = s->classes[pl_scenario_class(s, o->class)].size;
    if (p->largest > size)
        return pl_error_set(error, -EINVAL,
                            "%s: session.objects: the largest block of %s has %u B, and the class "
                            "%s %llu B; expected as much or more",
                            s->path, s->session.profiles[o->profile].path, p->largest, o->class,
                            (unsigned long long)size);
    if (o->kept == PL_OBJECT_KEPT_FOR_EVER && smallest_of(p) < PL_SESSION_FOR_EVER_MIN_BYTES)
        return pl_error_set(error, -EINVAL,
                            "%s: session.objects: %s has blocks of %u B, too small to be kept for "
                            "ever; expected %d B or more",
                            s->path, s->session.profiles[o->profile].path, smallest_of(p),
                            PL_SESSION_FOR_EVER_MIN_BYTES);
    return 0;
}

int pl_session_objects_check(const struct pl_scenario *s, const struct pl_recording *recording,
                             uint32_t sessions, struct pl_error *error)
{
    int rc = check_books(s, sessions, error);
    for (uint32_t i = 0; !rc && recording && i < s->session.object_count; i++) {
        const struct pl_session_object *o = &s->session.objects[i];
        if (!o->size_max)
            rc = check_profile(s, o, books_profile(s, o, recording), error);
    }
    return rc;
}
