#include "harness/results/ledger_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Upper bounds of the ages, in seconds; the last has none. */
static const double ages_below[PL_LEDGER_AGES - 1] = {0.01, 0.1, 1, 10, 60, 600, 3600};

/* Of a site's name: a file's, a line and a function's. */
enum {
    NAME_MAX_BYTES = sizeof((struct pl_ledger_site_record *)0)->file +
                     sizeof((struct pl_ledger_site_record *)0)->function + 16
};

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static void add_count(json_t *object, const struct pl_ledger_count *c)
{
    json_object_set_new(object, "allocated_bytes", number(c->allocated_bytes));
    json_object_set_new(object, "freed_bytes", number(c->freed_bytes));
    json_object_set_new(object, "current_bytes", number(pl_ledger_current(c)));
    json_object_set_new(object, "peak_bytes", number(c->peak_bytes));
    json_object_set_new(object, "allocated_blocks", number(c->allocated_blocks));
    json_object_set_new(object, "freed_blocks", number(c->freed_blocks));
    json_object_set_new(object, "live_blocks", number(pl_ledger_live_blocks(c)));
    json_object_set_new(object, "refused", number(c->refused));
}

/* "intake.c:100 packet", as a memory report names it; the whole path stands beside it. */
static void site_name(const struct pl_ledger_site_record *site, char *name, size_t capacity)
{
    const char *base = strrchr(site->file, '/');
    const char *what = site->label[0] ? site->label : site->function;
    base = base ? base + 1 : site->file;
    if (!site->file[0] && !what[0])
        snprintf(name, capacity, "(no site)");
    else if (!site->file[0])
        snprintf(name, capacity, "%s", what);
    else
        snprintf(name, capacity, "%s:%u%s%s", base, site->line, what[0] ? " " : "", what);
}

/* @param chain a call a line, or NULL */
static void add_chain(json_t *object, const char *chain)
{
    json_t *array = chain ? json_array() : NULL;
    while (chain && *chain) {
        const size_t length = strcspn(chain, "\n");
        json_array_append_new(array, json_stringn(chain, length));
        chain += length + (chain[length] != '\0');
    }
    if (array)
        json_object_set_new(object, "chain", array);
}

static json_t *site_json(const struct pl_ledger_site_record *site, const char *chain,
                         double seconds)
{
    char name[NAME_MAX_BYTES];
    site_name(site, name, sizeof name);
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:i}", "site", name, "label", site->label, "function",
                  site->function, "file", site->file, "line", (int)site->line);
    if (!object)
        return NULL;
    add_count(object, &site->count);
    double churn = (double)(site->count.allocated_bytes + site->count.freed_bytes);
    json_object_set_new(object, "churn_bytes_per_second",
                        json_real(seconds > 0 ? churn / seconds : 0));
    if (site->oldest_ns >= 0)
        json_object_set_new(object, "oldest_seconds", json_real((double)site->oldest_ns / 1e9));
    add_chain(object, chain);
    return object;
}

/* Those that hold most first, then those that had most. */
static bool goes_before(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"current_bytes", "allocated_bytes"};
    for (size_t i = 0; i < 2; i++) {
        json_int_t x = json_integer_value(json_object_get(a, keys[i]));
        json_int_t y = json_integer_value(json_object_get(b, keys[i]));
        if (x != y)
            return x > y;
    }
    return false;
}

/* What is told of others in one sum stands last, however much that is. */
static json_t *sites_json(const struct pl_ledger_report *r)
{
    const double seconds = (double)r->record.t_ns / 1e9;
    json_t *array = json_array(), *others = NULL;
    for (size_t i = 0; i < r->site_count; i++) {
        json_t *site = site_json(&r->sites[i], r->chains ? r->chains[i] : NULL, seconds);
        size_t at = 0;
        if (r->sites[i].index == PL_LEDGER_OTHERS) {
            others = site;
            continue;
        }
        while (at < json_array_size(array) && !goes_before(site, json_array_get(array, at)))
            at++;
        json_array_insert_new(array, at, site);
    }
    if (others)
        json_array_append_new(array, others);
    return array;
}

static json_t *classes_json(const struct pl_ledger_record *r)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < PL_LEDGER_CLASSES; i++) {
        const struct pl_ledger_count *count = &r->classes[i];
        if (!count->allocated_blocks)
            continue;
        json_t *object =
            json_pack("{s:o, s:o}", "above_bytes", number(i ? UINT64_C(1) << (i - 1) : 0),
                      "up_to_bytes", number(UINT64_C(1) << i));
        add_count(object, count);
        json_object_del(object, "refused");
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *ages_json(const struct pl_ledger_record *r)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < PL_LEDGER_AGES; i++) {
        json_t *object =
            json_pack("{s:f, s:o, s:o}", "from_seconds", i ? ages_below[i - 1] : 0.0, "live_blocks",
                      number(r->age_blocks[i]), "current_bytes", number(r->age_bytes[i]));
        if (i < PL_LEDGER_AGES - 1)
            json_object_set_new(object, "below_seconds", json_real(ages_below[i]));
        json_array_append_new(array, object);
    }
    return array;
}

