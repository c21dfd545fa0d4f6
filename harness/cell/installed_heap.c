/* Asking a heap for its version in a process of its own (installed_heap.h): the controller loads no
 * heap. */
#include "harness/cell/installed_heap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/cell/process.h"

#define TIMEOUT_MS 10000

/* The loader's own way to say why is long: "PROGRAM: LIBRARY: what is wrong". */
static int refuse(const struct pl_stack_spec *spec, int stderr_fd, struct pl_error *error)
{
    char line[512];
    pl_child_last_line(stderr_fd, line, sizeof line);
    if (strncmp(line, "stack '", 7) == 0) /* it ran, and told itself */
        return pl_error_set(error, -ENOEXEC, "%s", line);
    return pl_error_set(error, -ENOEXEC, "stack '%.200s': %s can't be loaded here%s%.300s",
                        spec->text, pl_stack_heap(spec), line[0] ? ": " : "", line);
}

static int ask(const struct pl_stack_spec *spec, const char *const *environment, int out,
               int stderr_fd, struct pl_error *error)
{
    char program[4096];
    int status = 0, rc = pl_process_find("plimsoll-cell", program, sizeof program, error);
    if (rc)
        return rc;
    struct pl_child child = {.argv =
                                 (const char *const[]){program, "--heap-version", spec->text, NULL},
                             .environment = environment,
                             .in = -1,
                             .out = out,
                             .stderr_fd = stderr_fd,
                             .timeout_ms = TIMEOUT_MS};
    rc = pl_child_run(&child, &status);
    if (rc)
        return pl_error_set(error, rc, "stack '%.200s': its heap's version can't be asked: %s",
                            spec->text, strerror(-rc));
    return status ? refuse(spec, stderr_fd, error) : 0;
}

/* The heap alone, without what it would be told: a version does not depend on that. */
static int ask_heap(const struct pl_stack_spec *spec, struct pl_heap *heap, struct pl_error *error)
{
    struct pl_environment made;
    const char *environment[] = {"LC_ALL=C", NULL, NULL};
    int rc = pl_stack_environment(spec, &made, error);
    if (rc)
        return rc;
    environment[1] = pl_environment_find(&made, "LD_PRELOAD");
    int out = memfd_create("plimsoll-version", MFD_CLOEXEC);
    int stderr_fd = memfd_create("plimsoll-complaints", MFD_CLOEXEC);
    rc = out < 0 || stderr_fd < 0
             ? pl_error_set(error, -errno, "no file in memory: %s", strerror(errno))
             : ask(spec, environment, out, stderr_fd, error);
    if (!rc)
        pl_child_last_line(out, heap->version, sizeof heap->version);
    close(out);
    close(stderr_fd);
    return rc;
}

static const struct pl_heap *find(const struct pl_heaps *heaps, const struct pl_heap *wanted)
{
    for (size_t i = 0; i < heaps->count; i++)
        if (strcmp(heaps->known[i].name, wanted->name) == 0 &&
            strcmp(heaps->known[i].library, wanted->library) == 0)
            return &heaps->known[i];
    return NULL;
}

int pl_heaps_ask(struct pl_heaps *heaps, const struct pl_stack_spec *spec, struct pl_heap *heap,
                 struct pl_error *error)
{
    struct pl_heap found = {.version = ""};
    snprintf(found.name, sizeof found.name, "%s", pl_stack_heap(spec));
    int rc = pl_stack_library(spec, found.library, sizeof found.library);
    if (rc)
        return pl_error_set(error, rc, "stack '%.200s': the library of %s can't be found",
                            spec->text, found.name);
    const struct pl_heap *known = find(heaps, &found);
    if (known)
        found = *known;
    else
        rc = ask_heap(spec, &found, error);
    if (!rc && !known && heaps->count < PL_HEAPS_MAX)
        heaps->known[heaps->count++] = found;
    if (!rc)
        *heap = found;
    return rc;
}

int pl_heap_describe(const char *name, char *text, size_t capacity, struct pl_error *error)
{
    struct pl_heaps heaps = {.count = 0};
    struct pl_stack_spec spec;
    struct pl_heap heap;
    text[0] = '\0';
    if (pl_stack_parse(name, &spec, NULL)) /* preload alone names no library */
        return 0;
    int rc = pl_heaps_ask(&heaps, &spec, &heap, error);
    if (rc)
        return rc;
    char unread[256];
    pl_stack_unread(&spec, heap.version, unread, sizeof unread);
    snprintf(text, capacity, "%s%s%s%s%s", heap.version,
             heap.version[0] && heap.library[0] ? ", " : "", heap.library,
             unread[0] ? ", which does not read " : "", unread);
    return 0;
}
