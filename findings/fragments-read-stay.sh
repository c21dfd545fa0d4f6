#!/usr/bin/env bash
# FFmpeg: whoever reads a live fragmented MP4 keeps 36 to 131 bytes of each packet that it ever had
# Guess: a demuxer of a stream that can't be sought, from a pipe or a socket, holds the fragment at hand. The
#   table of samples is what a whole file has at its head; each fragment brings its own and takes it away.
# Instead: each fragment's samples are added to the table of the whole, 24 B each and what the table grows
#   ahead, and each fragment to a list of fragments. Nothing is ever taken out, though nobody can go back.
#   Neither fflags=ignidx nor indexmem, which is documented as the most memory of an index, changes it.
#   MPEG-TS, FLV and Matroska keep nothing of a pipe.
# Version: libavformat 59.27.100 (FFmpeg 5.1.9, Debian 12).
# Why it matters: a relay or a recorder that takes CMAF or fragmented MP4 in grows for as long as its source
#   sends, with everything it allocated accounted for and freed at the end: no leak checker tells. At 80
#   packets a second it is 10 MB an hour with fragments of a second, and 38 MB an hour, 0.9 GB a day, in the
#   form of low latency, one fragment a packet.
# Seen (bytes of the heap in use for each packet of 100 B read; RSS grows by more, for the list leaves holes
#       where it grows): fragments of a second 36.2; one a packet 130.9; mpegts, flv, matroska 0.0; with ignidx
#       and with indexmem as without
. "$(dirname "$0")/common"
fetch libavformat-dev=7:5.1.9-0+deb12u1 libavformat59=7:5.1.9-0+deb12u1 libavcodec-dev=7:5.1.9-0+deb12u1 \
    libavcodec59=7:5.1.9-0+deb12u1 libavutil-dev=7:5.1.9-0+deb12u1 libavutil57=7:5.1.9-0+deb12u1 \
    libswresample-dev=7:5.1.9-0+deb12u1 libswresample4=7:5.1.9-0+deb12u1
compile stream -I"$root/usr/include/$arch" -lavformat -lavcodec -lavutil <<'C'
#include <libavformat/avformat.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { BEFORE = 100000, PACKETS = 400000, BYTES = 100 };

static size_t in_use(void) { /* of the heap: what its holes add is another matter */
    struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

static AVFormatContext *source(const char *format) {
    AVFormatContext *to = NULL;
    if (avformat_alloc_output_context2(&to, NULL, format, NULL) < 0)
        exit(77);
    AVCodecParameters *p = avformat_new_stream(to, NULL)->codecpar;
    p->codec_type = AVMEDIA_TYPE_AUDIO;
    p->codec_id = AV_CODEC_ID_AAC;
    p->sample_rate = 48000;
    p->frame_size = 1024;
    p->ch_layout = (AVChannelLayout)AV_CHANNEL_LAYOUT_STEREO;
    p->extradata = av_mallocz(2 + AV_INPUT_BUFFER_PADDING_SIZE);
    p->extradata_size = 2;
    memcpy(p->extradata, "\x11\x90", 2); /* AAC-LC, 48 kHz, stereo */
    to->streams[0]->time_base = (AVRational){1, 48000};
    return to;
}

static int send_to(const char *path, const char *format, AVDictionary *options) {
    static uint8_t bytes[BYTES + AV_INPUT_BUFFER_PADDING_SIZE] = {0x21};
    AVFormatContext *to = source(format);
    AVPacket *packet = av_packet_alloc();
    if (avio_open(&to->pb, path, AVIO_FLAG_WRITE) < 0 || avformat_write_header(to, &options) < 0)
        return 77;
    for (int64_t i = 0; i < PACKETS; i++) {
        *packet = (AVPacket){.data = bytes, .size = BYTES, .flags = AV_PKT_FLAG_KEY, .duration = 1024};
        packet->pts = packet->dts = i * 1024;
        av_packet_rescale_ts(packet, (AVRational){1, 48000}, to->streams[0]->time_base);
        if (av_write_frame(to, packet) < 0)
            return 1;
    }
    return av_write_trailer(to) < 0 || avio_closep(&to->pb) < 0;
}

static int receive(AVDictionary *options) {
    AVFormatContext *from = NULL;
    AVPacket *packet = av_packet_alloc();
    size_t before = 0;
    long count = 0;
    if (avformat_open_input(&from, "pipe:0", NULL, &options) < 0)
        return 77;
    while (av_read_frame(from, packet) >= 0) {
        av_packet_unref(packet);
        if (++count == BEFORE)
            before = in_use();
    }
    printf("%ld %.1f\n", count, ((double)in_use() - (double)before) / (PACKETS - BEFORE));
    avformat_close_input(&from);
    return 0;
}

int main(int argc, char **argv) { // stream PATH FORMAT [OPTION VALUE]... ; stream - [OPTION VALUE]...
    AVDictionary *options = NULL;
    int sends = strcmp(argv[1], "-") != 0;
    for (int i = sends ? 3 : 2; i + 1 < argc; i += 2)
        av_dict_set(&options, argv[i], argv[i + 1], 0);
    av_log_set_level(AV_LOG_QUIET);
    return sends ? send_to(argv[1], argv[2], options) : receive(options);
}
C

# send FORMAT [OPTION VALUE]...: what a source sends, into a file that stands for it
send() { run 60 stream "$work/sent" "$@" || skip "$* can't be written here"; }
# see NAME [OPTION VALUE]...: bytes kept of each packet into `kept`
see() {
    local name=$1 count
    shift
    # shellcheck disable=SC2002 # a pipe, which can't be sought
    read -r count kept < <(cat "$work/sent" | run 60 stream - "$@")
    [ "${count:-0}" -ge 399999 ] || skip "$name: ${count:-0} of 400,000 packets were read"
    echo "$name: $kept B of each packet kept"
}
within() { awk -v x="$kept" -v low="$1" -v high="$2" 'BEGIN { exit !(x >= low && x <= high) }'; }
differs=""
for format in mpegts flv matroska; do
    send $format
    see $format
    within -1 1 || differs+=" $format"
done
send mp4 movflags empty_moov+default_base_moof+frag_every_frame
see "mp4, a fragment a packet"
within 115 150 || differs+=" a-packet"
send mp4 movflags empty_moov+default_base_moof frag_duration 1000000
see "mp4, a fragment a second"
within 28 40 || differs+=" a-second"
see "the same with ignidx" fflags ignidx
within 28 40 || differs+=" ignidx"
see "the same with indexmem" indexmem 65536
within 28 40 || differs+=" indexmem"
[ -z "$differs" ] && as_stated "a fragmented MP4 read from a pipe leaves some of each packet in memory"
changed "expected 28 to 40 B a packet, 115 to 150 with a fragment each, none of others; differs:$differs"
