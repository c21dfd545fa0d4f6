/* What a program inherits from whoever started it, and must not depend on. */
#ifndef PL_BASE_INHERITED_H
#define PL_BASE_INHERITED_H

/** Sets it right, first of all in main: children can be waited for (SIGCHLD was ignored), no signal
 * is blocked, a file size limit (RLIMIT_FSIZE) fails a write instead of killing (SIGXFSZ),
 * descriptors 0 to 2 are open, and no other that was inherited reaches a child. What the parent
 * ignores of SIGINT, SIGTERM and SIGHUP (a shell's `&`, nohup) stays ignored. */
void pl_inherited_reset(void);

#endif
