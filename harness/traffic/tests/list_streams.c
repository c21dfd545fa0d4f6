/* Prints the RTP streams of a capture, "SSRC PACKETS" a line, as tshark's own count is laid out for
 * the comparison. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/traffic/recording.h"

int main(int argc, char **argv)
{
    struct pl_recording *recording;
    struct pl_error error;
    if (argc != 2 || pl_capture_read(argv[1], NULL, &recording, NULL, &error)) {
        fprintf(stderr, "%s\n", argc == 2 ? error.text : "usage: plimsoll-list-streams FILE");
        return 2;
    }
    for (uint32_t i = 0; i < recording->stream_count; i++) {
        const struct pl_recorded_stream *stream = pl_recording_streams(recording) + i;
        printf("0x%08x %u\n", stream->ssrc, stream->packets);
    }
    free(recording);
    return 0;
}
