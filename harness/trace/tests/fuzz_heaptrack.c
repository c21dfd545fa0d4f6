/* Feeds arbitrary bytes to what imports files of heaptrack's: whatever is taken has to be a trace
 * that a reader takes, with the same totals. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/trace/heaptrack/import.h"
#include "harness/trace/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(char *bytes, size_t size, const struct pl_trace_totals *totals)
{
    struct pl_trace_reader *reader;
    struct pl_trace_event e;
    struct pl_error error;
    int rc;
    if (pl_trace_open_stream(fmemopen(bytes, size, "rb"), "imported", &reader, &error))
        abort();
    while ((rc = pl_trace_next(reader, &e, &error)) > 0)
        continue;
    if (rc || pl_trace_totals(reader)->events != totals->events ||
        pl_trace_totals(reader)->unknown_frees != totals->unknown_frees)
        abort();
    for (uint32_t site = 1; site <= totals->sites; site++)
        if (!pl_trace_frame(reader, site, 0))
            abort();
    pl_trace_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_trace_head head;
    struct pl_trace_totals totals;
    struct pl_error error = {""};
    char *bytes;
    size_t length;
    if (!size)
        return 0;
    FILE *from = fmemopen((void *)(uintptr_t)data, size, "rb");
    FILE *to = open_memstream(&bytes, &length);
    const int rc = pl_heaptrack_import(from, "input", to, &head, &totals, &error);
    fclose(from);
    fclose(to);
    if (!rc)
        check(bytes, length, &totals);
    else if (!error.text[0])
        abort();
    free(bytes);
    return 0;
}
