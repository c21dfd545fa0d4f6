/* Printing a trace (listed_trace.h). */
#include "harness/cli/listed_trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/spare_memory.h"
#include "harness/cli/cli.h"
#include "harness/cli/listed_peak.h"
#include "harness/trace/reader.h"

enum { CLASSES = 65, THREADS_SHOWN = 32, SITES_SHOWN = 10 };

static const char *const kinds[PL_TRACE_KINDS] = {
    [PL_TRACE_ALLOCATE] = "allocate", [PL_TRACE_RESIZE] = "resize",
    [PL_TRACE_FREE] = "free",         [PL_TRACE_ASK_SIZE] = "ask-size",
    [PL_TRACE_TRIM] = "trim",         [PL_TRACE_REFUSED] = "refused",
    [PL_TRACE_THREAD_END] = "end",    [PL_TRACE_TOUCHED] = "touched",
    [PL_TRACE_BESIDE] = "beside",     [PL_TRACE_RSS] = "rss"};

/* Of a power of two: what lies below it, and not below the one before. */
struct class {
    uint64_t count, bytes;
};

struct slot {
    uint64_t born_ms;
    uint32_t site;
};

struct site {
    uint64_t blocks, bytes, live_bytes;
};

struct sums {
    uint64_t of_kind[PL_TRACE_KINDS];
    struct class sizes[CLASSES], lifetimes[CLASSES];
    uint64_t alignments[CLASSES];
    uint64_t zeroed, rss_peak, beside_peak;
    uint64_t *threads; /* events, by number */
    struct slot *slots;
    struct site *sites;
    size_t thread_capacity, slot_capacity, site_capacity;
};

