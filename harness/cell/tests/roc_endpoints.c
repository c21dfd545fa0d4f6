/* What the C API of roc-toolkit 0.4.0 offers (roc_endpoints.h). One thing it has no word for is the
 * size of its pools: neither roc_context_config (sizes of one packet and one frame) nor
 * roc_receiver_config has a limit of packets, of bytes, or of a queue's length. */
#include "harness/cell/tests/roc_endpoints.h"

#include <roc/endpoint.h>
#include <roc/log.h>
#include <stdio.h>
#include <string.h>

#define RATE 44100
#define CHANNELS 2

/* Of all that it says while it opens, how large its slots are. */
static void say_pools(const roc_log_message *message, void *nothing)
{
    (void)nothing;
    if (strncmp(message->text, "slab pool (", 11) == 0)
        fprintf(stderr, "%s\n", message->text);
}

/* Without bounds the tuner has to be off, too: it sets the bounds where none are given. The
 * resampler goes with it. Else both are what the library's defaults give for 200 ms: the gradual
 * profile and the SpeexDSP resampler. Reads don't wait: the reader has a clock of its own. */
static roc_receiver_config config_of(const struct pl_receiver_settings *asked)
{
    roc_receiver_config config = {
        .frame_encoding = {.rate = RATE,
                           .format = ROC_FORMAT_PCM_FLOAT32,
                           .channels = ROC_CHANNEL_LAYOUT_STEREO},
        .clock_source = ROC_CLOCK_SOURCE_EXTERNAL,
        .target_latency = (unsigned long long)asked->latency_ns,
        .no_playback_timeout = asked->no_playback_timeout_ns,
        .choppy_playback_timeout = asked->choppy_timeout_ns,
    };
    if (asked->latency_bounds)
        config.latency_tolerance = (unsigned long long)asked->latency_tolerance_ns;
    else
        config.latency_tuner_profile = ROC_LATENCY_TUNER_PROFILE_INTACT;
    return config;
}

static bool bind_to_loopback(roc_receiver *receiver, uint32_t *port)
{
    roc_endpoint *endpoint = NULL;
    int number = 0;
    bool bound =
        roc_endpoint_allocate(&endpoint) == 0 &&
        roc_endpoint_set_uri(endpoint, "rtp://127.0.0.1:0") == 0 &&
        roc_receiver_bind(receiver, ROC_SLOT_DEFAULT, ROC_INTERFACE_AUDIO_SOURCE, endpoint) == 0 &&
        roc_endpoint_get_port(endpoint, &number) == 0;
    if (endpoint)
        roc_endpoint_deallocate(endpoint);
    *port = (uint32_t)number;
    return bound;
}

static bool open_all(struct roc_endpoints *e, const struct pl_scenario *asked)
{
    roc_receiver_config config = config_of(&asked->receiver);
    roc_context_config pools = {
        .max_packet_size = (unsigned)asked->receiver.max_packet_bytes,
        .max_frame_size = (unsigned)asked->receiver.max_frame_bytes,
    };
    if (roc_context_open(&pools, &e->context))
        return false;
    for (int i = 0; i < ROC_ENDPOINTS; i++)
        if (roc_receiver_open(e->context, &config, &e->receivers[i]) ||
            !bind_to_loopback(e->receivers[i], &e->ports[i]))
            return false;
    return true;
}

bool roc_endpoints_open(struct roc_endpoints *e, const struct pl_scenario *asked)
{
    *e = (struct roc_endpoints){0};
    e->frame_bytes =
        (size_t)(asked->receiver.frame_ns * RATE / 1000000000) * CHANNELS * sizeof(float);
    if (e->frame_bytes > sizeof e->samples)
        return false;
    roc_log_set_handler(say_pools, NULL);
    roc_log_set_level(ROC_LOG_DEBUG);
    bool opened = open_all(e, asked);
    roc_log_set_level(ROC_LOG_NONE); /* what a read says would be memory of its own */
    return opened;
}

bool roc_endpoints_read(struct roc_endpoints *e)
{
    for (int i = 0; i < ROC_ENDPOINTS; i++) {
        roc_frame frame = {.samples = e->samples, .samples_size = e->frame_bytes};
        if (roc_receiver_read(e->receivers[i], &frame))
            return false;
    }
    return true;
}

void roc_endpoints_close(struct roc_endpoints *e)
{
    for (int i = 0; i < ROC_ENDPOINTS; i++)
        if (e->receivers[i])
            roc_receiver_close(e->receivers[i]);
    if (e->context)
        roc_context_close(e->context);
}
