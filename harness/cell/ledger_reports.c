/* Putting a ledger's reports together from records (ledger_reports.h). */
#include "harness/cell/ledger_reports.h"

#include <errno.h>
#include <stdlib.h>

static int take_site(struct pl_ledger_report *next, const struct pl_ledger_site_record *site)
{
    struct pl_ledger_site_record *sites =
        realloc(next->sites, (next->site_count + 1) * sizeof *sites);
    if (!sites)
        return -ENOMEM;
    sites[next->site_count++] = *site;
    next->sites = sites;
    return 0;
}

static int take_report(struct pl_ledger_reports *r, const struct pl_ledger_record *record)
{
    if (r->next.site_count != record->sites)
        return -EPROTO;
    struct pl_ledger_report *reports = realloc(r->reports, (r->count + 1) * sizeof *reports);
    if (!reports)
        return -ENOMEM;
    r->reports = reports;
    reports[r->count] = r->next;
    reports[r->count++].record = *record;
    r->next = (struct pl_ledger_report){0};
    return 0;
}

int pl_ledger_reports_take(struct pl_ledger_reports *r, const union pl_record *record)
{
    if (record->head.kind == PL_RECORD_LEDGER_SITE && record->head.size == sizeof record->site)
        return take_site(&r->next, &record->site);
    if (record->head.kind == PL_RECORD_LEDGER && record->head.size == sizeof record->ledger)
        return take_report(r, &record->ledger);
    return -EPROTO;
}

static void free_report(struct pl_ledger_report *report)
{
    for (size_t i = 0; report->chains && i < report->site_count; i++)
        free(report->chains[i]);
    free(report->chains);
    free(report->sites);
}

void pl_ledger_reports_free(struct pl_ledger_reports *r)
{
    for (size_t i = 0; i < r->count; i++)
        free_report(&r->reports[i]);
    free(r->reports);
    free(r->next.sites);
    *r = (struct pl_ledger_reports){0};
}
