/* FFmpeg's log (log.h). What a message is a kind of is told by the text before it is filled in. */
#include "harness/media/log.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <libavutil/log.h>

#define KINDS_MAX 64

/* FFmpeg calls back without a context, so what was said lives here: the one exception. */
static bool said_before(const char *format)
{
    static const char *said[KINDS_MAX];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (said[i] == format)
            return true;
    if (count == KINDS_MAX)
        return true;
    said[count++] = format;
    return false;
}

static void say(void *object, int level, const char *format, va_list arguments)
{
    char text[512];
    if (level > AV_LOG_WARNING || said_before(format))
        return;
    const char *from = object ? (*(AVClass **)object)->item_name(object) : "ffmpeg";
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    if (text[0])
        fprintf(stderr, "%s: %s (said once)\n", from, text);
}

void pl_media_log_open(void)
{
    av_log_set_callback(say);
}
