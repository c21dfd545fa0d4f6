/* Runs a program and makes the k-th system call of a kind fail, for ci/faults: those that the C
 * library makes by itself, in stdio, are reached this way, and by no preloaded library. What the
 * program starts is left alone. x86-64. fail_call KIND K COUNT_FILE COMMAND...    K: 0 for none, to
 * count them; ends as the command does KIND: short (half of what is to be written is), eintr,
 * enospc */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_HERE 77

#ifdef __x86_64__

static const long interruptible[] = {SYS_read,      SYS_write,           SYS_poll,  SYS_wait4,
                                     SYS_fallocate, SYS_clock_nanosleep, SYS_flock, -1};
static const long filling[] = {SYS_write,  SYS_pwrite64,  SYS_fsync,     SYS_mkdir,  SYS_rename,
                               SYS_linkat, SYS_fallocate, SYS_ftruncate, SYS_openat, -1};
static const long writing[] = {SYS_write, SYS_pwrite64, -1};

static const struct kind {
    const char *name;
    const long *calls;
    int failure; /* 0: it goes on with half */
} kinds[] = {{"short", writing, 0}, {"eintr", interruptible, EINTR}, {"enospc", filling, ENOSPC}};

struct tracee {
    pid_t pid;
    const struct kind *kind;
    unsigned long fails_at, made;
    bool begun;   /* the loader has done its part */
    bool inside;  /* of a call: the next stop is its end */
    bool failing; /* this one */
};

static bool is_meant(const struct kind *kind, const struct user_regs_struct *registers)
{
    bool listed = false;
    for (const long *call = kind->calls; *call >= 0; call++)
        listed |= (long)registers->orig_rax == *call;
    /* only a file that is made takes room, and a byte has no half */
    if (kind->failure == ENOSPC && registers->orig_rax == SYS_openat)
        return listed && (registers->rdx & (O_CREAT | __O_TMPFILE));
    return listed && (kind->failure || registers->rdx > 1);
}

/* The controller's first deed is to close what it inherited to its children (cli/main.c). */
static void enter(struct tracee *t, struct user_regs_struct *registers)
{
    t->begun |= registers->orig_rax == SYS_close_range;
    t->failing = t->begun && is_meant(t->kind, registers) && ++t->made == t->fails_at;
    if (!t->failing)
        return;
    if (t->kind->failure)
        registers->orig_rax = (unsigned long long)-1; /* no such call: nothing happens */
    else
        registers->rdx /= 2;
    ptrace(PTRACE_SETREGS, t->pid, NULL, registers);
}

static void leave(struct tracee *t, struct user_regs_struct *registers)
{
    if (t->failing && t->kind->failure) {
        registers->rax = (unsigned long long)-t->kind->failure;
        ptrace(PTRACE_SETREGS, t->pid, NULL, registers);
    }
    t->failing = false;
}

static void stop_at_call(struct tracee *t)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, t->pid, NULL, &registers))
        return;
    if (t->inside)
        leave(t, &registers);
    else
        enter(t, &registers);
    t->inside = !t->inside;
}

/* @return the exit code, as a shell tells it */
static int follow(struct tracee *t)
{
    int status;
    long pass = 0;
    for (;;) {
        if (ptrace(PTRACE_SYSCALL, t->pid, NULL, pass) || waitpid(t->pid, &status, 0) != t->pid)
            return NOT_HERE;
        if (WIFEXITED(status))
            return WEXITSTATUS(status);
        if (WIFSIGNALED(status))
            return 128 + WTERMSIG(status);
        pass = WSTOPSIG(status);
        if (pass == (SIGTRAP | 0x80))
            stop_at_call(t);
        if (pass == (SIGTRAP | 0x80) || pass == SIGTRAP)
            pass = 0;
    }
}

static void become(char **command)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    execvp(command[0], command);
    _exit(127);
}

static int run(struct tracee *t, char **command)
{
    int status;
    t->pid = fork();
    if (t->pid == 0)
        become(command);
    if (t->pid < 0 || waitpid(t->pid, &status, 0) != t->pid || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, t->pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
        return NOT_HERE;
    return follow(t);
}

int main(int argc, char **argv)
{
    struct tracee t = {0};
    for (size_t i = 0; argc > 4 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0)
            t.kind = &kinds[i];
    if (!t.kind) {
        fputs("fail_call short|eintr|enospc K COUNT_FILE COMMAND...\n", stderr);
        return 2;
    }
    t.fails_at = strtoul(argv[2], NULL, 10);
    int code = run(&t, argv + 4);
    FILE *file = fopen(argv[3], "w");
    if (!file || fprintf(file, "%lu\n", t.made) < 0 || fclose(file))
        return NOT_HERE;
    return code;
}

#else

int main(void)
{
    fputs("fail_call knows the registers of x86-64 only\n", stderr);
    return NOT_HERE;
}

#endif
