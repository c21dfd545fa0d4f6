#include "harness/media/tests/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/media/running.h"
#include "harness/pipelines/media/media.h"

#define FRAME_NS INT64_C(40000000)

void rig_scenario(struct pl_scenario *s, const char *source)
{
    *s = (struct pl_scenario){
        .path = "rig",
        .pipeline = PL_PIPELINE_MEDIA,
        .media = {.decode = 1,
                  .source_count = 1,
                  .clip_ns = 25 * FRAME_NS,
                  .frame_ns = FRAME_NS,
                  .delay_ns = 25 * FRAME_NS,
                  .rate = 44100,
                  .channels = 2,
                  .streams = 1,
                  .burst = 1},
        .classes = {{"samples", 0, -1}},
        .class_count = 1,
        .class_fits = 1,
    };
    snprintf(s->media.sources[0], sizeof s->media.sources[0], "scenarios/traffic/%s", source);
}

struct pl_recording *rig_material(const char *name, const void *data, size_t bytes)
{
    uint64_t head = 128, at = 1024;
    struct pl_recording *r = calloc(1, head + at + bytes);
    assert_non_null(r);
    *r = (struct pl_recording){.bytes = head + at + bytes, .material_offset = head};
    struct pl_material *m = (struct pl_material *)(void *)((char *)r + head);
    assert_true(sizeof *m <= at && sizeof *r <= head);
    m->count = 1;
    m->files[0] = (struct pl_material_file){at, bytes, 0, ""};
    snprintf(m->files[0].name, sizeof m->files[0].name, "%s", name);
    memcpy((char *)m + at, data, bytes);
    return r;
}

static struct pl_recording *read_sources(const struct pl_scenario *s)
{
    struct pl_recording *recording;
    struct pl_error error;
    const char *paths[PL_FILES_MAX];
    for (uint32_t i = 0; i < s->media.source_count; i++)
        paths[i] = s->media.sources[i];
    if (pl_material_read(paths, s->media.source_count, NULL, &recording, &error))
        fail_msg("%s", error.text);
    return recording;
}

static void open_stack(struct rig *rig, const char *text)
{
    const struct pl_scenario *s = &rig->scenario;
    struct pl_stack_spec spec;
    struct pl_error error;
    pl_real_init();
    if (pl_stack_parse(text, &spec, &error) ||
        pl_stack_open(&spec, s->classes, s->class_count, s->budgets, s->budget_count, &rig->stack,
                      &error))
        fail_msg("%s", error.text);
}

/* Shared, since another process fills the clips. */
static void open_arena(struct rig *rig, enum pl_format format)
{
    size_t bytes =
        pl_media.arena_bytes(&rig->scenario, rig->recording, format) + pl_sides_arena_bytes(1);
    rig->arena = (struct pl_arena){.capacity = pl_arena_cost(bytes)};
    rig->arena.base =
        mmap(NULL, rig->arena.capacity, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(rig->arena.base != MAP_FAILED);
}

static void end(struct rig *rig)
{
    pl_stack_close(rig->stack);
    munmap(rig->arena.base, rig->arena.capacity);
    free(rig->recording);
}

int rig_open(struct rig *rig, const struct pl_scenario *scenario, enum pl_format format,
             const char *stack, struct pl_recording *recording, struct pl_error *error)
{
    *rig = (struct rig){.scenario = *scenario};
    rig->recording = recording ? recording : read_sources(scenario);
    pl_scenario_fit(&rig->scenario, format);
    if (pl_media.check(&rig->scenario, rig->recording, format, error))
        fail_msg("%s", error->text);
    open_stack(rig, stack);
    open_arena(rig, format);
    pl_loop_init(&rig->loop, rig->heap, PL_MEDIA_STREAMS_MAX + 1);
    assert_true(pl_sides_open(&rig->sides, 1, rig->stack, &rig->scenario, 1, &rig->arena));
    rig->side = pl_sides_network(&rig->sides);
    struct pl_pipeline_inputs inputs = {.scenario = &rig->scenario,
                                        .recording = rig->recording,
                                        .format = format,
                                        .seed = 1,
                                        .sides = &rig->sides,
                                        .loop = &rig->loop,
                                        .arena = &rig->arena,
                                        .media = &rig->facts};
    int rc = pl_media_running_of(&rig->scenario)->open(&inputs, &rig->state, error);
    if (rc)
        end(rig);
    return rc;
}

void rig_must_open(struct rig *rig, const struct pl_scenario *s, enum pl_format format,
                   const char *stack)
{
    struct pl_error error = {""};
    if (rig_open(rig, s, format, stack, NULL, &error))
        fail_msg("%s", error.text);
}

void rig_run(struct rig *rig, int64_t ns)
{
    pl_loop_run(&rig->loop, ns);
    rig->now_ns = ns;
}

void rig_close(struct rig *rig)
{
    pl_media_running_of(&rig->scenario)->close(rig->state, rig->now_ns);
    const struct pl_traffic_counts *counts = &rig->side->counts;
    uint64_t dropped = 0;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        dropped += counts->dropped[i];
    assert_int_equal(counts->received, counts->delivered + dropped + counts->held);
    assert_int_equal(rig->side->meter.live_bytes, 0);
    assert_int_equal(counts->integrity_errors, 0);
    rig->counts = *counts;
    end(rig);
}
