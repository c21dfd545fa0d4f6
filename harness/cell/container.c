/* One cell's container: making, joining, reading evidence, removing (container.h). */
#include "harness/cell/container.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cell/cgroup.h"

const char *pl_container_name(enum pl_container_kind kind)
{
    static const char *const names[] = {"none", "cgroup2", "cgroup1", "rlimit"};
    return names[kind];
}

static int set_limit(const struct pl_container *container)
{
    char bytes[32];
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)container->bytes);
    if (container->kind == PL_CONTAINER_CGROUP_V2) {
        int rc = pl_cgroup_write(container->path, "memory.max", bytes);
        pl_cgroup_write(container->path, "memory.swap.max", "0"); /* absent without swap */
        pl_cgroup_write(container->path, "memory.oom.group", "1");
        return rc;
    }
    int rc = pl_cgroup_write(container->path, "memory.limit_in_bytes", bytes);
    /* A page more, so that memory's own limit is met first: Linux 6.18 counts no failure of this
     * one. */
    snprintf(bytes, sizeof bytes, "%llu",
             (unsigned long long)container->bytes + (unsigned long long)sysconf(_SC_PAGESIZE));
    pl_cgroup_write(container->path, "memory.memsw.limit_in_bytes",
                    bytes); /* absent without swap */
    return rc;
}

static int make_cgroup(struct pl_containers *containers, struct pl_container *container)
{
    char procs[2432];
    snprintf(container->path, sizeof container->path, "%s/cell-%u", containers->run,
             __atomic_fetch_add(&containers->made, 1, __ATOMIC_RELAXED));
    if (mkdir(container->path, 0755))
        return -errno;
    int rc = container->bytes ? set_limit(container) : 0;
    if (!rc) {
        snprintf(procs, sizeof procs, "%s/cgroup.procs", container->path);
        container->procs_fd = open(procs, O_WRONLY | O_CLOEXEC);
        rc = container->procs_fd < 0 ? -errno : 0;
    }
    if (rc)
        rmdir(container->path);
    return rc;
}

static int make(struct pl_containers *containers, enum pl_container_kind kind, uint64_t bytes,
                struct pl_container *container, struct pl_error *error)
{
    *container = (struct pl_container){.kind = kind, .bytes = bytes, .procs_fd = -1};
    if (container->kind == PL_CONTAINER_NONE || container->kind == PL_CONTAINER_RLIMIT)
        return 0;
    int rc = make_cgroup(containers, container);
    if (rc) {
        container->kind = PL_CONTAINER_NONE;
        return pl_error_set(error, rc, "can't make the cgroup %s: %s", container->path,
                            strerror(-rc));
    }
    return 0;
}

int pl_container_make(struct pl_containers *containers, uint64_t bytes,
                      struct pl_container *container, struct pl_error *error)
{
    return make(containers, bytes ? containers->kind : PL_CONTAINER_NONE, bytes, container, error);
}

int pl_container_make_any(struct pl_containers *containers, uint64_t bytes,
                          struct pl_container *container, struct pl_error *error)
{
    bool limits = bytes || containers->kind != PL_CONTAINER_RLIMIT;
    return make(containers, limits ? containers->kind : PL_CONTAINER_NONE, bytes, container, error);
}

/* A lower limit that was inherited can't be raised without the right to: it stays, and the cell is
 * not checked (enclosing.h). */
static int join_rlimit(uint64_t bytes)
{
    struct rlimit limit = {bytes, bytes}, inherited;
    if (setrlimit(RLIMIT_DATA, &limit) == 0)
        return 0;
    int rc = -errno;
    return getrlimit(RLIMIT_DATA, &inherited) == 0 && inherited.rlim_max < bytes ? 0 : rc;
}

int pl_container_join(const struct pl_container *container)
{
    if (container->procs_fd >= 0 && write(container->procs_fd, "0", 1) != 1)
        return -errno;
    return container->kind == PL_CONTAINER_RLIMIT ? join_rlimit(container->bytes) : 0;
}

void pl_container_read(const struct pl_container *c, struct pl_container_evidence *evidence)
{
    *evidence = (struct pl_container_evidence){0};
    if (c->kind == PL_CONTAINER_CGROUP_V2) {
        evidence->known =
            pl_cgroup_number(c->path, "memory.events", "oom_kill", &evidence->oom_kills);
        /* `max` and `oom` count at the cgroup whose limit it was (kernel, cgroup-v2.rst) */
        pl_cgroup_number(c->path, "memory.events", "max", &evidence->limit_hits);
        pl_cgroup_number(c->path, "memory.peak", NULL, &evidence->peak_bytes);
    } else if (c->kind == PL_CONTAINER_CGROUP_V1) {
        evidence->known =
            pl_cgroup_number(c->path, "memory.oom_control", "oom_kill", &evidence->oom_kills);
        pl_cgroup_number(c->path, "memory.failcnt", NULL, &evidence->limit_hits);
        pl_cgroup_number(c->path, "memory.max_usage_in_bytes", NULL, &evidence->peak_bytes);
    }
}

void pl_container_remove(struct pl_container *container)
{
    if (container->procs_fd >= 0)
        close(container->procs_fd);
    container->procs_fd = -1;
    if (container->kind == PL_CONTAINER_CGROUP_V1 || container->kind == PL_CONTAINER_CGROUP_V2)
        pl_cgroup_remove(container->path);
    container->kind = PL_CONTAINER_NONE;
}
