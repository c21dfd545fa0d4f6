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

/* The cgroup above us that leaves least. */
struct tightest {
    uint64_t limit; /* UINT64_MAX: there is none */
    uint64_t room;
    char folder[2048];
};

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
                    struct tightest *t)
{
    if (limit == UINT64_MAX)
        return;
    uint64_t room = room_below(limit, folder, files);
    if (t->limit != UINT64_MAX && room >= t->room)
        return;
    t->limit = limit;
    t->room = room;
    snprintf(t->folder, sizeof t->folder, "%s", folder);
}

/* From our own cgroup up to the root that we see. */
static void climb(char *folder, const struct files *files, struct tightest *t)
{
    uint64_t above;
    /* v1 tells the lowest limit also of those above the root that we see. */
    if (pl_cgroup_number(folder, "memory.stat", "hierarchical_memory_limit", &above))
        look_at(folder, above < UNLIMITED ? above : UINT64_MAX, files, t);
    while (strchr(folder, '/') && pl_cgroup_is(folder)) {
        look_at(folder, limit_of(folder, files), files, t);
        *strrchr(folder, '/') = '\0';
    }
}

static struct tightest find_tightest(void)
{
    struct tightest t = {.limit = UINT64_MAX, .room = UINT64_MAX};
    char folder[2048];
    for (int version = 1; version <= 2; version++)
        if (pl_cgroup_own_of(version, folder, sizeof folder) == 0)
            climb(folder, &files_of[version - 1], &t);
    return t;
}

uint64_t pl_enclosing_room(void)
{
    uint64_t machine = pl_memory_available(), room = find_tightest().room;
    return room < machine ? room : machine;
}

static bool is_tight(const struct tightest *t, uint64_t bytes)
{
    return t->limit != UINT64_MAX && t->room < bytes + OWN_BYTES;
}

bool pl_enclosing_is_tight(uint64_t bytes)
{
    struct tightest t = find_tightest();
    return is_tight(&t, bytes);
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

bool pl_enclosing_find(const struct pl_enclosed_cell *cell, char why[PL_ENCLOSING_TEXT])
{
    struct tightest t = find_tightest();
    if (find_inherited(cell, why))
        return true;
    if (!is_tight(&t, cell->bytes))
        return false;
    snprintf(why, PL_ENCLOSING_TEXT, "the limit of %.6g MiB of %.120s, which leaves %.6g MiB",
             (double)t.limit / 0x1p20, t.folder, (double)t.room / 0x1p20);
    return true;
}

uint64_t pl_enclosing_oom_kills(void)
{
    static const char *const counters[] = {"memory.oom_control", "memory.events"};
    char folder[2048];
    uint64_t kills = 0, count;
    for (int version = 1; version <= 2; version++)
        if (pl_cgroup_own_of(version, folder, sizeof folder) == 0 &&
            pl_cgroup_number(folder, counters[version - 1], "oom_kill", &count))
            kills += count;
    return kills;
}
