/* The broadcast's state, shared by its files. What a server would have in memory of its own lies in
 * blocks of the stack; what stands here is the harness's: which blocks there are, and what must be
 * in them. */
#ifndef PL_BROADCAST_BROADCAST_STATE_H
#define PL_BROADCAST_BROADCAST_STATE_H

#include "harness/pipelines/broadcast/ascii.h"
#include "harness/pipelines/broadcast/clips.h"
#include "harness/pipelines/pipeline.h"

#define BROADCAST_HEADER 8 /* B before a picture's pixels: width and height, big-endian */
#define BROADCAST_PARTS 6  /* blocks of a client's state */

/** The classes, in the order of broadcast_class_names. */
enum broadcast_class {
    CLASS_FRAME,  /* a picture with its header: received, in a ring, cached */
    CLASS_IMAGE,  /* its pixels, for a composite */
    CLASS_TEXT,   /* rendered: the text, its packet, the queue's copy */
    CLASS_NODE,   /* of a queue */
    CLASS_AUDIO,  /* a packet of sound */
    CLASS_CLIENT, /* a client's state, of several sizes, and the mixer's */
    CLASS_COUNT
};

/** A picture in a block, and which of the clip it is. */
struct held_frame {
    uint8_t *block; /* NULL: none */
    uint32_t picture;
};

/** A node of a packet queue, as it lies in the stack's memory: ascii-chat's have 56 B, too. */
struct queue_node {
    struct queue_node *next;
    uint8_t *data;
    uint64_t size;
    uint64_t sum; /* of the data, to be found again */
    int64_t queued_ns;
    uint64_t number; /* of this queue's packets */
    uint64_t viewer;
};

_Static_assert(sizeof(struct queue_node) == 56, "packet_queue.c:83");

struct packet_line {
    struct queue_node *first, *last;
    uint64_t count;
    uint64_t bytes;
    uint64_t numbered; /* packets that were queued so far */
    uint64_t sent;     /* number of the last one sent */
    uint32_t max;      /* packets; 0: no bound */
};

/** A packet that has to wait for room in its queue. */
struct pending {
    uint8_t *block; /* NULL: none */
    uint64_t size;
};

struct client {
    bool joined;
    bool evicted; /* for good */
    uint32_t index;
    uint64_t arrived; /* pictures, of all its joins */
    uint8_t *parts[BROADCAST_PARTS];
    struct held_frame *ring; /* settings->ring places */
    uint32_t ring_head, ring_count;
    struct held_frame cached;
    struct held_frame image; /* for a composite; kept where images are reused */
    struct packet_line video, audio;
    struct pending video_pending, audio_pending;
    struct pl_event arrival;
    struct broadcast *broadcast;
};

struct broadcast {
    struct pl_pipeline_inputs in;
    const struct pl_broadcast_settings *settings;
    struct pl_broadcast_clips clips;
    struct pl_side *side;
    uint32_t classes[CLASS_COUNT];
    uint32_t width, height; /* of a picture */
    uint32_t columns, rows; /* of a terminal */
    uint64_t frame_bytes;   /* a header and a picture */
    struct client *clients;
    uint8_t *mixer;
    char *text;                /* rendered here first: what it is long, is known then */
    const uint8_t **composite; /* images of one */
    float *mix;
    uint64_t views, sounds, sends, claims; /* how often each event fired */
    struct pl_event view_event, sound_event, send_event, rejoin_event, hostile_event;
};

/* contents.c */
/** A block of a class, or NULL, which the meter counts. @param label of the site, for a ledger */
#define broadcast_acquire(b, class, bytes, label) \
    pl_meter_acquire_at(&(b)->side->meter, (b)->classes[class], (bytes), PL_SITE(label))
void broadcast_release(struct broadcast *b, enum broadcast_class class, void *block,
                       uint64_t bytes);
void broadcast_drop(struct broadcast *b, enum pl_drop reason, uint64_t packets);
/** The sum of some of a block's bytes, one in `step`. */
uint64_t broadcast_sum(const uint8_t *bytes, uint64_t size, uint64_t step);
/** The clip's pixels of a picture. */
const uint8_t *broadcast_pixels(const struct broadcast *b, uint32_t picture);
/** Whether a copy of a picture's pixels is what was sent; if not, it is counted. */
void broadcast_verify(struct broadcast *b, const uint8_t *pixels, uint32_t picture);

/* clients.c */
void client_join(struct client *client);
/** Releases whatever the client has; what waited is dropped. */
void client_leave(struct client *client);

/* arrival.c */
/** When a client's next picture comes. */
int64_t arrival_due(const struct client *client);
int64_t arrival_fire(void *client, int64_t now_ns);
int64_t hostile_fire(void *broadcast, int64_t now_ns);
/** Takes back what waits in the ring. @return pictures */
uint32_t ring_clear(struct client *client);

/* viewer_queue.c */
/** Makes room as the policy says and puts a copy of a packet at the end.
 *  @return false when it has to wait; it was neither counted nor copied */
bool line_offer(struct client *client, struct packet_line *line, const uint8_t *data, uint64_t size,
                int64_t now_ns);
/** Sends all that waits: each packet is checked and released. */
void line_send(struct client *client, struct packet_line *line);
/** @return packets that it held */
uint64_t line_clear(struct client *client, struct packet_line *line);

/* view.c */
int64_t view_fire(void *broadcast, int64_t now_ns);
void image_release(struct client *client);

/* sound.c */
int64_t sound_fire(void *broadcast, int64_t now_ns);
void mixer_close(struct broadcast *b);

#endif
