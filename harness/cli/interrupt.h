/* Ctrl-C, SIGTERM and a closed terminal (SIGHUP). Long commands look at a flag, so that what is
 * finished is kept; the others end at once. Either way the exit code is 128 and the signal's
 * number, as a shell has it: 130, 143 or 129. */
#ifndef PL_CLI_INTERRUPT_H
#define PL_CLI_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/** Catches all three from now on, but those that the parent has ignored. Until pl_interrupt_catch
 *  one of them ends the program at once. */
void pl_interrupt_begin(void);

/** From now on they only set the flag. Ignores SIGPIPE, too.
 *  @return what becomes the signal's number when one came, 0 until then */
const volatile sig_atomic_t *pl_interrupt_catch(void);

/** The exit code of what was interrupted; PL_EXIT_INTERRUPTED where no signal came. */
int pl_interrupt_exit_code(void);

/** Whether a process sent it (kill, timeout). A terminal's own went to its other programs, too. */
bool pl_interrupt_was_sent(void);

/** "SIGINT": what came. */
const char *pl_interrupt_name(void);

#endif
