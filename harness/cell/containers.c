/* The folder of a run's containers: made below our own cgroup, locked, and cleaned of runs that
 * died. On cgroup v2 a folder with processes can't pass its memory controller on (the
 * no-internal-process rule): if we are alone in ours, we move into a leaf of our own. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/mark.h"
#include "harness/cell/cgroup.h"
#include "harness/cell/container.h"

static const char prefix[] = "plimsoll-";

/* What a run's folder holds: cells, and on v2 the controller's leaf. */
static bool is_part_of_run(const char *name)
{
    unsigned number;
    int end = 0;
    return strcmp(name, "controller") == 0 ||
           (sscanf(name, "cell-%u%n", &number, &end) == 1 && !name[end]);
}

static bool holds_only_parts(const char *run)
{
    DIR *directory = opendir(run);
    bool only = directory != NULL;
    for (struct dirent *entry; only && (entry = readdir(directory));)
        only = entry->d_type != DT_DIR || entry->d_name[0] == '.' || is_part_of_run(entry->d_name);
    if (directory)
        closedir(directory);
    return only;
}

/* Its name bears a mark, its maker has ended, and it holds what a run's folder holds: nothing else
 * is ever touched. */
static void clean_one(const char *own, const char *name)
{
    char path[2304];
    size_t length = sizeof prefix - 1;
    if (strncmp(name, prefix, length) != 0 || !pl_mark_is(name + length))
        return;
    int n = snprintf(path, sizeof path, "%s/%s", own, name);
    int fd = n > 0 && (size_t)n < sizeof path ? pl_mark_take_over(path, name + length) : -1;
    if (fd < 0)
        return;
    if (holds_only_parts(path))
        pl_cgroup_remove(path);
    close(fd);
}

/* Removes what runs that died left behind. */
static void clean_stale(const char *own)
{
    DIR *directory = opendir(own);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));)
        clean_one(own, entry->d_name);
    closedir(directory);
}

static int make_run(struct pl_containers *c)
{
    char mark[PL_MARK_MAX];
    pl_mark_own(mark);
    snprintf(c->run, sizeof c->run, "%s/%s%s", c->own, prefix, mark);
    int fd = pl_mark_hold(c->run, 0755);
    if (fd < 0)
        return fd;
    c->lock_fd = fd;
    return 0;
}

/* v2: takes the controller out of our own cgroup into a leaf. */
static int move_self(struct pl_containers *c)
{
    char leaf[2400];
    if (pl_cgroup_others(c->own, getpid()) != 0)
        return -EBUSY;
    snprintf(leaf, sizeof leaf, "%s/controller", c->run);
    if (mkdir(leaf, 0755) && errno != EEXIST)
        return -errno;
    int rc = pl_cgroup_write(leaf, "cgroup.procs", "0");
    c->moved = rc == 0;
    return rc;
}

static int enable_memory(struct pl_containers *c)
{
    int rc = pl_cgroup_write(c->own, "cgroup.subtree_control", "+memory");
    if (rc == -EBUSY) {
        rc = move_self(c);
        if (!rc)
            rc = pl_cgroup_write(c->own, "cgroup.subtree_control", "+memory");
    }
    return rc ? rc : pl_cgroup_write(c->run, "cgroup.subtree_control", "+memory");
}

static int open_cgroup(struct pl_containers *c, int *version)
{
    int rc = pl_cgroup_own(c->own, sizeof c->own, version);
    if (rc)
        return rc;
    clean_stale(c->own);
    rc = make_run(c);
    if (!rc && *version == 2)
        rc = enable_memory(c);
    return rc;
}

/* 8 MiB a thread, of which a server of five may die in a container that it would not fill. */
#define COUNTS " (it counts threads' stacks in whole)"

static void explain(struct pl_containers *c, int rc, int version)
{
    const char *remedy = version == 2 ? "run it as `systemd-run --user --scope -p Delegate=yes "
                                        "plimsoll ...` for a cgroup of its own"
                                      : "run it as root, or have a memory cgroup delegated";
    if (!version)
        snprintf(
            c->why_not, sizeof c->why_not,
            "no cgroup with a memory controller is mounted; RLIMIT_DATA holds the cells" COUNTS);
    else
        snprintf(c->why_not, sizeof c->why_not,
                 "no right to make a cgroup (%s); RLIMIT_DATA holds the cells: %s" COUNTS,
                 strerror(-rc), remedy);
}

void pl_containers_open(struct pl_containers *c)
{
    *c = (struct pl_containers){.kind = PL_CONTAINER_RLIMIT, .lock_fd = -1};
    int version = 0;
    int rc = open_cgroup(c, &version);
    if (!rc) {
        c->kind = version == 2 ? PL_CONTAINER_CGROUP_V2 : PL_CONTAINER_CGROUP_V1;
        return;
    }
    pl_containers_close(c);
    explain(c, rc, version);
}

void pl_containers_close(struct pl_containers *c)
{
    if (c->moved) {
        pl_cgroup_write(c->run, "cgroup.subtree_control", "-memory");
        pl_cgroup_write(c->own, "cgroup.subtree_control", "-memory");
        pl_cgroup_write(c->own, "cgroup.procs", "0");
        c->moved = false;
    }
    if (c->lock_fd >= 0) {
        pl_cgroup_remove(c->run);
        close(c->lock_fd);
        c->lock_fd = -1;
    }
}
