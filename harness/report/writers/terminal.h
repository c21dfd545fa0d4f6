/* A document on the terminal. */
#ifndef PL_REPORT_WRITERS_TERMINAL_H
#define PL_REPORT_WRITERS_TERMINAL_H

#include "harness/report/writers/document.h"

/** How text is laid out. */
struct pl_terminal_layout {
    size_t indent;  /* of all but titles, in blanks */
    size_t assumed; /* columns where nobody says how many there are; 0: sentences in one line,
                       tables of 100 */
};

/** Writes the whole of a document: as wide as the terminal, in its colours. */
void pl_terminal_print(FILE *out, struct pl_terminal_layout layout, pl_doc_function write,
                       const void *context);

#endif
