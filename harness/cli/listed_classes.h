/* `plimsoll list --classes FILE`: size classes for the blocks of a trace. */
#ifndef PL_CLI_LISTED_CLASSES_H
#define PL_CLI_LISTED_CLASSES_H

/** Prints them as the key `classes` of a scenario of the pipeline trace, with what they lose and
 *  what they leave out in comments. @return the exit code */
int pl_list_classes(const char *path);

#endif
