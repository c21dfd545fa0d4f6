/* Tags the packets of a pcapng with their interfaces (capture_file.h).
 * Blocks: draft-ietf-opsawg-pcapng, sections 4.1 to 4.4; the obsolete Packet Block: appendix A. */
#include <errno.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/traffic/capture_file.h"

enum { SECTION = 0x0a0d0d0a, INTERFACE = 1, OLD_PACKET = 2, SIMPLE = 3, PACKET = 6 };
enum { LINK_USER0 = 147, LINK_RAW = 101, INTERFACES_MAX = 4096, BLOCK_MAX = 16 << 20 };

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

struct tagging {
    FILE *in, *out;
    uint8_t *block; /* all of one, from its type on */
    uint32_t room;  /* for one, without its tag */
    uint32_t size;
    bool swapped;  /* the section is in the other byte order */
    bool begun;    /* there was a section */
    bool mixed;    /* and another one in another byte order */
    uint32_t base; /* number of the section's first interface */
    int *links;
    uint32_t *snaps; /* snap lengths, which simple packets go by */
    uint32_t count;
    uint64_t written;
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
    t->size = (uint32_t)fread(t->block, 1, 12, t->in);
    if (t->size < 12)
        return false;
    uint32_t type, magic;
    memcpy(&type, t->block, sizeof type);
    memcpy(&magic, t->block + 8, sizeof magic);
    if (type == SECTION) {
        bool swapped = magic != BYTE_ORDER_MAGIC;
        t->mixed |= t->begun && swapped != t->swapped;
        t->swapped = swapped;
        t->begun = true;
    }
    uint32_t size = get(t, 4);
    if (size < 12 || size % 4 || size > BLOCK_MAX)
        return false;
    size_t rest = fread(t->block + 12, 1, (size < t->room ? size : t->room) - 12, t->in);
    t->size = 12 + (uint32_t)rest;
    return rest == size - 12;
}

/* libpcap's own number is another one for raw IP alone, of those that are understood. */
static void add_interface(struct tagging *t)
{
    if (t->size < 20 || t->count == INTERFACES_MAX)
        return;
    int link = get_short(t, 8);
    t->links[t->count] = link == LINK_RAW ? DLT_RAW : link;
    t->snaps[t->count++] = get(t, 12);
    put_short(t, 8, LINK_USER0);
    put(t, 12, 0); /* no limit: packets are longer by their tags */
}

/* Makes room for the tag before the packet's bytes, and counts it in. */
static void tag(struct tagging *t, uint32_t interface, size_t data_at, size_t captured_at)
{
    uint32_t number = t->base + interface, captured = captured_at ? get(t, captured_at) : 0;
    if (t->size < data_at + 4 || interface >= t->count - t->base || captured > t->size)
        return;
    number = __builtin_bswap32(number);
    memmove(t->block + data_at + PL_TAG_BYTES, t->block + data_at, t->size - data_at);
    memcpy(t->block + data_at, &number, sizeof number);
    t->size += PL_TAG_BYTES;
    if (captured_at)
        put(t, captured_at, captured + PL_TAG_BYTES);
    put(t, data_at - 4, get(t, data_at - 4) + PL_TAG_BYTES); /* its length on the wire */
    put(t, 4, t->size);
    put(t, t->size - 4, t->size);
}

/* libpcap takes what a simple packet has of its bytes from the snap length: without one, all. A cut
 * one becomes a whole one of what is there. */
static void tag_simple(struct tagging *t)
{
    uint32_t snap = t->base < t->count ? t->snaps[t->base] : 0;
    if (t->size >= 16 && snap && get(t, 8) > snap)
        put(t, 8, snap);
    tag(t, 0, 12, 0);
}

/* What is not as it should be stays as it is: libpcap has its say. */
static void change(struct tagging *t)
{
    uint32_t type = get(t, 0);
    if (type == SECTION)
        t->base = t->count;
    else if (type == INTERFACE)
        add_interface(t);
    else if (type == PACKET && t->size >= 32)
        tag(t, get(t, 8), 28, 20);
    else if (type == OLD_PACKET && t->size >= 32)
        tag(t, get_short(t, 8), 28, 20);
    else if (type == SIMPLE)
        tag_simple(t);
}

