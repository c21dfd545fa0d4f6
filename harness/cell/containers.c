/* The folder of a run's containers: made below our own cgroup, locked, and cleaned of runs that
 * died. On cgroup v2 a folder with processes can't pass its memory controller on (the
 * no-internal-process rule): if we are alone in ours, we move into a leaf of our own. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell/cgroup.h"
#include "harness/cell/container.h"

static const char prefix[] = "plimsoll-";

/* Removes folders of runs whose lock nobody holds. */
static void clean_stale(const char *own)
{
    DIR *directory = opendir(own);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char path[2304];
        if (strncmp(entry->d_name, prefix, sizeof prefix - 1) != 0)
            continue;
        int n = snprintf(path, sizeof path, "%s/%s", own, entry->d_name);
        int fd =
            n > 0 && (size_t)n < sizeof path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            pl_cgroup_remove(path);
        close(fd);
    }
    closedir(directory);
}

/* Makes and locks the run's folder. Between the two, another run may take it for stale and remove
 * it: then it is made again. */
static int make_run(struct pl_containers *c)
{
    snprintf(c->run, sizeof c->run, "%s/%s%ld", c->own, prefix, (long)getpid());
    for (int attempt = 0; attempt < 10; attempt++) {
        struct stat held, named;
        if (mkdir(c->run, 0755) && errno != EEXIST)
            return -errno;
        int fd = open(c->run, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 &&
            stat(c->run, &named) == 0 && held.st_ino == named.st_ino) {
            c->lock_fd = fd;
            return 0;
        }
        close(fd);
    }
    return -EBUSY;
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

static void explain(struct pl_containers *c, int rc, int version)
{
    const char *remedy = version == 2 ? "run it as `systemd-run --user --scope -p Delegate=yes "
                                        "plimsoll ...` for a cgroup of its own"
                                      : "run it as root, or have a memory cgroup delegated";
    if (!version)
        snprintf(c->why_not, sizeof c->why_not,
                 "no cgroup with a memory controller is mounted; RLIMIT_DATA holds the cells");
    else
        snprintf(c->why_not, sizeof c->why_not,
                 "no right to make a cgroup (%s); RLIMIT_DATA holds the cells: %s", strerror(-rc),
                 remedy);
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
