/* Seeing how each process of a foreign program ends, also one that its own parent waits for: by
 * ptrace(2), which any user has over what he started. Threads and children are followed. It costs a
 * stop for each of them and for each signal, and takes a setuid program its rights, so that it is
 * for walks over faults, not for measuring. */
#ifndef PL_PIPELINES_PROGRAM_PTRACE_WATCH_H
#define PL_PIPELINES_PROGRAM_PTRACE_WATCH_H

#include <stdbool.h>
#include <sys/types.h>

/** Bytes of a process's name with its NUL, as the kernel keeps it (TASK_COMM_LEN, sched.h). */
#define PL_PTRACE_NAME_MAX 16

/** A process that a signal of its own doing ended. */
struct pl_ptrace_crash {
    int signal; /* SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE or SIGTRAP; 0: there was none */
    char program[PL_PTRACE_NAME_MAX];
};

/** Follows a process that has not begun yet, and all that come of it. They end with us.
 *  @return 0, or a negative errno where nothing may be traced */
int pl_ptrace_begin(pid_t pid);

/** Lets one go on that a wait has found stopped. */
void pl_ptrace_go_on(pid_t pid, int status);

/** Whether a process that has ended, and that nobody has waited for yet, crashed; of its threads
 *  the first one tells, the others are none. */
bool pl_ptrace_crashed(pid_t pid, int signal, struct pl_ptrace_crash *crash);

#endif
