/* Reading /proc of a tree (process_tree.h; man 5 proc). */
#include "harness/pipelines/program/process_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/pipelines/program/descendants.h"

#define STAT_MAX 1024

void pl_process_tree_open(struct pl_process_tree *t, pid_t root, const char *procs)
{
    *t = (struct pl_process_tree){
        .root = root,
        .page_bytes = (uint64_t)sysconf(_SC_PAGESIZE),
        .tick_ns = 1000000000 / sysconf(_SC_CLK_TCK),
    };
    snprintf(t->procs, sizeof t->procs, "%s", procs ? procs : "");
}

static int open_file(pid_t pid, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static int add_member(struct pl_process_tree *t, pid_t pid)
{
    if (t->count == t->capacity) {
        uint32_t capacity = t->capacity ? 2 * t->capacity : 16;
        struct pl_process_tree_member *larger = realloc(t->members, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        t->members = larger;
        t->capacity = capacity;
    }
    t->members[t->count++] = (struct pl_process_tree_member){pid, open_file(pid, "statm"),
                                                             open_file(pid, "stat"), true, 0};
    return 0;
}

static int note_member(void *context, pid_t pid)
{
    struct pl_process_tree *t = context;
    if (pid == t->root)
        return 0;
    for (uint32_t i = 0; i < t->count; i++)
        if (t->members[i].pid == pid) {
            t->members[i].seen = true;
            return 0;
        }
    return add_member(t, pid);
}

static void forget(struct pl_process_tree *t, uint32_t i)
{
    close(t->members[i].statm_fd);
    close(t->members[i].stat_fd);
    t->members[i] = t->members[--t->count];
}

/* Those whose parent has ended descend from another one now. Their files are theirs still, so that
 * no other process with the same number is taken for one. */
static int find_orphans(struct pl_process_tree *t)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < t->count; i++) {
        if (t->members[i].seen || !t->members[i].pid)
            continue;
        t->members[i].seen = true;
        rc = pl_descendants_of(t->members[i].pid, note_member, t);
    }
    return rc;
}

static int find_members(struct pl_process_tree *t)
{
    for (uint32_t i = 0; i < t->count; i++)
        t->members[i].seen = false;
    int rc = t->procs[0] ? pl_descendants_of_cgroup(t->procs, note_member, t)
                         : pl_descendants_of(t->root, note_member, t);
    if (!rc && t->keeps_orphans)
        rc = find_orphans(t);
    for (uint32_t i = t->count; i-- > 0;)
        if (!t->members[i].seen)
            forget(t, i);
    return rc;
}

/* What stands behind the name, which may hold anything. */
struct stat_line {
    uint64_t minflt, cminflt, majflt, cmajflt, utime, stime, cutime, cstime;
    unsigned threads;
};

static bool read_stat(int fd, struct stat_line *s)
{
    char text[STAT_MAX];
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const char *behind = strrchr(text, ')');
    return behind &&
           sscanf(behind + 1,
                  " %*c %*d %*d %*d %*d %*d %*u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %*d %*d %u",
                  &s->minflt, &s->cminflt, &s->majflt, &s->cmajflt, &s->utime, &s->stime,
                  &s->cutime, &s->cstime, &s->threads) == 9;
}

/* Those of children count here once they were waited for. */
static void add_stat(const struct pl_process_tree *t, const struct stat_line *s, bool own,
                     struct pl_process_tree_figures *f)
{
    f->cpu_user_ns += (int64_t)((own ? s->utime : 0) + s->cutime) * t->tick_ns;
    f->cpu_system_ns += (int64_t)((own ? s->stime : 0) + s->cstime) * t->tick_ns;
    f->faults_minor += (own ? s->minflt : 0) + s->cminflt;
    f->faults_major += (own ? s->majflt : 0) + s->cmajflt;
    f->threads += own ? s->threads : 0;
}

/* A process that ended has no memory any more, until it is waited for. */
static void add_memory(const struct pl_process_tree *t, struct pl_process_tree_member *m,
                       struct pl_process_tree_figures *f)
{
    char text[128];
    uint64_t size, resident, shared;
    ssize_t n = pread(m->statm_fd, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    m->rss_bytes = 0;
    if (n <= 0)
        m->pid = 0; /* its files are those of the dead: the next to have this pid gets new ones */
    if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &size, &resident, &shared) != 3 || !size)
        return;
    f->processes++;
    f->vsz_bytes += size * t->page_bytes;
    m->rss_bytes = (resident > shared ? resident - shared : 0) * t->page_bytes;
    f->rss_bytes += m->rss_bytes;
    f->shared_bytes += shared * t->page_bytes;
}

static void add_stats(const struct pl_process_tree *t, struct pl_process_tree_figures *f)
{
    struct stat_line s;
    for (uint32_t i = 0; i < t->count; i++)
        if (read_stat(t->members[i].stat_fd, &s))
            add_stat(t, &s, true, f);
    int fd = open_file(t->root, "stat");
    if (fd >= 0 && read_stat(fd, &s))
        add_stat(t, &s, false, f);
    if (fd >= 0)
        close(fd);
}

int pl_process_tree_read(struct pl_process_tree *t, enum pl_process_tree_reading reading,
                         struct pl_process_tree_figures *f)
{
    struct pl_process_tree_figures before = *f;
    *f = (struct pl_process_tree_figures){0};
    int rc = find_members(t);
    for (uint32_t i = 0; i < t->count; i++)
        add_memory(t, &t->members[i], f);
    if (reading == PL_PROCESS_TREE_WHOLE) {
        add_stats(t, f);
        return rc;
    }
    f->threads = before.threads;
    f->cpu_user_ns = before.cpu_user_ns;
    f->cpu_system_ns = before.cpu_system_ns;
    f->faults_minor = before.faults_minor;
    f->faults_major = before.faults_major;
    return rc;
}

static uint64_t kib_of(const char *status, const char *key)
{
    const char *at = strstr(status, key);
    return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

uint64_t pl_process_tree_single_peak(const struct pl_process_tree *t)
{
    char status[4096];
    if (t->count != 1)
        return 0;
    int fd = open_file(t->members[0].pid, "status");
    ssize_t n = fd < 0 ? -1 : read(fd, status, sizeof status - 1);
    if (fd >= 0)
        close(fd);
    status[n > 0 ? n : 0] = '\0';
    uint64_t peak = kib_of(status, "VmHWM:");
    uint64_t shared = kib_of(status, "RssFile:") + kib_of(status, "RssShmem:");
    return peak > shared ? (peak - shared) * 1024 : 0;
}

void pl_process_tree_close(struct pl_process_tree *t)
{
    while (t->count > 0)
        forget(t, 0);
    free(t->members);
    t->members = NULL;
    t->capacity = 0;
}
