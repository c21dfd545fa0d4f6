/* Following a program's processes by ptrace (ptrace_watch.h). */
#include "harness/pipelines/program/ptrace_watch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* ptrace(2): the event of a stop stands above its signal. */
#define EVENT_OF(status) ((status) >> 16)

int pl_ptrace_begin(pid_t pid)
{
    const long options =
        PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_EXITKILL;
    return ptrace(PTRACE_SEIZE, pid, NULL, options) ? -errno : 0;
}

static bool stops_a_group(int signal)
{
    return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* One that was killed meanwhile is gone: nothing is wrong with that. */
void pl_ptrace_go_on(pid_t pid, int status)
{
    int event = EVENT_OF(status), signal = WSTOPSIG(status);
    if (event == PTRACE_EVENT_STOP && stops_a_group(signal))
        ptrace(PTRACE_LISTEN, pid, NULL, NULL); /* it stays stopped, until a SIGCONT */
    else
        ptrace(PTRACE_CONT, pid, NULL, (long)(event ? 0 : signal));
}

/* A file in /proc, from its beginning. */
static void read_text(pid_t pid, const char *file, char *text, size_t capacity)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, capacity - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
}

/* SIGTRAP is how GLib ends a program for want of memory (G_BREAKPOINT in gmessages.c). */
static bool is_crash(int signal)
{
    return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGILL ||
           signal == SIGFPE || signal == SIGTRAP;
}

/* proc(5): a thread that has ended still tells whose it was. */
static pid_t process_of(pid_t thread)
{
    char text[512];
    read_text(thread, "status", text, sizeof text);
    const char *line = strstr(text, "\nTgid:");
    return line ? (pid_t)strtol(line + strlen("\nTgid:"), NULL, 10) : thread;
}

bool pl_ptrace_crashed(pid_t pid, int signal, struct pl_ptrace_crash *crash)
{
    if (!is_crash(signal) || process_of(pid) != pid)
        return false;
    *crash = (struct pl_ptrace_crash){.signal = signal};
    read_text(pid, "comm", crash->program, sizeof crash->program);
    crash->program[strcspn(crash->program, "\n")] = '\0';
    return true;
}
