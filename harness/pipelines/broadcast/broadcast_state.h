/* The broadcast's state, shared by its files. What a server would have in memory of its own lies in
 * blocks of the stack; what stands here is the harness's: which blocks there are, and what must be
 * in them.
 *
 * A client has four jobs, in ascii-chat a thread each (its src/server/client.c and render.c of
 * 2025): to receive, to render, to mix and to send. They are given to workers. What the one that
 * receives acquires, the one that renders releases; what that one puts into a queue, the one that
 * sends releases. */
#ifndef PL_BROADCAST_BROADCAST_STATE_H
#define PL_BROADCAST_BROADCAST_STATE_H

#include <pthread.h>

#include "harness/clock/virtual.h"
#include "harness/pipelines/broadcast/ascii.h"
#include "harness/pipelines/broadcast/clips.h"
#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/session/door.h"
#include "harness/pipelines/session/objects.h"

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

/** The tasks of a client's jobs, in the order in which they fire at one time. To consume and to
 * show is the work of the one that renders. */
enum client_task { TASK_RECEIVE, TASK_CONSUME, TASK_SHOW, TASK_SPEAK, TASK_SEND, CLIENT_TASKS };

struct client;

struct work {
    struct pl_task task; /* first: the crew knows it by this */
    struct client *client;
    uint64_t fired; /* how often */
};

struct client {
    pthread_mutex_t lock; /* of all up to the queues */
    bool joined;          /* written under the lock; may be read without, atomically */
    bool evicted;         /* for good; under a load until it goes */
    bool wanted;          /* by the load; atomic */
    bool in_session;      /* for the one that receives alone: its session.objects go on */
    uint8_t *parts[BROADCAST_PARTS];
    struct held_frame *ring; /* settings->ring places */
    uint32_t ring_head, ring_count;
    struct held_frame cached;
    struct held_frame image; /* for composites, where images are reused */
    struct packet_line video, audio;
    struct pending video_pending, audio_pending;
    uint32_t index;
    uint64_t arrived;    /* pictures, of all its joins; for the one that receives alone */
    uint8_t **composite; /* what it sees: the images of one; for the one that renders alone */
    char *text;          /* rendered here first: what it is long, is known then; likewise */
    float *mix;          /* for the one that mixes alone */
    struct work work[CLIENT_TASKS];
    struct broadcast *broadcast;
};

struct broadcast {
    struct pl_pipeline_inputs in;
    const struct pl_broadcast_settings *settings;
    struct pl_broadcast_clips clips;
    uint32_t classes[CLASS_COUNT];
    uint32_t width, height; /* of a picture */
    uint32_t columns, rows; /* of a terminal */
    uint64_t frame_bytes;   /* a header and a picture */
    struct client *clients;
    pthread_mutex_t mixer_lock; /* of the two below */
    uint8_t *mixer;
    uint64_t mixer_tries; /* the number of the packet before which it was last asked for, from 1 */
    struct work rejoin, hostile;
    struct pl_door door;                /* where clients come and go, where there is a load */
    struct pl_session_objects *objects; /* that clients make and keep */
};

/** Guards what workers share. Under the virtual clock they take turns. */
static inline void broadcast_lock(const struct broadcast *b, pthread_mutex_t *lock)
{
    if (!b->in.loop)
        pthread_mutex_lock(lock);
}

static inline void broadcast_unlock(const struct broadcast *b, pthread_mutex_t *lock)
{
    if (!b->in.loop)
        pthread_mutex_unlock(lock);
}

/** Where the worker counts that does it. */
static inline struct pl_side *work_side(const struct work *w)
{
    return w->client->broadcast->in.sides->side[w->task.worker];
}

/** When it fires next, so many times a second. Counts that it fired. */
static inline int64_t work_next(struct work *w, uint32_t per_s)
{
    return (int64_t)(++w->fired * PL_NS_PER_S / per_s);
}

/** Whether a client is there, without its lock. */
static inline bool client_is_there(const struct client *c)
{
    return __atomic_load_n(&c->joined, __ATOMIC_RELAXED);
}

/* contents.c */
/** A block of a class, or NULL, which the meter counts. @param label of the site, for a ledger */
#define broadcast_acquire(b, side, class, bytes, label) \
    pl_meter_acquire_at(&(side)->meter, (b)->classes[class], (bytes), PL_SITE(label))
void broadcast_release(const struct broadcast *b, struct pl_side *side, enum broadcast_class class,
                       void *block, uint64_t bytes);
void broadcast_drop(struct pl_side *side, enum pl_drop reason, uint64_t packets);
/** The sum of some of a block's bytes, one in `step`. */
uint64_t broadcast_sum(const uint8_t *bytes, uint64_t size, uint64_t step);
/** The clip's pixels of a picture. */
const uint8_t *broadcast_pixels(const struct broadcast *b, uint32_t picture);
/** Whether a copy of a picture's pixels is what was sent; if not, it is counted. */
void broadcast_verify(const struct broadcast *b, struct pl_side *side, const uint8_t *pixels,
                      uint32_t picture);

/* client_work.c */
/** Gives the clients' jobs to workers and adds their tasks. */
void broadcast_add_work(struct broadcast *b);

/* clients.c; the client's lock is held */
/** Makes its state; refused, it has not joined. */
void client_join(struct client *client, struct pl_side *side);
/** Releases whatever the client has; what waited is dropped. */
void client_leave(struct client *client, struct pl_side *side);
/** Starts or ends the session of a client that has come or gone. On the worker that receives. */
void client_session(struct work *work, int64_t now_ns);
/** The last one leaves and is back at once. Takes the lock. */
int64_t rejoin_fire(void *work, int64_t now_ns);
/** Tells a client of the load that it is to come or go, which it does with its next picture. */
void client_tell(void *broadcast, const struct pl_load_change *change, int64_t now_ns);

/* arrival.c */
/** When a client's next picture comes. */
int64_t arrival_due(const struct client *client);
int64_t arrival_fire(void *work, int64_t now_ns);
int64_t hostile_fire(void *work, int64_t now_ns);
/** Takes back what waits in the ring; the client's lock is held. @return pictures */
uint32_t ring_clear(struct client *client, struct pl_side *side);

/* viewer_queue.c; but for send_fire, the client's lock is held */
/** Makes room as the policy says and puts a copy of a packet at the end.
 *  @return false when it has to wait; it was neither counted nor copied */
bool line_offer(struct client *client, struct pl_side *side, struct packet_line *line,
                const uint8_t *data, uint64_t size, int64_t now_ns);
/** @return packets that it held */
uint64_t line_clear(struct client *client, struct pl_side *side, struct packet_line *line);
/** Sends all that waits for a viewer that reads: each packet is checked and released. */
int64_t send_fire(void *work, int64_t now_ns);

/* composite.c */
/** Renders all that a viewer sees into its text. Takes the locks of clients.
 *  @return bytes of text, 0 when refused the images of it, or when all have left */
size_t composite_render(struct client *viewer, struct pl_side *side);
/** Of an image that is kept for reuse. The client's lock is held. */
void image_release(struct client *client, struct pl_side *side);

/* view.c */
/** The oldest picture in a client's ring becomes the one that is shown. */
int64_t consume_fire(void *work, int64_t now_ns);
int64_t show_fire(void *work, int64_t now_ns);

/* sound.c */
int64_t speak_fire(void *work, int64_t now_ns);
void mixer_close(struct broadcast *b, struct pl_side *side);

#endif