static unsigned class_of(uint64_t value)
{
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

/* Room for an index; what is new is zero. Without memory the program ends. */
static void *reach(void *array, size_t *capacity, size_t index, size_t size)
{
    if (index < *capacity)
        return array;
    const size_t wanted = 2 * index + 16;
    char *grown = pl_memory_take(wanted, size);
    if (*capacity)
        memcpy(grown, array, *capacity * size);
    free(array);
    *capacity = wanted;
    return grown;
}

static struct site *site_of(struct sums *s, uint32_t site)
{
    s->sites = reach(s->sites, &s->site_capacity, site, sizeof *s->sites);
    return &s->sites[site];
}

static void add_block(struct sums *s, const struct pl_trace_event *e)
{
    struct class *class = &s->sizes[class_of(e->size)];
    class->count++;
    class->bytes += e->size;
    s->alignments[class_of(e->alignment)]++;
    s->zeroed += e->zeroed;
    s->slots = reach(s->slots, &s->slot_capacity, e->slot, sizeof *s->slots);
    s->slots[e->slot] = (struct slot){e->time_ms, e->site};
    struct site *site = site_of(s, e->site);
    site->blocks++;
    site->bytes += e->size;
    site->live_bytes += e->size;
}

static void end_block(struct sums *s, const struct pl_trace_event *e, uint64_t size)
{
    const struct slot *slot = &s->slots[e->slot];
    struct class *class = &s->lifetimes[class_of(e->time_ms - slot->born_ms)];
    class->count++;
    class->bytes += size;
    site_of(s, slot->site)->live_bytes -= size;
}

static void add(struct sums *s, const struct pl_trace_event *e)
{
    s->of_kind[e->kind]++;
    s->threads = reach(s->threads, &s->thread_capacity, e->thread, sizeof *s->threads);
    s->threads[e->thread]++;
    if (e->kind == PL_TRACE_FREE)
        end_block(s, e, e->size);
    if (e->kind == PL_TRACE_RESIZE)
        end_block(s, e, e->old_size);
    if (e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE)
        add_block(s, e);
    if (e->kind == PL_TRACE_RSS && e->rss_bytes > s->rss_peak)
        s->rss_peak = e->rss_bytes;
    if (e->kind == PL_TRACE_BESIDE && e->beside_bytes > s->beside_peak)
        s->beside_peak = e->beside_bytes;
}

static void print_event(const struct pl_trace_event *e)
{
    printf("%" PRIu64 " %" PRIu32 " %s", e->time_ms, e->thread, kinds[e->kind]);
    if (e->block)
        printf(" block=%" PRIu64 " slot=%" PRIu32, e->block, e->slot);
    if (e->old_block)
        printf(" old_block=%" PRIu64 " old_size=%" PRIu64, e->old_block, e->old_size);
    if (e->kind < PL_TRACE_THREAD_END || e->kind == PL_TRACE_TOUCHED)
        printf(" size=%" PRIu64, e->size);
    if (e->alignment)
        printf(" alignment=%" PRIu64, e->alignment);
    if (e->zeroed)
        printf(" zeroed");
    if (e->site)
        printf(" site=%" PRIu32, e->site);
    const bool tells =
        e->kind == PL_TRACE_FREE || e->kind == PL_TRACE_RESIZE || e->kind == PL_TRACE_TOUCHED;
    if (tells && e->touched_pages != PL_TRACE_UNTOLD)
        printf(" touched_pages=%" PRIu64, e->touched_pages);
    if (e->kind == PL_TRACE_BESIDE)
        printf(" bytes=%" PRIu64, e->beside_bytes);
    if (e->kind == PL_TRACE_RSS)
        printf(" bytes=%" PRIu64 " beside=%" PRIu64, e->rss_bytes, e->beside_rss_bytes);
    putchar('\n');
}

static void print_head(const struct pl_trace_head *h)
{
    pl_printable_line(stdout, "program    %s", h->program);
    pl_printable_line(stdout, "command    %s", h->command);
    if (h->imported[0])
        pl_printable_line(stdout, "imported   %s", h->imported);
    pl_printable_line(stdout, "machine    %s", h->machine[0] ? h->machine : "not known");
    pl_printable_line(stdout, "heap       %s", h->heap[0] ? h->heap : "not known");
    pl_printable_line(stdout, "ended      %s", h->ended[0] ? h->ended : "not known");
    if (h->lost[0])
        pl_printable_line(stdout, "cut short  %s", h->lost);
    printf("duration   %" PRIu64 " ms\n", h->duration_ms);
    printf("order      %s\n", h->ordered_by_clock ? "the processor's clock, one for all processors"
                              : h->imported[0]    ? "of what was imported"
                                                  : "a counter of all threads");
}

static void print_events(const struct sums *s, const struct pl_trace_totals *t, bool imported)
{
    printf("\nevents     %" PRIu64 "\n", t->events);
    for (int i = 0; i < PL_TRACE_KINDS; i++)
        if (s->of_kind[i])
            printf("  %-9s %" PRIu64 "\n", kinds[i], s->of_kind[i]);
    printf("blocks     %" PRIu64 ", of them zeroed %" PRIu64 "\n", t->blocks, s->zeroed);
    printf("live peak  %" PRIu64 " B, %" PRIu64 " blocks, %" PRIu32 " slots\n", t->live_bytes_peak,
           t->live_blocks_peak, t->slots);
    if (s->rss_peak)
        printf("RSS peak   %" PRIu64 " B, seen %" PRIu64 " times\n", s->rss_peak,
               s->of_kind[PL_TRACE_RSS]);
    if (s->beside_peak)
        printf("beside     %" PRIu64 " B mapped at most\n", s->beside_peak);
    if (t->unknown_frees)
        printf("skipped    %" PRIu64 " frees of blocks that came before the recording%s\n",
               t->unknown_frees, imported ? ", or by memalign or pvalloc" : "");
    if (t->missed_frees)
        printf("put right  %" PRIu64 " frees that were not recorded: their addresses came again\n",
               t->missed_frees);
}

static void print_threads(const struct sums *s, const struct pl_trace_totals *t)
{
    printf("\nthreads    %" PRIu32 "\n", t->threads);
    for (uint32_t i = 1; i <= t->threads && i <= THREADS_SHOWN; i++)
        printf("  %-9" PRIu32 " %" PRIu64 " events\n", i,
               i < s->thread_capacity ? s->threads[i] : 0);
    if (t->threads > THREADS_SHOWN)
        printf("  and %" PRIu32 " more\n", t->threads - THREADS_SHOWN);
}

static void print_classes(const char *title, const char *unit, const struct class *classes)
{
    printf("\n%-20s blocks        bytes\n", title);
    for (unsigned i = 0; i < CLASSES; i++) {
        char range[48];
        if (!classes[i].count)
            continue;
        if (i < 2)
            snprintf(range, sizeof range, "%u %s", i, unit);
        else
            snprintf(range, sizeof range, "%" PRIu64 "..%" PRIu64 " %s", UINT64_C(1) << (i - 1),
                     i < 64 ? (UINT64_C(1) << i) - 1 : UINT64_MAX, unit);
        printf("  %-18s %" PRIu64 " %*" PRIu64 "\n", range, classes[i].count,
               (int)(19 - snprintf(NULL, 0, "%" PRIu64, classes[i].count)), classes[i].bytes);
    }
}

static void print_alignments(const struct sums *s)
{
    printf("\nalignment            blocks\n");
    for (unsigned i = 0; i < CLASSES; i++) {
        if (!s->alignments[i])
            continue;
        if (i)
            printf("  %-18" PRIu64 " %" PRIu64 "\n", UINT64_C(1) << (i - 1), s->alignments[i]);
        else
            printf("  %-18s %" PRIu64 "\n", "none asked for", s->alignments[i]);
    }
}

static void print_site(const struct pl_trace_reader *reader, const struct sums *s, uint32_t site)
{
    const struct site *of = &s->sites[site];
    const char *frame;
    printf("  %" PRIu64 " B in %" PRIu64 " blocks, %" PRIu64 " B live at the end\n", of->bytes,
           of->blocks, of->live_bytes);
    for (uint32_t i = 0; (frame = pl_trace_frame(reader, site, i)); i++)
        pl_printable_line(stdout, "    %s", frame);
}

/* The largest, one after the other: there are ten. */
static void print_sites(const struct pl_trace_reader *reader, struct sums *s)
{
    const uint32_t count = pl_trace_totals(reader)->sites;
    if (!count || count >= s->site_capacity)
        return;
    printf("\ncall sites %" PRIu32 ", by bytes\n", count);
    for (int shown = 0; shown < SITES_SHOWN; shown++) {
        uint32_t most = 0;
        s->sites[0].bytes = 0;
        for (uint32_t i = 1; i <= count; i++)
            if (s->sites[i].bytes > s->sites[most].bytes)
                most = i;
        if (!most)
            return;
        print_site(reader, s, most);
        s->sites[most].bytes = 0;
    }
}

static void print_sums(const struct pl_trace_reader *reader, struct sums *s)
{
    const struct pl_trace_totals *t = pl_trace_totals(reader);
    print_head(pl_trace_head(reader));
    print_events(s, t, pl_trace_head(reader)->imported[0]);
    print_threads(s, t);
    print_classes("size", "B", s->sizes);
    print_alignments(s);
    print_classes("lifetime", "ms", s->lifetimes);
    printf("  %-18s %" PRIu64 "\n", "never freed",
           t->blocks - s->of_kind[PL_TRACE_FREE] - s->of_kind[PL_TRACE_RESIZE]);
    print_sites(reader, s);
}

int pl_list_trace(const char *path, bool events)
{
    static struct sums sums;
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    struct pl_error error = {""};
    int rc = pl_trace_open(path, &reader, &error);
    if (rc)
        return pl_cli_fail(rc == -ENOMEM ? PL_EXIT_MACHINE : PL_EXIT_USAGE, &error);
    site_of(&sums, 0);
    while ((rc = pl_trace_next(reader, &e, &error)) > 0) {
        if (events)
            print_event(&e);
        else
            add(&sums, &e);
    }
    const struct pl_trace_totals totals = *pl_trace_totals(reader);
    site_of(&sums, totals.sites);
    if (!events)
        print_sums(reader, &sums);
    pl_trace_close(reader);
    free(sums.threads);
    free(sums.slots);
    free(sums.sites);
    struct pl_error again;
    const int peak = events ? 0 : pl_list_peak(path, &totals, &again);
    if (peak && !rc) { /* else what is wrong is known */
        rc = peak;
        error = again;
    }
    return rc ? pl_cli_fail(rc == -ENOMEM ? PL_EXIT_MACHINE : PL_EXIT_USAGE, &error) : PL_EXIT_OK;
}
