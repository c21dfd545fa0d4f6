/* Captures made byte by byte, for the tests of this room. */
#ifndef PL_TRAFFIC_TESTS_CRAFT_H
#define PL_TRAFFIC_TESTS_CRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that grow; all zero is empty. */
struct craft {
    uint8_t *data;
    size_t size;
    size_t capacity;
};

void craft_free(struct craft *craft);
void craft_bytes(struct craft *craft, const void *bytes, size_t size);
void craft_fill(struct craft *craft, uint8_t value, size_t size);
void craft_be16(struct craft *craft, uint32_t value);
void craft_be32(struct craft *craft, uint32_t value);

/** An RTP packet; payload bytes count up from the sequence number. */
struct craft_rtp {
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t ssrc;
    uint8_t type;
    uint32_t csrcs;           /* 0 to 15 */
    uint32_t extension_words; /* with the extension bit */
    bool extended;
    uint8_t padding; /* bytes, 0 for none */
    uint32_t payload;
};

void craft_rtp(struct craft *out, const struct craft_rtp *rtp);

/** What is wrapped around a UDP payload. Zero: Ethernet is link 1, so set `link`. */
struct craft_frame {
    uint32_t link; /* LINKTYPE_ value */
    uint32_t tags; /* VLAN tags, the outer ones 802.1ad */
    bool ipv6;
    bool big_family;        /* of LINKTYPE_NULL */
    uint32_t family;        /* of LINKTYPE_NULL and LOOP, 0 for Linux's own */
    uint32_t ipv4_options;  /* words */
    bool extension_headers; /* hop-by-hop, destination of 16 bytes, routing */
    uint16_t fragment;      /* the IPv4 field with flags and offset */
    uint8_t protocol;       /* 0 for UDP */
    uint16_t port;          /* destination, 0 for 5004 */
    uint32_t trailer;       /* bytes of link padding behind it */
    uint32_t udp_excess;    /* how much more the UDP length claims than there is */
};

void craft_frame(struct craft *out, const struct craft_frame *frame, const struct craft *payload);

/**
 * A frame byte by byte: hexadecimal digits, blanks between them as one likes, and the headers whose
 * lengths go on to the frame's end: I and a protocol (IPv4 from 10.0.0.1 to 10.0.0.2), J and a next
 * header (IPv6), U and a port (UDP from port 4000). "I 11 U 138c" is UDP to port 5004.
 * @param payload stands behind it, or NULL
 */
void craft_recipe(struct craft *out, const char *recipe, const struct craft *payload);

/** How a packet stands in a pcapng; of a simple one there is no time and no interface. */
enum craft_block { CRAFT_ENHANCED, CRAFT_OLD, CRAFT_SIMPLE };

/** A capture file in the making. */
struct craft_file {
    struct craft bytes;
    uint32_t link;
    uint32_t snap; /* 0 for 262144 */
    bool pcapng;
    bool swapped; /* in the other byte order than this machine's */
    enum craft_block block;
    bool micro;      /* microseconds: pcap's other magic, pcapng's default */
    size_t records;  /* written so far */
    size_t ends[64]; /* offset behind each of the first records */
};

/** Writes the head: pcap's, or pcapng's section and first interface; of a pcapng also once more,
 * for another section. */
void craft_begin(struct craft_file *file);

/** Another interface of a pcapng, of the file's link type as it is now, with time stamps in units
 * of 10^-digits s. */
void craft_interface(struct craft_file *file, uint8_t digits);

/** A record. `captured` and `length` are what it claims; the frame's bytes are written whole. */
void craft_record_of(struct craft_file *file, uint32_t interface, uint64_t ticks,
                     const struct craft *frame, uint32_t captured, uint32_t length);

/** A whole record at a time, in ns since the epoch. */
void craft_record(struct craft_file *file, uint64_t time_ns, const struct craft *frame);

/** An RTP packet in a frame in a record. */
void craft_rtp_record(struct craft_file *file, uint64_t time_ns, const struct craft_frame *frame,
                      const struct craft_rtp *rtp);

#endif
