/* The live receiver's state, shared by its files. */
#ifndef PL_LIVE_LIVE_STATE_H
#define PL_LIVE_LIVE_STATE_H

#include <pthread.h>
#include <semaphore.h>
#include <uv.h>

#include "harness/live/link.h"
#include "harness/pipelines/receiver/receiver_state.h"

/** Longer than any datagram over IPv4 (65,507 B). */
#define SCRATCH_BYTES 65536

struct pl_live;

struct pl_live_udp {
    struct pl_live *live;
    int fd; /* a duplicate of the one that libuv has */
    uv_udp_t udp;
    uint32_t drops; /* that the kernel counted so far */
};

struct pl_live {
    struct receiver receiver;
    struct pl_live_link *link;
    struct pl_identifier *identifier;
    int stop_fd;      /* readable once the threads are to end */
    int64_t start_ns; /* replay time 0 */
    uint32_t source;  /* whence our own sender sends, in network order: all else is a stranger's */
    sem_t go;         /* posted for each thread */
    pthread_t network, reader;
    uint8_t *scratch; /* where a datagram goes that is to be lost */
    uv_loop_t loop;
    struct pl_live_udp udp[PL_RECEIVER_SOCKETS_MAX];
    uint32_t udp_count;
    uv_timer_t retry;
    uv_timer_t drops; /* looks after the kernel's counter */
    uv_poll_t stop;
};

/* network.c */
int network_open(struct pl_live *live);
void *network_run(void *live);
/** Brings the kernel's counters of drops into the books. On the network's thread, or after it. */
void network_count_drops(struct pl_live *live);

/* reader.c */
void *reader_run(void *live);

#endif
