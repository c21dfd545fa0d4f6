/* Ctrl-C and SIGTERM as a flag that long commands look at, so that what is finished is kept. */
#ifndef PL_CLI_INTERRUPT_H
#define PL_CLI_INTERRUPT_H

#include <signal.h>

/** Catches both from now on, and ignores SIGPIPE.
 *  @return what becomes the signal's number when one came, 0 until then */
const volatile sig_atomic_t *pl_interrupt_catch(void);

#endif
