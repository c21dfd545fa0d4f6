/* The running pipeline's state, shared by its files: frames and the line they wait in, chunks, the
 * transition between tracks. */
#ifndef PL_MEDIA_MEDIA_STATE_H
#define PL_MEDIA_MEDIA_STATE_H

#include "harness/media/buffers.h"
#include "harness/media/encode.h"
#include "harness/media/feed.h"
#include "harness/pipelines/media/media.h"

/** Frames in the order in which they will be played: a ring in the arena. */
struct line {
    struct pl_media_frame *frames;
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
    uint64_t samples; /* of one channel, of all frames in it; pictures count as one */
    uint64_t now;     /* samples that came, and that should have come but were refused */
};

/** Frames one behind the other in one block a channel. */
struct chunk {
    void *block[8];
    uint32_t frames;
    uint32_t played;             /* of them */
    struct pl_media_frame *sums; /* of each frame */
};

/* Frames that an error path has lost. They are given back when the pipeline is closed, out of what
 * is measured: the heap under test sees none of that. */
struct leak {
    struct pl_media_frame *frames;
    uint32_t count;
    uint32_t capacity;
    uint64_t samples; /* of one channel, of all frames in it */
    uint64_t random;  /* which frames it is */
};

/* What the streams of a cell have in common. */
struct streams {
    struct running *stream[PL_MEDIA_STREAMS_MAX];
    uint32_t count;
};

/* One stream. */
struct running {
    struct pl_pipeline_inputs in;
    const struct pl_media_settings *settings;
    struct pl_media_plan plan;
    struct pl_side *side;
    struct pl_event tick;
    struct pl_media_feed feeds[PL_SOURCES_MAX];
    uint32_t playing;                /* the source of the present track */
    uint32_t track_frames;           /* of it so far */
    struct pl_media_buffers buffers; /* of its decoders' frames */
    struct pl_media_encoder encoder;
    struct line line;
    struct leak leak;
    uint32_t early; /* frame intervals until its decoder delivers again, but the next one */
    struct chunk filling, played;
    uint64_t delay_samples;
    uint64_t
        due_samples; /* of what a decoder has to have given: its frames have their own length */
    uint64_t given_samples;
    uint32_t rate;  /* Hz of the samples held */
    AVFrame *shell; /* describes blocks as a frame to FFmpeg, and owns none */
};

/* frames.c */
struct pl_media_frame *line_at(const struct running *r, uint32_t place);
/** An empty place at the end of the line, for a frame of so many samples of a channel. */
struct pl_media_frame *line_append(struct running *r, uint64_t samples);
/** Takes the last frames off again, without releasing them. */
void line_cut(struct running *r, uint32_t count);
/** Time goes on without samples that should have come: what waits is played when its delay is over
 *  all the same. */
void line_skip(struct running *r, uint64_t samples);
/** Samples of a frame of the replay's own length, of one channel; 1 of a picture. */
uint64_t frame_samples(const struct running *r);
/** @return false when the stack refused: then nothing is held */
bool frame_acquire(struct running *r, struct pl_media_frame *frame);
void frame_release(struct running *r, struct pl_media_frame *frame);
/** Fills an acquired frame from the present track's source, or another one's. @return false when
 *  nothing was to be had */
bool frame_fill(struct running *r, struct pl_media_feed *feed, struct pl_media_frame *frame);
/** The sum of what lies in it: to be found again. */
uint64_t frame_sum(const struct running *r, const struct pl_media_frame *frame);
/** Describes its blocks to FFmpeg. */
AVFrame *frame_shell(struct running *r, const struct pl_media_frame *frame);
/** Plays the oldest frame and releases it, unless it leaks. */
void line_play(struct running *r);
/** The run ends: what is held is counted and released. */
void line_close(struct running *r);

/** What leaks: frames whose unref is missing on an error path. */
void leak_open(struct leak *leak, const struct running *r, struct pl_media_frame *frames);
/** The run is over: what leaked is counted as held, and released. */
void leak_close(struct running *r);

/* stream.c */
/** Opens a stream but for its feeds. @param r zeroed @return 0, -ENOMEM or as the encoder's */
int stream_open(struct running *r, const struct pl_pipeline_inputs *in, struct streams *all,
                struct pl_error *error);
/** The time of its first tick. Streams begin one after the other, spread over a burst's period: no
 *  two cameras are in step. @return ns of replay */
int64_t stream_begins(const struct running *r, uint32_t index);
/** ns of media that it holds. */
uint64_t stream_held_ns(const struct running *r);
/** Half-built ones are taken. */
void stream_close(struct running *r);

/* chunks.c */
void chunks_tick(struct running *r);
/** Frames that were not played yet. */
uint32_t chunks_held(const struct running *r);
void chunks_close(struct running *r);

/* decoded.c */
/** Takes frames as the decoder makes them, until one of the replay's is due. */
void decoded_take(struct running *r);

/* transition.c */
/** The present track is over: the next one begins, faded in where the scenario says so. */
void transition(struct running *r);

/* prepare.c */
/** Opens the feeds of all streams: measures what a round trip costs and fills the clips, in a
 * process of its own, so that the heap under test is as fresh as a server's; under an instrument in
 * this one. */
int prepare(struct streams *all, struct pl_error *error);

#endif
