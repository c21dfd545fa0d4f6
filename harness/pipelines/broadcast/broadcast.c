/* The broadcast put together: its checks, its state in the arena, its end. */
#include "harness/pipelines/broadcast/broadcast.h"

#include <errno.h>
#include <string.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/broadcast_state.h"
#include "harness/pipelines/session/books.h"

#define TEXT_SPARE 64 /* B of a packet's head, and to spare */
#define CLIENT_BYTES 4168

static const char *const class_names[CLASS_COUNT] = {"frame", "image", "text",
                                                     "node",  "audio", "client"};

static void terminal_of(const struct pl_scenario *s, uint32_t *columns, uint32_t *rows)
{
    pl_sides_parse(s->broadcast.terminal, 1, 1000, columns, rows); /* it was checked */
}

static size_t text_bytes(const struct pl_scenario *s)
{
    uint32_t columns, rows;
    terminal_of(s, &columns, &rows);
    return ascii_capacity(columns, rows) + TEXT_SPARE;
}

uint64_t pl_broadcast_picture_bytes(const struct pl_scenario *s)
{
    uint32_t width, height;
    pl_sides_parse(s->broadcast.picture, 1, 10000, &width, &height); /* likewise */
    return (uint64_t)width * height * 3;
}

uint64_t pl_broadcast_pictures_bytes(const struct pl_scenario *s)
{
    return s->broadcast.pictures * pl_broadcast_picture_bytes(s);
}

uint64_t pl_broadcast_sound_bytes(void)
{
    return (uint64_t)PL_BROADCAST_SOUND_PACKETS * PL_BROADCAST_SOUND_SAMPLES * sizeof(float);
}

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    uint64_t image = pl_broadcast_picture_bytes(s);
    const uint64_t needed[CLASS_COUNT] = {image + BROADCAST_HEADER,
                                          image,
                                          text_bytes(s),
                                          sizeof(struct queue_node),
                                          PL_BROADCAST_SOUND_SAMPLES * sizeof(float),
                                          CLIENT_BYTES};
    if (format != PL_FORMAT_RGB24)
        return pl_error_set(
            error, -EINVAL,
            "%s: clients send pictures in rgb24, not in %s; expected formats: rgb24", s->path,
            pl_format_name(format));
    for (uint32_t i = 0; i < CLASS_COUNT; i++) {
        int index = pl_scenario_class(s, class_names[i]);
        if (index < 0)
            return pl_error_set(error, -EINVAL, "%s: no class '%s'; expected one of %llu B",
                                s->path, class_names[i], (unsigned long long)needed[i]);
        if (s->classes[index].size < needed[i])
            return pl_error_set(error, -EINVAL, "%s: class %s has %llu B, but %llu B are needed",
                                s->path, class_names[i], (unsigned long long)s->classes[index].size,
                                (unsigned long long)needed[i]);
    }
    return pl_session_objects_check(s, recording, s->broadcast.clients, error);
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    const struct pl_broadcast_settings *b = &s->broadcast;
    (void)recording;
    (void)format;
    size_t state =
        pl_arena_cost(sizeof(struct broadcast)) + pl_arena_cost(b->clients * sizeof(struct client));
    size_t client = pl_arena_cost(b->ring * sizeof(struct held_frame)) +
                    pl_arena_cost(b->clients * sizeof(uint8_t *)) + pl_arena_cost(text_bytes(s)) +
                    pl_arena_cost(PL_BROADCAST_SOUND_SAMPLES * sizeof(float));
    state += pl_door_arena_bytes(&s->load) +
             pl_session_objects_arena_bytes(s, b->clients, PL_THREADS_MAX);
    return state + b->clients * client + PL_BROADCAST_DECODED_BYTES +
           pl_arena_cost(pl_broadcast_pictures_bytes(s)) +
           pl_arena_cost(pl_broadcast_sound_bytes());
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return s->broadcast.clients * CLIENT_TASKS + 3; /* the door, rejoin and hostile */
}

