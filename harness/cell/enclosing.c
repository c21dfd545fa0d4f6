/* Reading the limits above (enclosing.h). Controller side. */
#include "harness/cell/enclosing.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/base/spare_memory.h"
#include "harness/cell/cgroup.h"

/* What a run itself may grow by beside its cells: results, reports, pipes. Ten times what the
 * default matrix takes. */
#define OWN_BYTES (UINT64_C(32) << 20)

/* v1 says "no limit" as the largest page-aligned signed number. */
#define UNLIMITED (UINT64_C(1) << 62)

/* The names of one version's files. */
struct files {
    const char *limits[2]; /* v2: memory.high only slows down, but to a standstill */
    const char *usage;
    const char *cache[2]; /* keys of memory.stat: of the whole tree below */
};

static const struct files files_of[] = {
    {{"memory.limit_in_bytes", NULL},
     "memory.usage_in_bytes",
     {"total_inactive_file", "total_active_file"}},
    {{"memory.max", "memory.high"}, "memory.current", {"inactive_file", "active_file"}},
};

static uint64_t limit_of(const char *folder, const struct files *files)
{
    uint64_t lowest = UINT64_MAX, limit;
    for (size_t i = 0; i < 2; i++)
        if (files->limits[i] && pl_cgroup_number(folder, files->limits[i], NULL, &limit) &&
            limit < lowest)
            lowest = limit;
    return lowest < UNLIMITED ? lowest : UINT64_MAX;
}

static uint64_t room_below(uint64_t limit, const char *folder, const struct files *files)
{
    uint64_t used = 0, cache, reclaimable = 0;
    pl_cgroup_number(folder, files->usage, NULL, &used);
    for (size_t i = 0; i < 2; i++)
        if (pl_cgroup_number(folder, "memory.stat", files->cache[i], &cache))
            reclaimable += cache;
    used = used > reclaimable ? used - reclaimable : 0;
    return used < limit ? limit - used : 0;
}

static void look_at(const char *folder, uint64_t limit, const struct files *files,
                    struct pl_enclosing *e)
{
    if (limit == UINT64_MAX)
        return;
    uint64_t left = room_below(limit, folder, files);
    if (e->limit != UINT64_MAX && left >= e->left)
        return;
    e->limit = limit;
    e->left = left;
    snprintf(e->folder, sizeof e->folder, "%s", folder);
}

/* From our own cgroup up to the root that we see. */
static void climb(char *folder, const struct files *files, struct pl_enclosing *e)
{
    uint64_t above;
    /* v1 tells the lowest limit also of those above the root that we see. */
    if (pl_cgroup_number(folder, "memory.stat", "hierarchical_memory_limit", &above))
        look_at(folder, above < UNLIMITED ? above : UINT64_MAX, files, e);
    while (strchr(folder, '/') && pl_cgroup_is(folder)) {
        look_at(folder, limit_of(folder, files), files, e);
        *strrchr(folder, '/') = '\0';
    }
}

void pl_enclosing_look(struct pl_enclosing *e)
{
    struct pl_cgroup_folders own;
    *e = (struct pl_enclosing){
        .machine = pl_memory_available(), .limit = UINT64_MAX, .left = UINT64_MAX};
    pl_cgroup_own_of_each(&own);
    for (int i = 0; i < PL_CGROUP_VERSIONS; i++)
        if (own.folder[i][0])
            climb(own.folder[i], &files_of[i], e);
}

static uint64_t counted(uint64_t room, uint64_t before, uint64_t after)
{
    room += before;
    return after < room ? room - after : 0;
}

void pl_enclosing_count(struct pl_enclosing *e, uint64_t before, uint64_t after)
{
    e->machine = counted(e->machine, before, after);
    if (e->limit != UINT64_MAX)
        e->left = counted(e->left, before, after);
}

uint64_t pl_enclosing_room(const struct pl_enclosing *e)
{
    return e->left < e->machine ? e->left : e->machine;
}

bool pl_enclosing_is_tight(const struct pl_enclosing *e, uint64_t bytes)
{
    return e->limit != UINT64_MAX && e->left < bytes + OWN_BYTES;
}

/* A limit of this process that its children inherit. */
struct inherited {
    int resource;
    rlim_t enough;    /* from here on it holds nothing */
    const char *name; /* and how a shell sets it */
    double unit;
    const char *unit_name;
};

static bool find_inherited(const struct pl_enclosed_cell *cell, char why[PL_ENCLOSING_TEXT])
{
    const struct inherited limits[] = {
        /* heaps reserve address space as they like: no number is enough */
        {RLIMIT_AS, RLIM_INFINITY, "RLIMIT_AS (ulimit -v)", 0x1p20, "MiB"},
        {RLIMIT_DATA, cell->bytes, "RLIMIT_DATA (ulimit -d)", 0x1p20, "MiB"},
        {RLIMIT_CPU, (rlim_t)(2 * cell->timeout_ns / 1000000000), "RLIMIT_CPU (ulimit -t)", 1, "s"},
    };
    struct rlimit limit;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &limit) == 0 &&
            limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < limits[i].enough) {
            snprintf(why, PL_ENCLOSING_TEXT, "an inherited %s of %.6g %s", limits[i].name,
                     (double)limit.rlim_cur / limits[i].unit, limits[i].unit_name);
            return true;
        }
    if (getrlimit(RLIMIT_STACK, &limit) || limit.rlim_max >= PL_CELL_STACK_BYTES)
        return false;
    snprintf(why, PL_ENCLOSING_TEXT, "an inherited RLIMIT_STACK (ulimit -s) of %.6g MiB",
             (double)limit.rlim_max / 0x1p20);
    return true;
}

bool pl_enclosing_find(const struct pl_enclosing *e, const struct pl_enclosed_cell *cell,
                       char why[PL_ENCLOSING_TEXT])
{
    if (find_inherited(cell, why))
        return true;
    if (!pl_enclosing_is_tight(e, cell->bytes))
        return false;
    snprintf(why, PL_ENCLOSING_TEXT, "the limit of %.6g MiB of %.120s, which leaves %.6g MiB",
             (double)e->limit / 0x1p20, e->folder, (double)e->left / 0x1p20);
    return true;
}

uint64_t pl_enclosing_oom_kills(void)
{
    static const char *const counters[] = {"memory.oom_control", "memory.events"};
    struct pl_cgroup_folders own;
    uint64_t kills = 0, count;
    pl_cgroup_own_of_each(&own);
    for (int i = 0; i < PL_CGROUP_VERSIONS; i++)
        if (own.folder[i][0] && pl_cgroup_number(own.folder[i], counters[i], "oom_kill", &count))
            kills += count;
    return kills;
}
