/* What `plimsoll faults` found, and how it is told. */
#ifndef PL_CLI_FAULTED_H
#define PL_CLI_FAULTED_H

#include <jansson.h>

#include "harness/cli/call_site.h"
#include "harness/cli/fate.h"
#include "harness/cli/plan.h"

/** A run in which one call was refused. */
struct pl_faulted_run {
    uint64_t nth; /* the call, from 1 */
    struct pl_fate fate;
    struct pl_page_fault fault; /* its number is 0 where none was refused */
    struct pl_call_site site;
};

struct pl_faulted {
    const struct pl_arguments *arguments;
    const struct pl_planned *planned;
    const char *inner;                  /* the stack below the fault */
    struct pl_program_record reference; /* without a fault */
    struct pl_faulted_run *runs;
    size_t run_count;  /* that were made */
    size_t runs_asked; /* fewer were made where the walk was interrupted */
};

/** The stack that refuses the call. */
void pl_faulted_stack(const struct pl_faulted *faulted, uint64_t nth, char *text, size_t capacity);

/** The command that makes such a run alone. */
void pl_faulted_reproduce(const struct pl_faulted *faulted, uint64_t nth, char *text,
                          size_t capacity);

/** How many came to each fate. @param counts of PL_FATE_COUNT */
void pl_faulted_count(const struct pl_faulted *faulted, size_t *counts);

/** Prints it for a person. */
void pl_faulted_print(const struct pl_faulted *faulted);

/** The same for programs, as results/faults.schema.json has it. @return new, or NULL when out of
 * memory */
json_t *pl_faulted_json(const struct pl_faulted *faulted);

#endif
