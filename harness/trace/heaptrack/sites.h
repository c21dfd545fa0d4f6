/* Who asked for memory, in a file of heaptrack's: strings, objects, places and the tree of call
 * stacks, and the sites of a trace that are made of them. What is held grows with what the file
 * defines, not with its events. */
#ifndef PL_TRACE_HEAPTRACK_SITES_H
#define PL_TRACE_HEAPTRACK_SITES_H

#include "harness/trace/bytes.h"
#include "harness/trace/heaptrack/list.h"
#include "harness/trace/heaptrack/records.h"
#include "harness/trace/writer.h"

enum { PL_HEAPTRACK_FRAMES_MAX = 16 /* of a call site */ };

/** Starts as {0}. */
struct pl_heaptrack_sites {
    struct pl_trace_bytes texts;
    struct pl_heaptrack_list strings; /* size_t: where each begins in `texts` */
    struct pl_heaptrack_list parts;   /* of objects that are loaded now */
    struct pl_heaptrack_list places;  /* of an interpreted file */
    struct pl_heaptrack_list frames;  /* likewise: of functions at places */
    struct pl_heaptrack_list nodes;   /* of the tree */
    uint32_t latest_part;             /* that was hit */
    uint32_t program;                 /* the string that is the program's file; 0: not told */
};

/** Each takes the records of its letter in.
 *  @return 0, -ENOMEM, or -EINVAL for what can't be read or refers to what is not there */
int pl_heaptrack_take_program(struct pl_heaptrack_sites *sites,
                              struct pl_heaptrack_records *record);
int pl_heaptrack_take_string(struct pl_heaptrack_sites *sites, struct pl_heaptrack_records *record);
int pl_heaptrack_take_object(struct pl_heaptrack_sites *sites, struct pl_heaptrack_records *record);
int pl_heaptrack_take_place(struct pl_heaptrack_sites *sites, struct pl_heaptrack_records *record);
int pl_heaptrack_take_node(struct pl_heaptrack_sites *sites, struct pl_heaptrack_records *record,
                           bool interpreted);

/** The trace's number of the site that a node is, which is written when it is new.
 *  @param site set; 0 for node 0 @return 0, -EINVAL for a node that is not there, or -ENOMEM */
int pl_heaptrack_site(struct pl_heaptrack_sites *sites, struct pl_trace_writer *writer,
                      uint64_t node, uint32_t *site);

void pl_heaptrack_sites_free(struct pl_heaptrack_sites *sites);

#endif