static int fail_writing(const char *name, int failed, struct pl_error *error)
{
    return pl_error_set(error, -failed, "%s: copying it into memory failed: %s", name,
                        strerror(failed));
}

static int write_out(struct tagging *t, const char *name, uint64_t limit, struct pl_error *error)
{
    t->written += t->size;
    if (t->written > limit)
        return pl_error_set(error, -EFBIG,
                            "%s has several interfaces and more than %.1f GiB: cut it with "
                            "editcap -c",
                            name, (double)limit / (1 << 30));
    if (fwrite(t->block, 1, t->size, t->out) != t->size)
        return fail_writing(name, errno, error);
    return 0;
}

static bool read_rest(struct tagging *t)
{
    t->size = (uint32_t)fread(t->block, 1, t->room, t->in);
    return t->size > 0;
}

/* Behind what is no block all is handed on as it is, so that libpcap tells damage from an end. */
static int copy_blocks(struct tagging *t, const char *name, uint64_t limit, struct pl_error *error)
{
    int rc = 0;
    while (!rc && read_block(t)) {
        change(t);
        rc = write_out(t, name, limit, error);
    }
    if (!rc)
        rc = write_out(t, name, limit, error);
    while (!rc && read_rest(t))
        rc = write_out(t, name, limit, error);
    if (!rc && fflush(t->out) != 0)
        rc = fail_writing(name, errno, error);
    return rc;
}

static bool is_pcapng(FILE *stream)
{
    uint32_t type = 0;
    bool is = fread(&type, 1, sizeof type, stream) == sizeof type && type == SECTION;
    rewind(stream);
    return is;
}

/* Most files have one, and need no copy. */
static bool has_several(struct tagging *t)
{
    uint32_t count = 0;
    while (count < 2 && read_block(t))
        count += get(t, 0) == INTERFACE;
    rewind(t->in);
    t->begun = false;
    return count > 1;
}

/* No block is larger than its file; in one that grows meanwhile, what is behind is cut. */
static uint32_t largest_block(FILE *stream)
{
    long size = fseek(stream, 0, SEEK_END) ? BLOCK_MAX : ftell(stream);
    rewind(stream);
    return size < 12 ? 12 : size > BLOCK_MAX ? BLOCK_MAX : (uint32_t)size;
}

static bool allocate(struct tagging *t)
{
    t->room = largest_block(t->in);
    t->block = malloc(t->room + PL_TAG_BYTES);
    t->links = malloc(INTERFACES_MAX * sizeof *t->links);
    t->snaps = malloc(INTERFACES_MAX * sizeof *t->snaps);
    return t->block && t->links && t->snaps;
}

static int open_copy(struct tagging *t, const char *name, struct pl_error *error)
{
    int fd = memfd_create("plimsoll-capture", MFD_CLOEXEC);
    t->out = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (t->out)
        return 0;
    int rc = -errno;
    if (fd >= 0)
        close(fd);
    return pl_error_set(error, rc, "%s: no memory file to copy it into: %s", name, strerror(-rc));
}

static int copy(struct tagging *t, const char *name, uint64_t limit, struct pl_error *error)
{
    int rc = open_copy(t, name, error);
    if (!rc)
        rc = copy_blocks(t, name, limit, error);
    if (!rc && t->mixed)
        rc = pl_error_set(error, -EINVAL,
                          "%s has sections in two byte orders, which libpcap does not read: "
                          "tshark -r FILE -w NEW makes them one",
                          name);
    if (rc && t->out)
        fclose(t->out);
    return rc;
}

static void replace(struct pl_capture_file *file, struct tagging *t)
{
    fclose(file->stream);
    rewind(t->out);
    file->stream = t->out;
    file->interfaces = t->links;
    file->interface_count = t->count;
    t->links = NULL;
}

int pl_capture_tag(struct pl_capture_file *file, const char *name, uint64_t limit,
                   struct pl_error *error)
{
    struct tagging t = {.in = file->stream};
    int rc = 0;
    if (!is_pcapng(file->stream))
        return 0;
    if (!allocate(&t))
        rc = pl_error_set(error, -ENOMEM, "%s: out of memory", name);
    else if (has_several(&t) && !(rc = copy(&t, name, limit, error)))
        replace(file, &t);
    free(t.block);
    free(t.links);
    free(t.snaps);
    return rc;
}
