/* Reporting a foreign program's ledger (program_ledger.h). */
#include "harness/cell/program_ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/record.h"

/* A program has thousands of chains of calls: those that hold most are told, and those that asked
 * for most; the others in one sum. */
enum { TOLD_MOST = 100 };

void pl_program_ledger_open(struct pl_program_ledger *l, const struct pl_job *job, int record_fd)
{
    *l = (struct pl_program_ledger){.job = job, .record_fd = record_fd};
    l->is_open = pl_books_reader_open(&l->reader, job->orders.page) == 0;
}

static uint64_t current_of(const struct pl_books_site *site)
{
    return pl_ledger_current(&site->count);
}

/* By what they asked for. */
static int compare_allocated(const void *a, const void *b)
{
    const struct pl_books_site *x = a, *y = b;
    const uint64_t p = x->count.allocated_bytes, q = y->count.allocated_bytes;
    if (p != q)
        return p < q ? 1 : -1;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* By what they hold, and then likewise. */
static int compare_current(const void *a, const void *b)
{
    const uint64_t p = current_of(a), q = current_of(b);
    return p != q ? (p < q ? 1 : -1) : compare_allocated(a, b);
}

/* @return the bytes that a site has to have asked for to be told for that */
static uint64_t least_allocated(const struct pl_books_summary *summary)
{
    if (summary->site_count <= TOLD_MOST)
        return 0;
    struct pl_books_site *sites = malloc(summary->site_count * sizeof *sites);
    if (!sites)
        return UINT64_MAX;
    memcpy(sites, summary->sites, summary->site_count * sizeof *sites);
    qsort(sites, summary->site_count, sizeof *sites, compare_allocated);
    const uint64_t least = sites[TOLD_MOST - 1].count.allocated_bytes;
    free(sites);
    return least;
}

static bool is_in_group(const struct pl_ledger_record *r, uint32_t index)
{
    for (uint32_t i = 0; i < r->group_count; i++)
        if (r->groups[i].site == index)
            return true;
    return false;
}

static void add_count(struct pl_ledger_count *sum, const struct pl_ledger_count *part)
{
    sum->allocated_blocks += part->allocated_blocks;
    sum->allocated_bytes += part->allocated_bytes;
    sum->freed_blocks += part->freed_blocks;
    sum->freed_bytes += part->freed_bytes;
    sum->peak_bytes += part->peak_bytes;
    sum->refused += part->refused;
}

static int64_t age_of(int64_t birth_ns, int64_t t_ns)
{
    if (birth_ns == INT64_MAX || birth_ns == INT64_MIN)
        return -1;
    return t_ns > birth_ns ? t_ns - birth_ns : 0;
}

static void write_site(const struct pl_program_ledger *l, const struct pl_books_site *site,
                       int64_t t_ns)
{
    const struct pl_ledger_site_record r = {
        .kind = PL_RECORD_LEDGER_SITE,
        .size = sizeof r,
        .index = site->index,
        .count = site->count,
        .oldest_ns = age_of(site->oldest_ns, t_ns),
        .youngest_ns = age_of(site->youngest_ns, t_ns),
        .is_suspect = site->is_suspect,
        .leak = site->leak,
    };
    pl_record_write(l->record_fd, &r, sizeof r);
}

static void write_others(const struct pl_program_ledger *l, const struct pl_ledger_count *count,
                         uint32_t others)
{
    struct pl_ledger_site_record r = {.kind = PL_RECORD_LEDGER_SITE,
                                      .size = sizeof r,
                                      .index = PL_LEDGER_OTHERS,
                                      .count = *count,
                                      .oldest_ns = -1,
                                      .youngest_ns = -1};
    snprintf(r.label, sizeof r.label, "(%" PRIu32 " other sites)", others);
    pl_record_write(l->record_fd, &r, sizeof r);
}

/* @return how many records there are of them */
static uint32_t write_sites(const struct pl_program_ledger *l, struct pl_books_summary *summary,
                            const struct pl_ledger_record *r)
{
    const uint64_t least = least_allocated(summary);
    struct pl_ledger_count others = {0};
    uint32_t told = 0;
    qsort(summary->sites, summary->site_count, sizeof *summary->sites, compare_current);
    for (uint32_t i = 0; i < summary->site_count; i++) {
        const struct pl_books_site *site = &summary->sites[i];
        if (i < TOLD_MOST || site->count.allocated_bytes >= least || site->is_suspect ||
            is_in_group(r, site->index)) {
            write_site(l, site, r->t_ns);
            told++;
        } else {
            add_count(&others, &site->count);
        }
    }
    if (told == summary->site_count)
        return told;
    write_others(l, &others, summary->site_count - told);
    return told + 1;
}

static void take_groups(const struct pl_books_summary *summary, struct pl_ledger_record *r)
{
    r->group_count = summary->group_count;
    for (uint32_t i = 0; i < summary->group_count; i++) {
        r->groups[i] = summary->groups[i];
        r->groups[i].site = summary->sites[summary->groups[i].site].index;
    }
}

static void report(struct pl_program_ledger *l, int64_t t_ns, enum pl_ledger_reason reason,
                   bool at_rest)
{
    struct pl_books_summary summary;
    if (pl_books_sum_up(&l->reader, t_ns, &summary))
        return; /* without memory there is no report, as of a cell that was killed */
    struct pl_ledger_record r = {.kind = PL_RECORD_LEDGER,
                                 .size = sizeof r,
                                 .t_ns = t_ns,
                                 .reason = reason,
                                 .is_at_rest = at_rest,
                                 .total = summary.total,
                                 .books = {.processes = summary.processes,
                                           .processes_lost = summary.processes_lost,
                                           .unsited_blocks = summary.unsited_blocks,
                                           .unentered_blocks = summary.unentered_blocks,
                                           .unknown_frees = summary.unknown_frees}};
    take_groups(&summary, &r);
    r.sites = write_sites(l, &summary, &r);
    memcpy(r.classes, summary.classes, sizeof r.classes);
    memcpy(r.age_blocks, summary.age_blocks, sizeof r.age_blocks);
    memcpy(r.age_bytes, summary.age_bytes, sizeof r.age_bytes);
    pl_record_write(l->record_fd, &r, sizeof r);
    pl_books_summary_free(&summary);
}

void pl_program_ledger_sample(struct pl_program_ledger *l, int64_t t_ns)
{
    const struct pl_job *job = l->job;
    uint32_t asked = l->asked;
    if (!l->is_open)
        return;
    pl_books_reader_watch(&l->reader, t_ns);
    while (asked < job->ledger_at_count && t_ns >= job->ledger_at_ns[asked])
        asked++;
    if (asked > l->asked)
        report(l, t_ns, PL_LEDGER_ASKED, false);
    l->asked = asked;
}

void pl_program_ledger_end(struct pl_program_ledger *l, int64_t t_ns, enum pl_ledger_reason reason,
                           bool at_rest)
{
    if (!l->is_open)
        return;
    pl_books_reader_watch(&l->reader, t_ns);
    report(l, t_ns, reason, at_rest);
    pl_books_reader_close(&l->reader);
    l->is_open = false;
}
