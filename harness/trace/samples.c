#include "harness/trace/samples.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/trace/mappings.h"

enum { PAGE = 4096, PAGES_AT_ONCE = 1 << 14, RANGES_MAX = 1 << 20 };
#define WORDS_MAX (UINT64_C(1) << 27) /* bits for 32 TiB of pages */
/* Documentation/admin-guide/mm/pagemap.rst: bit 63, the page is there; 62, it is swapped out */
#define PRESENT (UINT64_C(3) << 62)
#define GUARD (UINT64_C(1) << 58) /* from Linux 6.15 on; by MADV_GUARD_INSTALL, from 6.13 on */

static bool grow_ranges(struct pl_memory_sample *s)
{
    const uint32_t capacity = 2 * s->range_capacity + 64;
    void *grown =
        s->range_count < RANGES_MAX ? reallocarray(s->ranges, capacity, sizeof *s->ranges) : NULL;
    if (!grown)
        return false;
    s->ranges = grown;
    s->range_capacity = capacity;
    return true;
}

static bool grow_guards(struct pl_memory_sample *s)
{
    const uint32_t capacity = 2 * s->guard_capacity + 64;
    void *grown =
        s->guard_count < RANGES_MAX ? reallocarray(s->guards, capacity, sizeof *s->guards) : NULL;
    if (!grown)
        return false;
    s->guards = grown;
    s->guard_capacity = capacity;
    return true;
}

static bool grow_words(struct pl_memory_sample *s, uint64_t wanted)
{
    if (wanted <= s->word_capacity)
        return true;
    const uint64_t capacity = 2 * wanted;
    void *grown = wanted <= WORDS_MAX ? reallocarray(s->there, capacity, sizeof *s->there) : NULL;
    if (!grown)
        return false;
    s->there = grown;
    s->word_capacity = capacity;
    return true;
}

static uint64_t words_of(uint64_t begin, uint64_t end)
{
    return ((end - begin) / PAGE + 63) / 64;
}

bool pl_memory_sample_add(struct pl_memory_sample *s, uint64_t begin, uint64_t end, bool is_guarded)
{
    const uint64_t words = words_of(begin, end);
    if ((s->range_count == s->range_capacity && !grow_ranges(s)) ||
        !grow_words(s, s->word_count + words))
        return false;
    s->ranges[s->range_count++] = (struct pl_sample_range){begin, end, s->word_count, is_guarded};
    memset(&s->there[s->word_count], 0, words * sizeof *s->there);
    s->word_count += words;
    return true;
}

/* A page that may not be touched, behind the one before or by itself. */
static bool note_guard(struct pl_memory_sample *s, uint64_t begin)
{
    if (s->guard_count && s->guards[s->guard_count - 1] == begin) {
        s->guards[s->guard_count - 1] += PAGE;
        return true;
    }
    if (s->guard_count == s->guard_capacity && !grow_guards(s))
        return false;
    s->guards[s->guard_count++] = begin + PAGE;
    return true;
}

static bool note_pages(struct pl_memory_sample *s, const struct pl_sample_range *range,
                       uint64_t first, uint64_t count)
{
    bool noted = true;
    for (uint64_t i = 0; i < count && noted; i++) {
        const uint64_t page = first + i;
        if (s->pages[i] & PRESENT)
            s->there[range->first_word + page / 64] |= UINT64_C(1) << page % 64;
        if (s->pages[i] & GUARD)
            noted = note_guard(s, range->begin + page * PAGE);
    }
    return noted;
}

static bool read_pages(struct pl_memory_sample *s, const struct pl_sample_range *range, int fd)
{
    const uint64_t pages = (range->end - range->begin) / PAGE;
    for (uint64_t first = 0; first < pages;) {
        const uint64_t left = pages - first, count = left < PAGES_AT_ONCE ? left : PAGES_AT_ONCE;
        const ssize_t got = pread(fd, s->pages, count * sizeof *s->pages,
                                  (off_t)((range->begin / PAGE + first) * sizeof *s->pages));
        if (got <= 0 || !note_pages(s, range, first, (uint64_t)got / sizeof *s->pages))
            return false;
        first += (uint64_t)got / sizeof *s->pages;
    }
    return true;
}

static FILE *open_of(pid_t pid, const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, what);
    return fopen(path, "re");
}

static uint64_t rss_of(pid_t pid)
{
    uint64_t resident = 0, shared = 0;
    FILE *statm = open_of(pid, "statm");
    if (statm && fscanf(statm, "%*s %" SCNu64 " %" SCNu64, &resident, &shared) != 2)
        resident = shared = 0;
    if (statm)
        fclose(statm);
    return (resident - shared) * PAGE;
}

static bool read_all_pages(struct pl_memory_sample *s, pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/pagemap", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool read = fd >= 0;
    for (uint32_t i = 0; i < s->range_count && read; i++)
        read = read_pages(s, &s->ranges[i], fd);
    if (fd >= 0)
        close(fd);
    return read;
}

