/* Handing out places in the raw file to the threads that record. */
#ifndef PL_INTERPOSE_RECORD_CHUNKS_H
#define PL_INTERPOSE_RECORD_CHUNKS_H

#include <stdbool.h>
#include <stdint.h>

/** Begins, as the process attaches: its slot has to be described.
 *  @return whether this process is recorded */
bool pl_record_open(bool is_fork);

/** Room for a record. @return where; NULL when recording has ended */
uint64_t *pl_record_refill(void);

#endif
