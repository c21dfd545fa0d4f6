/* Whether replayed time gives the same memory as real time: RSS over time of each cell under the
 * virtual clock, held against two runs of it under the wall clock. */
#ifndef PL_COMPARE_AGREEMENT_H
#define PL_COMPARE_AGREEMENT_H

#include "harness/compare/agreement_cells.h"
#include "harness/measure/outcome.h"
#include "harness/stats/curves.h"

/* A step (a slab's doubling, a heap's trim) that comes a sample earlier or later is no disagreement
 * about memory. Samples are 100 ms apart: two of them, and half of one. */
#define PL_AGREEMENT_WINDOW_NS INT64_C(250000000)
#define PL_AGREEMENT_SHARE .05  /* of the peak: how far the clocks may be apart */
#define PL_AGREEMENT_COMMON .90 /* of their time: what curves have to have in common */
#define PL_AGREEMENT_WHY_MAX 160

/** From good to bad. */
enum pl_agreement_verdict {
    PL_AGREEMENT_AGREES,
    PL_AGREEMENT_AS_WALLS, /* no further from a run under the wall clock than two of them are from
                              each other */
    PL_AGREEMENT_CHANCE,   /* further, but within what is known to be left to chance there */
    PL_AGREEMENT_DIFFERS,
    PL_AGREEMENT_VERDICTS
};

/** "agrees", "as the walls", "by chance", "differs". */
const char *pl_agreement_verdict_name(enum pl_agreement_verdict verdict);

/** Why a stack can't give the same curve twice, under whichever clock. */
struct pl_agreement_reason {
    const char *stack; /* as a cell names it; NULL ends a table */
    double share;      /* of the peak: how far apart that may put two runs */
    const char *reason;
};

/** What is known, ended by a row of NULL. */
const struct pl_agreement_reason *pl_agreement_reasons(void);

/** @return the stack's row in a table, or NULL */
const struct pl_agreement_reason *pl_agreement_reason(const struct pl_agreement_reason *table,
                                                      const char *stack);

/** One cell under both clocks. */
struct pl_agreed {
    struct pl_agreement_cells cells;
    const char *outcomes[PL_AGREEMENT_COUNT];
    double peak_bytes[PL_AGREEMENT_COUNT];
    double end_seconds[PL_AGREEMENT_COUNT]; /* of the curves */
    struct pl_curve_gap walls;              /* of the two walls, bytes */
    struct pl_curve_gap clocks;     /* of virtual and the wall that is further from it, bytes */
    enum pl_agreement_side further; /* that wall */
    double nearer_bytes;            /* of virtual and the other wall, at most */
    const struct pl_agreement_reason *chance; /* what is known of the stack, or NULL */
    double walls_common; /* the shares of their time that they have in common */
    double clocks_common;
    double highest_bytes; /* the highest of the three peaks */
    double allowed_bytes; /* what `nearer_bytes` may be */
    enum pl_agreement_verdict verdict;
    char why[PL_AGREEMENT_WHY_MAX]; /* why it differs; else empty */
};

struct pl_agreement {
    json_t *roots[PL_AGREEMENT_COUNT]; /* held by reference */
    struct pl_agreed *cells;           /* in the order of WALL1 */
    size_t count;
    size_t counts[PL_AGREEMENT_VERDICTS];
};

/** Judges three curves of a cell by the rule: the outcomes are the same, and the clocks' distance
 * is at most 5 % of the peak; or the virtual curve is no further from one wall curve than the walls
 * are from each other. Curves that ended early (the cell was killed) are compared for the time they
 * have in common; that the ends are apart counts likewise. Pure; any thread.
 * @param agreed `outcomes` and `chance` are set; all else but `cells` is filled in */
void pl_agreed_judge(struct pl_agreed *agreed, const struct pl_curve curves[PL_AGREEMENT_COUNT]);

/** Reads the curves of all cells and judges them.
 *  @param roots by side, of pl_document_gather
 *  @return 0; -ENOMEM; -EINVAL with one line: what pl_agreement_cells_find refuses, a series that
 * is none, or one that ends early though nothing ended its cell */
int pl_agreement_make(json_t *const roots[PL_AGREEMENT_COUNT], struct pl_agreement *agreement,
                      struct pl_error *error);

/** Takes one that was never made, if it is all zero. */
void pl_agreement_free(struct pl_agreement *agreement);

#endif
