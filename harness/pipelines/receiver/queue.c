/* A list under a mutex (queue.h): the reader takes it whole, so the lock is held for some
 * nanoseconds a packet and no thread ever waits for another's work. */
#include "harness/pipelines/receiver/queue.h"

static void lock(struct packet_queue *queue)
{
    if (queue->shared)
        pthread_mutex_lock(&queue->mutex);
}

static void unlock(struct packet_queue *queue)
{
    if (queue->shared)
        pthread_mutex_unlock(&queue->mutex);
}

void queue_open(struct packet_queue *queue, uint32_t max, bool shared)
{
    *queue = (struct packet_queue){.max = max, .shared = shared};
    pthread_mutex_init(&queue->mutex, NULL);
}

void queue_close(struct packet_queue *queue)
{
    pthread_mutex_destroy(&queue->mutex);
}

bool queue_full(struct packet_queue *queue)
{
    if (!queue->max)
        return false;
    lock(queue);
    bool full = queue->list.count >= queue->max;
    unlock(queue);
    return full;
}

void queue_push(struct packet_queue *queue, struct packet *packet)
{
    lock(queue);
    list_insert_after(&queue->list, queue->list.last, packet);
    unlock(queue);
}

struct packet *queue_take_oldest(struct packet_queue *queue)
{
    lock(queue);
    struct packet *oldest = list_take_first(&queue->list);
    unlock(queue);
    return oldest;
}

struct packet_list queue_take_all(struct packet_queue *queue)
{
    lock(queue);
    struct packet_list all = queue->list;
    queue->list = (struct packet_list){0};
    unlock(queue);
    return all;
}
