/* Making sites (sites.h). A frame is named as in a recording of ours, `object+0xoffset`, where the
 * file is raw; an interpreted one has the names of functions in place of where objects lay. */
#include "harness/trace/heaptrack/sites.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { FRAME_TEXT = 600 };

/* A part of an object that is loaded. */
struct part {
    uint64_t begin, bytes;
    uint64_t base;
    uint32_t object; /* string */
};

/* A function at a place. */
struct frame {
    uint32_t function, file; /* strings; 0: not known */
    uint32_t line;
};

struct place {
    uint64_t address;
    uint32_t object;       /* string */
    uint32_t first, count; /* of `frames` */
};

struct node {
    uint64_t address; /* in a raw file, from its object's base on */
    uint32_t where;   /* string of the object there, or the place; 0: not known */
    uint32_t caller;  /* node; 0: none */
    uint32_t site;    /* in the trace; 0: not written yet */
    bool is_place;
};

static const char *text_of(const struct pl_heaptrack_sites *s, uint32_t string)
{
    const size_t *begins = s->strings.at;
    const char *text = (const char *)s->texts.at + begins[string - 1];
    return *text ? text : "?";
}

/* @return its number, 0 when out of memory */
static uint32_t add_string(struct pl_heaptrack_sites *s, const char *text, size_t length)
{
    size_t *begin = pl_heaptrack_add(&s->strings, sizeof *begin);
    if (!begin)
        return 0;
    *begin = s->texts.count;
    pl_trace_append(&s->texts, text, length);
    pl_trace_append(&s->texts, "", 1);
    return s->texts.failed ? 0 : s->strings.count;
}

int pl_heaptrack_take_string(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r)
{
    const char *text;
    size_t length;
    if (!pl_heaptrack_text(r, false, &text, &length))
        return -EINVAL;
    return add_string(s, text, length) ? 0 : -ENOMEM;
}

int pl_heaptrack_take_program(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r)
{
    const char *text;
    size_t length;
    if (!pl_heaptrack_text(r, false, &text, &length))
        return -EINVAL;
    s->program = add_string(s, text, length);
    return s->program ? 0 : -ENOMEM;
}

/* Objects are told again and again: whenever one was loaded, all of them. There are hundreds. */
static uint32_t string_of_object(struct pl_heaptrack_sites *s, const char *name, size_t length)
{
    if (length == 1 && *name == 'x' && s->program)
        return s->program;
    for (uint32_t string = 1; string <= s->strings.count; string++) {
        const size_t *begins = s->strings.at;
        const char *text = (const char *)s->texts.at + begins[string - 1];
        if (strlen(text) == length && memcmp(text, name, length) == 0)
            return string;
    }
    return add_string(s, name, length);
}

static int add_part(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r, uint32_t object,
                    uint64_t base)
{
    uint64_t offset, bytes;
    if (!pl_heaptrack_number(r, &offset) || !pl_heaptrack_number(r, &bytes))
        return -EINVAL;
    struct part *part = pl_heaptrack_add(&s->parts, sizeof *part);
    if (!part)
        return -ENOMEM;
    *part = (struct part){base + offset, bytes, base, object};
    return 0;
}

int pl_heaptrack_take_object(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r)
{
    const char *name;
    size_t length;
    uint64_t base;
    if (!pl_heaptrack_text(r, true, &name, &length))
        return -EINVAL;
    if (length == 1 && *name == '-') {
        s->parts.count = s->latest_part = 0;
        return 0;
    }
    if (!pl_heaptrack_number(r, &base)) /* before format 3 a name with a blank in it is not told */
        return r->format < 3 ? 0 : -EINVAL;
    const uint32_t object = string_of_object(s, name, length);
    int rc = object ? 0 : -ENOMEM;
    if (r->end - r->at >= 2 && memcmp(r->at, "- ", 2) == 0)
        r->at += 2;
    while (!rc && r->at < r->end)
        rc = add_part(s, r, object, base);
    return rc;
}

static int add_frame(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r)
{
    uint64_t function, file = 0, line = 0;
    if (!pl_heaptrack_number(r, &function) || function > s->strings.count)
        return -EINVAL;
    if (r->at < r->end && (!pl_heaptrack_number(r, &file) || file > s->strings.count ||
                           !pl_heaptrack_number(r, &line) || line > INT32_MAX))
        return -EINVAL;
    struct frame *frame = pl_heaptrack_add(&s->frames, sizeof *frame);
    if (!frame)
        return -ENOMEM;
    *frame = (struct frame){(uint32_t)function, (uint32_t)file, (uint32_t)line};
    return 0;
}