static const struct pl_ledger_site_record *find_site(const struct pl_ledger_report *r,
                                                     uint32_t index)
{
    static const struct pl_ledger_site_record nobody = {0};
    for (size_t i = 0; i < r->site_count; i++)
        if (r->sites[i].index == index)
            return &r->sites[i];
    return &nobody;
}

static json_t *live_json(const struct pl_ledger_report *r)
{
    json_t *array = json_array();
    char name[NAME_MAX_BYTES];
    for (uint32_t i = 0; i < r->record.group_count && i < PL_LEDGER_GROUPS; i++) {
        const struct pl_ledger_group *group = &r->record.groups[i];
        site_name(find_site(r, group->site), name, sizeof name);
        json_array_append_new(array,
                              json_pack("{s:o, s:o, s:s}", "live_blocks", number(group->blocks),
                                        "size_bytes", number(group->size), "site", name));
    }
    return array;
}

static json_t *leaks_json(const struct pl_ledger_report *r)
{
    json_t *array = json_array();
    char name[NAME_MAX_BYTES];
    for (size_t i = 0; i < r->site_count; i++) {
        const struct pl_ledger_site_record *site = &r->sites[i];
        if (!site->is_suspect)
            continue;
        site_name(site, name, sizeof name);
        json_array_append_new(array, json_pack("{s:s, s:f, s:f, s:i, s:f}", "site", name,
                                               "blocks_per_minute", site->leak.blocks_per_minute,
                                               "bytes_per_minute", site->leak.bytes_per_minute,
                                               "windows", (int)site->leak.windows, "window_seconds",
                                               (double)site->leak.window_ns / 1e9));
    }
    return array;
}

/* A limit ends a leak's growth, not the leak: what is live then has long been so, while nothing
 * more is to be had. */
static bool is_stuck(const struct pl_ledger_site_record *site, int64_t t_ns)
{
    return site->count.refused && site->youngest_ns >= 0 && site->youngest_ns > t_ns / 2;
}

static json_t *stuck_json(const struct pl_ledger_report *r)
{
    json_t *array = json_array();
    char name[NAME_MAX_BYTES];
    for (size_t i = 0; i < r->site_count; i++) {
        const struct pl_ledger_site_record *site = &r->sites[i];
        if (!is_stuck(site, r->record.t_ns))
            continue;
        site_name(site, name, sizeof name);
        json_array_append_new(array,
                              json_pack("{s:s, s:o, s:o, s:f}", "site", name, "live_blocks",
                                        number(pl_ledger_live_blocks(&site->count)), "refused",
                                        number(site->count.refused), "youngest_seconds",
                                        (double)site->youngest_ns / 1e9));
    }
    return array;
}

/* Of a foreign program. */
static json_t *books_json(const struct pl_ledger_books_record *books)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "processes", number(books->processes),
                     "processes_without", number(books->processes_lost), "blocks_of_nobody",
                     number(books->unsited_blocks), "blocks_not_entered",
                     number(books->unentered_blocks), "unknown_frees",
                     number(books->unknown_frees));
}

static json_t *report_json(const struct pl_ledger_report *r)
{
    static const char *const reasons[] = {
        [PL_LEDGER_PART] = "last", [PL_LEDGER_ASKED] = "asked", [PL_LEDGER_END] = "end"};
    json_t *totals = json_object();
    add_count(totals, &r->record.total);
    json_t *report =
        json_pack("{s:f, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "t_seconds",
                  (double)r->record.t_ns / 1e9, "reason",
                  r->record.reason <= PL_LEDGER_END ? reasons[r->record.reason] : "last", "at_rest",
                  (int)r->record.is_at_rest, "corruptions", number(r->record.corruptions), "totals",
                  totals, "sites", sites_json(r), "size_classes", classes_json(&r->record), "ages",
                  ages_json(&r->record), "live", live_json(r), "suspected_leaks", leaks_json(r),
                  "stuck", stuck_json(r));
    if (report && r->record.books.processes)
        json_object_set_new(report, "books", books_json(&r->record.books));
    return report;
}

json_t *pl_ledger_json(const struct pl_ledger_reports *reports, size_t asked, int64_t last_ns)
{
    const enum pl_ledger_reason wanted = asked ? PL_LEDGER_ASKED : PL_LEDGER_END;
    bool complete = false;
    if (!reports->count)
        return NULL;
    json_t *array = json_array();
    for (size_t i = 0; i < reports->count; i++) {
        const struct pl_ledger_report *r = &reports->reports[i];
        if (r->record.reason != (uint32_t)wanted)
            continue;
        json_array_append_new(array, report_json(r));
        complete = !asked || r->record.t_ns >= last_ns;
    }
    const struct pl_ledger_report *last = &reports->reports[reports->count - 1];
    if (!complete && last->record.reason != (uint32_t)wanted)
        json_array_append_new(array, report_json(last));
    return json_pack("{s:o}", "reports", array);
}
