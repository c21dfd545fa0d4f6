/* Of what, on which host it ran, how far to trust it, and how to read it. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/caveats.h"
#include "harness/report/model/context.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

static void write_count(struct pl_doc *doc, const json_t *recording, const char *key,
                        const char *words)
{
    double value = json_number_value(json_object_get(recording, key));
    if (value > 0)
        pl_doc_textf(doc, PL_STYLE_PLAIN, ", %s %s", pl_text_count(PL_FIGURE, value), words);
}

static void write_streams(struct pl_doc *doc, const json_t *recording)
{
    const json_t *stream;
    size_t i;
    json_array_foreach(json_object_get(recording, "streams"), i, stream) pl_doc_textf(
        doc, PL_STYLE_PLAIN, "%s %.20s %lld Hz x %lld%s", i ? "," : ":",
        pl_document_string(stream, "codec"),
        (long long)json_integer_value(json_object_get(stream, "rate")),
        (long long)json_integer_value(json_object_get(stream, "channels")),
        json_is_false(json_object_get(stream, "samples")) ? " (carried as it is: no samples)" : "");
}

static void write_packets(struct pl_doc *doc, const json_t *recording)
{
    const char *filter = pl_document_string(recording, "filter");
    pl_doc_textf(
        doc, PL_STYLE_PLAIN, ", %s packets in %s",
        pl_text_count(PL_FIGURE, json_number_value(json_object_get(recording, "packets"))),
        pl_text_duration(PL_FIGURE, json_number_value(json_object_get(recording, "seconds"))));
    write_streams(doc, recording);
    write_count(doc, recording, "not_udp", "frames skipped that are not UDP");
    write_count(doc, recording, "not_rtp", "skipped that are not RTP");
    write_count(doc, recording, "filtered", "left out by the filter");
    write_count(doc, recording, "bytes_cut", "bytes cut off at its end: no whole record");
    if (filter[0])
        pl_doc_textf(doc, PL_STYLE_PLAIN, "; filter '%.300s'", filter);
}

static void write_recording(struct pl_doc *doc, const json_t *recording)
{
    const char *file = pl_document_string(recording, "file");
    const char *ffmpeg = pl_document_string(recording, "ffmpeg");
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%.300s: ", pl_document_string(recording, "scenario"));
    if (*file)
        pl_doc_textf(doc, PL_STYLE_PLAIN, "%.500s (%.300s)", file,
                     pl_document_string(recording, "hash"));
    else /* a program */
        pl_doc_text(doc, PL_STYLE_PLAIN, "nothing is sent");
    if (*file && json_array_size(json_object_get(recording, "streams")))
        write_packets(doc, recording);
    else if (*file && *ffmpeg) /* files that are no RTP */
        pl_doc_textf(doc, PL_STYLE_PLAIN, ", FFmpeg %.100s", ffmpeg);
    pl_doc_item_end(doc);
}

