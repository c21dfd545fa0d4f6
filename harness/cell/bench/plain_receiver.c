/* The floor under the live receiver: libuv, a buffer from malloc for each datagram, freed at once;
 * no packet, no queue, no reader. Started on a job as a cell is; plimsoll-live-speed runs the two
 * beside each other. */
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

#include "harness/cell/job.h"
#include "harness/cell/record.h"
#include "harness/clock/real.h"
#include "harness/live/socket.h"

#define BUFFER_BYTES 2048

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(malloc(BUFFER_BYTES), BUFFER_BYTES);
}

static void on_datagram(uv_udp_t *udp, ssize_t size, const uv_buf_t *buffer,
                        const struct sockaddr *address, unsigned flags)
{
    (void)size;
    (void)flags;
    uint64_t *received = udp->data;
    *received += address != NULL;
    free(buffer->base);
}

static void on_end(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

static int64_t await_start(struct pl_live_link *link)
{
    int64_t start_ns;
    while ((start_ns = atomic_load(&link->start_ns)) == 0)
        usleep(1000);
    return start_ns;
}

static void receive(struct pl_job *job, int fd, uint64_t *received)
{
    uv_loop_t loop;
    uv_udp_t udp;
    uv_timer_t end;
    int64_t end_ns = await_start(&job->link) + job->scenario.duration_ns;
    uv_loop_init(&loop);
    uv_udp_init(&loop, &udp);
    uv_udp_open(&udp, dup(fd));
    uv_timer_init(&loop, &end);
    udp.data = received;
    uv_udp_recv_start(&udp, on_alloc, on_datagram);
    uv_timer_start(&end, on_end, (uint64_t)(end_ns - pl_real_now()) / 1000000, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
}

int main(void)
{
    struct pl_final final = {.kind = PL_RECORD_FINAL, .size = sizeof final};
    struct pl_error error;
    uint32_t port;
    pl_real_init();
    struct pl_job *job = pl_job_map(PL_JOB_FD);
    if (!job)
        return 2;
    int fd = pl_live_socket(job->scenario.receiver.rcvbuf_bytes, &port, &error);
    if (fd < 0) {
        pl_record_failure(PL_RECORD_FD, fd, error.text);
        return 1;
    }
    atomic_store(&job->link.port[0], port);
    receive(job, fd, &final.counts.received);
    final.counts.dropped[PL_DROP_KERNEL] = pl_live_socket_drops(fd);
    final.cpu_ns = pl_real_cpu();
    pl_record_write(PL_RECORD_FD, &final, sizeof final);
    return 0;
}
