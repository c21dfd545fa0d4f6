/* Tags the packets of a pcapng with their interfaces (capture_file.h).
 * Blocks: draft-ietf-opsawg-pcapng, sections 4.1 to 4.4; the obsolete Packet Block: appendix A. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/traffic/capture_file.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, OLD_PACKET = 2, SIMPLE = 3, PACKET = 6 };
enum { LINK_USER0 = 147, INTERFACES_MAX = 4096, BLOCK_MAX = 16 << 20 };

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

struct tagging {
    FILE *in, *out;
    uint8_t *block; /* all of one, from its type on */
    uint32_t size;
    bool swapped;  /* the section is in the other byte order */
    uint32_t base; /* number of the section's first interface */
    int *links;
    uint32_t *snaps; /* snap lengths, which simple packets go by */
    uint32_t count;
};

static uint32_t get(const struct tagging *t, size_t at)
{
    uint32_t value;
    memcpy(&value, t->block + at, sizeof value);
    return t->swapped ? __builtin_bswap32(value) : value;
}

static void put(const struct tagging *t, size_t at, uint32_t value)
{
    value = t->swapped ? __builtin_bswap32(value) : value;
    memcpy(t->block + at, &value, sizeof value);
}

static uint16_t get_short(const struct tagging *t, size_t at)
{
    uint16_t value;
    memcpy(&value, t->block + at, sizeof value);
    return t->swapped ? __builtin_bswap16(value) : value;
}

static void put_short(const struct tagging *t, size_t at, uint16_t value)
{
    value = t->swapped ? __builtin_bswap16(value) : value;
    memcpy(t->block + at, &value, sizeof value);
}

/* A section's head tells its byte order. @return false at the end, and at what is no block */
static bool read_block(struct tagging *t)
{
    if (fread(t->block, 1, 12, t->in) != 12)
        return false;
    t->size = 12;
    uint32_t type, magic;
    memcpy(&type, t->block, sizeof type);
    memcpy(&magic, t->block + 8, sizeof magic);
    if (type == SECTION)
        t->swapped = magic != BYTE_ORDER_MAGIC;
    uint32_t size = get(t, 4);
    if (size < 12 || size % 4 || size > BLOCK_MAX)
        return false;
    size_t rest = fread(t->block + 12, 1, size - 12, t->in);
    t->size = 12 + (uint32_t)rest;
    return rest == size - 12;
}

static bool add_interface(struct tagging *t)
{
    if (t->size < 20 || t->count == INTERFACES_MAX)
        return false;
    t->links[t->count] = get_short(t, 8);
    t->snaps[t->count++] = get(t, 12);
    put_short(t, 8, LINK_USER0);
    put(t, 12, 0); /* no limit: packets are longer by their tags */
    return true;
}

/* Makes room for the tag before the packet's bytes, and counts it in. */
static bool tag(struct tagging *t, uint32_t interface, size_t data_at, size_t captured_at)
{
    uint32_t number = __builtin_bswap32(t->base + interface);
    if (t->size < data_at + 4 || t->base + interface >= t->count)
        return false;
    memmove(t->block + data_at + PL_TAG_BYTES, t->block + data_at, t->size - data_at);
    memcpy(t->block + data_at, &number, sizeof number);
    t->size += PL_TAG_BYTES;
    if (captured_at)
        put(t, captured_at, get(t, captured_at) + PL_TAG_BYTES);
    put(t, data_at - 4, get(t, data_at - 4) + PL_TAG_BYTES); /* its length on the wire */
    put(t, 4, t->size);
    put(t, t->size - 4, t->size);
    return true;
}

/* libpcap takes what a simple packet has of its bytes from the snap length: without one, all. A cut
 * one becomes a whole one of what is there. */
static bool tag_simple(struct tagging *t)
{
    uint32_t snap = t->base < t->count ? t->snaps[t->base] : 0;
    if (t->size >= 16 && snap && get(t, 8) > snap)
        put(t, 8, snap);
    return tag(t, 0, 12, 0);
}

static bool change(struct tagging *t)
{
    uint32_t type = get(t, 0);
    if (type == SECTION)
        t->base = t->count;
    if (type == INTERFACE)
        return add_interface(t);
    if (type == PACKET)
        return t->size >= 32 && tag(t, get(t, 8), 28, 20);
    if (type == OLD_PACKET)
        return t->size >= 32 && tag(t, get_short(t, 8), 28, 20);
    return type != SIMPLE || tag_simple(t);
}

/* What is cut or not understood is handed on as it is: libpcap has its say. */
static bool copy_blocks(struct tagging *t)
{
    for (;;) {
        bool whole = read_block(t);
        if (whole && !change(t))
            return false;
        if (fwrite(t->block, 1, t->size, t->out) != t->size)
            return false;
        if (!whole)
            break;
        t->size = 0;
    }
    return fflush(t->out) == 0;
}

static bool is_pcapng(FILE *stream)
{
    uint32_t type = 0;
    bool is = fread(&type, 1, sizeof type, stream) == sizeof type && type == SECTION;
    rewind(stream);
    return is;
}

static bool open_tagging(struct tagging *t, FILE *in)
{
    int fd = memfd_create("plimsoll-capture", MFD_CLOEXEC);
    *t = (struct tagging){.in = in, .out = fd < 0 ? NULL : fdopen(fd, "w+b")};
    t->block = malloc(BLOCK_MAX + PL_TAG_BYTES);
    t->links = malloc(INTERFACES_MAX * sizeof *t->links);
    t->snaps = malloc(INTERFACES_MAX * sizeof *t->snaps);
    if (fd >= 0 && !t->out)
        close(fd);
    return t->out && t->block && t->links && t->snaps;
}

int pl_capture_tag(struct pl_capture_file *file, const char *name, struct pl_error *error)
{
    struct tagging t;
    if (!is_pcapng(file->stream))
        return 0;
    bool opened = open_tagging(&t, file->stream);
    bool tagged = opened && copy_blocks(&t) && t.count > 1;
    if (tagged) {
        fclose(file->stream);
        rewind(t.out);
        file->stream = t.out;
        file->interfaces = t.links;
        file->interface_count = t.count;
    } else {
        rewind(file->stream);
        free(t.links);
        if (t.out)
            fclose(t.out);
    }
    free(t.block);
    free(t.snaps);
    return opened ? 0 : pl_error_set(error, -ENOMEM, "%s: out of memory", name);
}
