/* What a cell runs under besides its heap: an instrument, as a program that starts the cell or as a
 * library that is loaded before the heap's. */
#ifndef PL_CELL_WRAPPER_H
#define PL_CELL_WRAPPER_H

#define PL_WRAPPER_WORDS_MAX 32    /* of argv */
#define PL_WRAPPER_VARIABLES_MAX 8 /* of environment */

/** Plain pointers; what they point to has to outlive the cell. */
struct pl_cell_wrapper {
    const char *const *argv;        /* program (an absolute path) and options that stand before the
                                       cell's own path, NULL at the end; NULL for none */
    const char *const *environment; /* "KEY=VALUE" each, NULL at the end; NULL for none */
    const char *preload;            /* a library to load before the heap's, or NULL */
    double slowdown;                /* factor on the scenario's timeout, 1 or more */
};

#endif
