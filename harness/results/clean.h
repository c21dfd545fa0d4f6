/* Texts of a document as they may be shown: cleaned once, where they come in. */
#ifndef PL_RESULTS_CLEAN_H
#define PL_RESULTS_CLEAN_H

#include <jansson.h>

/** A string with what is not printable as an escape (printable.h); jansson alone would refuse what
 *  is no UTF-8. Without memory the program ends (spare_memory.h): what is added to an object
 *  would be missing there without a word. @return a new reference */
json_t *pl_clean_string(const char *text);

/** Cleans all strings of a tree, and the keys of its objects. @return 0 or -ENOMEM */
int pl_clean_tree(json_t *root);

#endif
