/* The ledger of a foreign program (interpose/books.h), reported as that of a cell's own stack is:
 * the same records, of all its processes together. */
#ifndef PL_CELL_PROGRAM_LEDGER_H
#define PL_CELL_PROGRAM_LEDGER_H

#include <stdbool.h>

#include "harness/cell/job.h"
#include "harness/interpose/books_read.h"

struct pl_program_ledger {
    bool is_open; /* the stack has a ledger; else nothing here does anything */
    int record_fd;
    const struct pl_job *job;
    uint32_t asked; /* times that are over */
    struct pl_books_reader reader;
};

/** Opens the books, if the stack has any. */
void pl_program_ledger_open(struct pl_program_ledger *ledger, const struct pl_job *job,
                            int record_fd);

/** Looks at the books, and reports them when a time that was asked for is over. */
void pl_program_ledger_sample(struct pl_program_ledger *ledger, int64_t t_ns);

/** Reports them, and closes them: the window is over, or the program has ended.
 *  @param at_rest it has */
void pl_program_ledger_end(struct pl_program_ledger *ledger, int64_t t_ns,
                           enum pl_ledger_reason reason, bool at_rest);

#endif
