/* What was replayed, on which host, and how far to trust it, in Markdown (markdown_aside.h). */
#include <stdlib.h>

#include "harness/report/aside.h"
#include "harness/report/doubts.h"
#include "harness/report/facts.h"
#include "harness/report/markdown_aside.h"
#include "harness/report/noise.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

static void write_host(FILE *out, const struct pl_model *m)
{
    char fact[PL_FACT];
    const char *key;
    const json_t *value;
    fputs("\n## Host and trust\n\n| | |\n|---|---|\n", out);
    json_object_foreach(json_object_get(m->root, "host"), key, value)
    {
        pl_fact_host(value, fact, sizeof fact);
        fputs("| ", out);
        pl_text_markdown(out, key);
        fputs(" | ", out);
        pl_text_markdown(out, fact);
        fputs(" |\n", out);
    }
    pl_fact_heaps(m, fact, sizeof fact);
    if (fact[0]) {
        fputs("| heaps | ", out);
        pl_text_markdown(out, fact);
        fputs(" |\n", out);
    }
    fputs("\nThe whole run:\n\n", out);
    pl_text_fenced(out, pl_document_string(json_object_get(m->root, "run"), "command"));
}

static void write_noise(FILE *out, const struct pl_aside *a)
{
    char text[PL_NOISE_TEXT];
    pl_noise_summary(a, text);
    fputs("\nNoise of this host: ", out);
    pl_text_markdown(out, text);
    fputc('\n', out);
    for (size_t i = 0; i < pl_noise_count(a); i++) {
        fputs(i ? "- " : "\n- ", out);
        pl_noise_line(a, i, text);
        pl_text_markdown(out, text);
        fputc('\n', out);
    }
}

static void write_doubts(FILE *out, const json_t *doubts, size_t most)
{
    const json_t *doubt;
    size_t i, count = json_array_size(doubts);
    fputs("\n### What was not checked, skipped or is missing\n\n", out);
    json_array_foreach(doubts, i, doubt)
    {
        char *text = i < most ? pl_doubt_text(doubt, most) : NULL;
        if (!text)
            continue;
        fprintf(out, "- **%s**: ", pl_document_string(doubt, "kind"));
        pl_text_markdown(out, text);
        fputc('\n', out);
        free(text);
    }
    if (!count)
        fputs("Nothing: every cell was run whole and checked.\n", out);
    if (count > most)
        fprintf(out, "\n%zu of %zu lines left out here: report.html has them all.\n", count - most,
                count);
}

void pl_markdown_recordings(FILE *out, const struct pl_model *m, size_t most)
{
    char fact[PL_FACT];
    const json_t *recordings = json_object_get(m->root, "recordings");
    size_t count = json_array_size(recordings);
    fputs("\n## Recordings\n\n", out);
    for (size_t i = 0; i < count && i < most; i++) {
        pl_fact_recording(json_array_get(recordings, i), fact, sizeof fact);
        fputs("- ", out);
        pl_text_markdown(out, fact);
        fputc('\n', out);
    }
    if (count > most)
        fprintf(out, "\n%zu of %zu recordings left out here: report.html has them all.\n",
                count - most, count);
}

void pl_markdown_trust(FILE *out, const struct pl_model *m, size_t most)
{
    json_t *doubts = pl_doubts_make(m);
    write_host(out, m);
    write_noise(out, m->aside);
    write_doubts(out, doubts, most);
    json_decref(doubts);
}
