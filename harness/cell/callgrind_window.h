/* Tells callgrind what to count: the measured window, without the sampler in it, whose work depends
 * on how many digits RSS has. Anywhere else a request is a few instructions that do nothing, and
 * there are two a sample. */
#ifndef PL_CELL_CALLGRIND_WINDOW_H
#define PL_CELL_CALLGRIND_WINDOW_H

#if defined __has_include
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#endif
#endif

/** Begins or ends what callgrind counts. It starts with nothing counted (--collect-atstart=no). */
static inline void pl_callgrind_toggle(void)
{
#ifdef CALLGRIND_TOGGLE_COLLECT
    CALLGRIND_TOGGLE_COLLECT;
#endif
}

#endif
