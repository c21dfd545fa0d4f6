/* Printing the peak's call sites (listed_peak.h). A trace has the files and the offsets of return
 * addresses; what function that is, the file says, as long as it is the one that was recorded. */
#include "harness/cli/listed_peak.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/base/printable.h"
#include "harness/interpose/chain_names.h"
#include "harness/interpose/program_books.h"
#include "harness/trace/reader.h"

enum { SITES_SHOWN = 10 };

struct site {
    uint64_t bytes, blocks;
    uint32_t number;
};

struct peak {
    struct pl_trace_reader *reader;
    struct site *sites;  /* by number */
    uint32_t *slots;     /* the site of each slot's block */
    uint64_t live_bytes; /* so far */
    struct pl_symbols *symbols;
};

static void come(struct peak *p, const struct pl_trace_event *e)
{
    struct site *site = &p->sites[e->site];
    p->slots[e->slot] = e->site;
    site->bytes += e->size;
    site->blocks++;
    p->live_bytes += e->size;
}

static void go(struct peak *p, uint32_t slot, uint64_t size)
{
    struct site *site = &p->sites[p->slots[slot]];
    site->bytes -= size;
    site->blocks--;
    p->live_bytes -= size;
}

/* Until as much is live as will ever be. */
static int read_until(struct peak *p, uint64_t peak, struct pl_error *error)
{
    struct pl_trace_event e;
    int rc;
    while (p->live_bytes < peak && (rc = pl_trace_next(p->reader, &e, error)) != 0) {
        if (rc < 0)
            return rc;
        if (e.kind == PL_TRACE_FREE)
            go(p, e.slot, e.size);
        if (e.kind == PL_TRACE_RESIZE)
            go(p, e.slot, e.old_size);
        if (e.kind == PL_TRACE_ALLOCATE || e.kind == PL_TRACE_RESIZE)
            come(p, &e);
    }
    return 0;
}

/* A file that was changed, or put in another's place, since then is another one. */
static bool is_as_recorded(const char *path, int64_t began_unix_ms)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           (!began_unix_ms ||
            (int64_t)status.st_ctim.tv_sec * 1000 + status.st_ctim.tv_nsec / 1000000 <=
                began_unix_ms);
}

/* "/bin/server+0x1234", or "0x1234" in no file, as a recording has it. @param object room for it
 * @return false for any other text */
static bool take_frame(const char *text, int64_t began_unix_ms, struct pl_books_object *object,
                       struct pl_chain_frame *frame)
{
    const char *plus = strrchr(text, '+'), *number = plus ? plus + 1 : text;
    const size_t length = plus ? (size_t)(plus - text) : 0;
    char *end;
    if (strncmp(number, "0x", 2) != 0 || length >= sizeof object->path)
        return false;
    memset(object, 0, sizeof *object);
    memcpy(object->path, text, length);
    object->build_id_bytes =
        is_as_recorded(object->path, began_unix_ms) ? PL_SYMBOL_ANY_BUILD : 1 /* as of no file */;
    *frame = (struct pl_chain_frame){plus ? object : NULL, strtoull(number, &end, 16)};
    return !*end;
}

static void print_plain(const struct peak *p, uint32_t site)
{
    const char *frame;
    putchar('\n');
    for (uint32_t i = 0; (frame = pl_trace_frame(p->reader, site, i)); i++)
        pl_printable_line(stdout, "    %s", frame);
}

static void print_named(const struct pl_chain_name *name)
{
    pl_printable_line(stdout, "  %s", name->site.function[0] ? name->site.function : name->label);
    for (const char *line = name->frames, *end; *line; line = end + 1) {
        end = strchr(line, '\n');
        pl_printable_line(stdout, "    %.*s", (int)(end - line), line);
    }
}

/* By function where all of its frames are addresses, else as they are. */
static void print_chain(const struct peak *p, uint32_t site)
{
    static struct pl_books_object objects[PL_TRACE_FRAMES_MAX];
    struct pl_chain_frame chain[PL_TRACE_FRAMES_MAX];
    struct pl_chain_name name;
    const int64_t began = pl_trace_head(p->reader)->began_unix_ms;
    const char *frame;
    uint32_t depth = 0;
    while (depth < PL_TRACE_FRAMES_MAX && (frame = pl_trace_frame(p->reader, site, depth)) &&
           take_frame(frame, began, &objects[depth], &chain[depth]))
        depth++;
    const bool is_whole = depth && !pl_trace_frame(p->reader, site, depth);
    if (!p->symbols || !is_whole || pl_chain_name_frames(p->symbols, chain, depth, &name)) {
        print_plain(p, site);
        return;
    }
    print_named(&name);
    free(name.frames);
}

static int compare(const void *a, const void *b)
{
    const struct site *left = a, *right = b;
    if (left->bytes != right->bytes)
        return left->bytes < right->bytes ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

static void print(struct peak *p, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        p->sites[i].number = i;
    qsort(p->sites, count, sizeof *p->sites, compare);
    printf("\nat the peak, %" PRIu64 " B live, by call site\n", p->live_bytes);
    for (uint32_t i = 0; i < count && i < SITES_SHOWN && p->sites[i].bytes; i++) {
        const struct site *site = &p->sites[i];
        printf("  %" PRIu64 " B in %" PRIu64 " blocks, %.1f %%", site->bytes, site->blocks,
               100.0 * (double)site->bytes / (double)p->live_bytes);
        print_chain(p, site->number);
    }
}

static int read_and_print(struct peak *p, const struct pl_trace_totals *totals,
                          struct pl_error *error)
{
    p->sites = calloc((size_t)totals->sites + 1, sizeof *p->sites);
    p->slots = calloc((size_t)totals->slots + 1, sizeof *p->slots);
    if (!p->sites || !p->slots)
        return pl_error_set(error, -ENOMEM, "out of memory");
    int rc = read_until(p, totals->live_bytes_peak, error);
    if (rc)
        return rc;
    p->symbols = pl_symbols_open(); /* NULL: as they are */
    print(p, totals->sites + 1);
    return 0;
}

int pl_list_peak(const char *path, const struct pl_trace_totals *totals, struct pl_error *error)
{
    struct peak p = {.reader = NULL};
    if (!totals->sites || !totals->live_bytes_peak)
        return 0;
    int rc = pl_trace_open(path, &p.reader, error);
    if (rc)
        return rc;
    rc = read_and_print(&p, totals, error);
    pl_symbols_close(p.symbols);
    pl_trace_close(p.reader);
    free(p.sites);
    free(p.slots);
    return rc;
}
