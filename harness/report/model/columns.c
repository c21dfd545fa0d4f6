/* Figures and words of the tables, and what a report says beside them (columns.h). */
#include "harness/report/model/columns.h"

#include <stdio.h>
#include <string.h>

#include "harness/report/writers/text.h"
#include "harness/results/document.h"

void pl_fact_run(const struct pl_model *m, char *text, size_t capacity)
{
    const json_t *run = json_object_get(m->root, "run");
    const json_t *suite = json_object_get(m->root, "suite");
    snprintf(text, capacity, "plimsoll %.40s, %.40s tier, started %.40s, %zu cells%s",
             pl_document_string(suite, "version"), pl_document_string(run, "tier"),
             pl_document_string(run, "started"), m->cell_count,
             json_is_false(json_object_get(run, "complete"))
                 ? "; STOPPED before its end: cells are missing"
                 : "");
}

void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity)
{
    size_t name = strcspn(alert, " ");
    bool bytes = name >= 6 && strncmp(alert + name - 6, "_bytes", 6) == 0;
    snprintf(text, capacity, "at %.1f s: %s (%s)", t_seconds, alert,
             (bytes ? pl_text_bytes : pl_text_count)(PL_FIGURE, value));
}

#define MIB (1024.0 * 1024)

const struct pl_column pl_columns[] = {
    {"killed after", "s", PL_MODEL_time_to_oom_seconds, 1, false, false, false, 1},
    {"first alert", "s", PL_MODEL_time_to_alert_seconds, 1, false, false, false, 2},
    {"peak RSS", "MiB", PL_MODEL_rss_bytes_peak, MIB, false, false, false, 1},
    {"mean RSS", "MiB", PL_MODEL_rss_bytes_mean, MIB, false, false, true, 5},
    {"RSS at end", "MiB", PL_MODEL_rss_bytes_end, MIB, false, false, false, 3},
    {"RSS growth", "MiB/min", PL_MODEL_rss_growth_bytes_per_minute, MIB, false, false, false, 2},
    {"peak live", "MiB", PL_MODEL_live_bytes_peak, MIB, false, false, false, 2},
    {"recorded peak", "MiB", PL_MODEL_recorded_rss_bytes_peak, MIB, false, false, false, 3},
    {"replayed in", "s", PL_MODEL_replayed_seconds, 1, false, false, false, 4},
    {"RSS error", "%", PL_MODEL_recorded_rss_error_percent, 1, false, false, false, 2},
    {"peak reserved", "MiB", PL_MODEL_reserved_bytes_peak, MIB, false, false, false, 6},
    {"held second", "KiB", PL_MODEL_rss_bytes_per_media_second, 1024, false, false, false, 4},
    {"GC cycles", "", PL_MODEL_gc_cycles, 1, true, false, false, 5},
    {"longest pause", "ms", PL_MODEL_gc_pause_ns_max, 1e6, false, false, false, 4},
    {"round trip", "dB", PL_MODEL_round_trip_snr_db, 1, false, false, false, 4},
    {"trough RSS", "MiB", PL_MODEL_rss_bytes_trough, MIB, false, false, false, 4},
    {"trough", "RSS/live", PL_MODEL_rss_trough_over_live, 1, false, false, false, 3},
    {"RSS +1 s", "MiB", PL_MODEL_drain_rss_bytes_1s, MIB, false, false, false, 4},
    {"RSS +10 s", "MiB", PL_MODEL_drain_rss_bytes_10s, MIB, false, false, false, 4},
    {"RSS +60 s", "MiB", PL_MODEL_drain_rss_bytes_60s, MIB, false, false, false, 3},
    {"drained", "RSS/live", PL_MODEL_drain_rss_over_live, 1, false, false, false, 3},
    {"delivered", "packets", PL_MODEL_packets_delivered, 1, true, false, false, 5},
    {"dropped", "packets", PL_MODEL_packets_dropped, 1, true, false, false, 2},
    {"peak VSZ", "MiB", PL_MODEL_vsz_bytes_peak, MIB, false, false, true, 7},
    {"CPU", "%", PL_MODEL_cpu_percent_of_realtime, 1, false, false, true, 3},
    {"minor faults", "", PL_MODEL_faults_minor, 1, true, false, true, 8},
    {"peak threads", "", PL_MODEL_threads_peak, 1, true, false, true, 6},
    {"peak sockets", "MiB", PL_MODEL_socket_bytes_peak, MIB, false, false, true, 5},
    {"exit status", "", PL_MODEL_exit_status, 1, true, false, false, 1},
    {"CPU", "ns/pkt", PL_MODEL_cpu_ns_per_packet, 1, false, false, false, 3},
    {"CPU, user", "%", PL_MODEL_cpu_user_percent, 1, false, false, true, 0},
    {"CPU, system", "%", PL_MODEL_cpu_system_percent, 1, false, false, true, 0},
    {"faults", "", PL_MODEL_faults_minor, 1, true, false, false, 0},
    {"acquire p99", "ns", PL_MODEL_acquire_ns_p99, 1, true, false, false, 0},
    {"above null", "ns/pkt", PL_MODEL_cpu_ns_per_packet, 1, false, true, false, 6},
};
const size_t pl_column_count = sizeof pl_columns / sizeof *pl_columns;

