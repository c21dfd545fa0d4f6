/* Reading a cgroup's charges (charged.h; the kernel's cgroup-v1/memory.rst and cgroup-v2.rst). */
#include "harness/cell/charged.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/cgroup.h"

static uint64_t number(const char *cgroup, const char *file, const char *key)
{
    uint64_t value = 0;
    return pl_cgroup_number(cgroup, file, key, &value) ? value : 0;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234" */
static uint64_t stalled_us(const char *cgroup)
{
    char path[2500], line[256];
    uint64_t total = 0;
    snprintf(path, sizeof path, "%s/memory.pressure", cgroup);
    FILE *file = fopen(path, "re");
    if (file && fgets(line, sizeof line, file)) {
        const char *at = strstr(line, "total=");
        total = at ? strtoull(at + 6, NULL, 10) : 0;
    }
    if (file)
        fclose(file);
    return total;
}

void pl_charged_read(enum pl_container_kind kind, const char *cgroup, struct pl_charged *c)
{
    *c = (struct pl_charged){0};
    if (kind == PL_CONTAINER_CGROUP_V2) {
        c->anon = number(cgroup, "memory.stat", "anon");
        c->file = number(cgroup, "memory.stat", "file");
        c->kernel = number(cgroup, "memory.stat", "kernel");
        c->sock = number(cgroup, "memory.stat", "sock");
        c->stalled_us = stalled_us(cgroup);
        c->oom_kills = number(cgroup, "memory.events", "oom_kill");
    } else if (kind == PL_CONTAINER_CGROUP_V1) {
        c->anon = number(cgroup, "memory.stat", "rss");
        c->file = number(cgroup, "memory.stat", "cache");
        c->kernel = number(cgroup, "memory.kmem.usage_in_bytes", NULL);
        c->sock = number(cgroup, "memory.kmem.tcp.usage_in_bytes", NULL);
        c->oom_kills = number(cgroup, "memory.oom_control", "oom_kill");
    }
}

void pl_charged_count_sockets(enum pl_container_kind kind, const char *cgroup)
{
    if (kind == PL_CONTAINER_CGROUP_V1) /* where it can't be had, they are in no figure */
        pl_cgroup_write(cgroup, "memory.kmem.tcp.limit_in_bytes", "9223372036854771712");
}
