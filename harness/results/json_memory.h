/* What happens when there is no memory for a document. */
#ifndef PL_RESULTS_JSON_MEMORY_H
#define PL_RESULTS_JSON_MEMORY_H

/** From now on the program ends (pl_memory_refused) where jansson is refused memory. Else a document
 *  would lose what could not be added to it, or jansson end by SIGSEGV (2.14 parses into a buffer that
 *  it has not got). To be called before any JSON is made. */
void pl_json_memory_guard(void);

#endif
