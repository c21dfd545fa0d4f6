/* What every stack owes its callers, whichever backends it is made of. */
#ifndef PL_ALLOCATORS_TESTS_CONTRACT_H
#define PL_ALLOCATORS_TESTS_CONTRACT_H

/** Runs the whole contract on a stack in this process, whose heap must be the one that it names.
 *  @return 0, or how many of its tests failed */
int contract_run(const char *spec);

#endif
