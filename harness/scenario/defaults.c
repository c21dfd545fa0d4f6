#include "harness/scenario/defaults.h"

#include <signal.h>
#include <stdio.h>

#define MS INT64_C(1000000)
#define S (1000 * MS)

/* The receiver's times are roc-toolkit 0.4.0's defaults (systems.md); the kernel's socket buffer
 * is Linux's net.core.rmem_default. */
void pl_scenario_defaults(struct pl_scenario *s, const char *path, enum pl_tier tier)
{
    *s = (struct pl_scenario){
        .traffic = {.sessions = 1,
                    .rate = 1.0,
                    .faults = {.burst_leave = 1, .burst_loss = 1, .reorder_delay_ns = 15 * MS}},
        .receiver = {.latency_ns = 200 * MS,
                     .latency_tolerance_ns = 200 * MS,
                     .latency_bounds = true,
                     .no_playback_timeout_ns = 266700000,
                     .choppy_timeout_ns = 2 * S,
                     .frame_ns = 10 * MS,
                     .read_speed = 1.0,
                     .max_sessions = 1024,
                     .on_full = PL_ON_FULL_RETRY,
                     .retry_ns = 200 * MS,
                     .rcvbuf_bytes = 212992,
                     .max_packet_bytes = 2048,
                     .max_frame_bytes = 4096,
                     .sockets = 1},
        /* Liquidsoap's frame is 0.04 s of 44.1 kHz stereo (systems.md). */
        .media = {.clip_ns = 10 * S,
                  .frame_ns = 40 * MS,
                  .delay_ns = 40 * MS,
                  .rate = 44100,
                  .channels = 2,
                  .streams = 1,
                  .burst = 1},
        .blocks = {.cycle_ns = S,
                   .idle_ns = 500 * MS,
                   .live_bytes = 8u << 20,
                   .survivors = 0.005,
                   .survivor_lifetime_ns = 10 * S,
                   .idle_work = 0.01,
                   .jobs = 1,
                   .survivor_bytes = PL_CLASS_BYTES_MAX},
        /* A turn as long as an audio packet (RFC 3551, 4.2); Linux's stack of a thread
           (RLIMIT_STACK). */
        /* Linux's tcp_wmem begins at 16 KiB; what 50 stopped listeners of icecast held in the
           kernel was 2.7 to 3.0 MiB each. libwebrtc forgets what it sent after a minute
           (transport_feedback_adapter.cc, kSendTimeHistoryWindow). */
        .relay = {.socket_initial = 16u << 10,
                  .socket_max = 3u << 20,
                  .rtt_ns = 50 * MS,
                  .rtcp_history_ns = 60 * S},
        .workers = {.turn_ns = 20 * MS, .stack_bytes = 8u << 20},
        /* ascii-chat's: 4 clients, 30 pictures a second, rings of 64, queues of 30 and 100. */
        .broadcast = {.picture = "800x450",
                      .pictures = 30,
                      .clients = 4,
                      .fps = 30,
                      .views = 30,
                      .ring = 64,
                      .terminal = "160x45",
                      .video_queue = 30,
                      .audio_queue = 100},
        .trace = {.speed = 1, .copies = 1},
        .program = {.ready = PL_READY_TIME,
                    .ready_ns = 100 * MS, /* a program that can't work says so by then */
                    .ready_within_ns = 30 * S,
                    .stop_signal = SIGTERM,
                    .grace_ns = 5 * S},
        .sample_interval_ns = 100 * MS,
        .timeout_ns = 120 * S,
        .gate = true,
        .seed = 1,
        .repeat = 1,
        .formats = "f32",
        .threads = "1",
        .tier = tier,
    };
    snprintf(s->path, sizeof s->path, "%s", path);
}
