/* What the other rooms ask of a pipeline without knowing which it is: one constant each, named by
 * pipelines.def. */
#ifndef PL_SCENARIO_TRAITS_H
#define PL_SCENARIO_TRAITS_H

#include "harness/scenario/scenario.h"

/** What kind of recording a scenario replays. */
enum pl_material_kind {
    PL_MATERIAL_CAPTURE,  /* traffic.file: RTP in a capture */
    PL_MATERIAL_CAPTURES, /* several captures, each a recording of its own; there may be none */
    PL_MATERIAL_FILES,    /* media files and captures, as they are */
    PL_MATERIAL_PROFILE,  /* a profile of blocks */
    PL_MATERIAL_TAPE      /* a trace, compiled */
};

struct pl_decoder;

struct pl_pipeline_traits {
    const char *name;
    const char *const *sections; /* of keys that it reads, NULL at the end; keys of others are
                                    refused */
    const char *const *needed;   /* keys that it can't do without, NULL at the end; NULL: none */
    const char *const *refused;  /* keys that are everybody's, or of its sections, and not its */
    const char *const *classes;  /* the names of its classes, NULL at the end; NULL: free names */
    const char *large;           /* which keys make its books large: "these broadcast.pictures" */
    enum pl_material_kind material;
    uint32_t threads_max; /* that a cell may have */
    bool workers;         /* they are a crew (clock/crew.h), under both clocks */
    bool restless; /* what its crew does for a client is never over: no thread ends with a job */
    bool foreign;  /* it runs somebody else's program: no books of ours, the wall clock alone */
    bool live;     /* it can run under the wall clock, too */
    bool sockets;  /* under the wall clock its packets come over sockets, and two threads it has */
    bool sessions; /* they may come and go by a load */
    bool packets;  /* it counts packets; a pipeline without any has its refused acquires */
    bool evicts;   /* it may throw clients out */
    bool ffmpeg;   /* it is fed by FFmpeg, whose version stands in the results */
    bool any_size; /* its last class is of any size */
    bool benchmarks; /* Google Benchmark's loops are of it */
    /** The length of a cycle of work and of the idle part at its end, 0 where some job always
     * works; NULL: it has none. */
    void (*cycle)(const struct pl_scenario *, int64_t *cycle_ns, int64_t *idle_ns);
    /** Whether FFmpeg allocates in the measured window, beside our books; NULL: never. */
    bool (*unbooked)(const struct pl_scenario *);
    /** The files that it replays. @return how many of `paths` were set */
    uint32_t (*files)(const struct pl_scenario *, const char *paths[PL_FILES_MAX]);
    /** Checks what must fit together among its keys. @return 0 or -EINVAL */
    int (*check)(struct pl_decoder *);
};

/** @return the traits of a scenario's pipeline */
const struct pl_pipeline_traits *pl_traits_of(const struct pl_scenario *scenario);

/** @return the traits of a kind of pipeline */
const struct pl_pipeline_traits *pl_traits_of_kind(enum pl_pipeline_kind kind);

#endif
