#!/usr/bin/env bash
# GStreamer: a queue limited to 10 MiB holds 122 MiB of audio packets
# Guess: max-size-bytes of a queue bounds its memory; with the buffers' own descriptions, of some
#   hundred bytes each, 10 MiB of RTP packets of 172 B are 20 to 30 MiB.
# Instead: udpsrc takes a buffer of its mtu, 1,492 B, for each packet and cuts its size down, not
#   its memory. The queue counts 172 B and the heap holds 2,100 B a packet, whatever comes: 60,964
#   packets are 122 MiB, twelve times the limit. Packets of 1,400 B make 15 MiB of the same 10.
# Version: GStreamer 1.22.0 (Debian 12).
# Why it matters: a queue is what stands between a stalled sink and the container's limit, and it
#   was tried with video. mtu=256 on the source halves what audio takes (50 MiB). It is no setting
#   to leave there: a packet that is larger then takes three buffers, and 1,400 B cost 41 MiB.
# Seen: 172 B: 60964 packets, counted 10485808 B, resident 124956 KiB, 2098 B a packet
#       172 B mtu=256: 60964 packets, counted 10485808 B, resident 51128 KiB, 858 B a packet
#       1400 B: 7490 packets, counted 10486000 B, resident 15316 KiB, 2093 B a packet
#       1400 B mtu=256: 7490 packets, counted 10486000 B, resident 41336 KiB, 5651 B a packet
. "$(dirname "$0")/common"
fetch libgstreamer1.0-0=1.22.0-2+deb12u1 libgstreamer1.0-dev=1.22.0-2+deb12u1 \
    gstreamer1.0-plugins-good=1.22.0-5+deb12u4 libglib2.0-0 libglib2.0-dev libunwind8 libdw1 libelf1
# The two plugins alone: the others need libraries that nothing here uses.
mkdir "$work/plugins"
for plugin in coreelements udp; do
    ln -s "$lib/gstreamer-1.0/libgst$plugin.so" "$work/plugins/" 2>/dev/null
done
export GST_PLUGIN_SYSTEM_PATH=$work/plugins GST_REGISTRY=$work/registry GST_REGISTRY_FORK=no
compile stall -I"$root/usr/include/gstreamer-1.0" -I"$root/usr/include/glib-2.0" \
    -I"$lib/glib-2.0/include" -l:libgstreamer-1.0.so.0 -l:libgobject-2.0.so.0 \
    -l:libglib-2.0.so.0 <<'C'
#include <arpa/inet.h>
#include <gst/gst.h>
#include <stdlib.h>
#include <unistd.h>

#include "resident.h"

enum { LIMIT = 10 << 20, LARGEST = 1500, MOST = 400000 };

static struct sockaddr_in at = {.sin_family = AF_INET};

static int free_port(void) {
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) ||
        getsockname(fd, (struct sockaddr *)&at, &size))
        exit(77);
    close(fd);
    return ntohs(at.sin_port);
}

static GstElement *stalled(const char *setting) { // its queue, whose packets go nowhere
    char text[300];
    GstElement *pipeline, *queue;
    snprintf(text, sizeof text,
             "udpsrc address=127.0.0.1 port=%d buffer-size=200000 %s ! "
             "queue name=queue max-size-buffers=0 max-size-time=0 max-size-bytes=%d ! fakesink",
             free_port(), setting, LIMIT);
    pipeline = gst_parse_launch(text, NULL);
    if (!pipeline)
        exit(77);
    queue = gst_bin_get_by_name(GST_BIN(pipeline), "queue");
    gst_pad_add_probe(gst_element_get_static_pad(queue, "src"),
                      GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER, NULL, NULL, NULL);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    usleep(500000);
    return queue;
}

static guint level(GstElement *queue, const char *unit) {
    guint value = 0;
    g_object_get(queue, unit, &value, NULL);
    return value;
}

int main(int argc, char **argv) {
    static char packet[LARGEST] = {(char)0x80};
    int bytes = atoi(argv[argc - 2]), out = socket(AF_INET, SOCK_DGRAM, 0);
    GstElement *queue;
    guint packets;
    long base, kib;

    without_huge_pages();
    gst_init(NULL, NULL);
    queue = stalled(argv[argc - 1]);
    base = resident();
    // Ten at a time, at the pace at which they are taken off the socket; some may be lost.
    for (int sent = 0; sent < MOST && level(queue, "current-level-bytes") < LIMIT; sent += 10) {
        for (int i = 0; i < 10; i++)
            sendto(out, packet, bytes, 0, (struct sockaddr *)&at, sizeof at);
        usleep(200);
    }
    packets = level(queue, "current-level-buffers");
    kib = resident() - base;
    if (packets)
        printf("%u %u %ld %ld\n", packets, level(queue, "current-level-bytes"), kib,
               kib * 1024 / packets);
    fflush(stdout);
    _exit(packets ? 0 : 77);
}
C
# fill BYTES MTU: sets what the queue counts, in bytes, and KiB that it made resident
fill() {
    local packets each
    figures=$(run 60 stall "$1" "mtu=$2") || skip "no packets reach a queue over the loopback"
    read -r packets counted kib each <<<"$figures"
    echo "$1 B, mtu $2: $packets packets, counted $counted B, resident $kib KiB, $each B a packet"
    [ "$counted" -ge 10000000 ] || skip "the queue was not filled; try again on an idle machine"
}
fill 1400 1492
[ "$kib" -le 40000 ] || changed "$kib KiB of large packets, expected 40000 at most"
large=$kib
fill 172 256
halved=$kib
fill 172 1492
small=$kib
[ "$small" -ge 70000 ] || changed "$kib KiB of small packets, expected 70000 or more"
[ $((3 * halved)) -le $((2 * kib)) ] ||
    changed "$halved KiB of small packets with an mtu of 256, expected two thirds of $kib at most"
fill 1400 256
[ $((3 * large)) -le $((2 * kib)) ] ||
    changed "$kib KiB of large packets with an mtu of 256, expected half as much again as $large"
as_stated "10 MiB by the queue's count are $large KiB of large packets, $small of small ones"
