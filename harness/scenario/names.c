/* Names of formats, clocks, tiers and classes. */
#include <stdio.h>
#include <string.h>

#include "harness/scenario/scenario.h"

static const char *const formats[PL_FORMAT_COUNT] = {
    "f32", "s16", "f64", "s32", "ffmpeg", "yuv420p", "yuv422p", "rgb24", "rgba", "own"};
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
    return index_of(formats, PL_FORMAT_OWN, name); /* nobody chooses a foreign program's */
}

size_t pl_format_sample_bytes(enum pl_format format)
{
    static const size_t bytes[PL_FORMAT_COUNT] = {
        [PL_FORMAT_F32] = 4, [PL_FORMAT_S16] = 2, [PL_FORMAT_F64] = 8, [PL_FORMAT_S32] = 4};
    return bytes[format];
}

size_t pl_format_picture_bytes(enum pl_format format, uint32_t width, uint32_t height)
{
    static const size_t halves[PL_FORMAT_COUNT] = {[PL_FORMAT_YUV420P] = 3,
                                                   [PL_FORMAT_YUV422P] = 4,
                                                   [PL_FORMAT_RGB24] = 6,
                                                   [PL_FORMAT_RGBA] = 8};
    return (size_t)width * height * halves[format] / 2;
}

size_t pl_formats_parse(const char *list, enum pl_format parsed[PL_FORMAT_COUNT], char wrong[32])
{
    char copy[256], *rest = copy;
    size_t count = 0;
    unsigned seen = 0;
    if (strcmp(list, formats[PL_FORMAT_OWN]) == 0) {
        parsed[0] = PL_FORMAT_OWN;
        return 1;
    }
    snprintf(copy, sizeof copy, "%s", list);
    for (char *name; (name = strsep(&rest, ","));) {
        int format = pl_format_parse(name);
        if (format < 0 || seen & 1u << format) {
            snprintf(wrong, 32, "%s", name);
            return 0;
        }
        seen |= 1u << format;
        parsed[count++] = (enum pl_format)format;
    }
    return count;
}

void pl_format_names(char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < PL_FORMAT_OWN && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", i ? ", " : "", formats[i]);
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

int pl_scenario_class(const struct pl_scenario *s, const char *name)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, name) == 0)
            return (int)i;
    return -1;
}
