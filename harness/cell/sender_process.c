#include "harness/cell/sender_process.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cell/record.h"

int pl_sender_process_start(struct pl_sender_process *sender, int job_fd, struct pl_error *error)
{
    char program[4096];
    static const struct pl_environment empty;
    *sender = (struct pl_sender_process){0};
    int rc = pl_process_find("plimsoll-sender", program, sizeof program, error);
    if (rc)
        return rc;
    struct pl_process_options options = {
        .program = program, .environment = &empty, .job_fd = job_fd};
    return pl_process_start(&options, &sender->process, error);
}

/* What it said of its failure; a sender that was killed said nothing. */
static void explain(struct pl_sender_process *sender, struct pl_error *error)
{
    struct pl_failure failure;
    if (read(sender->process.record_fd, &failure, sizeof failure) == (ssize_t)sizeof failure)
        pl_error_set(error, failure.code, "%s", failure.text);
    else if (WIFSIGNALED(sender->status))
        pl_error_set(error, -EPIPE, "the sender was ended by signal %d (%s)",
                     WTERMSIG(sender->status), strsignal(WTERMSIG(sender->status)));
    else
        pl_error_set(error, -EPIPE, "the sender ended with %d", WEXITSTATUS(sender->status));
}

bool pl_sender_process_failed(struct pl_sender_process *sender, struct pl_error *error)
{
    if (!sender->process.pid)
        return false;
    if (!sender->ended)
        sender->ended =
            waitpid(sender->process.pid, &sender->status, WNOHANG) == sender->process.pid;
    if (!sender->ended || (WIFEXITED(sender->status) && WEXITSTATUS(sender->status) == 0))
        return false;
    explain(sender, error);
    return true;
}

void pl_sender_process_end(struct pl_sender_process *sender)
{
    if (!sender->process.pid)
        return;
    if (!sender->ended) {
        kill(sender->process.pid, SIGKILL);
        while (waitpid(sender->process.pid, &sender->status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(sender->process.record_fd);
    pl_process_pass_on(&sender->process);
    sender->process.pid = 0;
}
