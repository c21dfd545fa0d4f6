/* Whatever an instrument wrote, it is read or refused with one line, and the sums hold. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/instruments/functions.h"
#include "harness/instruments/inlined.h"
#include "harness/instruments/snapshots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int rc, const struct pl_error *error)
{
    if (rc && (!error->text[0] || strchr(error->text, '\n')))
        abort(); /* a refusal is one line */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct pl_snapshots snapshots;
    struct pl_stacks functions = {0}, stacks = {0};
    struct pl_error error = {""};
    uint64_t total;
    int rc = pl_snapshots_parse(text, size, "fuzz", &snapshots, &error);
    check(rc, &error);
    if (!rc) {
        if (snapshots.peak != SIZE_MAX &&
            pl_stacks_sum(&snapshots.tree, NULL) != snapshots.list[snapshots.peak].heap_bytes)
            abort();
        pl_snapshots_free(&snapshots);
    }
    rc = pl_functions_parse(text, size, "fuzz", &functions, &total, &error);
    check(rc, &error);
    if (!rc && pl_stacks_sum(&functions, NULL) != total)
        abort();
    pl_stacks_free(&functions);
    check(pl_stacks_parse(text, size, "fuzz", &stacks, &error), &error);
    check(pl_inlined_mend(text, size, "fuzz", &stacks, &error), &error);
    pl_stacks_free(&stacks);
    return 0;
}
