/* Names of formats, clocks and tiers. */
#include <string.h>

#include "harness/scenario/scenario.h"

static const char *const formats[PL_FORMAT_COUNT] = {"f32", "s16"};
static const char *const clocks[PL_CLOCK_COUNT] = {"virtual", "wall"};
static const char *const tiers[PL_TIER_COUNT] = {"smoke", "default", "full"};

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *pl_format_name(enum pl_format format)
{
    return formats[format];
}

int pl_format_parse(const char *name)
{
    return index_of(formats, PL_FORMAT_COUNT, name);
}

size_t pl_format_sample_bytes(enum pl_format format)
{
    return format == PL_FORMAT_F32 ? 4 : 2;
}

const char *pl_clock_name(enum pl_clock clock)
{
    return clocks[clock];
}

int pl_clock_parse(const char *name)
{
    return index_of(clocks, PL_CLOCK_COUNT, name);
}

const char *pl_tier_name(enum pl_tier tier)
{
    return tiers[tier];
}

int pl_tier_parse(const char *name)
{
    return index_of(tiers, PL_TIER_COUNT, name);
}
