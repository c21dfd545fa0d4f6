#include "harness/cell/site_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/interpose/chain_names.h"

/* A long path keeps its end, a long name its beginning. */
static void copy_path(char *to, size_t capacity, const char *from)
{
    const size_t length = strlen(from);
    const size_t cut = length < capacity ? 0 : length - capacity + 1;
    memcpy(to, from + cut, length - cut + 1);
}

static void copy_name(char *to, size_t capacity, const char *from)
{
    const size_t length = strnlen(from, capacity - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

static int name_site(const struct pl_books_reader *reader, struct pl_symbols *symbols,
                     struct pl_ledger_site_record *site, char **chain)
{
    struct pl_chain_name name;
    if (site->index == PL_LEDGER_OTHERS)
        return 0;
    int rc = pl_chain_name(reader, symbols, site->index, &name);
    if (rc)
        return rc;
    copy_name(site->label, sizeof site->label, name.label);
    copy_name(site->function, sizeof site->function, name.site.function);
    copy_path(site->file, sizeof site->file, name.site.file);
    site->line = name.site.line;
    *chain = name.frames;
    return 0;
}

static int name_report(const struct pl_books_reader *reader, struct pl_symbols *symbols,
                       struct pl_ledger_report *report)
{
    int rc = 0;
    report->chains = calloc(report->site_count + 1, sizeof *report->chains);
    if (!report->chains)
        return -ENOMEM;
    for (size_t i = 0; i < report->site_count && !rc; i++)
        rc = name_site(reader, symbols, &report->sites[i], &report->chains[i]);
    return rc;
}

int pl_site_names_find(const char *page, struct pl_ledger_reports *reports)
{
    struct pl_books_reader *reader = reports->count ? malloc(sizeof *reader) : NULL;
    if (!reader)
        return reports->count ? -ENOMEM : 0;
    int rc = pl_books_reader_open(reader, page) ? -ENOENT : 0;
    struct pl_symbols *symbols = rc ? NULL : pl_symbols_open();
    if (!rc && !symbols)
        rc = -ENOMEM;
    for (size_t i = 0; i < reports->count && !rc; i++)
        rc = name_report(reader, symbols, &reports->reports[i]);
    pl_symbols_close(symbols);
    pl_books_reader_close(reader);
    free(reader);
    return rc == -ENOENT ? 0 : rc;
}
