/* What the instruments found, for the page (payload.h). */
#include <string.h>

#include "harness/report/model/observed.h"
#include "harness/report/page/payload.h"
#include "harness/results/document.h"

/* The pictures that the page may hold of an entry, by the names of their figures. */
static json_t *pictures(const json_t *entry)
{
    char name[512];
    json_t *all = json_array();
    for (int kind = 0; kind < PL_OBSERVED_PICTURES; kind++)
        if (pl_observed_picture(entry, (enum pl_observed_picture)kind, name, sizeof name))
            json_array_append_new(all,
                                  json_pack("{s:s, s:s}", "name", name, "caption",
                                            pl_observed_caption((enum pl_observed_picture)kind)));
    return all;
}

static json_t *sites(const json_t *entry)
{
    char text[4 * PL_OBSERVED_TEXT];
    const json_t *site;
    size_t i;
    json_t *all = json_array();
    json_array_foreach(json_object_get(entry, "sites"), i, site)
    {
        pl_observed_site(site, text, sizeof text);
        json_t *line = json_string(text);
        json_array_append_new(all, line ? line : json_string("?")); /* it was cut inside a letter */
    }
    return all;
}

/* A benchmark has two figures on a cell's page: its time and what it takes. */
static json_t *benchmarks(const json_t *entry)
{
    static const char *const keys[] = {"name",
                                       "why",
                                       "cpu_ns_per_operation",
                                       "cpu_ns_per_operation_min",
                                       "cpu_ns_per_operation_max",
                                       "rss_bytes_peak"};
    const json_t *benchmark;
    size_t i;
    json_t *all = json_array();
    json_array_foreach(json_object_get(entry, "benchmarks"), i, benchmark)
    {
        json_array_append_new(all, pl_payload_pick(benchmark, keys, PL_PAYLOAD_COUNT(keys)));
    }
    return all;
}

static json_t *entry_of(const json_t *entry)
{
    static const char *const keys[] = {"instrument", "scenario", "allocator", "allocator_run",
                                       "format",     "threads",  "clock",     "duration_seconds",
                                       "status",     "why",      "figures",   "reproduce",
                                       "version"};
    char agreement[PL_OBSERVED_TEXT];
    json_t *made = pl_payload_pick(entry, keys, PL_PAYLOAD_COUNT(keys));
    if (json_object_get(entry, "agreement")) {
        pl_observed_agreement(entry, agreement);
        json_object_set_new(made, "agreement", json_string(agreement));
    }
    json_object_set_new(made, "sites", sites(entry));
    json_object_set_new(made, "pictures", pictures(entry));
    if (json_object_get(entry, "benchmarks"))
        json_object_set_new(made, "benchmarks", benchmarks(entry));
    return made;
}

json_t *pl_payload_instruments(const json_t *root)
{
    const json_t *entry;
    size_t i;
    json_t *known = json_object(), *entries = json_array();
    json_array_foreach(json_object_get(root, "instruments"), i, entry)
    {
        const char *name = pl_document_string(entry, "instrument");
        const struct pl_instrument *instrument = pl_instrument_find(name);
        if (instrument)
            json_object_set_new(
                known, name,
                json_pack("{s:s, s:s}", "sees", instrument->sees, "blind", instrument->blind));
        json_array_append_new(entries, entry_of(entry));
    }
    return json_pack("{s:o, s:o}", "known", known, "entries", entries);
}
