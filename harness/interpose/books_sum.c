/* Summing up the books of all processes, by site (books_read.h). The same calls have other
 * addresses in another process: what tells them is the file and where in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/interpose/books_read.h"
#include "harness/interpose/program_books.h"
#include "harness/interpose/shared_count.h"

struct summing {
    struct pl_books_reader *reader;
    struct pl_books_summary *summary;
    int64_t now_ns;
    uint32_t *places; /* of sites by their keys, plus one; 0: none */
    uint32_t place_count, capacity;
    uint64_t objects[PL_BOOKS_OBJECTS]; /* of one process: hashes of their paths; 0: not yet */
    uint32_t *sites;                    /* of one process: which one of the summary's, plus one */
};

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_of_object(const struct pl_books_object *object)
{
    uint64_t hash = 1;
    for (const char *c = object->path; *c && c < object->path + sizeof object->path; c++)
        hash = mix(hash, (unsigned char)*c);
    for (uint32_t i = 0; i < object->build_id_bytes && i < PL_BOOKS_BUILD_ID; i++)
        hash = mix(hash, object->build_id[i]);
    return hash ? hash : 1;
}

static uint64_t key_of_frame(struct summing *s, uint32_t index, uint64_t frame)
{
    const struct pl_books_object *object = pl_books_object(s->reader, index, frame);
    if (!object)
        return frame;
    uint64_t *hash = &s->objects[(frame >> PL_BOOKS_ADDRESS_BITS) - 1];
    *hash = *hash ? *hash : hash_of_object(object);
    return mix(*hash, (frame & PL_BOOKS_ADDRESS_MASK) - object->base);
}

static uint64_t key_of(struct summing *s, uint32_t index)
{
    const uint64_t *frames = NULL;
    const uint32_t depth = pl_books_frames(s->reader, index, &frames);
    uint64_t key = 1;
    for (uint32_t i = 0; i < depth; i++)
        key = mix(key, key_of_frame(s, index, frames[i]));
    return depth ? key : 0;
}

static uint32_t *place_of(const struct summing *s, uint64_t key)
{
    uint64_t at = key % s->place_count;
    while (s->places[at] && s->summary->sites[s->places[at] - 1].key != key)
        at = (at + 1) % s->place_count;
    return &s->places[at];
}

static int grow(struct summing *s)
{
    const uint32_t capacity = s->capacity ? 2 * s->capacity : 1024;
    struct pl_books_site *sites = realloc(s->summary->sites, capacity * sizeof *sites);
    if (!sites)
        return -ENOMEM;
    s->summary->sites = sites;
    uint32_t *places = calloc(2 * (size_t)capacity, sizeof *places);
    if (!places)
        return -ENOMEM;
    free(s->places);
    s->places = places;
    s->place_count = 2 * capacity;
    s->capacity = capacity;
    for (uint32_t i = 0; i < s->summary->site_count; i++)
        *place_of(s, sites[i].key) = i + 1;
    return 0;
}

/* @return the summary's site for one of a process, made if need be; NULL when there is no memory */
static struct pl_books_site *site_for(struct summing *s, uint32_t index)
{
    struct pl_books_summary *summary = s->summary;
    if (summary->site_count == s->capacity && grow(s))
        return NULL;
    const uint64_t key = key_of(s, index);
    uint32_t *place = place_of(s, key);
    if (!*place) {
        summary->sites[summary->site_count] = (struct pl_books_site){
            .key = key, .index = index, .oldest_ns = INT64_MAX, .youngest_ns = INT64_MIN};
        *place = ++summary->site_count;
    }
    s->sites[index & (PL_LEDGER_SITES_MAX - 1)] = *place;
    return &summary->sites[*place - 1];
}

static void add_count(struct pl_ledger_count *sum, struct pl_ledger_count part, bool replaced)
{
    sum->allocated_blocks += part.allocated_blocks;
    sum->allocated_bytes += part.allocated_bytes;
    sum->freed_blocks += replaced ? part.allocated_blocks : part.freed_blocks;
    sum->freed_bytes += replaced ? part.allocated_bytes : part.freed_bytes;
    sum->peak_bytes += part.peak_bytes;
    sum->refused += part.refused;
}

static void add_leak(struct pl_books_site *site, const struct pl_ledger_leak *leak)
{
    if (!site->is_suspect || leak->windows > site->leak.windows) {
        site->leak.windows = leak->windows;
        site->leak.window_ns = leak->window_ns;
    }
    site->leak.blocks_per_minute += leak->blocks_per_minute;
    site->leak.bytes_per_minute += leak->bytes_per_minute;
    site->is_suspect = true;
}

