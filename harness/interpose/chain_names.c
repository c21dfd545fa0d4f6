#include "harness/interpose/chain_names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/interpose/program_books.h"

/* Functions that allocate on somebody's behalf, by how their names begin: of GLib, FFmpeg, CPython,
 * OpenSSL, SQLite, the C++ library's templates, and those that programs call so themselves. */
static const char *const wrappers[] = {
    "g_malloc",      "g_try_malloc", "g_realloc",     "g_try_realloc", "g_calloc",
    "g_slice_alloc", "g_strdup",     "g_strndup",     "g_memdup",      "g_aligned_all",
    "g_new",         "av_malloc",    "av_buffer_",    "av_calloc",     "av_realloc",
    "av_reallo",     "av_fast_",     "av_strdup",     "av_strndup",    "av_memdup",
    "av_dynarray",   "PyMem_",       "PyObject_Mall", "PyObject_Ca",   "PyObject_Rea",
    "_PyMem_",       "_PyObject_Ma", "_PyObject",     "CRYPTO_malloc", "CRYPTO_zall",
    "CRYPTO_reall",  "sqlite3Me",    "sqlite3Malloc", "sqlite3_ma",    "std::",
    "__gnu_cxx::",   "operator new", "void std:",     "xmalloc",       "xcalloc",
    "xrealloc",      "xstrdup",      "xstrndup"};

/* Objects whose callers are meant. */
static const char *const libraries[] = {
    "libc.so",   "libc-2",    "ld-linux",   "libstdc++.so",
    "libc++.so", "libc++abi", "libpthread", "libplimsoll-interpose"};

struct frame {
    struct pl_symbol symbol;
    const struct pl_books_object *object;
    uint64_t address;
    bool is_library;
};

enum { FRAMES_MAX = PL_BOOKS_DEPTH_MAX * 4 };

struct frames {
    struct frame all[FRAMES_MAX];
    uint32_t count;
};

static bool begins_as_one(const char *text, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, list[i], strlen(list[i])) == 0)
            return true;
    return false;
}

#define BEGINS_AS_ONE(text, list) begins_as_one(text, list, sizeof(list) / sizeof *(list))

static const char *base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void add_frame(struct pl_symbols *symbols, const struct pl_books_object *object,
                      uint64_t address, struct frames *frames)
{
    struct pl_symbol found[PL_SYMBOL_INLINED_MAX] = {0};
    uint32_t count = object ? pl_symbols_find(symbols, object, address, found) : 0;
    count = count ? count : 1; /* a frame of which nothing is known is one all the same */
    for (uint32_t i = 0; i < count && frames->count < FRAMES_MAX; i++)
        frames->all[frames->count++] = (struct frame){
            .symbol = found[i],
            .object = object,
            .address = address,
            .is_library = object && BEGINS_AS_ONE(base_of(object->path), libraries),
        };
}

static bool is_start(const struct frame *frame)
{
    static const char start[] = "__libc_start_main";
    return frame->is_library && strncmp(frame->symbol.function, start, sizeof start - 1) == 0;
}

/* What the C library does before main, or before a thread's function, is nobody's call. */
static void leave_out_start(struct frames *frames)
{
    uint32_t count = frames->count;
    for (uint32_t i = 1; i < count; i++)
        if (is_start(&frames->all[i]))
            count = i;
    while (count > 1 && frames->all[count - 1].is_library)
        count--;
    frames->count = count;
}

static const struct frame *naming_frame(const struct frames *frames)
{
    for (uint32_t i = 0; i < frames->count; i++)
        if (!frames->all[i].is_library && !BEGINS_AS_ONE(frames->all[i].symbol.function, wrappers))
            return &frames->all[i];
    return &frames->all[0];
}

static void print_unknown(const struct frame *frame, char *text, size_t capacity)
{
    char raw[PL_BOOKS_OBJECT_PATH + 32];
    if (frame->object)
        snprintf(raw, sizeof raw, "%s+0x%" PRIx64, base_of(frame->object->path),
                 frame->address - frame->object->base);
    else
        snprintf(raw, sizeof raw, "0x%" PRIx64, frame->address);
    pl_printable_copy(text, capacity, raw, strlen(raw));
}

static void print_frame(FILE *out, const struct frame *frame)
{
    char text[PL_SYMBOL_TEXT];
    const struct pl_symbol *symbol = &frame->symbol;
    print_unknown(frame, text, sizeof text);
    if (!symbol->function[0])
        fputs(text, out);
    else if (symbol->file[0])
        fprintf(out, "%s (%s:%" PRIu32 ")", symbol->function, base_of(symbol->file), symbol->line);
    else
        fprintf(out, "%s (%.*s)", symbol->function, (int)(strrchr(text, '+') - text), text);
    putc('\n', out);
}

static char *print_frames(const struct frames *frames)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out)
        return NULL;
    for (uint32_t i = 0; i < frames->count; i++)
        print_frame(out, &frames->all[i]);
    if (fclose(out)) {
        free(text);
        return NULL;
    }
    return text;
}

int pl_chain_name_frames(struct pl_symbols *symbols, const struct pl_chain_frame *chain,
                         uint32_t depth, struct pl_chain_name *name)
{
    memset(name, 0, sizeof *name);
    if (!depth)
        return 0;
    struct frames *frames = calloc(1, sizeof *frames);
    if (!frames)
        return -ENOMEM;
    for (uint32_t i = 0; i < depth; i++)
        add_frame(symbols, chain[i].object, chain[i].address, frames);
    leave_out_start(frames);
    const struct frame *naming = naming_frame(frames);
    name->site = naming->symbol;
    if (!naming->symbol.function[0])
        print_unknown(naming, name->label, sizeof name->label);
    name->frames = print_frames(frames);
    free(frames);
    return name->frames ? 0 : -ENOMEM;
}

int pl_chain_name(const struct pl_books_reader *reader, struct pl_symbols *symbols, uint32_t index,
                  struct pl_chain_name *name)
{
    struct pl_chain_frame chain[PL_BOOKS_DEPTH_MAX];
    const uint64_t *words = NULL;
    uint32_t depth = pl_books_frames(reader, index, &words);
    depth = depth < PL_BOOKS_DEPTH_MAX ? depth : PL_BOOKS_DEPTH_MAX;
    for (uint32_t i = 0; i < depth; i++)
        chain[i] = (struct pl_chain_frame){pl_books_object(reader, index, words[i]),
                                           words[i] & PL_BOOKS_ADDRESS_MASK};
    return pl_chain_name_frames(symbols, chain, depth, name);
}
