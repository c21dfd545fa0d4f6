/* Feeds arbitrary bytes to the reader of traces: as a file, as sections of events under checksums
 * that are right, and as what a writer is asked to write, which has to come back. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trace/decode_events.h"
#include "harness/trace/reader.h"
#include "harness/trace/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 4096 };

/* Whatever was accepted has to hold together. */
static void check(const struct pl_trace_event *e, const struct pl_trace_totals *t)
{
    if ((unsigned)e->kind >= PL_TRACE_KINDS || e->thread > t->threads || e->block > t->blocks ||
        e->old_block > t->blocks || (e->block && e->slot >= t->slots) ||
        e->size > PL_TRACE_SIZE_MAX + (e->kind == PL_TRACE_TRIM ? UINT64_MAX / 2 : 0) ||
        (e->alignment & (e->alignment - 1)))
        abort();
}

static void read_file(const uint8_t *data, size_t size)
{
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    struct pl_error error = {""};
    int rc = pl_trace_open_stream(fmemopen((void *)(uintptr_t)data, size, "rb"), "input", &reader,
                                  &error);
    if (rc)
        return;
    while ((rc = pl_trace_next(reader, &e, &error)) > 0)
        check(&e, pl_trace_totals(reader));
    for (uint32_t i = 0; pl_trace_frame(reader, 1, i); i++)
        continue;
    pl_trace_close(reader);
}

/* Two sections, so that what one leaves behind meets the other. */
static void read_events(const uint8_t *data, size_t size)
{
    struct pl_trace_decoder decoder = {.live.totals.sites = 3};
    const size_t half = size / 2;
    const char *wrong = NULL;
    for (int i = 0; i < 2 && !wrong; i++) {
        const struct pl_trace_bytes content = {.at = (uint8_t *)(uintptr_t)data + (i ? half : 0),
                                               .count = i ? size - half : half};
        struct pl_trace_event e;
        wrong = pl_trace_decoder_begin(&decoder, data[size - 1], &content);
        while (!wrong && decoder.left)
            if (!(wrong = pl_trace_decode(&decoder, &e)) && e.kind != PL_TRACE_TRIM)
                check(&e, &decoder.live.totals);
    }
    pl_trace_decoder_free(&decoder);
}

static struct pl_trace_event event_of(const uint8_t at[8])
{
    return (struct pl_trace_event){.kind = (enum pl_trace_kind)(at[0] % PL_TRACE_KINDS),
                                   .thread =
                                       at[0] % PL_TRACE_KINDS >= PL_TRACE_TOUCHED ? 0 : at[1] % 5,
                                   .time_ms = at[2],
                                   .slot = at[3],
                                   .size = (uint64_t)at[4] << at[5] % 60,
                                   .alignment = at[6] % 8 ? UINT64_C(1) << at[6] % 50 : 0,
                                   .zeroed = at[7] & 1,
                                   .touched_pages = at[7] & 2 ? at[7] : PL_TRACE_UNTOLD};
}

static void write_and_read(const uint8_t *data, size_t size)
{
    static struct pl_trace_event written[EVENTS_MAX];
    const struct pl_trace_head head = {.program = "fuzz"};
    char *bytes;
    size_t length, count = 0, at = 0;
    FILE *stream = open_memstream(&bytes, &length);
    struct pl_trace_writer *writer = pl_trace_writer_open(stream, &head);
    for (; size >= 8 && count < EVENTS_MAX; data += 8, size -= 8) {
        struct pl_trace_event e = event_of(data);
        if (pl_trace_write(writer, &e) == 0)
            written[count++] = e;
    }
    int rc = pl_trace_writer_close(writer, true);
    fclose(stream);
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    struct pl_error error;
    if (!rc && pl_trace_open_stream(fmemopen(bytes, length, "rb"), "written", &reader, &error))
        abort();
    while (!rc && (rc = pl_trace_next(reader, &e, &error)) > 0) {
        const struct pl_trace_event *w = &written[at++];
        if (at > count || e.kind != w->kind || e.thread != w->thread || e.time_ms != w->time_ms ||
            e.block != w->block || e.old_block != w->old_block || (e.block && e.slot != w->slot))
            abort();
        rc = 0;
    }
    if (rc == 0 && at != count && length)
        abort();
    if (rc != -EOVERFLOW)
        pl_trace_close(reader);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    switch (data[0]) {
    case 'e':
        read_events(data + 1, size - 1);
        return 0;
    case 'w':
        write_and_read(data + 1, size - 1);
        return 0;
    default:
        read_file(data, size);
        return 0;
    }
}
