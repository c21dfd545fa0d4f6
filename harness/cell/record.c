#include "harness/cell/record.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void pl_record_write(int fd, const void *record, size_t size)
{
    for (;;) {
        ssize_t written = write(fd, record, size);
        if (written == (ssize_t)size)
            return;
        if (written < 0 && errno != EINTR)
            _exit(1); /* the controller is gone */
    }
}

void pl_record_failure(int fd, int code, const char *text)
{
    struct pl_failure failure = {.kind = PL_RECORD_FAILURE, .size = sizeof failure, .code = code};
    memccpy(failure.text, text, 0, sizeof failure.text - 1);
    pl_record_write(fd, &failure, sizeof failure);
}
