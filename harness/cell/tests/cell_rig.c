#include "harness/cell/tests/cell_rig.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

void cell_rig_open(struct cell_rig *rig, const char *name)
{
    char path[512];
    struct pl_error error;
    snprintf(path, sizeof path, PL_SOURCE_DIR "/scenarios/%s.yaml", name);
    if (pl_scenario_load(path, PL_TIER_DEFAULT, NULL, 0, &rig->scenario, &error) ||
        pl_capture_read(rig->scenario.traffic.file, &(struct pl_capture_options){0},
                        &rig->recording, NULL, &error))
        fail_msg("%s", error.text);
    rig->scenario.container_bytes = 0;
    pl_containers_open(&rig->containers);
}

void cell_rig_close(struct cell_rig *rig)
{
    struct stat status;
    char run[sizeof rig->containers.run];
    memcpy(run, rig->containers.run, sizeof run);
    bool cgroup = rig->containers.kind != PL_CONTAINER_RLIMIT;
    pl_containers_close(&rig->containers);
    if (cgroup)
        assert_int_equal(stat(run, &status), -1);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    free(rig->recording);
}

struct pl_cell_options cell_rig_options(struct cell_rig *rig, const char *stack)
{
    return (struct pl_cell_options){.scenario = &rig->scenario,
                                    .recording = rig->recording,
                                    .stack = stack,
                                    .format = PL_FORMAT_F32,
                                    .clock = PL_CLOCK_VIRTUAL,
                                    .threads = 1,
                                    .seed = 1,
                                    .containers = &rig->containers};
}

struct pl_cell_options cell_rig_live_options(struct cell_rig *rig, const char *stack)
{
    struct pl_cell_options options = cell_rig_options(rig, stack);
    options.clock = PL_CLOCK_WALL;
    options.threads = 2; /* the network has one of its own */
    return options;
}

pid_t cell_rig_child(const char *program)
{
    pid_t found = 0;
    DIR *folder = opendir("/proc");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[300], exe[512] = "", stat[512] = "";
        int parent = 0;
        snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
        ssize_t n = readlink(path, exe, sizeof exe - 1);
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *file = n > 0 && strstr(exe, program) ? fopen(path, "re") : NULL;
        if (file && fgets(stat, sizeof stat, file))
            sscanf(stat, "%*d (%*[^)]) %*c %d", &parent);
        if (file)
            fclose(file);
        if (parent == getpid())
            found = atoi(entry->d_name);
    }
    if (folder)
        closedir(folder);
    return found;
}
