/* Datagrams of another program at the port of a live cell, and corrupted memory beside them: the
 * former is kept out and counted apart, the latter still is an integrity error. A few seconds each.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cell/tests/cell_rig.h"
#include "harness/traffic/identity.h"
#include "harness/traffic/rtp.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

struct rig {
    struct cell_rig cell;
    atomic_bool over;
    unsigned pause_us;      /* from one stranger's datagram to the next */
    uint64_t strange;       /* datagrams that strangers sent */
    uint64_t blocks_spoilt; /* of the cell's memory */
};

static int open_rig(void **state)
{
    struct rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    cell_rig_open(&rig->cell, "steady-reader");
    rig->cell.scenario.duration_ns = 3 * S;
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    struct rig *rig = *state;
    cell_rig_close(&rig->cell);
    free(rig);
    return 0;
}

static void wait_ms(unsigned ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * MS}, NULL);
}

/* The port of the UDP socket with this inode, or 0. */
static unsigned port_of_inode(unsigned long inode)
{
    char line[512];
    unsigned port = 0;
    FILE *file = fopen("/proc/net/udp", "re");
    while (file && fgets(line, sizeof line, file)) {
        unsigned local, number;
        unsigned long its;
        if (sscanf(line, "%u: %*x:%x %*s %*s %*s %*s %*s %*s %*s %lu", &number, &local, &its) ==
                3 &&
            its == inode)
            port = local;
    }
    if (file)
        fclose(file);
    return port;
}

/* Where the cell receives, or 0. */
static unsigned port_of(int pid)
{
    char path[300], target[64];
    unsigned port = 0;
    for (int fd = 3; pid && !port && fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
        ssize_t n = readlink(path, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        unsigned long inode;
        if (sscanf(target, "socket:[%lu]", &inode) == 1)
            port = port_of_inode(inode);
    }
    return port;
}

static unsigned await_port(const struct rig *rig)
{
    unsigned port = 0;
    for (int i = 0; i < 500 && !port && !rig->over; i++) {
        port = port_of(cell_rig_child("plimsoll-live"));
        wait_ms(10);
    }
    return port;
}

/* By turns: nothing, garbage, the head of an RTP header, and a packet that one of our own senders
 * will send, from its own SSRC, with another payload. */
static size_t strange_datagram(const struct rig *rig, uint64_t number, uint8_t *to)
{
    const struct pl_recorded_packet *p = &pl_recording_packets(rig->cell.recording)[number % 500];
    struct pl_identity identity = pl_identity_of(1, p->stream);
    memset(to, 0xaa, 2048);
    memcpy(to, pl_recording_datagrams(rig->cell.recording) + p->datagram_offset, PL_RTP_HEADER_MIN);
    pl_rtp_rebase(to, (uint16_t)(identity.sequence + p->position),
                  identity.timestamp + (uint32_t)p->timestamp, identity.ssrc);
    const size_t sizes[] = {0, 100, PL_RTP_HEADER_MIN / 2, p->datagram_size};
    if (number % 4 == 1)
        to[0] = 0x17;
    return sizes[number % 4];
}

static void *be_strangers(void *context)
{
    struct rig *rig = context;
    uint8_t datagram[2048];
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)await_port(rig)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    while (!rig->over && to.sin_port) {
        size_t size = strange_datagram(rig, rig->strange, datagram);
        rig->strange +=
            sendto(fd, datagram, size, 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)size;
        if (rig->pause_us)
            usleep(rig->pause_us);
    }
    close(fd);
    return NULL;
}

static void run(struct rig *rig, void *(*beside)(void *), struct pl_cell_evidence *e)
{
    pthread_t thread;
    struct pl_error error = {""};
    struct pl_cell_options options = cell_rig_live_options(&rig->cell, "glibc");
    assert_int_equal(pthread_create(&thread, NULL, beside, rig), 0);
    int rc = pl_cell_run(&options, e, &error);
    rig->over = true;
    pthread_join(thread, NULL);
    if (rc)
        fail_msg("%s", error.text);
    if (!e->has_final || e->wait_status != 0)
        fail_msg("no final books; status %d", e->wait_status);
}

