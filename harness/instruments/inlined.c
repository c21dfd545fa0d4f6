/* Strings and addresses out of heaptrack's data, and stacks put right by them (inlined.h). The
 * format: `s LENGTH TEXT` is the next string, `i ADDRESS MODULE [FUNCTION FILE LINE]...` an address
 * with the functions there, innermost first; numbers are hexadecimal, strings count from 1
 * (heaptrack 1.4, src/analyze/accumulatedtracedata.cpp reads them). */
#include "harness/instruments/inlined.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/instruments/output_lines.h"

#define FRAMES_MAX 64     /* inlined into one address */
#define RUN_TEXT_MAX 8192 /* of their names */

struct text {
    const char *at;
    size_t length;
};

/* Frames of one address as heaptrack_print writes them, and as they should stand. */
struct run {
    char *wrong, *right;
    size_t length; /* of either */
};

struct inlined {
    struct text *strings;
    size_t string_count;
    struct run *runs;
    size_t run_count;
};

static void free_inlined(struct inlined *in)
{
    for (size_t i = 0; i < in->run_count; i++) {
        free(in->runs[i].wrong);
        free(in->runs[i].right);
    }
    free(in->runs);
    free(in->strings);
}

/* Room for one more, doubling at each power of two. @return false when out of memory */
static bool grow(void **array, size_t count, size_t size)
{
    if (count & (count - 1))
        return true;
    void *larger = realloc(*array, (count ? 2 * count : 1) * size);
    *array = larger ? larger : *array;
    return larger != NULL;
}

static int add_string(struct inlined *in, const struct pl_lines *lines)
{
    const char *blank = memchr(lines->line + 2, ' ', (size_t)(lines->line_end - lines->line - 2));
    if (!blank)
        return pl_lines_refuse(lines, "a string without a text");
    if (!grow((void **)&in->strings, in->string_count, sizeof *in->strings))
        return -ENOMEM;
    in->strings[in->string_count++] =
        (struct text){blank + 1, (size_t)(lines->line_end - blank - 1)};
    return 0;
}

/* Reads blank-separated hexadecimal numbers. @return how many, or -1 for anything else */
static int read_numbers(const struct pl_lines *lines, uint64_t *numbers, int max)
{
    int count = 0;
    for (const char *at = lines->line + 1; at < lines->line_end && count < max; count++) {
        char *end;
        if (*at != ' ' || at[1] == ' ' || at[1] == '\n')
            return -1;
        numbers[count] = strtoull(at + 1, &end, 16);
        if (end == at + 1 || end > lines->line_end)
            return -1;
        at = end;
    }
    return count;
}

/* "receive (network.c)": the function, and the file's name without its folders. */
static size_t write_frame(const struct inlined *in, uint64_t function, uint64_t file, char *text,
                          size_t room)
{
    struct text f = in->strings[function - 1];
    size_t used = f.length;
    if (used + 1 >= room)
        return 0;
    memcpy(text, f.at, f.length);
    if (file) {
        struct text path = in->strings[file - 1];
        const char *base = path.at + path.length;
        while (base > path.at && base[-1] != '/')
            base--;
        size_t length = (size_t)(path.at + path.length - base);
        if (used + length + 4 >= room)
            return 0;
        memcpy(text + used, " (", 2);
        memcpy(text + used + 2, base, length);
        text[used + 2 + length] = ')';
        used += length + 3;
    }
    return used;
}

/* The frames in one order. @param step 1 or -1 @return the length, or 0 when they don't fit */
static size_t write_run(const struct inlined *in, const uint64_t *frames, int count, int step,
                        char *text)
{
    size_t used = 0;
    for (int i = step > 0 ? 0 : count - 1; i >= 0 && i < count; i += step) {
        size_t length =
            write_frame(in, frames[3 * i], frames[3 * i + 1], text + used, RUN_TEXT_MAX - used);
        if (!length)
            return 0;
        used += length;
        text[used++] = ';';
    }
    if (!used)
        return 0;
    text[--used] = '\0';
    return used;
}

static int add_run(struct inlined *in, const uint64_t *frames, int count)
{
    char wrong[RUN_TEXT_MAX], right[RUN_TEXT_MAX];
    size_t length = write_run(in, frames, count, 1, wrong);
    if (!length || write_run(in, frames, count, -1, right) != length)
        return 0; /* longer than any name has a right to be: it stays as it is */
    for (size_t i = 0; i < in->run_count; i++)
        if (strcmp(in->runs[i].wrong, wrong) == 0)
            return 0;
    if (!grow((void **)&in->runs, in->run_count, sizeof *in->runs))
        return -ENOMEM;
    struct run run = {strdup(wrong), strdup(right), length};
    if (!run.wrong || !run.right) {
        free(run.wrong);
        free(run.right);
        return -ENOMEM;
    }
    in->runs[in->run_count++] = run;
    return 0;
}

static int add_address(struct inlined *in, const struct pl_lines *lines)
{
    uint64_t numbers[2 + 3 * FRAMES_MAX];
    int count = read_numbers(lines, numbers, 2 + 3 * FRAMES_MAX), frames = (count - 2) / 3;
    if (count < 2)
        return pl_lines_refuse(lines, "an address that is none");
    for (int i = 0; i < frames; i++) {
        if (numbers[2 + 3 * i] > in->string_count || numbers[3 + 3 * i] > in->string_count)
            return pl_lines_refuse(lines, "a string that there is not");
        if (numbers[2 + 3 * i] == 0)
            return 0; /* a frame without a name */
    }
    return frames > 1 ? add_run(in, numbers + 2, frames) : 0;
}

static int read_data(const char *data, size_t size, const char *path, struct inlined *in,
                     struct pl_error *error)
{
    struct pl_lines lines = {.at = data, .end = data + size, .path = path, .error = error};
    while (lines.at < lines.end) {
        int rc = pl_lines_next(&lines);
        if (!rc && pl_line_after(&lines, "s "))
            rc = add_string(in, &lines);
        else if (!rc && pl_line_after(&lines, "i "))
            rc = add_address(in, &lines);
        if (rc == -ENOMEM)
            pl_error_set(error, rc, "out of memory");
        if (rc)
            return rc;
    }
    return 0;
}

/* The longest run that stands at this place of a stack, whole frames only. */
static const struct run *run_at(const struct inlined *in, const char *at)
{
    const struct run *longest = NULL;
    for (size_t i = 0; i < in->run_count; i++) {
        const struct run *run = &in->runs[i];
        bool here = strncmp(at, run->wrong, run->length) == 0 &&
                    (at[run->length] == ';' || at[run->length] == '\0');
        if (here && (!longest || run->length > longest->length))
            longest = run;
    }
    return longest;
}

static void mend(const struct inlined *in, char *frames)
{
    for (char *at = frames; *at;) {
        const struct run *run = run_at(in, at);
        if (run)
            memcpy(at, run->right, run->length);
        at += run ? run->length : strcspn(at, ";");
        at += *at == ';';
    }
}

int pl_inlined_mend(const char *data, size_t size, const char *path, struct pl_stacks *stacks,
                    struct pl_error *error)
{
    struct inlined in = {0};
    int rc = read_data(data, size, path, &in, error);
    for (size_t i = 0; !rc && i < stacks->count; i++)
        mend(&in, stacks->list[i].frames);
    free_inlined(&in);
    return rc;
}
