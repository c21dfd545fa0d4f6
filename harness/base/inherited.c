/* Setting right what was inherited (inherited.h). */
#include "harness/base/inherited.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include <linux/close_range.h>

/* A closed one would be given to the next file that is opened, and take what is printed. What was
 * closed stays unusable in its direction, so that output to it fails as before. */
static void fill_standard_descriptors(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", flags[fd]); /* the lowest that is free: this one */
}

void pl_inherited_reset(void)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fill_standard_descriptors();
    close_range(STDERR_FILENO + 1, ~0U,
                CLOSE_RANGE_CLOEXEC); /* Linux 5.11; else they are passed on */
}
