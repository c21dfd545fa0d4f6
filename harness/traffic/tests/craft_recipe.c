/* Frames written out in hexadecimal digits, with the headers that need lengths by name (craft.h).
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/tests/craft.h"

enum { HEADERS_MAX = 64, IPV6_BYTES = 40 };

struct recipe {
    struct craft *out;
    const char *rest;
    struct {
        char kind;
        size_t at;
    } headers[HEADERS_MAX];
    size_t count;
};

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

static uint8_t take_byte(struct recipe *r)
{
    char digits[3] = "";
    r->rest = skip_blanks(r->rest);
    if (!isxdigit((unsigned char)r->rest[0]) || !isxdigit((unsigned char)r->rest[1]))
        abort();
    memcpy(digits, r->rest, 2);
    r->rest += 2;
    return (uint8_t)strtoul(digits, NULL, 16);
}

static void write_ipv4(struct recipe *r)
{
    uint8_t protocol = take_byte(r);
    craft_be32(r->out, 0x45000000);
    craft_be32(r->out, 0x00070000);
    craft_be16(r->out, 0x4000u | protocol);
    craft_be16(r->out, 0);
    craft_be32(r->out, 0x0a000001);
    craft_be32(r->out, 0x0a000002);
}

static void write_ipv6(struct recipe *r)
{
    uint8_t next = take_byte(r);
    craft_be32(r->out, 0x60000000);
    craft_be32(r->out, (uint32_t)next << 8 | 64);
    craft_fill(r->out, 0x20, 16);
    craft_fill(r->out, 0x21, 16);
}

static void write_udp(struct recipe *r)
{
    uint32_t port = take_byte(r);
    port = port << 8 | take_byte(r);
    craft_be16(r->out, 4000);
    craft_be16(r->out, port);
    craft_be32(r->out, 0);
}

static void write_header(struct recipe *r, char kind)
{
    if (r->count == HEADERS_MAX)
        abort();
    r->headers[r->count].kind = kind;
    r->headers[r->count++].at = r->out->size;
    r->rest++;
    if (kind == 'I')
        write_ipv4(r);
    else if (kind == 'J')
        write_ipv6(r);
    else if (kind == 'U')
        write_udp(r);
    else
        abort();
}

static void write_lengths(const struct recipe *r)
{
    for (size_t i = 0; i < r->count; i++) {
        char kind = r->headers[i].kind;
        uint8_t *header = r->out->data + r->headers[i].at;
        size_t size = r->out->size - r->headers[i].at - (kind == 'J' ? IPV6_BYTES : 0);
        uint8_t *place = header + (kind == 'I' ? 2 : 4);
        place[0] = (uint8_t)(size >> 8);
        place[1] = (uint8_t)size;
    }
}

void craft_recipe(struct craft *out, const char *recipe, const struct craft *payload)
{
    struct recipe r = {.out = out, .rest = recipe};
    while (*(r.rest = skip_blanks(r.rest)))
        if (isxdigit((unsigned char)*r.rest))
            craft_fill(out, take_byte(&r), 1);
        else
            write_header(&r, *r.rest);
    if (payload)
        craft_bytes(out, payload->data, payload->size);
    write_lengths(&r);
}
