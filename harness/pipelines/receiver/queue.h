/* The hand-over from the network thread to the reader: packets in the order of their arrival,
 * pushed by any thread, taken by the reader at every read; bounded, or not. Linked through the
 * packets, it takes no memory of its own. */
#ifndef PL_RECEIVER_QUEUE_H
#define PL_RECEIVER_QUEUE_H

#include <pthread.h>
#include <stdbool.h>

#include "harness/pipelines/receiver/packet.h"

struct packet_queue {
    pthread_mutex_t mutex;
    struct packet_list list;
    uint32_t max; /* packets; 0 for no bound */
    bool shared;  /* by two threads: what one alone has needs no lock (200 instructions a packet) */
};

void queue_open(struct packet_queue *queue, uint32_t max, bool shared);

/** Destroys an empty queue. */
void queue_close(struct packet_queue *queue);

static inline void queue_lock(struct packet_queue *queue)
{
    if (queue->shared)
        pthread_mutex_lock(&queue->mutex);
}

static inline void queue_unlock(struct packet_queue *queue)
{
    if (queue->shared)
        pthread_mutex_unlock(&queue->mutex);
}

/** Whether another packet would not go in. With one producer what it answers stays true for its
 *  next push. Any thread. */
static inline bool queue_full(struct packet_queue *queue)
{
    if (!queue->max)
        return false;
    queue_lock(queue);
    bool full = queue->list.count >= queue->max;
    queue_unlock(queue);
    return full;
}

/** Any thread. Not when full. */
static inline void queue_push(struct packet_queue *queue, struct packet *packet)
{
    queue_lock(queue);
    list_insert_after(&queue->list, queue->list.last, packet);
    queue_unlock(queue);
}

/** What waited longest, or NULL. Any thread. */
struct packet *queue_take_oldest(struct packet_queue *queue);

/** All that waits, at once. The reader. */
struct packet_list queue_take_all(struct packet_queue *queue);

#endif
