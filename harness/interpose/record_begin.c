/* What a program has in memory before it first asks its heap for anything: the loader's own books
 * and the first thread's local storage. (record_begin.h) */
#include "harness/interpose/record_begin.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    LINE = 128, /* bytes of one of /proc/self/maps, as many as count */
    PIECE = 4096,
    RANGES = 1024 /* of a program with 600 libraries and more */
};

static struct {
    uintptr_t begin, bytes;
} noted[RANGES];
static uint32_t noted_count;

static const char *read_hex(const char *at, uintptr_t *value)
{
    *value = 0;
    for (;; at++) {
        const unsigned digit = *at >= '0' && *at <= '9'   ? (unsigned)(*at - '0')
                               : *at >= 'a' && *at <= 'f' ? (unsigned)(*at - 'a' + 10)
                                                          : 16;
        if (digit == 16)
            return at;
        *value = *value << 4 | digit;
    }
}

static const char *skip_field(const char *at)
{
    while (*at && *at != ' ')
        at++;
    while (*at == ' ')
        at++;
    return at;
}

/* begin-end rights offset device inode, and a name. Private, written to, without a file, without a
 * name: [heap] and [stack] are told by that. */
static void take_line(const char *line)
{
    uintptr_t begin, end;
    const char *at = read_hex(line, &begin);
    if (*at != '-')
        return;
    at = skip_field(read_hex(at + 1, &end));
    const bool is_private = at[0] && at[1] == 'w' && at[2] && at[3] == 'p';
    at = skip_field(skip_field(skip_field(at)));
    if (!is_private || end <= begin || at[0] != '0' || *skip_field(at) || noted_count == RANGES)
        return;
    noted[noted_count].begin = begin;
    noted[noted_count++].bytes = end - begin;
}

void pl_record_note_loaded(void)
{
    char piece[PIECE], line[LINE];
    size_t length = 0;
    long got;
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    while ((got = syscall(SYS_read, fd, piece, sizeof piece)) > 0)
        for (long i = 0; i < got; i++) {
            if (piece[i] != '\n') {
                if (length < sizeof line - 1)
                    line[length++] = piece[i];
                continue;
            }
            line[length] = '\0';
            take_line(line);
            length = 0;
        }
    syscall(SYS_close, fd);
}

void pl_record_what_is_there(void (*take)(const void *begin, size_t bytes))
{
    for (uint32_t i = 0; i < noted_count; i++)
        take((const void *)noted[i].begin, noted[i].bytes);
}
