/* A program for `plimsoll faults`, each of whose allocations, when it is refused, ends in another
 * way. It prints by write alone: a stream would allocate its buffer. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not inlined, so that each is a call site of its own, and no tail call. */
#ifdef __clang__
#define SITE __attribute__((noinline)) static void
#else
#define SITE __attribute__((noinline, noclone)) static void
#endif

static void *volatile kept; /* or the compiler leaves them out */
static volatile sig_atomic_t broken;

static int refused(void)
{
    return kept == NULL;
}

SITE survive(void)
{
    kept = malloc(24);
}

SITE give_up(void)
{
    kept = malloc(25);
    if (refused())
        _exit(3);
}

SITE write_to_null(void)
{
    kept = malloc(26);
    *(volatile char *)kept = 1;
}

SITE wait_for_ever(void)
{
    kept = malloc(27);
    while (refused())
        pause();
}

SITE abort_if_refused(void)
{
    kept = malloc(28);
    if (refused())
        abort();
}

SITE break_the_end(void)
{
    kept = malloc(29);
    broken = refused();
}

static void end(int number)
{
    (void)number;
    if (broken)
        abort();
    _exit(0);
}

static void say(const char *line)
{
    (void)!write(STDOUT_FILENO, line, strlen(line));
}

/* Calls 1 to 7; it is ready after the 4th. */
static void serve(void)
{
    signal(SIGTERM, end);
    survive();
    give_up();
    write_to_null();
    wait_for_ever();
    say("ready\n");
    usleep(300000);
    abort_if_refused();
    break_the_end();
    survive();
    for (;;)
        pause();
}

/* A worker makes calls 1 and 2, and whoever made it waits for it, and goes on. */
static void supervise(void)
{
    pid_t worker = fork();
    if (worker == 0) {
        survive();
        write_to_null();
        _exit(0);
    }
    waitpid(worker, NULL, 0);
    say("ready\n");
    for (;;)
        pause();
}

/* More calls the first time than ever after. */
static void forget(const char *mark)
{
    int fd = open(mark, O_CREAT | O_EXCL | O_WRONLY, 0600);
    survive();
    survive();
    if (fd < 0)
        return;
    survive();
    survive();
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "serve";
    if (strcmp(what, "serve") == 0)
        serve();
    else if (strcmp(what, "forget") == 0 && argc > 2)
        forget(argv[2]);
    else if (strcmp(what, "many") == 0)
        for (int i = 0; i < 101; i++)
            survive();
    else if (strcmp(what, "supervise") == 0)
        supervise();
    else if (strcmp(what, "fail") == 0)
        give_up(), say("no use\n"), _exit(4);
    else if (strcmp(what, "sink") == 0)
        raise(SIGSEGV);
    return 0; /* "none": without any allocation */
}
