/* Whatever an instrument wrote, it is read or refused with one line, and the sums hold. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/instruments/functions.h"
#include "harness/instruments/gbench_results.h"
#include "harness/instruments/hyperfine_results.h"
#include "harness/instruments/inlined.h"
#include "harness/instruments/snapshots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int rc, const struct pl_error *error)
{
    if (rc && (!error->text[0] || strchr(error->text, '\n')))
        abort(); /* a refusal is one line */
}

static void fuzz_json(const char *text, size_t size)
{
    struct pl_error error = {""};
    struct pl_hyperfine times;
    json_t *benchmarks, *benchmark = json_pack("{s:s}", "name", "receiver");
    int rc = pl_gbench_times(text, size, "fuzz", &benchmarks, &error);
    check(rc, &error);
    if (!rc)
        json_decref(benchmarks);
    check(pl_gbench_memory(text, size, "fuzz", benchmark, &error), &error);
    json_decref(benchmark);
    rc = pl_hyperfine_parse(text, size, "fuzz", &times, &error);
    check(rc, &error);
    if (!rc && (times.runs == 0 || times.mean_seconds < 0))
        abort();
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
    fuzz_json(text, size);
    return 0;
}
