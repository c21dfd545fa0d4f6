/* Reading and keeping what is printed (output.h). */
#include "harness/pipelines/program/output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int pl_output_open(struct pl_output *o, const char *path)
{
    int ends[2];
    *o = (struct pl_output){.read_fd = -1, .write_fd = -1, .file_fd = -1};
    if (path && (o->file_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) < 0)
        return -errno;
    if (pipe2(ends, O_CLOEXEC))
        return -errno;
    o->read_fd = ends[0];
    o->write_fd = ends[1];
    fcntl(o->read_fd, F_SETFL, O_NONBLOCK);
    return 0;
}

static void end_line(struct pl_output *o)
{
    o->line[o->line_length] = '\0';
    if (o->awaited && !o->matched)
        o->matched = regexec(o->awaited, o->line, 0, NULL, 0) == 0;
    if (o->line_length)
        snprintf(o->last, sizeof o->last, "%.255s", o->line);
    o->line_length = 0;
}

static void take_lines(struct pl_output *o, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            end_line(o);
        else if (o->line_length + 1 < sizeof o->line)
            o->line[o->line_length++] = text[i];
    }
}

static void keep(struct pl_output *o, const char *text, size_t length)
{
    uint64_t room = o->bytes < PL_OUTPUT_BYTES_MAX ? PL_OUTPUT_BYTES_MAX - o->bytes : 0;
    size_t kept = length < room ? length : (size_t)room;
    if (o->file_fd >= 0 && kept)
        (void)!write(o->file_fd, text, kept); /* a full disk costs the text alone */
    o->bytes += length;
}

/* In pieces of the pipe's own size: a program that prints without end may not hold us here. */
void pl_output_take(struct pl_output *o)
{
    char text[65536];
    if (o->read_fd < 0)
        return;
    ssize_t n = read(o->read_fd, text, sizeof text);
    if (n > 0) {
        keep(o, text, (size_t)n);
        take_lines(o, text, (size_t)n);
    } else if (n == 0) {
        close(o->read_fd);
        o->read_fd = -1;
    }
}

void pl_output_close(struct pl_output *o)
{
    char text[96];
    if (o->write_fd >= 0)
        close(o->write_fd);
    for (uint64_t before = UINT64_MAX; o->read_fd >= 0 && o->bytes != before;) {
        before = o->bytes;
        pl_output_take(o);
    }
    end_line(o);
    if (o->read_fd >= 0)
        close(o->read_fd);
    if (o->bytes > PL_OUTPUT_BYTES_MAX && o->file_fd >= 0) {
        int n = snprintf(text, sizeof text, "\n[%" PRIu64 " B more were printed and not kept]\n",
                         o->bytes - PL_OUTPUT_BYTES_MAX);
        (void)!write(o->file_fd, text, (size_t)n);
    }
    if (o->file_fd >= 0)
        close(o->file_fd);
}
