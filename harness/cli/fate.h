/* What became of a foreign program in which one allocation was refused, beside a run of the same in
 * which none was. */
#ifndef PL_CLI_FATE_H
#define PL_CLI_FATE_H

#include "harness/cell/run.h"

/** In the order in which they are told: the worst first. */
enum pl_fate_kind {
    PL_FATE_CRASHED,     /* by a signal, also when it was told to end, and any process of it */
    PL_FATE_HUNG,        /* never ready, never ended, or went on where it ends by itself */
    PL_FATE_EXITED,      /* with another status than without a fault, or where it goes on without */
    PL_FATE_SURVIVED,    /* as without a fault */
    PL_FATE_NOT_REACHED, /* it made fewer calls this time */
    PL_FATE_COUNT
};

struct pl_fate {
    enum pl_fate_kind kind;
    int number;                       /* the signal, or the exit status; 0 of the others */
    const char *how;                  /* it hung; else "" */
    char program[PL_PTRACE_NAME_MAX]; /* another process than the first one crashed: its name; "" */
};

/** "crashed", "hung", "exited", "survived" or "not_reached". */
const char *pl_fate_name(enum pl_fate_kind kind);

/** The same for a person: "crashed by SIGSEGV". */
void pl_fate_text(const struct pl_fate *fate, char *text, size_t capacity);

/** Judges a run. A worker's crash counts where the first process goes on, unless one crashes
 * without a fault, too.
 *  @param reference of a run without a fault @param stop_signal by which it is told to end */
struct pl_fate pl_fate_judge(const struct pl_program_record *reference, int stop_signal,
                             const struct pl_cell_evidence *evidence);

#endif
