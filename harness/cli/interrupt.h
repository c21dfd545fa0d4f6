/* Ctrl-C, SIGTERM and a closed terminal (SIGHUP). Long commands look at a flag, so that what is
 * finished is kept; the others end at once. Either way the exit code is PL_EXIT_INTERRUPTED. */
#ifndef PL_CLI_INTERRUPT_H
#define PL_CLI_INTERRUPT_H

#include <signal.h>

/** Catches all three from now on, but those that the parent has ignored. Until pl_interrupt_catch
 *  one of them ends the program at once. */
void pl_interrupt_begin(void);

/** From now on they only set the flag. Ignores SIGPIPE, too.
 *  @return what becomes the signal's number when one came, 0 until then */
const volatile sig_atomic_t *pl_interrupt_catch(void);

#endif