/* Nobody else's datagram is in any figure, however much it looks like one of ours. */
static void strangers_are_counted_apart(void **state)
{
    struct rig *rig = *state;
    struct pl_cell_evidence e;
    rig->pause_us = 20000;
    run(rig, be_strangers, &e);
    const struct pl_traffic_counts *c = &e.final.counts;
    assert_int_equal(c->integrity_errors, 0);
    assert_in_range(rig->strange, 20, 200);
    assert_in_range(c->foreign, 10, rig->strange);
    assert_int_equal(c->dropped[PL_DROP_INVALID], 0);
    assert_int_equal(c->sessions_started, 2);
    assert_int_equal(c->received, c->delivered + c->held);
    assert_false(pl_final_disturbed(&e.final));
    pl_cell_evidence_free(&e);
}

/* As fast as they can: what the kernel then drops is ours or theirs, and every one of ours is
 * accounted for. */
static void a_flood_of_strangers_is_no_corruption(void **state)
{
    struct rig *rig = *state;
    struct pl_cell_evidence e;
    rig->cell.scenario.receiver.rcvbuf_bytes = 65536;
    run(rig, be_strangers, &e);
    const struct pl_traffic_counts *c = &e.final.counts;
    assert_int_equal(c->integrity_errors, 0);
    assert_true(c->foreign > 1000);
    assert_int_equal(c->received, c->delivered + c->held + c->dropped[PL_DROP_KERNEL] +
                                      c->dropped[PL_DROP_LATE] + c->dropped[PL_DROP_SESSION]);
    assert_true(pl_final_disturbed(&e.final));
    pl_cell_evidence_free(&e);
}

/* Changes a byte of every copy of some payloads in a piece of the cell's memory. */
static void spoil(struct rig *rig, int memory, uint64_t from, size_t size)
{
    uint8_t *copy = malloc(size);
    ssize_t n = copy ? pread(memory, copy, size, (off_t)from) : 0;
    for (uint32_t i = 200; n > 0 && i < 240; i++) { /* sent within the stall */
        const struct pl_recorded_packet *p = &pl_recording_packets(rig->cell.recording)[i];
        const uint8_t *payload =
            pl_recording_datagrams(rig->cell.recording) + p->datagram_offset + p->payload_offset;
        const uint8_t *at = memmem(copy, (size_t)n, payload, p->payload_size);
        uint8_t changed = payload[0] ^ 0x10;
        if (at && pwrite(memory, &changed, 1, (off_t)(from + (uint64_t)(at - copy))) == 1)
            rig->blocks_spoilt++;
    }
    free(copy);
}

/* In the midst of a stall, while the packets wait: in private memory, where the heap is. */
static void *spoil_memory(void *context)
{
    struct rig *rig = context;
    char path[64], line[512];
    unsigned port = await_port(rig);
    wait_ms(1200);
    int pid = cell_rig_child("plimsoll-live");
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    int memory = port ? open(path, O_RDWR | O_CLOEXEC) : -1;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = memory >= 0 ? fopen(path, "re") : NULL;
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long from, to, inode;
        char rights[8];
        if (sscanf(line, "%lx-%lx %7s %*s %*s %lu", &from, &to, rights, &inode) == 4 &&
            inode == 0 && strcmp(rights, "rw-p") == 0 && to - from <= 64u << 20)
            spoil(rig, memory, from, to - from);
    }
    if (maps)
        fclose(maps);
    if (memory >= 0)
        close(memory);
    return be_strangers(rig);
}

static void corrupted_memory_is_found_beside_strangers(void **state)
{
    struct rig *rig = *state;
    struct pl_cell_evidence e;
    rig->pause_us = 20000;
    rig->cell.scenario.receiver.stalls[0] = (struct pl_span){100 * MS, 2000 * MS};
    rig->cell.scenario.receiver.stall_count = 1;
    rig->cell.scenario.receiver.latency_bounds = false;
    run(rig, spoil_memory, &e);
    if (!rig->blocks_spoilt) {
        pl_cell_evidence_free(&e);
        print_message("this system lets nobody write into a child's memory\n");
        skip();
    }
    assert_in_range(e.final.counts.integrity_errors, 1, rig->blocks_spoilt);
    assert_true(e.final.counts.foreign > 0);
    pl_cell_evidence_free(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(strangers_are_counted_apart, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_flood_of_strangers_is_no_corruption, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(corrupted_memory_is_found_beside_strangers, open_rig,
                                        close_rig),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
