/* Commands that a person can paste: words quoted for a shell. */
#ifndef PL_BASE_SHELL_WORDS_H
#define PL_BASE_SHELL_WORDS_H

#include <stddef.h>

/** Appends a word to a command, behind a space, in single quotes where a shell would read more into
 *  it. What does not fit is cut. @param text starts as "" or a command; `capacity` with its NUL */
void pl_shell_words_add(char *text, size_t capacity, const char *word);

#endif
