/* What a scenario reads beside its YAML. */
#include "harness/scenario/scenario.h"

uint32_t pl_scenario_files(const struct pl_scenario *s, const char *paths[PL_SOURCES_MAX])
{
    switch ((enum pl_pipeline_kind)s->pipeline) {
    case PL_PIPELINE_MEDIA:
        for (uint32_t i = 0; i < s->media.source_count; i++)
            paths[i] = s->media.sources[i];
        return s->media.source_count;
    case PL_PIPELINE_BROADCAST:
        paths[0] = s->broadcast.video;
        paths[1] = s->broadcast.sound;
        return 2;
    case PL_PIPELINE_BLOCKS:
        paths[0] = s->blocks.file;
        return 1;
    default:
        paths[0] = s->traffic.file;
        return 1;
    }
}
