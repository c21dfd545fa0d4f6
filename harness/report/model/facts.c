/* Sentences of the reports (facts.h). */
#include "harness/report/model/facts.h"

#include <stdio.h>
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

const char *const pl_facts_reading[] = {
    "A stack is named from the outside in, the heap last: limited/slab/glibc is a limit on a slab "
    "on "
    "glibc. slab is slab/glibc; limited is limited/slab/glibc with the scenario's budgets.",
    "The Plimsoll line is the container's size: a stack that reaches it is killed by the kernel. "
    "Outcomes are judged from the container's counter and the books, not from a signal alone.",
    "RSS is RssAnon of the measured process: private memory. The harness's own is shared and no "
    "part "
    "of it; nor would be a heap on shared mappings. Live is requested and not released; reserved "
    "also "
    "counts the free slots of a pool.",
    "RSS growth is a robust slope over the second half of the run. It reads 0 on a staircase; "
    "whether "
    "a stack is growing is judged by the maxima of windows that double.",
    "A stack has one thread unless its row or its table says 2 threads: one receives from the "
    "network, one reads.",
    "With repetitions a figure is their median, and lowest..highest where they differ. A killed "
    "cell "
    "has no figures for what it did not live to see.",
    "null hands out memory that was touched beforehand: its CPU is the floor, what the harness "
    "itself "
    "costs, and its RSS means nothing. CPU differs by some percent from run to run: compare "
    "figures "
    "of one run on one host.",
    "Two threads under the virtual clock take turns, some microseconds each: that is in their CPU. "
    "In real time a packet costs what it does on a machine that mostly waits, waking up "
    "included; compare such figures with each other only.",
    "Of media a packet is a frame: 40 ms of sound, a picture, or what a decoder gives at once. A "
    "held "
    "second is what RSS grew by since the first sample, over the seconds of media held at the end. "
    "gc is a modelled collector: with a run shorter than its cycles, RSS is still on its way.",
};
const size_t pl_facts_reading_count = sizeof pl_facts_reading / sizeof *pl_facts_reading;

void pl_fact_expectations(const struct pl_model *m, char *text, size_t capacity)
{
    static const char *const names[] = {"met", "failed", "not checked", "without an expectation"};
    text[0] = '\0';
    for (int i = 0; i <= PL_VERDICT_NONE; i++)
        if (m->verdicts[i])
            pl_text_add(text, capacity, "%s%zu %s", text[0] ? ", " : "", m->verdicts[i], names[i]);
}

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

static void add_count(const json_t *recording, const char *key, const char *words, char *text,
                      size_t capacity)
{
    char count[PL_TEXT_FIGURE];
    double value = json_number_value(json_object_get(recording, key));
    if (value > 0) {
        pl_text_count(count, value);
        pl_text_add(text, capacity, ", %s %s", count, words);
    }
}

static void add_streams(const json_t *recording, char *text, size_t capacity)
{
    const json_t *stream;
    size_t i;
    json_array_foreach(json_object_get(recording, "streams"), i, stream)
    {
        pl_text_add(text, capacity, "%s %.20s %lld Hz x %lld", i ? "," : ":",
                    pl_document_string(stream, "codec"),
                    (long long)json_integer_value(json_object_get(stream, "rate")),
                    (long long)json_integer_value(json_object_get(stream, "channels")));
        if (json_is_false(json_object_get(stream, "samples")))
            pl_text_add(text, capacity, " (carried as it is: no samples)");
    }
}

void pl_fact_recording(const json_t *recording, char *text, size_t capacity)
{
    char packets[PL_TEXT_FIGURE], duration[PL_TEXT_FIGURE];
    const char *filter = pl_document_string(recording, "filter");
    if (!*pl_document_string(recording, "file")) { /* a program that is sent nothing */
        snprintf(text, capacity, "%.300s: nothing is sent",
                 pl_document_string(recording, "scenario"));
        return;
    }
    if (json_array_size(json_object_get(recording, "streams")) == 0) { /* files that are no RTP */
        snprintf(text, capacity, "%.300s: %.500s (%.300s)",
                 pl_document_string(recording, "scenario"), pl_document_string(recording, "file"),
                 pl_document_string(recording, "hash"));
        if (json_object_get(recording, "ffmpeg"))
            pl_text_add(text, capacity, ", FFmpeg %.100s", pl_document_string(recording, "ffmpeg"));
        return;
    }
    pl_text_count(packets, json_number_value(json_object_get(recording, "packets")));
    pl_text_duration(duration, json_number_value(json_object_get(recording, "seconds")));
    snprintf(text, capacity, "%.300s: %.500s (%.60s), %s packets in %s",
             pl_document_string(recording, "scenario"), pl_document_string(recording, "file"),
             pl_document_string(recording, "hash"), packets, duration);
    add_streams(recording, text, capacity);
    add_count(recording, "not_udp", "frames skipped that are not UDP", text, capacity);
    add_count(recording, "not_rtp", "skipped that are not RTP", text, capacity);
    add_count(recording, "filtered", "left out by the filter", text, capacity);
    add_count(recording, "bytes_cut", "bytes cut off at its end: no whole record", text, capacity);
    if (filter[0])
        pl_text_add(text, capacity, "; filter '%.300s'", filter);
}

void pl_fact_host(const json_t *value, char *text, size_t capacity)
{
    const char *key;
    const json_t *each;
    text[0] = '\0';
    if (json_is_string(value))
        pl_text_add(text, capacity, "%s", json_string_value(value));
    else if (json_is_integer(value))
        pl_text_add(text, capacity, "%lld", (long long)json_integer_value(value));
    else if (json_is_object(value))
        json_object_foreach((json_t *)value, key, each)
            pl_text_add(text, capacity, "%s%s %s", text[0] ? ", " : "", key,
                        json_string_value(each) ? json_string_value(each) : "-");
}

/* Whether an entry stands in a list already. */
static bool is_listed(const char *list, const char *entry)
{
    size_t length = strlen(entry);
    for (const char *at = list; (at = strstr(at, entry)); at += length)
        if (!at[length] || strncmp(at + length, ", ", 2) == 0)
            return true;
    return false;
}

void pl_fact_heaps(const struct pl_model *m, char *text, size_t capacity)
{
    char entry[700];
    const json_t *cell;
    size_t i;
    text[0] = '\0';
    json_array_foreach(json_object_get(m->root, "cells"), i, cell)
    {
        const json_t *heap = json_object_get(cell, "heap");
        const char *version = pl_document_string(heap, "version");
        const char *library = pl_document_string(heap, "library");
        if (!version[0] && !library[0])
            continue;
        snprintf(entry, sizeof entry, library[0] ? "%.40s %.60s (%.500s)" : "%.40s %.60s",
                 pl_document_string(heap, "name"), version[0] ? version : "of unknown version",
                 library);
        if (!is_listed(text, entry))
            pl_text_add(text, capacity, "%s%s", text[0] ? ", " : "", entry);
    }
}

void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity)
{
    char figure[PL_TEXT_FIGURE];
    size_t name = strcspn(alert, " ");
    bool bytes = name >= 6 && strncmp(alert + name - 6, "_bytes", 6) == 0;
    (bytes ? pl_text_bytes : pl_text_count)(figure, value);
    snprintf(text, capacity, "at %.1f s: %s (%s)", t_seconds, alert, figure);
}