static bool open_client(struct broadcast *b, uint32_t index)
{
    const struct pl_broadcast_settings *s = b->settings;
    struct pl_arena *arena = b->in.arena;
    struct client *c = &b->clients[index];
    *c = (struct client){.index = index,
                         .broadcast = b,
                         .wanted = !b->in.scenario->load.count,
                         .video = {.max = s->video_queue},
                         .audio = {.max = s->audio_queue}};
    pthread_mutex_init(&c->lock, NULL);
    c->ring = pl_arena_take(arena, s->ring * sizeof *c->ring);
    c->composite = pl_arena_take(arena, s->clients * sizeof *c->composite);
    c->text = pl_arena_take(arena, text_bytes(b->in.scenario));
    c->mix = pl_arena_take(arena, PL_BROADCAST_SOUND_SAMPLES * sizeof *c->mix);
    return c->ring && c->composite && c->text && c->mix;
}

static bool open_clients(struct broadcast *b)
{
    b->clients = pl_arena_take(b->in.arena, b->settings->clients * sizeof *b->clients);
    for (uint32_t i = 0; b->clients && i < b->settings->clients; i++)
        if (!open_client(b, i))
            return false;
    return b->clients != NULL;
}

static bool open_door(struct broadcast *b)
{
    b->door = (struct pl_door){.load = b->in.scenario->load, .tell = client_tell, .context = b};
    return !b->door.load.count || pl_door_open(&b->door, &b->in);
}

static bool open_state(struct broadcast *b)
{
    const struct pl_scenario *s = b->in.scenario;
    for (uint32_t i = 0; i < CLASS_COUNT; i++)
        b->classes[i] = (uint32_t)pl_scenario_class(s, class_names[i]);
    pl_sides_parse(b->settings->picture, 1, 10000, &b->width, &b->height);
    terminal_of(s, &b->columns, &b->rows);
    b->frame_bytes = BROADCAST_HEADER + pl_broadcast_picture_bytes(s);
    pthread_mutex_init(&b->mixer_lock, NULL);
    return pl_session_objects_open(&b->in, b->settings->clients, b->in.sides->side,
                                   b->in.crew->count, &b->objects) &&
           open_clients(b) && open_door(b);
}

int pl_broadcast_open(const struct pl_pipeline_inputs *in, const struct pl_broadcast_clips *clips,
                      void **state, struct pl_error *error)
{
    struct broadcast *b = pl_arena_take(in->arena, sizeof *b);
    if (b)
        *b = (struct broadcast){.in = *in, .settings = &in->scenario->broadcast, .clips = *clips};
    if (!b || !open_state(b))
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    broadcast_add_work(b);
    *state = b;
    return 0;
}

static uint64_t waiting_of(const struct client *c)
{
    return c->ring_count + c->video.count + c->audio.count + (c->video_pending.block != NULL) +
           (c->audio_pending.block != NULL);
}

/* What waits is held; leaving would count it as dropped. */
void pl_broadcast_close(void *state, int64_t now_ns)
{
    struct broadcast *b = state;
    struct pl_side *side = pl_sides_network(b->in.sides);
    struct pl_traffic_counts *counts = &side->counts;
    uint64_t dropped = pl_counter_read(&counts->dropped[PL_DROP_SESSION]);
    (void)now_ns;
    for (uint32_t i = 0; i < b->settings->clients; i++) {
        pl_counter_add(&counts->held, waiting_of(&b->clients[i]));
        client_leave(&b->clients[i], side);
    }
    pl_counter_set(&counts->dropped[PL_DROP_SESSION], dropped);
    pl_session_objects_close(b->objects);
    mixer_close(b, side);
}

const struct pl_pipeline pl_broadcast = {
    .name = "broadcast",
    .program = "plimsoll-media",
    .live_program = "plimsoll-live-media",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
};
