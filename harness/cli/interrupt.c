#include "harness/cli/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "harness/cli/cli.h"

/* A handler can reach nothing else. */
static volatile sig_atomic_t interrupted, looked_at, sent;

static void on_signal(int number, siginfo_t *info, void *context)
{
    static const char line[] = "plimsoll: stopped\n";
    (void)context;
    sent = info->si_code <= 0; /* sigaction(2): by a process; what the kernel sends is above 0 */
    interrupted = number;
    if (looked_at)
        return;
    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(128 + number);
}

static bool is_ignored(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

void pl_interrupt_begin(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!is_ignored(numbers[i]))
            sigaction(numbers[i], &action, NULL);
}

bool pl_interrupt_was_sent(void)
{
    return sent;
}

int pl_interrupt_exit_code(void)
{
    return interrupted ? 128 + interrupted : PL_EXIT_INTERRUPTED;
}

const char *pl_interrupt_name(void)
{
    return interrupted == SIGTERM ? "SIGTERM" : interrupted == SIGHUP ? "SIGHUP" : "SIGINT";
}

const volatile sig_atomic_t *pl_interrupt_catch(void)
{
    looked_at = 1;
    signal(SIGPIPE, SIG_IGN);
    return &interrupted;
}
