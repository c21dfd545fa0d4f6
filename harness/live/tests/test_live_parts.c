/* The parts of the live rooms by themselves: the sender's pace, the socket, waiting, the outlets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/live/outlets.h"
#include "harness/live/send_pace.h"
#include "harness/live/socket.h"
#include "harness/live/wait.h"

#define MS INT64_C(1000000)

/* Sends `count` datagrams, `gap` apart, by a sender that is held up for `held` before number `at`.
 */
static void send_with_a_hold(int64_t gap, int count, int at, int64_t held, int64_t *sent)
{
    struct pl_send_pace pace = {0, 0};
    int64_t now = 0;
    for (int i = 0; i < count; i++) {
        int64_t when = pl_send_pace_next(&pace, i * gap);
        if (i == at)
            now += held;
        now = now > when ? now : when;
        sent[i] = now;
        pl_send_pace_sent(&pace, i * gap, now);
    }
}

static void a_sender_on_time_keeps_every_deadline(void **state)
{
    (void)state;
    int64_t sent[1000];
    send_with_a_hold(3 * MS, 1000, -1, 0, sent);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(sent[i], i * 3 * MS);
}

/* Held up for 60 ms: it follows at half the gaps, and is on time again 60 ms of gaps later. */
static void what_is_late_follows_at_twice_the_pace(void **state)
{
    (void)state;
    int64_t sent[100];
    send_with_a_hold(3 * MS, 100, 10, 60 * MS, sent);
    assert_int_equal(sent[9], 27 * MS);
    assert_int_equal(sent[10], 27 * MS + 60 * MS);
    for (int i = 11; sent[i] != i * 3 * MS; i++) {
        assert_int_equal(sent[i] - sent[i - 1], 3 * MS / 2);
        assert_true(i < 60);
    }
    assert_int_equal(sent[60], 60 * 3 * MS);
}

static void a_recorded_burst_stays_one(void **state)
{
    (void)state;
    struct pl_send_pace pace = {100, 500}; /* late by 400 */
    assert_int_equal(pl_send_pace_next(&pace, 100), 500);
    assert_int_equal(pl_send_pace_next(&pace, 300), 600);
    assert_int_equal(pl_send_pace_next(&pace, 1000), 1000); /* 950 would be before its time */
}

static int sender_to(uint32_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* Every datagram is either in the socket or in the kernel's count. */
static void the_kernels_drops_are_told(void **state)
{
    (void)state;
    uint32_t port = 0;
    struct pl_error error = {""};
    uint8_t datagram[524] = {0};
    int fd = pl_live_socket(65536, &port, &error);
    assert_true(fd >= 0 && port > 0);
    int from = sender_to(port);
    assert_int_equal(pl_live_socket_drops(fd), 0);
    for (int i = 0; i < 500; i++)
        assert_int_equal(send(from, datagram, sizeof datagram, 0), sizeof datagram);
    uint32_t drops = pl_live_socket_drops(fd);
    assert_in_range(drops, 400, 480);
    struct pl_live_drained drained = pl_live_socket_drain(fd, htonl(INADDR_LOOPBACK));
    assert_int_equal(drained.ours, 500 - drops);
    assert_int_equal(drained.foreign, 0);
    assert_int_equal(pl_live_socket_drain(fd, htonl(INADDR_LOOPBACK)).ours, 0);
    close(from);
    close(fd);
}

static void what_another_address_sent_is_foreign(void **state)
{
    (void)state;
    uint32_t port = 0;
    struct pl_error error = {""};
    int fd = pl_live_socket(65536, &port, &error), from = sender_to(port);
    assert_int_equal(send(from, "x", 1, 0), 1);
    struct pl_live_drained drained = pl_live_socket_drain(fd, htonl(INADDR_LOOPBACK + 1));
    assert_int_equal(drained.ours, 0);
    assert_int_equal(drained.foreign, 1);
    close(from);
    close(fd);
}

/* @return 0 or a negative errno */
static int bind_shared(uint32_t port)
{
    int yes = 1, fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    int rc = bind(fd, (struct sockaddr *)&name, sizeof name) ? -errno : 0;
    close(fd);
    return rc;
}

static void a_port_that_is_claimed_is_shared_with_nobody(void **state)
{
    (void)state;
    uint32_t port = 0;
    int yes = 1;
    struct pl_error error = {""};
    int fd = pl_live_socket(65536, &port, &error);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); /* as libuv does */
    assert_int_equal(bind_shared(port), 0);
    pl_live_socket_claim(fd);
    assert_int_equal(bind_shared(port), -EADDRINUSE);
    close(fd);
}

static void waiting_ends_on_time_or_when_told(void **state)
{
    (void)state;
    int fd = eventfd(0, EFD_NONBLOCK);
    int64_t start_ns = pl_real_now();
    assert_true(pl_live_wait(fd, start_ns + 20 * MS));
    assert_true(pl_real_now() - start_ns >= 20 * MS);
    assert_true(pl_live_wait(fd, start_ns)); /* is over */
    assert_int_equal(eventfd_write(fd, 1), 0);
    start_ns = pl_real_now();
    assert_false(pl_live_wait(fd, start_ns + 10000 * MS));
    assert_true(pl_real_now() - start_ns < 5000 * MS);
    assert_false(pl_live_wait(fd, start_ns)); /* told, and late: told counts */
    close(fd);
}

static struct sockaddr_in name_of(int fd)
{
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
    return name;
}

static const struct pl_live_link ninth = {.port = {9}};

static uint16_t port_of(int fd)
{
    return ntohs(name_of(fd).sin_port);
}

