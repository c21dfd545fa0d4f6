#include "harness/scenario/paths.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int resolve(const char *beside, char file[PL_PATH_MAX], struct pl_error *error)
{
    const char *slash = strrchr(beside, '/');
    char joined[2 * PL_PATH_MAX];
    if (!file[0] || file[0] == '/' || !slash)
        return 0;
    int n = snprintf(joined, sizeof joined, "%.*s/%s", (int)(slash - beside), beside, file);
    if (n < 0 || n >= PL_PATH_MAX)
        return pl_error_set(error, -ENAMETOOLONG, "%s: the path of %s is too long", beside, file);
    memcpy(file, joined, (size_t)n + 1);
    return 0;
}

int pl_scenario_resolve(struct pl_scenario *s, const char *beside, struct pl_error *error)
{
    char *single[] = {s->traffic.file,    s->traffic.sdp, s->broadcast.video,
                      s->broadcast.sound, s->blocks.file, s->trace.file};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof single / sizeof *single; i++)
        rc = resolve(beside, single[i], error);
    for (uint32_t i = 0; !rc && i < s->media.source_count; i++)
        rc = resolve(beside, s->media.sources[i], error);
    for (uint32_t i = 0; !rc && i < s->session.profile_count; i++)
        rc = resolve(beside, s->session.profiles[i].path, error);
    for (uint32_t i = 0; !rc && i < s->program.send_count; i++)
        rc = resolve(beside, s->program.sends[i].file, error);
    return rc ? rc : resolve(beside, s->program.directory, error);
}

bool pl_scenario_key_is_path(const char *key)
{
    static const char *const keys[] = {"traffic.file",    "traffic.sdp",      "broadcast.video",
                                       "broadcast.sound", "blocks.file",      "trace.file",
                                       "media.sources",   "program.directory"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}
