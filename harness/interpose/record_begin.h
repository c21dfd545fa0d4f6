/* Memory that is there before a recorded program's first allocation (recorder.h). */
#ifndef PL_INTERPOSE_RECORD_BEGIN_H
#define PL_INTERPOSE_RECORD_BEGIN_H

#include <stddef.h>

/** Notes each private, writable range without a file that the process has mapped, by
 *  /proc/self/maps, but for its stack and its break; none where that can't be read. Allocates
 *  nothing. Once, before the heap and others have mapped their own. */
void pl_record_note_loaded(void);

/** Names what was noted. */
void pl_record_what_is_there(void (*take)(const void *begin, size_t bytes));

#endif
