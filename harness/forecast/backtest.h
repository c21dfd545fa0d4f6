/* How good forecasts are: from the first part of a cell's series, held against how the cell ended.
 *
 * Of a cell that was killed, the time of its kill is foretold, as that at which its RSS meets its
 * container; of one that grows to its end, the time at which it comes within max(256 KiB, 2 %) of
 * its last RSS (what heaps differ by between runs). Of a bounded cell in a container it must not be
 * foretold that it meets that within its duration. */
#ifndef PL_FORECAST_BACKTEST_H
#define PL_FORECAST_BACKTEST_H

#include <stdbool.h>

#include "harness/stats/forecast.h"

enum pl_backtest_end { PL_BACKTEST_KILLED, PL_BACKTEST_GREW, PL_BACKTEST_BOUNDED };

/** How a cell went. Its series begins at time 0. */
struct pl_backtest_cell {
    struct pl_curve curve;
    enum pl_backtest_end end;
    double limit_bytes;      /* 0: none */
    double duration_seconds; /* planned */
};

/** What can be said of a cell. */
enum pl_backtest_verdict {
    PL_BACKTEST_RIGHT, /* within PL_BACKTEST_OFF; bounded: not foretold to be killed */
    PL_BACKTEST_WRONG,
    PL_BACKTEST_SHORT,   /* too few samples in the first part */
    PL_BACKTEST_REACHED, /* it grows by so little that the last RSS was reached in the first part */
    PL_BACKTEST_LIMITLESS /* bounded, and nothing to be killed by */
};

/** A share of the time from the start, by which a time may be off. */
#define PL_BACKTEST_OFF 0.2

struct pl_backtest {
    enum pl_backtest_verdict verdict;
    struct pl_forecast forecast; /* but for PL_BACKTEST_SHORT */
    double target_bytes;
    double now_seconds;                /* end of the first part */
    double true_seconds;               /* INFINITY: bounded */
    struct pl_forecast_range foretold; /* likewise since the start */
    double off;                        /* (foretold - true) / true */
    bool inside;                       /* the true time lies in the interval */
};

/** @param share of the time up to the kill, or of the duration: 0 to 1
 *  @return 0 or -ENOMEM */
int pl_backtest_make(const struct pl_backtest_cell *cell, double share,
                     struct pl_backtest *backtest);

#endif
