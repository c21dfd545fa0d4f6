/* The delay line of delay.ml and delay.go, through the modelled collector:
 *   gc-layer STACK FIGURE BYTES BLOCKS HELD FRAMES BESIDE
 * FIGURE: `rss`, or `held`, the bytes of frames that are not given back yet, and BESIDE on top. */
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "allocators/tests/gc/look.h"

struct line {
    struct pl_stack *stack;
    struct pl_allocator *link;
    size_t bytes, blocks, held, frames, beside;
    bool rss;
    void **queue; /* of `held` frames, a ring */
    struct look look;
};

static size_t number(const char *text)
{
    return strtoul(text, NULL, 10);
}

static int open_stack(struct line *line, const char *text)
{
    static const struct pl_budget budget = {"frames", INT64_C(1) << 40};
    const struct pl_class class = {"frame", line->bytes, 0};
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    if (pl_stack_parse(text, &spec, &error) ||
        pl_stack_open(&spec, &class, 1, &budget, 1, &line->stack, &error)) {
        fprintf(stderr, "gc-layer: %s\n", error.text);
        return 2;
    }
    line->link = pl_stack_class(line->stack, 0);
    return 0;
}

/* What is resident is written to, as the program's is. */
static bool make(struct line *line, void **frame)
{
    for (size_t i = 0; i < line->blocks; i++) {
        frame[i] = pl_acquire(line->link, line->bytes);
        if (!frame[i])
            return false;
        if (line->rss)
            memset(frame[i], 0, line->bytes);
    }
    return true;
}

static void drop(struct line *line, void **frame)
{
    for (size_t i = 0; i < line->blocks; i++)
        pl_release(line->link, frame[i], line->bytes);
}

static void watch(struct line *line, size_t held)
{
    struct pl_stack_stats stats;
    pl_stack_stats(line->stack, &stats);
    size_t bytes = held * line->blocks * line->bytes + stats.gc_deferred_bytes + line->beside;
    look_at(&line->look, bytes, stats.gc_cycles, held >= line->held);
}

static bool run(struct line *line)
{
    for (size_t i = 0; i < line->frames; i++) {
        size_t held = i + 1 < line->held ? i + 1 : line->held;
        if (!make(line, line->queue + i % line->held * line->blocks))
            return false;
        watch(line, held);
        if (held == line->held)
            drop(line, line->queue + (i + 1) % line->held * line->blocks);
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct line line;
    if (argc != 8) {
        fprintf(stderr, "gc-layer: expected STACK FIGURE BYTES BLOCKS HELD FRAMES BESIDE\n");
        return 2;
    }
    line.rss = !strcmp(argv[2], "rss");
    line.bytes = number(argv[3]);
    line.blocks = number(argv[4]);
    line.held = number(argv[5]);
    line.frames = number(argv[6]);
    line.beside = number(argv[7]);
    line.queue = calloc(line.held * line.blocks, sizeof *line.queue);
    look_start(&line.look);
    if (!line.queue || open_stack(&line, argv[1]))
        return 2;
    bool whole = run(&line);
    look_print(&line.look, line.rss);
    return whole ? 0 : 1; /* what is held goes with the process */
}
