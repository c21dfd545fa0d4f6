/* Reporting a ledger from inside a cell (ledger_sampling.h). */
#include "harness/cell/ledger_sampling.h"

#include <string.h>

#include "harness/cell/record.h"

static void copy(char *to, size_t capacity, const char *text)
{
    size_t length = text ? strnlen(text, capacity - 1) : 0;
    if (length)
        memcpy(to, text, length);
    to[length] = '\0';
}

static bool is_used(const struct pl_ledger_count *count)
{
    return count->allocated_blocks || count->freed_blocks || count->refused;
}

/* @return -1 where there is no block */
static int64_t age_of(int64_t birth_ns, int64_t t_ns)
{
    if (birth_ns == INT64_MAX || birth_ns == INT64_MIN)
        return -1;
    return t_ns > birth_ns ? t_ns - birth_ns : 0;
}

/* @return whether there was anything to tell of the site */
static bool report_site(struct pl_ledger *ledger, const struct pl_ledger_survey *survey,
                        uint32_t index, int record_fd, int64_t t_ns)
{
    struct pl_ledger_site_record r = {.kind = PL_RECORD_LEDGER_SITE,
                                      .size = sizeof r,
                                      .index = index,
                                      .oldest_ns = age_of(survey->oldest_ns[index], t_ns),
                                      .youngest_ns = age_of(survey->youngest_ns[index], t_ns)};
    const struct pl_site *site = pl_ledger_site(ledger, index, &r.count);
    if (!is_used(&r.count))
        return false;
    if (site) {
        copy(r.label, sizeof r.label, site->label);
        copy(r.file, sizeof r.file, site->file);
        copy(r.function, sizeof r.function, site->function);
        r.line = site->line;
    }
    r.is_suspect = pl_ledger_leak(ledger, index, &r.leak);
    pl_record_write(record_fd, &r, sizeof r);
    return true;
}

void pl_cell_ledger_report(struct pl_ledger *ledger, int record_fd, int64_t t_ns,
                           enum pl_ledger_reason reason, bool at_rest)
{
    const struct pl_ledger_survey *survey = pl_ledger_survey(ledger, t_ns);
    if (at_rest)
        pl_ledger_check_survey(ledger);
    struct pl_ledger_record r = {.kind = PL_RECORD_LEDGER,
                                 .size = sizeof r,
                                 .t_ns = t_ns,
                                 .reason = reason,
                                 .is_at_rest = at_rest,
                                 .group_count = survey->group_count};
    for (uint32_t i = 0; i < survey->site_count; i++)
        r.sites += report_site(ledger, survey, i, record_fd, t_ns);
    pl_ledger_totals(ledger, &r.total);
    for (uint32_t i = 0; i < PL_LEDGER_CLASSES; i++)
        pl_ledger_class(ledger, i, &r.classes[i]);
    memcpy(r.age_blocks, survey->age_blocks, sizeof r.age_blocks);
    memcpy(r.age_bytes, survey->age_bytes, sizeof r.age_bytes);
    memcpy(r.groups, survey->groups, sizeof r.groups);
    r.corruptions = pl_ledger_corruptions(ledger);
    pl_record_write(record_fd, &r, sizeof r);
}

/* @return the last part of the run that is over at that time */
static uint32_t parts_over(const struct pl_cell_ledger *l, int64_t t_ns)
{
    uint32_t parts = l->parts;
    while (parts + 1 < PL_LEDGER_EIGHTHS &&
           t_ns >= l->duration_ns / PL_LEDGER_EIGHTHS * (parts + 1))
        parts++;
    return parts;
}

static uint32_t asked_over(const struct pl_cell_ledger *l, int64_t t_ns)
{
    uint32_t asked = l->asked;
    while (asked < l->at_count && t_ns >= l->at_ns[asked])
        asked++;
    return asked;
}

void pl_cell_ledger_sample(struct pl_cell_ledger *l, int64_t t_ns, bool at_rest)
{
    if (!l->ledger)
        return;
    __atomic_store_n(&l->now_ns, t_ns, __ATOMIC_RELAXED);
    pl_ledger_watch(l->ledger, t_ns);
    if (at_rest)
        pl_ledger_check(l->ledger);
    uint32_t parts = parts_over(l, t_ns), asked = asked_over(l, t_ns);
    if (asked > l->asked)
        pl_cell_ledger_report(l->ledger, l->record_fd, t_ns, PL_LEDGER_ASKED, at_rest);
    else if (parts > l->parts)
        pl_cell_ledger_report(l->ledger, l->record_fd, t_ns, PL_LEDGER_PART, at_rest);
    l->asked = asked;
    l->parts = parts;
}

void pl_cell_ledger_end(struct pl_cell_ledger *l, int64_t t_ns)
{
    if (!l->ledger)
        return;
    pl_ledger_check(l->ledger);
    pl_cell_ledger_report(l->ledger, l->record_fd, t_ns, PL_LEDGER_END, true);
}