static int add_site(struct summing *s, struct pl_ledger *ledger, uint32_t book, uint32_t number,
                    const struct pl_ledger_survey *survey)
{
    struct pl_ledger_count count;
    struct pl_ledger_leak leak;
    pl_ledger_site(ledger, number, &count);
    if (!count.allocated_blocks && !count.refused)
        return 0;
    struct pl_books_site *site = site_for(s, book * PL_LEDGER_SITES_MAX + number);
    if (!site)
        return -ENOMEM;
    add_count(&site->count, count, !survey);
    if (!survey)
        return 0;
    if (survey->oldest_ns[number] < site->oldest_ns)
        site->oldest_ns = survey->oldest_ns[number];
    if (survey->youngest_ns[number] > site->youngest_ns)
        site->youngest_ns = survey->youngest_ns[number];
    if (pl_ledger_leak(ledger, number, &leak))
        add_leak(site, &leak);
    return 0;
}

static bool is_larger(const struct pl_ledger_group *a, const struct pl_ledger_group *b)
{
    return a->blocks * a->size > b->blocks * b->size;
}

static void keep_group(struct pl_books_summary *summary, const struct pl_ledger_group *group)
{
    uint32_t at = summary->group_count;
    while (at > 0 && is_larger(group, &summary->groups[at - 1])) {
        if (at < PL_LEDGER_GROUPS)
            summary->groups[at] = summary->groups[at - 1];
        at--;
    }
    if (at == PL_LEDGER_GROUPS)
        return;
    summary->groups[at] = *group;
    summary->group_count += summary->group_count < PL_LEDGER_GROUPS;
}

/* Those of the same site and size in several processes are told as several. */
static void add_survey(struct summing *s, const struct pl_ledger_survey *survey)
{
    for (uint32_t i = 0; i < PL_LEDGER_AGES; i++) {
        s->summary->age_blocks[i] += survey->age_blocks[i];
        s->summary->age_bytes[i] += survey->age_bytes[i];
    }
    for (uint32_t i = 0; i < survey->group_count; i++) {
        struct pl_ledger_group group = survey->groups[i];
        const uint32_t site = s->sites[group.site];
        group.site = site - 1;
        if (site)
            keep_group(s->summary, &group);
    }
}

static void add_sums(struct summing *s, const struct pl_books *books, bool replaced)
{
    struct pl_ledger_count count;
    pl_ledger_totals(&books->ledger, &count);
    add_count(&s->summary->total, count, replaced);
    for (uint32_t i = 0; i < PL_LEDGER_CLASSES; i++) {
        pl_ledger_class(&books->ledger, i, &count);
        add_count(&s->summary->classes[i], count, replaced);
    }
    s->summary->processes++;
    s->summary->unsited_blocks += pl_count_read(&books->unsited_blocks);
    s->summary->unentered_blocks += pl_count_read(&books->unentered_blocks);
    s->summary->unknown_frees += pl_count_read(&books->unknown_frees);
}

static int add_books(struct summing *s, struct pl_books *books, uint32_t number, bool replaced)
{
    const struct pl_ledger_survey *survey =
        replaced ? NULL : pl_ledger_survey(&books->ledger, s->now_ns);
    const uint32_t count = survey ? survey->site_count : pl_ledger_site_count(&books->ledger);
    int rc = 0;
    memset(s->objects, 0, sizeof s->objects);
    memset(s->sites, 0, PL_LEDGER_SITES_MAX * sizeof *s->sites);
    for (uint32_t i = 0; i < count && !rc; i++)
        rc = add_site(s, &books->ledger, number, i, survey);
    if (survey)
        add_survey(s, survey);
    add_sums(s, books, replaced);
    return rc;
}

int pl_books_sum_up(struct pl_books_reader *reader, int64_t now_ns,
                    struct pl_books_summary *summary)
{
    struct summing *s = calloc(1, sizeof *s);
    uint32_t *sites = calloc(PL_LEDGER_SITES_MAX, sizeof *sites);
    int rc = s && sites ? 0 : -ENOMEM;
    *summary =
        (struct pl_books_summary){.processes_lost = pl_count_read(&reader->page->books_lost)};
    if (!rc)
        *s = (struct summing){
            .reader = reader, .summary = summary, .now_ns = now_ns, .sites = sites};
    for (uint32_t i = 0; i < PL_PAGE_BOOKS && !rc; i++)
        if (!reader->books[i])
            summary->processes_lost += reader->page->books[i] != PL_PAGE_BOOKS_NONE;
        else
            rc =
                add_books(s, reader->books[i], i, reader->page->books[i] == PL_PAGE_BOOKS_REPLACED);
    if (s)
        free(s->places);
    free(s);
    free(sites);
    if (rc)
        pl_books_summary_free(summary);
    return rc;
}

void pl_books_summary_free(struct pl_books_summary *summary)
{
    free(summary->sites);
    *summary = (struct pl_books_summary){.site_count = 0};
}
