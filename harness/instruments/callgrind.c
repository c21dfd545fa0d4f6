/* valgrind's callgrind: the instructions of the measured window, exactly. */
#include <errno.h>
#include <string.h>

#include "harness/instruments/functions.h"
#include "harness/instruments/observation.h"
#include "harness/instruments/valgrind.h"

static int report(struct pl_observation *o, struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    struct pl_stacks functions = {0};
    uint64_t total, received = o->evidence.final.counts.received;
    pl_observation_path(o, "out", path, sizeof path);
    int rc = pl_functions_read(path, &functions, &total, error);
    if (rc)
        return rc;
    if (total == 0)
        rc = pl_error_set(error, -ENODATA,
                          "callgrind counted nothing in the window: plimsoll was built without "
                          "valgrind/callgrind.h; `ci/setup` installs it; then build again");
    pl_observation_integer(o, "instructions", total);
    pl_observation_integer(o, "packets_received", received);
    pl_observation_real(o, "instructions_per_packet", (double)total / (double)received);
    pl_observation_sites(o, &functions, "instructions");
    pl_stacks_free(&functions);
    return rc;
}

static int observe(struct pl_observation *o, struct pl_error *error)
{
    /* plimsoll-cell switches the collection on for the window (harness/cell/callgrind_window.h). */
    static const char *const options[] = {"--collect-atstart=no", "--compress-strings=no",
                                          "--compress-pos=no", NULL};
    int rc = pl_valgrind_run(o, "callgrind", options, error);
    return rc ? rc : report(o, error);
}

const struct pl_instrument pl_instrument_callgrind = {
    .name = "callgrind",
    .sees = "the instructions of the measured window, exactly, by function",
    .blind = "It counts instructions, not time: a cache miss, a page fault and a system call cost "
             "nothing more, and a `rep` instruction (memset and memcpy from 2 KiB on) counts once "
             "for each byte, so that a slab's poison weighs more than in time. Counts are exact "
             "between runs on one model of CPU, and are to be compared only there.",
    .headline = "instructions_per_packet",
    .get = PL_VALGRIND_GET,
    .slowdown = 17,
    .longest_ns = INT64_C(60) * 1000000000,
    .slab_option = "announce=off", /* announcing objects would be counted */
    .check = pl_valgrind_check,
    .observe = observe,
};
