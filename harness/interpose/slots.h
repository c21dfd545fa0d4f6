/* Places in the page file: a process's slot, and a thread's stripe in it. Taken without a lock, and
 * from those who ended when there is no free one. */
#ifndef PL_INTERPOSE_SLOTS_H
#define PL_INTERPOSE_SLOTS_H

#include "harness/interpose/page.h"

/** Takes a slot for the calling process; the one that it had, when it has executed a program.
 *  @return NULL when 64 others live: counted as lost */
struct pl_page_process *pl_slots_take(struct pl_page *page);

/** Takes a stripe for the calling thread. @return NULL when 63 others live: it shares the last */
struct pl_page_stripe *pl_stripes_take(struct pl_page_process *process);

#endif
