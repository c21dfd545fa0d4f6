/* A table of chains of frames (site_numbers.h). */
#include "harness/trace/site_numbers.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { FIRST_BITS = 10, FRAME_TEXT = 600 };

static uint32_t mask_of(const struct pl_site_numbers *s)
{
    return (UINT32_C(1) << s->bits) - 1;
}

static uint32_t place_of(const struct pl_site_numbers *s, const uint64_t *frames, uint32_t count)
{
    uint32_t at = (uint32_t)XXH64(frames, count * sizeof *frames, 0) & mask_of(s);
    for (; s->table[at].number; at = (at + 1) & mask_of(s))
        if (s->table[at].count == count &&
            memcmp(&s->frames[s->table[at].first], frames, count * sizeof *frames) == 0)
            break;
    return at;
}

static bool grow(struct pl_site_numbers *s)
{
    struct pl_site_numbers grown = *s;
    grown.bits = s->table ? s->bits + 1 : FIRST_BITS;
    grown.table = calloc(UINT32_C(1) << grown.bits, sizeof *grown.table);
    if (!grown.table)
        return false;
    for (uint32_t i = 0; s->table && i <= mask_of(s); i++)
        if (s->table[i].number)
            grown.table[place_of(&grown, &s->frames[s->table[i].first], s->table[i].count)] =
                s->table[i];
    free(s->table);
    *s = grown;
    return true;
}

static bool has_frames(struct pl_site_numbers *s, uint32_t more)
{
    if (s->frame_capacity - s->frame_count >= more)
        return true;
    const uint32_t capacity = 2 * s->frame_capacity + 1024;
    uint64_t *grown = reallocarray(s->frames, capacity, sizeof *grown);
    if (!grown)
        return false;
    s->frames = grown;
    s->frame_capacity = capacity;
    return true;
}

static void name_frame(const struct pl_trace_source *source, uint64_t address,
                       char text[FRAME_TEXT])
{
    for (size_t i = 0; i < source->object_count; i++) {
        const struct pl_trace_object *object = &source->objects[i];
        if (address - object->begin >= object->end - object->begin)
            continue;
        snprintf(text, FRAME_TEXT, "%s+0x%" PRIx64, object->path, address - object->base);
        for (char *at = text; *at; at++)
            if (*at == '\n')
                *at = '?';
        return;
    }
    snprintf(text, FRAME_TEXT, "0x%" PRIx64, address);
}

static uint32_t write_site(struct pl_trace_writer *writer, const struct pl_trace_source *source,
                           const uint64_t *frames, uint32_t count)
{
    static char texts[PL_TRACE_FRAMES_MAX][FRAME_TEXT];
    const char *named[PL_TRACE_FRAMES_MAX];
    for (uint32_t i = 0; i < count; i++) {
        name_frame(source, frames[i], texts[i]);
        named[i] = texts[i];
    }
    return pl_trace_write_site(writer, named, count);
}

uint32_t pl_site_number(struct pl_site_numbers *s, struct pl_trace_writer *writer,
                        const struct pl_trace_source *source, const uint64_t *frames,
                        uint32_t count)
{
    if (!count || count > PL_TRACE_FRAMES_MAX ||
        ((!s->table || s->count > mask_of(s) / 2) && !grow(s)) || !has_frames(s, count))
        return 0;
    struct pl_site_number *site = &s->table[place_of(s, frames, count)];
    if (site->number)
        return site->number;
    memcpy(&s->frames[s->frame_count], frames, count * sizeof *frames);
    *site = (struct pl_site_number){.first = s->frame_count,
                                    .count = count,
                                    .number = write_site(writer, source, frames, count)};
    s->frame_count += count;
    s->count++;
    return site->number;
}

void pl_site_numbers_free(struct pl_site_numbers *s)
{
    free(s->table);
    free(s->frames);
    *s = (struct pl_site_numbers){0};
}