/* One address for all of a run, which is nobody else's. */
static void all_senders_share_an_address_of_their_own(void **state)
{
    (void)state;
    struct outlets outlets, others;
    struct pl_error error = {""};
    const struct pl_recorded_packet packet = {0};
    struct pl_arrival first = {.packet = &packet, .session = 0, .port = 7};
    struct pl_arrival hostile = {.session = 0, .port = 0x80000000u};
    assert_int_equal(outlets_open(&outlets, 2, 1, &ninth, &error), 0);
    uint32_t own = outlets.from.sin_addr.s_addr;
    assert_int_equal(ntohl(own) >> 22, 0x7f400000u >> 22); /* 127.64.0.0/10 */
    assert_int_equal(name_of(outlets_of(&outlets, &first)).sin_addr.s_addr, own);
    assert_int_equal(name_of(outlets_of(&outlets, &hostile)).sin_addr.s_addr, own);
    assert_int_equal(outlets_open(&others, 2, 1, &ninth, &error), 0);
    assert_int_not_equal(others.from.sin_addr.s_addr, own);
    outlets_close(&others);
    outlets_close(&outlets);
}

static void sessions_come_to_each_socket_in_turn(void **state)
{
    (void)state;
    struct outlets outlets;
    struct pl_error error = {""};
    const struct pl_live_link two = {.port = {9, 10}, .sockets = 2};
    const struct pl_recorded_packet packet = {0};
    assert_int_equal(outlets_open(&outlets, 4, 1, &two, &error), 0);
    for (uint32_t i = 0; i < 4; i++) {
        struct sockaddr_in to;
        socklen_t size = sizeof to;
        struct pl_arrival arrival = {.packet = &packet, .session = i, .port = 7 + i};
        int fd = outlets_of(&outlets, &arrival);
        assert_int_equal(getpeername(fd, (struct sockaddr *)&to, &size), 0);
        assert_int_equal(ntohs(to.sin_port), 9 + i % 2);
    }
    outlets_close(&outlets);
}

/* A socket of its own for each session and identity; the hostile one's is the last. */
static void each_sender_has_a_port_of_its_own(void **state)
{
    (void)state;
    struct outlets outlets;
    struct pl_error error = {""};
    const struct pl_recorded_packet packet = {0};
    struct pl_arrival first = {.packet = &packet, .session = 0, .port = 7};
    struct pl_arrival second = {.packet = &packet, .session = 1, .port = 8};
    struct pl_arrival hostile = {.session = 0, .port = 0x80000000u};
    assert_int_equal(outlets_open(&outlets, 2, 1, &ninth, &error), 0);
    uint16_t a = port_of(outlets_of(&outlets, &first)), b = port_of(outlets_of(&outlets, &second)),
             h = port_of(outlets_of(&outlets, &hostile));
    assert_true(a != b && b != h && a != h);
    assert_int_equal(port_of(outlets_of(&outlets, &first)), a);
    first.port = 17; /* it became another */
    uint16_t changed = port_of(outlets_of(&outlets, &first));
    assert_true(changed != a && changed != b && changed != h);
    assert_int_equal(port_of(outlets_of(&outlets, &hostile)), h);
    outlets_close(&outlets);
}

/* What was reordered comes when its sender is another already: each keeps its port meanwhile. */
static void lives_that_overlap_keep_their_ports(void **state)
{
    (void)state;
    struct outlets outlets;
    struct pl_error error = {""};
    const struct pl_recorded_packet packet = {0};
    struct pl_arrival old = {.packet = &packet, .session = 1, .port = 8};
    struct pl_arrival new = {.packet = &packet, .session = 1, .port = 18, .epoch = 1};
    assert_int_equal(outlets_open(&outlets, 2, 2, &ninth, &error), 0);
    uint16_t a = port_of(outlets_of(&outlets, &old)), b = port_of(outlets_of(&outlets, &new));
    assert_true(a != b);
    assert_int_equal(port_of(outlets_of(&outlets, &old)), a);
    assert_int_equal(port_of(outlets_of(&outlets, &new)), b);
    outlets_close(&outlets);
}

static void more_sockets_than_allowed_are_refused(void **state)
{
    (void)state;
    struct outlets outlets;
    struct pl_error error = {""};
    struct rlimit before, few = {.rlim_cur = 40, .rlim_max = 40};
    assert_int_equal(outlets_open(&outlets, 100000, 1, &ninth, &error), -EADDRNOTAVAIL);
    assert_non_null(strstr(error.text, "ip_local_port_range"));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few.rlim_max = before.rlim_max < 40 ? before.rlim_max : 40;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few),
                     0); /* the last test: it can't be raised again */
    assert_int_equal(outlets_open(&outlets, 100, 1, &ninth, &error), -EMFILE);
    assert_non_null(strstr(error.text, "ulimit -n"));
}

static int open_clock(void **state)
{
    (void)state;
    pl_real_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_on_time_keeps_every_deadline),
        cmocka_unit_test(what_is_late_follows_at_twice_the_pace),
        cmocka_unit_test(a_recorded_burst_stays_one),
        cmocka_unit_test(the_kernels_drops_are_told),
        cmocka_unit_test(what_another_address_sent_is_foreign),
        cmocka_unit_test(a_port_that_is_claimed_is_shared_with_nobody),
        cmocka_unit_test(waiting_ends_on_time_or_when_told),
        cmocka_unit_test(all_senders_share_an_address_of_their_own),
        cmocka_unit_test(each_sender_has_a_port_of_its_own),
        cmocka_unit_test(sessions_come_to_each_socket_in_turn),
        cmocka_unit_test(lives_that_overlap_keep_their_ports),
        cmocka_unit_test(more_sockets_than_allowed_are_refused),
    };
    return cmocka_run_group_tests(tests, open_clock, NULL);
}
