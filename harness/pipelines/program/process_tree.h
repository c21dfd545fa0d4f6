/* A tree of processes, measured from outside: the sums over what descends from one process, which
 * is no part of it. Its files in /proc stay open, since opening them costs more than reading. */
#ifndef PL_PIPELINES_PROGRAM_PROCESS_TREE_H
#define PL_PIPELINES_PROGRAM_PROCESS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pl_process_tree_member {
    pid_t pid;
    int statm_fd;
    int stat_fd;
    bool seen;          /* in this round */
    uint64_t rss_bytes; /* of the latest reading, as the sum below has it */
};

struct pl_process_tree {
    pid_t root;         /* what it descends from */
    char procs[2432];   /* cgroup.procs of the container that it lies in; "" without one */
    bool keeps_orphans; /* what was seen in it stays in it, also where its parent ends; false as
                           opened */
    struct pl_process_tree_member *members;
    uint32_t count, capacity;
    uint64_t page_bytes;
    int64_t tick_ns;
};

/** Sums at one moment; those below the line are of the latest whole reading. */
struct pl_process_tree_figures {
    uint64_t rss_bytes;    /* RssAnon: a page that a child shares with its parent counts in both */
    uint64_t shared_bytes; /* of files and shared memory, resident; counted in each */
    uint64_t vsz_bytes;
    uint32_t processes;
    /* ---- */
    uint32_t threads;
    int64_t cpu_user_ns; /* since they began, those that ended included; in ticks of 10 ms */
    int64_t cpu_system_ns;
    uint64_t faults_minor; /* likewise */
    uint64_t faults_major;
};

/** @param procs path of the container's cgroup.procs, or NULL: then descendants are looked for */
void pl_process_tree_open(struct pl_process_tree *tree, pid_t root, const char *procs);

/** What to read: /proc/PID/stat costs ten times as much as statm. */
enum pl_process_tree_reading { PL_PROCESS_TREE_MEMORY, PL_PROCESS_TREE_WHOLE };

/** Reads the figures as they are now.
 *  @param figures those below the line stay as they are unless the whole is read
 *  @return 0, or -ENOMEM when there are more processes than there is memory for */
int pl_process_tree_read(struct pl_process_tree *tree, enum pl_process_tree_reading reading,
                         struct pl_process_tree_figures *figures);

/** The most that one process of the tree ever held, and it alone: VmHWM less what is shared now.
 *  @return 0 unless the tree is one process now */
uint64_t pl_process_tree_single_peak(const struct pl_process_tree *tree);

void pl_process_tree_close(struct pl_process_tree *tree);

#endif
