/* The pipeline receiver: its traits. */
#include "harness/scenario/traits.h"

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_SOURCES_MAX])
{
    paths[0] = s->traffic.file;
    return 1;
}

const struct pl_pipeline_traits pl_traits_receiver = {
    .name = "receiver",
    .sections = (const char *const[]){"traffic", "receiver", "session", NULL},
    .classes = (const char *const[]){"packet", "packet_buffer", "frame_buffer", NULL},
    .needed = (const char *const[]){"traffic.file", "classes", NULL},
    .large = "so many traffic.sessions with these faults",
    .material = PL_MATERIAL_CAPTURE,
    .live = true,
    .packets = true,
    .benchmarks = true,
    .threads_max = 2,
    .sockets = true,
    .files = files,
};
