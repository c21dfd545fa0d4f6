/* Writing and reading the head and the end of a trace (head.h). */
#include "harness/trace/head.h"

#include <jansson.h>
#include <stdio.h>

static void append(json_t *document, struct pl_trace_bytes *content)
{
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    if (text)
        pl_trace_append(content, text, strlen(text));
    content->failed |= !text;
    free(text);
    json_decref(document);
}

/* Words of a program may be in any encoding; JSON has but one. */
static json_t *text_of(const char *text)
{
    json_t *string = json_string(text);
    if (string)
        return string;
    char plain[PL_TRACE_TEXT_MAX];
    size_t i = 0;
    for (; text[i]; i++)
        plain[i] = (signed char)text[i] < 0 ? '?' : text[i];
    plain[i] = '\0';
    return json_string(plain);
}

void pl_trace_head_put(const struct pl_trace_head *head, struct pl_trace_bytes *content)
{
    append(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o*, s:I, s:I, s:s, s:I}", "program",
                     text_of(head->program), "command", text_of(head->command), "machine",
                     text_of(head->machine), "heap", text_of(head->heap), "ended",
                     text_of(head->ended), "lost", text_of(head->lost), "imported",
                     head->imported[0] ? text_of(head->imported) : NULL, "began_unix_ms",
                     (json_int_t)head->began_unix_ms, "duration_ms", (json_int_t)head->duration_ms,
                     "order", head->ordered_by_clock ? "tsc" : "counter", "site_frames",
                     (json_int_t)head->site_frames),
           content);
}

void pl_trace_totals_put(const struct pl_trace_totals *t, struct pl_trace_bytes *content)
{
    append(json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "events",
                     (json_int_t)t->events, "blocks", (json_int_t)t->blocks, "unknown_frees",
                     (json_int_t)t->unknown_frees, "missed_frees", (json_int_t)t->missed_frees,
                     "live_bytes_peak", (json_int_t)t->live_bytes_peak, "live_blocks_peak",
                     (json_int_t)t->live_blocks_peak, "slots", (json_int_t)t->slots, "threads",
                     (json_int_t)t->threads, "sites", (json_int_t)t->sites),
           content);
}

static json_t *parse(const struct pl_trace_bytes *content)
{
    return json_loadb((const char *)content->at, content->count, JSON_REJECT_DUPLICATES, NULL);
}

static bool take_text(const json_t *document, const char *key, char text[PL_TRACE_TEXT_MAX])
{
    const json_t *value = json_object_get(document, key);
    if (!json_is_string(value) || json_string_length(value) >= PL_TRACE_TEXT_MAX)
        return false;
    snprintf(text, PL_TRACE_TEXT_MAX, "%s", json_string_value(value));
    return true;
}

static bool take_number(const json_t *document, const char *key, uint64_t max, uint64_t *number)
{
    const json_t *value = json_object_get(document, key);
    const json_int_t taken = json_integer_value(value);
    *number = (uint64_t)taken;
    return json_is_integer(value) && taken >= 0 && *number <= max;
}

/* Traces of before did not have it. */
static bool take_imported(const json_t *document, char text[PL_TRACE_TEXT_MAX])
{
    *text = '\0';
    return !json_object_get(document, "imported") || take_text(document, "imported", text);
}

static bool take_head(const json_t *document, struct pl_trace_head *head)
{
    const char *order = json_string_value(json_object_get(document, "order"));
    uint64_t began, frames;
    bool taken =
        take_text(document, "program", head->program) &&
        take_text(document, "command", head->command) &&
        take_text(document, "machine", head->machine) && take_text(document, "heap", head->heap) &&
        take_text(document, "ended", head->ended) && take_text(document, "lost", head->lost) &&
        take_imported(document, head->imported) && order &&
        take_number(document, "began_unix_ms", INT64_MAX, &began) &&
        take_number(document, "duration_ms", INT64_MAX, &head->duration_ms) &&
        take_number(document, "site_frames", PL_TRACE_FRAMES_MAX, &frames);
    if (!taken || (strcmp(order, "tsc") != 0 && strcmp(order, "counter") != 0))
        return false;
    head->began_unix_ms = (int64_t)began;
    head->site_frames = (uint32_t)frames;
    head->ordered_by_clock = *order == 't';
    return true;
}

const char *pl_trace_head_take(const struct pl_trace_bytes *content, struct pl_trace_head *head)
{
    json_t *document = parse(content);
    const bool taken = take_head(document, head);
    json_decref(document);
    return taken ? NULL : "a head that can't be read";
}

static bool take_totals(const json_t *document, struct pl_trace_totals *t)
{
    uint64_t slots, threads, sites;
    bool taken = take_number(document, "events", INT64_MAX, &t->events) &&
                 take_number(document, "blocks", INT64_MAX, &t->blocks) &&
                 take_number(document, "unknown_frees", INT64_MAX, &t->unknown_frees) &&
                 take_number(document, "missed_frees", INT64_MAX, &t->missed_frees) &&
                 take_number(document, "live_bytes_peak", INT64_MAX, &t->live_bytes_peak) &&
                 take_number(document, "live_blocks_peak", INT64_MAX, &t->live_blocks_peak) &&
                 take_number(document, "slots", UINT32_MAX, &slots) &&
                 take_number(document, "threads", UINT32_MAX, &threads) &&
                 take_number(document, "sites", UINT32_MAX, &sites);
    if (!taken)
        return false;
    t->slots = (uint32_t)slots;
    t->threads = (uint32_t)threads;
    t->sites = (uint32_t)sites;
    return true;
}

const char *pl_trace_totals_take(const struct pl_trace_bytes *content,
                                 struct pl_trace_totals *totals)
{
    json_t *document = parse(content);
    const bool taken = take_totals(document, totals);
    json_decref(document);
    return taken ? NULL : "an end that can't be read";
}