int pl_heaptrack_take_place(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r)
{
    uint64_t address, object;
    const uint32_t first = s->frames.count;
    int rc = 0;
    if (!pl_heaptrack_number(r, &address) || !pl_heaptrack_number(r, &object) ||
        object > s->strings.count)
        return -EINVAL;
    while (!rc && r->at < r->end)
        rc = add_frame(s, r);
    struct place *place = rc ? NULL : pl_heaptrack_add(&s->places, sizeof *place);
    if (!place)
        return rc ? rc : -ENOMEM;
    *place = (struct place){address, (uint32_t)object, first, s->frames.count - first};
    return 0;
}

/* Where an address lies now: what is loaded there may be another object later on. */
static const struct part *part_of(struct pl_heaptrack_sites *s, uint64_t address)
{
    const struct part *parts = s->parts.at;
    for (uint32_t i = 0, at = s->latest_part; i < s->parts.count; i++, at++) {
        at = at < s->parts.count ? at : 0;
        if (address - parts[at].begin < parts[at].bytes) {
            s->latest_part = at;
            return &parts[at];
        }
    }
    return NULL;
}

int pl_heaptrack_take_node(struct pl_heaptrack_sites *s, struct pl_heaptrack_records *r,
                           bool interpreted)
{
    uint64_t address, caller;
    if (!pl_heaptrack_number(r, &address) || !pl_heaptrack_number(r, &caller) ||
        caller > s->nodes.count || (interpreted && address > s->places.count))
        return -EINVAL;
    const struct part *part = interpreted ? NULL : part_of(s, address);
    struct node *node = pl_heaptrack_add(&s->nodes, sizeof *node);
    if (!node)
        return -ENOMEM;
    *node = (struct node){.caller = (uint32_t)caller, .is_place = interpreted};
    node->where = part ? part->object : interpreted ? (uint32_t)address : 0;
    node->address = part ? address - part->base : address;
    return 0;
}

struct chain {
    char texts[PL_HEAPTRACK_FRAMES_MAX][FRAME_TEXT];
    const char *frames[PL_HEAPTRACK_FRAMES_MAX];
    uint32_t count;
};

static char *next_text(struct chain *chain)
{
    char *text = chain->texts[chain->count];
    chain->frames[chain->count++] = text;
    return text;
}

static void name_function(const struct pl_heaptrack_sites *s, const struct frame *frame, char *text)
{
    const char *function = frame->function ? text_of(s, frame->function) : "?";
    if (frame->file)
        snprintf(text, FRAME_TEXT, "%.400s (%.150s:%u)", function, text_of(s, frame->file),
                 frame->line);
    else
        snprintf(text, FRAME_TEXT, "%.500s", function);
}

static void name_place(const struct pl_heaptrack_sites *s, uint32_t number, struct chain *chain)
{
    const struct place *place = (const struct place *)s->places.at + number - 1;
    if (!place->count) {
        snprintf(next_text(chain), FRAME_TEXT, "0x%" PRIx64 " (%.500s)", place->address,
                 place->object ? text_of(s, place->object) : "?");
        return;
    }
    const struct frame *frames = (const struct frame *)s->frames.at + place->first;
    for (uint32_t i = 0; i < place->count && chain->count < PL_HEAPTRACK_FRAMES_MAX; i++)
        name_function(s, &frames[i], next_text(chain));
}

static void name_node(const struct pl_heaptrack_sites *s, const struct node *node,
                      struct chain *chain)
{
    if (node->is_place && node->where)
        name_place(s, node->where, chain);
    else if (node->where)
        snprintf(next_text(chain), FRAME_TEXT, "%.500s+0x%" PRIx64, text_of(s, node->where),
                 node->address);
    else
        snprintf(next_text(chain), FRAME_TEXT, "0x%" PRIx64, node->address);
}

static uint32_t write_site(struct pl_heaptrack_sites *s, struct pl_trace_writer *writer,
                           uint32_t number)
{
    struct chain chain;
    chain.count = 0;
    while (number && chain.count < PL_HEAPTRACK_FRAMES_MAX) {
        const struct node *node = (const struct node *)s->nodes.at + number - 1;
        name_node(s, node, &chain);
        number = node->caller;
    }
    return pl_trace_write_site(writer, chain.frames, chain.count);
}

int pl_heaptrack_site(struct pl_heaptrack_sites *s, struct pl_trace_writer *writer, uint64_t number,
                      uint32_t *site)
{
    *site = 0;
    if (!number)
        return 0;
    if (number > s->nodes.count)
        return -EINVAL;
    struct node *node = (struct node *)s->nodes.at + number - 1;
    if (!node->site)
        node->site = write_site(s, writer, (uint32_t)number);
    *site = node->site;
    return *site ? 0 : -ENOMEM;
}

void pl_heaptrack_sites_free(struct pl_heaptrack_sites *s)
{
    free(s->texts.at);
    free(s->strings.at);
    free(s->parts.at);
    free(s->places.at);
    free(s->frames.at);
    free(s->nodes.at);
    *s = (struct pl_heaptrack_sites){.program = 0};
}
