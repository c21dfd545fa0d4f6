#include "harness/scenario/traits.h"

#define PL_PIPELINE(kind, name) extern const struct pl_pipeline_traits pl_traits_##name;
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE

const struct pl_pipeline_traits *pl_traits_of_kind(enum pl_pipeline_kind kind)
{
    static const struct pl_pipeline_traits *const traits[] = {
#define PL_PIPELINE(kind, name) [PL_PIPELINE_##kind] = &pl_traits_##name,
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE
    };
    return traits[kind];
}

const struct pl_pipeline_traits *pl_traits_of(const struct pl_scenario *scenario)
{
    return pl_traits_of_kind((enum pl_pipeline_kind)scenario->pipeline);
}

uint32_t pl_scenario_files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    return pl_traits_of(s)->files(s, paths);
}

const char *pl_pipeline_kind_name(enum pl_pipeline_kind kind)
{
    return pl_traits_of_kind(kind)->name;
}
