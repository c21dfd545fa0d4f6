/* Reading what a scenario replays (scenario_recording.h). */
#include "harness/cli/scenario_recording.h"

#include <errno.h>
#include <stdlib.h>

#include "harness/cli/command.h"
#include "harness/scenario/traits.h"
#include "harness/traffic/material.h"
#include "harness/traffic/profile.h"
#include "harness/traffic/tape.h"

static struct pl_capture_options capture_options(const struct pl_scenario *s)
{
    const struct pl_traffic_settings *traffic = &s->traffic;
    return (struct pl_capture_options){.filter = traffic->filter,
                                       .payload = traffic->payload[0] ? traffic->payload : NULL,
                                       .sdp = traffic->sdp[0] ? traffic->sdp : NULL,
                                       .max_gap_ns = traffic->max_gap_ns};
}

static int read_captures(const struct pl_scenario *s, struct pl_recording **recording,
                         struct pl_error *error)
{
    const char *paths[PL_FILES_MAX];
    struct pl_capture_options options = capture_options(s);
    options.decodes = true;
    uint32_t count = pl_scenario_files(s, paths);
    return pl_material_read(paths, count, &options, recording, error);
}

/* A file of lines, or what a recorded program asks for. */
static int open_profile(const struct pl_session_profile *of, struct pl_profile **profile,
                        struct pl_error *error)
{
    if (pl_command_is_trace(of->path))
        return pl_profile_of_trace(of->path, of->from_ns, of->until_ns, profile, error);
    if (of->from_ns || of->until_ns)
        return pl_error_set(
            error, -EINVAL,
            "%s: a profile of lines has no times; expected a trace for from and until", of->path);
    return pl_profile_read(of->path, profile, error);
}

static int read_profile(const struct pl_scenario *s, struct pl_recording **recording,
                        struct pl_error *error)
{
    const char *paths[PL_FILES_MAX];
    struct pl_profile *profile;
    struct pl_session_profile whole = {0};
    pl_scenario_files(s, paths);
    snprintf(whole.path, sizeof whole.path, "%s", paths[0]);
    int rc = open_profile(&whole, &profile, error);
    if (rc)
        return rc;
    *recording = pl_material_of(paths[0], profile, profile->bytes);
    free(profile);
    return *recording ? 0 : pl_error_set(error, -ENOMEM, "out of memory for %s", paths[0]);
}

/* Behind the recording, in the order of the scenario's. */
static int append_profiles(const struct pl_session_settings *s, struct pl_recording **recording,
                           struct pl_error *error)
{
    struct pl_profile *profiles[PL_SESSION_PROFILES_MAX] = {NULL};
    struct pl_material_data data[PL_SESSION_PROFILES_MAX];
    int rc = 0;
    for (uint32_t i = 0; !rc && i < s->profile_count; i++) {
        rc = open_profile(&s->profiles[i], &profiles[i], error);
        if (!rc)
            data[i] =
                (struct pl_material_data){s->profiles[i].path, profiles[i], profiles[i]->bytes};
    }
    struct pl_recording *whole = rc ? NULL : pl_material_append(*recording, data, s->profile_count);
    if (!rc && !whole)
        rc = pl_error_set(error, -ENOMEM, "out of memory for the profiles of session.objects");
    if (whole)
        *recording = whole;
    for (uint32_t i = 0; i < s->profile_count; i++)
        free(profiles[i]);
    return rc;
}

/* With the profiles of its sessions, where it has some. */
static int complete(const struct pl_scenario *s, struct pl_recording *read,
                    struct pl_recording **recording, struct pl_error *error)
{
    int rc = s->session.profile_count ? append_profiles(&s->session, &read, error) : 0;
    if (rc)
        free(read);
    else
        *recording = read;
    return rc;
}

static int read_files(const struct pl_scenario *s, struct pl_recording **recording,
                      struct pl_error *error)
{
    const char *paths[PL_FILES_MAX];
    struct pl_recording *read;
    uint32_t count = pl_scenario_files(s, paths) - s->session.profile_count;
    int rc = pl_material_read(paths, count, NULL, &read, error);
    return rc ? rc : complete(s, read, recording, error);
}

static int read_capture(const struct pl_scenario *s, struct pl_recording **recording,
                        struct pl_capture_counts *counts, struct pl_error *error)
{
    struct pl_capture_options options = capture_options(s);
    struct pl_recording *read;
    int rc = pl_capture_read(s->traffic.file, &options, &read, counts, error);
    return rc ? rc : complete(s, read, recording, error);
}

int pl_recording_of(const struct pl_scenario *s, struct pl_recording **recording,
                    struct pl_capture_counts *counts, struct pl_error *error)
{
    *counts = (struct pl_capture_counts){0};
    switch (pl_traits_of(s)->material) {
    case PL_MATERIAL_CAPTURES:
        return read_captures(s, recording, error);
    case PL_MATERIAL_FILES:
        return read_files(s, recording, error);
    case PL_MATERIAL_PROFILE:
        return read_profile(s, recording, error);
    case PL_MATERIAL_TAPE:
        return pl_tape_compile(s->trace.file, recording, error);
    default:
        return read_capture(s, recording, counts, error);
    }
}
