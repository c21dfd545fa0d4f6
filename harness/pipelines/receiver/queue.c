/* A list under a mutex (queue.h): the reader takes it whole, so the lock is held for some
 * nanoseconds a packet and no thread ever waits for another's work. */
#include "harness/pipelines/receiver/queue.h"

void queue_open(struct packet_queue *queue, uint32_t max, bool shared)
{
    *queue = (struct packet_queue){.max = max, .shared = shared};
    pthread_mutex_init(&queue->mutex, NULL);
}

void queue_close(struct packet_queue *queue)
{
    pthread_mutex_destroy(&queue->mutex);
}

struct packet *queue_take_oldest(struct packet_queue *queue)
{
    queue_lock(queue);
    struct packet *oldest = list_take_first(&queue->list);
    queue_unlock(queue);
    return oldest;
}

struct packet_list queue_take_all(struct packet_queue *queue)
{
    queue_lock(queue);
    struct packet_list all = queue->list;
    queue->list = (struct packet_list){0};
    queue_unlock(queue);
    return all;
}