bool pl_memory_sample_take(struct pl_memory_sample *s, pid_t pid, uint64_t stamp)
{
    if (!s->pages && !(s->pages = calloc(PAGES_AT_ONCE, sizeof *s->pages)))
        return false;
    FILE *maps = open_of(pid, "maps");
    s->range_count = 0;
    s->word_count = 0;
    s->guard_count = 0;
    s->stamp = stamp;
    bool taken = maps && pl_memory_sample_map(s, maps) && read_all_pages(s, pid);
    if (maps)
        fclose(maps);
    s->rss_bytes = taken ? rss_of(pid) : 0;
    return taken && s->rss_bytes;
}

static bool put(FILE *stream, const void *from, size_t size, size_t count)
{
    return fwrite(from, size, count, stream) == count;
}

static bool get(FILE *stream, void *to, size_t size, size_t count)
{
    return fread(to, size, count, stream) == count;
}

bool pl_memory_sample_write(const struct pl_memory_sample *s, FILE *stream)
{
    const uint64_t head[] = {s->stamp,      s->rss_bytes,        s->range_count,
                             s->word_count, s->heap_image.begin, s->heap_image.end,
                             s->guard_count};
    return put(stream, head, sizeof head, 1) &&
           put(stream, s->ranges, sizeof *s->ranges, s->range_count) &&
           put(stream, s->there, sizeof *s->there, s->word_count) &&
           put(stream, s->guards, sizeof *s->guards, s->guard_count);
}

bool pl_memory_sample_read(struct pl_memory_sample *s, FILE *stream)
{
    uint64_t head[7];
    if (!get(stream, head, sizeof head, 1))
        return false;
    s->stamp = head[0];
    s->rss_bytes = head[1];
    s->heap_image = (struct pl_address_range){head[4], head[5]};
    s->range_count = 0;
    while (s->range_capacity < head[2])
        if (!grow_ranges(s))
            return false;
    while (s->guard_capacity < head[6])
        if (!grow_guards(s))
            return false;
    if (!grow_words(s, head[3]))
        return false;
    s->range_count = (uint32_t)head[2];
    s->word_count = head[3];
    s->guard_count = (uint32_t)head[6];
    return get(stream, s->ranges, sizeof *s->ranges, s->range_count) &&
           get(stream, s->there, sizeof *s->there, s->word_count) &&
           get(stream, s->guards, sizeof *s->guards, s->guard_count);
}

/* The first range that ends behind an address. */
static uint32_t find_range(const struct pl_memory_sample *s, uint64_t address)
{
    uint32_t low = 0, high = s->range_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (s->ranges[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static uint64_t count_bits(const uint64_t *there, uint64_t first, uint64_t end)
{
    uint64_t count = 0;
    for (uint64_t i = first; i < end; i++)
        count += there[i / 64] >> i % 64 & 1;
    return count;
}

uint64_t pl_memory_sample_pages(const struct pl_memory_sample *s, uint64_t begin, uint64_t end,
                                bool *known)
{
    uint64_t at = (begin + PAGE - 1) / PAGE * PAGE, count = 0;
    *known = true;
    for (uint32_t i = find_range(s, at); at < end; i++) {
        if (i == s->range_count || s->ranges[i].begin > at) {
            *known = false;
            at = i == s->range_count ? end : s->ranges[i].begin;
        }
        if (at >= end)
            break;
        const struct pl_sample_range *range = &s->ranges[i];
        const uint64_t until = end < range->end ? end : range->end;
        count += count_bits(&s->there[range->first_word], (at - range->begin) / PAGE,
                            (until - range->begin + PAGE - 1) / PAGE);
        at = range->end;
    }
    return count;
}

uint64_t pl_memory_sample_all(const struct pl_memory_sample *s)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < s->word_count; i++)
        count += (uint64_t)__builtin_popcountll(s->there[i]);
    return count;
}

const struct pl_sample_range *pl_memory_sample_range(const struct pl_memory_sample *s,
                                                     uint64_t address)
{
    const uint32_t i = find_range(s, address);
    return i < s->range_count && s->ranges[i].begin <= address ? &s->ranges[i] : NULL;
}

uint64_t pl_memory_sample_guard(const struct pl_memory_sample *s, uint64_t address)
{
    const struct pl_sample_range *range = pl_memory_sample_range(s, address);
    uint64_t guard = range && range->is_guarded ? range->begin : 0;
    for (uint32_t i = 0; range && i < s->guard_count && s->guards[i] <= address; i++)
        if (s->guards[i] > range->begin)
            guard = s->guards[i];
    return guard;
}

void pl_memory_sample_free(struct pl_memory_sample *s)
{
    pl_images_free(&s->images);
    free(s->ranges);
    free(s->there);
    free(s->guards);
    free(s->pages);
    *s = (struct pl_memory_sample){0};
}
