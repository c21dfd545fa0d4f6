/* Running a program to its end, with what it says on stderr kept. */
#ifndef PL_COMPARE_SPAWN_H
#define PL_COMPARE_SPAWN_H

#include <signal.h>
#include <stddef.h>

/** What became of it. */
struct pl_spawned {
    int exit_code;   /* 128 + the signal's number when one ended it */
    char said[1024]; /* the last line of stderr, without its newline */
};

/** Runs a program with stdin and stdout at /dev/null and waits for it.
 *  @param argv argv[0] is the path; NULL at the end
 *  @param timeout_ms after which it is killed @param interrupted nonzero: SIGTERM, then as it ends
 *  @return 0; -EINTR when interrupted; -ETIMEDOUT; a negative errno when it can't be started */
int pl_spawn(const char *const *argv, int timeout_ms, const volatile sig_atomic_t *interrupted,
             struct pl_spawned *spawned);

#endif
