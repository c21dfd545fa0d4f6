/* What `plimsoll forecast` has to say of one series or of each cell of a run, printed as text or as
 * JSON. */
#ifndef PL_CLI_FORETOLD_H
#define PL_CLI_FORETOLD_H

#include <jansson.h>
#include <stdint.h>

#include "harness/forecast/backtest.h"
#include "harness/forecast/memory_series.h"

#define PL_FORETOLD_AHEAD_MAX 4

struct pl_foretold {
    char name[256]; /* of the file or the cell */
    struct pl_forecast forecast;
    uint64_t samples;
    const struct pl_memory_series *series; /* of a file; NULL of a cell */
    double limit_bytes;                    /* 0: none */
    double furthest;                       /* seconds ahead up to which its time is looked for */
    double met_seconds; /* since the start of the series, of its first meeting the limit; NaN */
    struct pl_backtest backtest; /* with --check alone */
    enum pl_backtest_end end;    /* likewise */
};

struct pl_foretold_list {
    struct pl_foretold *items;
    size_t count;
    double share; /* of --check; 0 without */
    const char *folder;
};

/** "2 min 20 s", "3.5 d". @param text room for PL_TEXT_FIGURE @param seconds 0 or more */
void pl_foretold_time(char *text, double seconds);

/** Moments that are worth a figure: round ones from a thirtieth of the series' length to ten of
 * them, the last PL_FORETOLD_AHEAD_MAX of those.
 *  @param seconds room for as many @return how many */
size_t pl_foretold_ahead(const struct pl_forecast *forecast, double *seconds);

/** Seconds until the limit is met, 0 where it was; INFINITY: not foretold. */
struct pl_forecast_range pl_foretold_meets(const struct pl_foretold *foretold);

void pl_foretold_print(const struct pl_foretold *foretold);
void pl_foretold_print_cells(const struct pl_foretold_list *list);
json_t *pl_foretold_json(const struct pl_foretold *foretold);

/** How good they were, of `--check`. */
struct pl_foretold_score {
    size_t judged, right, inside; /* of those that were killed or grow */
    size_t bounded, spared;       /* bounded ones in a container, and not foretold to be killed */
};

struct pl_foretold_score pl_foretold_count(const struct pl_foretold_list *list);
void pl_foretold_print_check(const struct pl_foretold_list *list);
json_t *pl_foretold_check_json(const struct pl_foretold_list *list);

#endif
