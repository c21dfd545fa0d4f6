/* interposed SPEC PROGRAM [ARGUMENT]...: runs a program with a stack's layers in it, as a cell
 * would, and prints what the library left, a line a figure, on stdout; the program's own output
 * goes to stderr. INTERPOSED_FOLDER is where the page lies, else in /dev/shm; INTERPOSED_UNNAMED
 * leaves a ledger's sites out, of which there may be too many to name. Ends as the program did; 2
 * and one line for a stack that can't stand there, 3 for a heap that is missing. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/interpose/chain_names.h"
#include "harness/interpose/control.h"
#include "harness/interpose/program_books.h"

static char page_path[256];
static char books_path[sizeof page_path + sizeof PL_BOOKS_SUFFIX];

static void print_slot(const struct pl_interpose_process *p)
{
    const char *slash = strrchr(p->program, '/');
    printf("process %s images=%" PRIu32 " threads=%" PRIu32 " calls=%" PRIu64
           " live_blocks=%" PRId64 " live_bytes=%" PRId64 " peak=%" PRIu64 " refusals=%" PRIu64
           " faults=%" PRIu64 "\n",
           slash ? slash + 1 : p->program, p->images, p->threads, p->calls, (int64_t)p->live_blocks,
           (int64_t)p->live_bytes, p->live_bytes_peak, p->refusals, p->faults);
}

static void print_report(const struct pl_interpose_report *r)
{
    printf("processes=%" PRIu64 "\nlost=%" PRIu64 "\ncalls=%" PRIu64 "\n", r->processes, r->lost,
           r->calls);
    printf("allocated_blocks=%" PRIu64 "\nallocated_bytes=%" PRIu64 "\n", r->allocated_blocks,
           r->allocated_bytes);
    printf("live_blocks=%" PRId64 "\nlive_bytes=%" PRId64 "\npeak=%" PRIu64 "\n",
           (int64_t)r->live_blocks, (int64_t)r->live_bytes, r->live_bytes_peak);
    printf("allocating_calls=%" PRIu64 "\n", r->allocating_calls);
    printf("refusals=%" PRIu64 "\nrefused_max=%" PRIu64 "\nfaults=%" PRIu64 "\n", r->refusals,
           r->refused_bytes_max, r->faults);
    printf("trims=%" PRIu64 "\ntrimmed_bytes=%" PRIu64 "\ntrim_ns_max=%" PRIu64 "\n", r->trims,
           r->trimmed_bytes, r->trim_ns_max);
    printf("unsized=%" PRIu32 "\nuntrimmed=%" PRIu32 "\n", r->unsized, r->untrimmed);
    for (uint32_t i = 0; i < r->latest_count; i++)
        printf("fault %" PRIu64 " size=%" PRIu64 " at %s+0x%" PRIx64 "\n", r->latest[i].number,
               r->latest[i].size, r->latest[i].object, r->latest[i].offset);
    for (uint32_t i = 0; i < r->slot_count; i++)
        print_slot(&r->slots[i]);
    printf("heap=%s\n", r->slot_count ? r->slots[0].heap : "");
}

/* A line a site: what it did, its name, and its calls. */
static void print_site(const struct pl_books_reader *reader, struct pl_symbols *symbols,
                       const struct pl_books_site *site)
{
    struct pl_chain_name name;
    if (pl_chain_name(reader, symbols, site->index, &name))
        return;
    for (char *c = name.frames; c && *c; c++)
        if (*c == '\n')
            *c = c[1] ? '<' : '\0';
    const char *slash = strrchr(name.site.file, '/');
    printf("site allocated=%" PRIu64 "/%" PRIu64 " freed=%" PRIu64 "/%" PRIu64 " peak=%" PRIu64
           " refused=%" PRIu64 " at %s%s %s:%" PRIu32 " by %s\n",
           site->count.allocated_blocks, site->count.allocated_bytes, site->count.freed_blocks,
           site->count.freed_bytes, site->count.peak_bytes, site->count.refused, name.label,
           name.site.function, slash ? slash + 1 : name.site.file, name.site.line,
           name.frames ? name.frames : "");
    free(name.frames);
}

static void print_books(void)
{
    static struct pl_books_reader reader;
    struct pl_books_summary s;
    struct pl_symbols *symbols = pl_symbols_open();
    if (pl_books_reader_open(&reader, page_path) == 0 && pl_books_sum_up(&reader, 0, &s) == 0) {
        printf("ledger allocated=%" PRIu64 "/%" PRIu64 " freed=%" PRIu64 "/%" PRIu64
               " peak=%" PRIu64 " refused=%" PRIu64 " processes=%" PRIu64 " lost=%" PRIu64
               " unsited=%" PRIu64 " unentered=%" PRIu64 " unknown=%" PRIu64 " sites=%" PRIu32 "\n",
               s.total.allocated_blocks, s.total.allocated_bytes, s.total.freed_blocks,
               s.total.freed_bytes, s.total.peak_bytes, s.total.refused, s.processes,
               s.processes_lost, s.unsited_blocks, s.unentered_blocks, s.unknown_frees,
               s.site_count);
        for (uint32_t i = 0; i < s.site_count && !getenv("INTERPOSED_UNNAMED"); i++)
            print_site(&reader, symbols, &s.sites[i]);
        pl_books_summary_free(&s);
    }
    pl_books_reader_close(&reader);
    pl_symbols_close(symbols);
}

/* @param cpu_ns set to what the program took */
static int run(const struct pl_environment *environment, char **argv, uint64_t *cpu_ns)
{
    struct rusage used = {0};
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        for (size_t i = 0; i < environment->count; i++)
            putenv((char *)(uintptr_t)pl_environment_at(environment, i));
        execvp(argv[0], argv);
        _exit(127);
    }
    while (child > 0 && wait4(child, &status, 0, &used) < 0 && errno == EINTR)
        ;
    *cpu_ns = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000 +
              (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    struct pl_stack_spec spec;
    struct pl_environment environment;
    struct pl_interpose_report report;
    struct pl_error error;
    uint64_t cpu_ns;
    if (argc < 3)
        return 2;
    const char *folder = getenv("INTERPOSED_FOLDER");
    snprintf(page_path, sizeof page_path, "%s/plimsoll-interposed-%ld",
             folder ? folder : "/dev/shm", (long)getpid());
    snprintf(books_path, sizeof books_path, "%s" PL_BOOKS_SUFFIX, page_path);
    int rc = pl_stack_parse(argv[1], &spec, &error);
    if (!rc)
        rc = pl_interpose_prepare(&spec, page_path, &environment, &error);
    if (rc) {
        fprintf(stderr, "interposed: %s\n", error.text);
        return rc == -EINVAL ? 2 : 3;
    }
    int code = run(&environment, argv + 2, &cpu_ns);
    rc = pl_interpose_read(page_path, &report);
    printf("cpu_ns=%" PRIu64 "\n", cpu_ns);
    if (!rc)
        print_report(&report);
    print_books();
    unlink(page_path);
    unlink(books_path);
    if (rc)
        return 3;
    return code;
}
