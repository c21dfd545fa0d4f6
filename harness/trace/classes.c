#include "harness/trace/classes.h"

#include <stdlib.h>

enum { RARE = 1000 };

uint64_t pl_trace_needed(const struct pl_trace_event *e)
{
    uint64_t bytes = e->size;
    if (e->alignment > PL_TRACE_CLASS_STEP || e->alignment > e->size)
        bytes += e->alignment < 16 ? 16 : e->alignment;
    bytes = bytes ? bytes : 1;
    return (bytes + PL_TRACE_CLASS_STEP - 1) / PL_TRACE_CLASS_STEP * PL_TRACE_CLASS_STEP;
}

int64_t pl_trace_size_place(struct pl_trace_sizes *s, uint64_t bytes)
{
    const int64_t known = pl_map_find(&s->places, bytes);
    if (known >= 0)
        return known;
    if (s->count == s->capacity) {
        const uint32_t capacity = 2 * s->capacity + 64;
        struct pl_trace_size *grown = reallocarray(s->list, capacity, sizeof *grown);
        if (!grown)
            return -1;
        s->list = grown;
        s->capacity = capacity;
    }
    if (pl_map_add(&s->places, bytes, s->count))
        return -1;
    s->list[s->count] = (struct pl_trace_size){.bytes = bytes};
    return s->count++;
}

static int compare(const void *a, const void *b)
{
    const uint64_t left = ((const struct pl_trace_size *)a)->bytes;
    const uint64_t right = ((const struct pl_trace_size *)b)->bytes;
    return (left > right) - (left < right);
}

void pl_trace_sizes_sort(struct pl_trace_sizes *s)
{
    if (s->count)
        qsort(s->list, s->count, sizeof *s->list, compare);
}

uint32_t pl_trace_sizes_served(const struct pl_trace_sizes *s, uint64_t bytes_max)
{
    uint64_t all = 0, above = 0;
    uint32_t served = s->count;
    for (uint32_t i = 0; i < s->count; i++)
        all += s->list[i].requests;
    while (served && s->list[served - 1].bytes > bytes_max)
        above += s->list[--served].requests;
    while (served > 1 && (above += s->list[served - 1].requests) < all / RARE)
        served--;
    return served;
}

void pl_trace_sizes_free(struct pl_trace_sizes *s)
{
    free(s->list);
    pl_map_free(&s->places);
    *s = (struct pl_trace_sizes){.count = 0};
}

/* Sums over the first so many sizes, and of them, in so many classes, what is lost at the least and
 * where the last class begins. */
struct table {
    const struct pl_trace_size *sizes;
    uint32_t count;
    double *blocks, *bytes; /* live: [count + 1] each */
    double *least, *before; /* of as many classes, and of one fewer: [count + 1] each */
    uint32_t *begins;       /* [classes][count + 1] */
};

static double lost_by(const struct table *t, uint32_t begin, uint32_t end)
{
    return (double)t->sizes[end - 1].bytes * (t->blocks[end] - t->blocks[begin]) -
           (t->bytes[end] - t->bytes[begin]);
}

/* Where the last class begins at best never goes back as there are more sizes: so the middle one
 * bounds those on either side (divide and conquer; Aggarwal et al., Algorithmica 2, 1987, of such
 * costs). */
static void extend(const struct table *t, uint32_t *begins, uint32_t low, uint32_t high,
                   uint32_t from, uint32_t to)
{
    if (low > high)
        return;
    const uint32_t middle = low + (high - low) / 2;
    uint32_t best = from;
    for (uint32_t begin = from; begin <= to && begin < middle; begin++)
        if (t->before[begin] + lost_by(t, begin, middle) <
            t->before[best] + lost_by(t, best, middle))
            best = begin;
    t->least[middle] = t->before[best] + lost_by(t, best, middle);
    begins[middle] = best;
    if (middle > low)
        extend(t, begins, low, middle - 1, from, best);
    extend(t, begins, middle + 1, high, best, to);
}

static void sum_up(struct table *t)
{
    t->blocks[0] = t->bytes[0] = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        const double live = (double)t->sizes[i].live_peak;
        t->blocks[i + 1] = t->blocks[i] + live;
        t->bytes[i + 1] = t->bytes[i] + live * (double)t->sizes[i].bytes;
        t->least[i + 1] = lost_by(t, 0, i + 1); /* one class for all */
        t->begins[i + 1] = 0;
    }
}

/* One class more: k of them so far. What has fewer sizes than that is left as it is: it loses
 * nothing. */
static void add_class(struct table *t, uint32_t k)
{
    uint32_t *begins = &t->begins[(size_t)k * (t->count + 1)];
    double *before = t->least;
    t->least = t->before;
    t->before = before;
    extend(t, begins, k + 1, t->count, k, t->count - 1);
    for (uint32_t i = 0; i <= k; i++)
        t->least[i] = 0;
}

static void take_classes(const struct table *t, uint32_t count, uint64_t *classes)
{
    uint32_t end = t->count;
    for (uint32_t k = count; k-- > 0;) {
        classes[k] = t->sizes[end - 1].bytes;
        end = t->begins[(size_t)k * (t->count + 1) + end];
    }
}

static uint32_t choose(struct table *t, uint32_t max, uint64_t *classes, double *lost)
{
    double losses[PL_TRACE_CLASSES_MAX];
    uint32_t count = 0;
    sum_up(t);
    losses[0] = t->least[t->count];
    for (uint32_t k = 1; k < max; k++) {
        add_class(t, k);
        losses[k] = t->least[t->count];
    }
    while (losses[count] > losses[max - 1] + t->bytes[t->count] / 100)
        count++;
    take_classes(t, count + 1, classes);
    if (lost)
        *lost = losses[count];
    return count + 1;
}

uint32_t pl_trace_classes_choose(const struct pl_trace_size *sizes, uint32_t count, uint32_t max,
                                 uint64_t classes[PL_TRACE_CLASSES_MAX], double *lost)
{
    const size_t places = (size_t)count + 1;
    max = max < count ? max : count;
    double *sums = calloc(4 * places, sizeof *sums);
    uint32_t *begins = calloc(max * places, sizeof *begins), chosen = 0;
    if (sums && begins) {
        struct table t = {.sizes = sizes,
                          .count = count,
                          .blocks = sums,
                          .bytes = sums + places,
                          .least = sums + 2 * places,
                          .before = sums + 3 * places,
                          .begins = begins};
        chosen = choose(&t, max, classes, lost);
    }
    free(sums);
    free(begins);
    return chosen;
}
