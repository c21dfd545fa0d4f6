/* Giving free memory back at regular times: malloc_trim(0), on the program's own calls. */
#ifndef PL_INTERPOSE_TRIM_H
#define PL_INTERPOSE_TRIM_H

/** To be called before each call of the allocation API; trims when the time has come. Looks at the
 *  clock once in 64 calls of a thread. */
void pl_trim_look(void);

#endif
