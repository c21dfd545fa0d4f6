/* The pipeline program, as the controller sees it: there is nothing to replay in a process of ours,
 * and no books of ours; plimsoll-program runs it (cell/program_main.c). */
#include "harness/pipelines/pipeline.h"

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    (void)s, (void)recording, (void)format, (void)error;
    return 0;
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    (void)s, (void)recording, (void)format;
    return 0;
}

static uint32_t event_count(const struct pl_scenario *s)
{
    (void)s;
    return 0;
}

extern const struct pl_pipeline pl_program;
const struct pl_pipeline pl_program = {
    .name = "program",
    .program = "plimsoll-program",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
};
