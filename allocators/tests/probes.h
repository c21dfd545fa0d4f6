/* What an allocator can be seen to do, or says of itself, in the process that it serves. */
#ifndef PL_ALLOCATORS_TESTS_PROBES_H
#define PL_ALLOCATORS_TESTS_PROBES_H

/** Prints one number, "value N". @return 0, or 1 when there is no such probe */
int probe_run(const char *name);

#endif
