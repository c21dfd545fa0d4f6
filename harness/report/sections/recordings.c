/* What was replayed: what each recording held, and what of its capture was skipped or cut. */
#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

static void write_count(struct pl_doc *doc, const json_t *recording, const char *key,
                        const char *words)
{
    char count[PL_TEXT_FIGURE];
    double value = json_number_value(json_object_get(recording, key));
    if (value <= 0)
        return;
    pl_text_count(count, value);
    pl_doc_textf(doc, PL_STYLE_PLAIN, ", %s %s", count, words);
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
    char packets[PL_TEXT_FIGURE], duration[PL_TEXT_FIGURE];
    const char *filter = pl_document_string(recording, "filter");
    pl_text_count(packets, json_number_value(json_object_get(recording, "packets")));
    pl_text_duration(duration, json_number_value(json_object_get(recording, "seconds")));
    pl_doc_textf(doc, PL_STYLE_PLAIN, ", %s packets in %s", packets, duration);
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