void pl_report_recordings(struct pl_doc *doc, const struct pl_model *m)
{
    const json_t *recording;
    size_t i;
    pl_doc_section(doc, (struct pl_place){.view = "about"}, "Recordings");
    pl_doc_list(doc, PL_LIST_BULLETS, "recordings");
    json_array_foreach(json_object_get(m->root, "recordings"), i, recording)
        write_recording(doc, recording);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

static const struct pl_place about = {.view = "about"};

/* A line of the host's fingerprint, whatever its type. */
static void write_fact(struct pl_doc *doc, const char *name, const json_t *value)
{
    const char *key;
    const json_t *each;
    size_t count = 0;
    pl_doc_row(doc);
    pl_doc_cell_text(doc, name);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    if (json_is_string(value))
        pl_doc_text(doc, PL_STYLE_PLAIN, json_string_value(value));
    else if (json_is_integer(value))
        pl_doc_textf(doc, PL_STYLE_PLAIN, "%lld", (long long)json_integer_value(value));
    json_object_foreach((json_t *)value, key, each)
        pl_doc_textf(doc, PL_STYLE_PLAIN, "%s%s %s", count++ ? ", " : "", key,
                     json_is_string(each) ? json_string_value(each) : "-");
    pl_doc_cell_end(doc);
    pl_doc_row_end(doc);
}

/* Those with a version or a library, in one line. */
static void write_heaps(struct pl_doc *doc, const struct pl_model *m)
{
    json_t *heaps = pl_model_heaps(m), *heap;
    size_t i, told = 0;
    json_array_foreach(heaps, i, heap)
    {
        const char *version = pl_document_string(heap, "version");
        const char *library = pl_document_string(heap, "library");
        if (!version[0] && !library[0])
            continue;
        if (!told) {
            pl_doc_row(doc);
            pl_doc_cell_text(doc, "heaps");
            pl_doc_cell(doc, PL_STYLE_PLAIN);
        }
        pl_doc_textf(doc, PL_STYLE_PLAIN, library[0] ? "%s%.40s %.60s (%.500s)" : "%s%.40s %.60s",
                     told++ ? ", " : "", pl_document_string(heap, "name"),
                     version[0] ? version : "of unknown version", library);
    }
    if (told) {
        pl_doc_cell_end(doc);
        pl_doc_row_end(doc);
    }
    json_decref(heaps);
}

void pl_report_host(struct pl_doc *doc, const struct pl_model *m)
{
    static const struct pl_doc_column columns[] = {{.head = ""}, {.head = ""}};
    const char *key;
    const json_t *value;
    pl_doc_section(doc, about, "Host");
    pl_doc_table(doc, columns, 2, "lines",
                 "What has to be alike before CPU and RSS may be compared");
    json_object_foreach(json_object_get(m->root, "host"), key, value) write_fact(doc, key, value);
    write_heaps(doc, m);
    pl_doc_table_end(doc);
    pl_doc_say(doc, "The whole run:");
    pl_doc_code(doc, pl_document_string(json_object_get(m->root, "run"), "command"));
    pl_doc_section_end(doc);
}

/* @return new memory with the noise of each cell of a metric */
static double *gather_noise(const json_t *cells, const char *metric, size_t *count)
{
    const json_t *row;
    size_t i;
    double *values = pl_memory_take(json_array_size(cells), sizeof *values);
    *count = 0;
    json_array_foreach(cells, i, row) if (strcmp(pl_document_string(row, "metric"), metric) == 0)
        values[(*count)++] = json_number_value(json_object_get(row, "noise"));
    return values;
}

/* The spread is the standard deviation of the pairs' Hodges-Lehmann ratio. */
static void write_metric_noise(struct pl_doc *doc, const struct pl_calibration *calibration,
                               const char *metric)
{
    double alarms = 0;
    size_t count;
    double *values = gather_noise(json_object_get(calibration->root, "cells"), metric, &count);
    bool advisory = pl_calibration_advisory(calibration, metric, &alarms);
    struct pl_summary s = pl_summary_of(values, count);
    pl_doc_item_text(doc,
                     "%s: pairs of a program with itself spread by %.2g %% (%.2g to %.2g over %zu "
                     "cells), false alarms %.2g %%%s",
                     metric, 100 * s.median, 100 * s.lowest, 100 * s.highest, count, 100 * alarms,
                     advisory ? ": advisory, no gate fails on it" : "");
    free(values);
}

/* @param context NULL: nobody looked */
static void write_noise(struct pl_doc *doc, const struct pl_report_context *context)
{
    const json_t *root = context ? context->calibration.root : NULL, *row;
    size_t i;
    if (root)
        pl_doc_say(doc, "Noise of this host: calibrated %s (%s).",
                   pl_document_string(json_object_get(root, "run"), "started"),
                   context->calibration.path);
    else if (context && context->calibration_why[0])
        pl_doc_say(doc, "Noise of this host: unknown. %s.", context->calibration_why);
    else
        pl_doc_say(doc, "Noise of this host: not measured. plimsoll calibrate does it in about 6 "
                        "minutes; until then CPU and latencies are judged by the spread of their "
                        "own pairs.");
    if (!json_array_size(json_object_get(root, "metrics")))
        return;
    pl_doc_list(doc, PL_LIST_BULLETS, "metrics");
    json_array_foreach(json_object_get(root, "metrics"), i, row)
        write_metric_noise(doc, &context->calibration, pl_document_string(row, "metric"));
    pl_doc_list_end(doc);
}

static void write_caveat(struct pl_doc *doc, const json_t *caveat)
{
    char *text = pl_caveat_text(caveat, doc->most);
    pl_doc_item_named(doc, pl_document_string(caveat, "kind"), ": %s", text);
    free(text);
}

void pl_report_trust(struct pl_doc *doc, const struct pl_model *m)
{
    json_t *caveats = pl_caveats_make(m);
    const json_t *caveat;
    size_t i;
    pl_doc_section(doc, (struct pl_place){.id = "trust", .view = "about"}, "Trust");
    write_noise(doc, m->context);
    pl_doc_heading(doc, "What was not checked, skipped or is missing");
    if (!json_array_size(caveats))
        pl_doc_say(doc, "Nothing: every cell was run whole and checked.");
    pl_doc_list(doc, PL_LIST_BULLETS, "lines");
    json_array_foreach(caveats, i, caveat) write_caveat(doc, caveat);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
    json_decref(caveats);
}

static const char *const reading[] = {
    "A stack is named from the outside in, the heap last: limited/slab/glibc is a limit on a slab "
    "on glibc. slab is slab/glibc; limited is limited/slab/glibc with the scenario's budgets.",
    "The Plimsoll line is the container's size: a stack that reaches it is killed by the kernel. "
    "Outcomes are judged from the container's counter and the books, not from a signal alone.",
    "RSS is RssAnon of the measured process: private memory. The harness's own is shared and no "
    "part of it; nor would be a heap on shared mappings. Live is requested and not released; "
    "reserved also counts the free slots of a pool.",
    "RSS growth is a robust slope over the second half of the run. It reads 0 on a staircase; "
    "whether a stack is growing is judged by the maxima of windows that double.",
    "A stack has one thread unless its row or its table says 2 threads: one receives from the "
    "network, one reads.",
    "With repetitions a figure is their median, and lowest..highest where they differ. A killed "
    "cell has no figures for what it did not live to see.",
    "null hands out memory that was touched beforehand: its CPU is the floor, what the harness "
    "itself costs, and its RSS means nothing. CPU differs by some percent from run to run: compare "
    "figures of one run on one host.",
    "Two threads under the virtual clock take turns, some microseconds each: that is in their CPU. "
    "In real time a packet costs what it does on a machine that mostly waits, waking up included; "
    "compare such figures with each other only.",
    "Of media a packet is a frame: 40 ms of sound, a picture, or what a decoder gives at once. A "
    "held second is what RSS grew by since the first sample, over the seconds of media held at the "
    "end. gc is a modelled collector: with a run shorter than its cycles, RSS is still on its way.",
};

void pl_report_reading(struct pl_doc *doc, const struct pl_model *m)
{
    (void)m;
    pl_doc_section(doc, about, "How to read it");
    pl_doc_list(doc, PL_LIST_BULLETS, "sentences");
    for (size_t i = 0; i < sizeof reading / sizeof *reading; i++)
        pl_doc_item_text(doc, "%s", reading[i]);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}