struct pl_summary pl_column_of(const struct pl_column *c, const struct pl_model_group *g,
                               const struct pl_model_row *row)
{
    struct pl_summary s = row->metrics[c->metric];
    if (!c->above_floor)
        return s;
    const struct pl_model_row *floor = pl_model_floor(g);
    if (!floor || floor == row || floor->threads != row->threads ||
        !floor->metrics[c->metric].count)
        return (struct pl_summary){0};
    double zero = floor->metrics[c->metric].median;
    return (struct pl_summary){s.count, s.median - zero, s.lowest - zero, s.highest - zero};
}

bool pl_column_used(const struct pl_column *c, const struct pl_model_group *g)
{
    if (!c->rank || (c->foreign && !g->used[PL_MODEL_threads_peak]))
        return false;
    return c->above_floor ? g->used_above_floor[c->metric] : g->used[c->metric];
}

static const char *figure(const struct pl_column *c, double value, char *text)
{
    return (c->whole ? pl_text_count : pl_text_decimal)(text, value / c->scale);
}

void pl_column_median(const struct pl_column *c, const struct pl_summary *s, char *text)
{
    if (s->count)
        figure(c, s->median, text);
    else
        strcpy(text, "-");
}

void pl_column_spread(const struct pl_column *c, const struct pl_summary *s, char *text)
{
    const char *lowest = figure(c, s->lowest, PL_FIGURE),
               *highest = figure(c, s->highest, PL_FIGURE);
    text[0] = '\0';
    if (s->count > 1 && strcmp(lowest, highest) != 0)
        snprintf(text, PL_COLUMN_TEXT, "%s..%s", lowest, highest);
}

void pl_row_outcome(const struct pl_model_row *row, char *text)
{
    bool all = row->outcomes[row->outcome] == row->cell_count;
    snprintf(text, PL_COLUMN_TEXT, "%s", all ? pl_outcome_name(row->outcome) : "");
    for (int i = PL_OUTCOME_COUNT - 1; i >= 0 && !all; i--)
        if (row->outcomes[i])
            pl_text_add(text, PL_COLUMN_TEXT, "%s%s %zu/%zu", text[0] ? ", " : "",
                        pl_outcome_name((enum pl_outcome)i), row->outcomes[i], row->cell_count);
}

const char *pl_row_expected(const struct pl_model_row *row)
{
    return row->expected == PL_VERDICT_FAILED ? "FAILED" : pl_verdict_name(row->expected);
}

void pl_group_conditions(const struct pl_model_group *g, char *text, size_t capacity)
{
    snprintf(text, capacity, "%s, ", g->format);
    if (strcmp(g->container, "none") == 0)
        pl_text_add(text, capacity, "no container");
    else
        pl_text_add(text, capacity, "%s (%.20s)", pl_text_bytes(PL_FIGURE, g->container_bytes),
                    g->container);
    pl_text_add(text, capacity, ", %s", pl_text_duration(PL_FIGURE, g->duration_seconds));
    if (strcmp(g->clock, "virtual") != 0)
        pl_text_add(text, capacity, ", %s clock", g->clock);
    if (g->threads > 1)
        pl_text_add(text, capacity, ", %u threads", g->threads);
    if (g->repetitions > 1)
        pl_text_add(text, capacity, ", %zu repetitions", g->repetitions);
}
