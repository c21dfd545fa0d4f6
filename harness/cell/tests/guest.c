/* A program to be run in the dock: it does one thing, named by its first argument, for as long as
 * it may. With a port as its second argument it is a server that counts datagrams. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

static void nap(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static void idle(void)
{
    for (;;)
        nap(1000);
}

/* Touched all over, so that it is resident. */
static void *take(size_t bytes)
{
    char *block = malloc(bytes);
    if (!block) {
        puts("malloc gave NULL");
        exit(7);
    }
    memset(block, 1, bytes);
    __asm__ volatile("" : : "r"(block) : "memory"); /* or the compiler leaves it out */
    return block;
}

static void grow(void)
{
    for (;;) {
        take(MIB);
        nap(20);
    }
}

static void *hold(void *bytes)
{
    take((size_t)(uintptr_t)bytes);
    idle();
    return NULL;
}

static void threads(void)
{
    pthread_t thread;
    for (int i = 0; i < 7; i++)
        pthread_create(&thread, NULL, hold, (void *)(uintptr_t)MIB);
    idle();
}

static void forks(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            hold((void *)(uintptr_t)(4 * MIB));
    idle();
}

/* As daemons do: two forks, a session of its own, nothing left of the first process. */
static void daemonise(void)
{
    if (fork() > 0)
        exit(0);
    setsid();
    if (fork() > 0)
        exit(0);
    signal(SIGHUP, SIG_IGN);
    hold((void *)(uintptr_t)(4 * MIB));
}

/* Children that come, use a processor and go. */
static void workers(void)
{
    for (;;) {
        if (fork() == 0) {
            for (volatile long i = 0; i < 20000000; i++)
                continue;
            exit(0);
        }
        wait(NULL);
        nap(10);
    }
}

static void print(void)
{
    static char line[4097];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    for (;;)
        (void)!write(STDOUT_FILENO, line, sizeof line);
}

static void ignore_all(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    idle();
}

static void count_datagrams(int port)
{
    char datagram[2048];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&address, sizeof address)) {
        perror("bind");
        exit(1);
    }
    for (long count = 1; recv(fd, datagram, sizeof datagram, 0) >= 0; count++)
        if (count % 100 == 0) {
            printf("%ld datagrams\n", count);
            fflush(stdout);
        }
}

/* How often SIGHUP came. */
static volatile sig_atomic_t hups;

static void note_hup(int number)
{
    (void)number;
    hups++;
}

static void print_hups(void)
{
    signal(SIGHUP, note_hup);
    puts("listening for signals");
    fflush(stdout);
    for (int told = 0;; nap(5))
        if (hups != told) {
            told = hups;
            printf("SIGHUP %d\n", told);
            fflush(stdout);
        }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "hold") == 0)
        hold((void *)(uintptr_t)((size_t)(argc > 2 ? atoi(argv[2]) : 8) * MIB));
    else if (strcmp(what, "grow") == 0)
        grow();
    else if (strcmp(what, "threads") == 0)
        threads();
    else if (strcmp(what, "forks") == 0)
        forks();
    else if (strcmp(what, "daemon") == 0)
        daemonise();
    else if (strcmp(what, "workers") == 0)
        workers();
    else if (strcmp(what, "print") == 0)
        print();
    else if (strcmp(what, "stubborn") == 0)
        ignore_all();
    else if (strcmp(what, "hups") == 0)
        print_hups();
    else if (strcmp(what, "count") == 0 && argc > 2)
        count_datagrams(atoi(argv[2]));
    else if (strcmp(what, "crash") == 0) {
        nap(argc > 2 ? atoi(argv[2]) : 0);
        abort();
    } else if (strcmp(what, "exit") == 0 && argc > 2) {
        nap(argc > 3 ? atoi(argv[3]) : 0);
        puts("nothing more to do");
        return atoi(argv[2]);
    }
    fprintf(stderr, "guest: nothing is called '%s'\n", what);
    return 64;
}
