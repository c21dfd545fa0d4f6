/* FFmpeg's log, once a kind: a stream that is damaged for an hour says so once. */
#ifndef PL_MEDIA_LOG_H
#define PL_MEDIA_LOG_H

/** From now on warnings and errors go to stderr, each kind once. The process's one thread. */
void pl_media_log_open(void);

#endif
