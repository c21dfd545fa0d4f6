/* A scenario: the question that one YAML file asks, checked and resolved to plain data.
 *
 * The struct holds no pointers, so that the controller can hand it to a cell in shared memory.
 * Keys, units and ranges stand in schema.c; scenarios/README.md tells a person about them. */
#ifndef PL_SCENARIO_SCENARIO_H
#define PL_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/allocator.h"
#include "harness/scenario/load_settings.h"
#include "harness/scenario/program_settings.h"
#include "harness/scenario/relay_settings.h"
#include "harness/scenario/session_settings.h"
#include "harness/scenario/workers.h"

#define PL_PATH_MAX 1024
#define PL_SCENARIO_BYTES_MAX (1 << 20) /* of its file; ours have 3 kB */
#define PL_KEY_PATH_MAX 128             /* of --set */
#define PL_CLASSES_MAX 8
#define PL_CLASS_BYTES_MAX (UINT64_C(1) << 30)
#define PL_BUDGETS_MAX 8
#define PL_STALLS_MAX 16
#define PL_CHURNS_MAX 8
#define PL_EXPECTATIONS_MAX 32
#define PL_BOUNDS_MAX 12
#define PL_LIST_TEXT_MAX 2048
#define PL_STACKS_MAX 128       /* of a scenario, those of its sweeps included */
#define PL_SWEEP_TEXT_MAX 16384 /* of the sweeps' stacks: see sweep.h */
#define PL_THREAD_COUNTS_MAX 8  /* of `threads`, each a cell */

/** What replays a scenario; each has keys of its own below the section of its name. */
enum pl_pipeline_kind {
#define PL_PIPELINE(kind, name) PL_PIPELINE_##kind,
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE
    PL_PIPELINE_COUNT
};

/** The format in which samples or pixels are held once decoded. */
enum pl_format {
    PL_FORMAT_F32,
    PL_FORMAT_S16,
    PL_FORMAT_F64,
    PL_FORMAT_S32,
    PL_FORMAT_FFMPEG, /* frames as FFmpeg's decoder made them */
    PL_FORMAT_YUV420P,
    PL_FORMAT_YUV422P,
    PL_FORMAT_RGB24,
    PL_FORMAT_RGBA,
    PL_FORMAT_OWN, /* whatever a foreign program holds */
    PL_FORMAT_COUNT
};

/** What time a cell lives in: the replay's, which goes as fast as the machine can, or the real one,
 *  over real sockets, or of a trace in threads that run freely. */
enum pl_clock { PL_CLOCK_VIRTUAL, PL_CLOCK_WALL, PL_CLOCK_COUNT };

enum pl_tier { PL_TIER_SMOKE, PL_TIER_DEFAULT, PL_TIER_FULL, PL_TIER_COUNT };

/** What the receiver does when a class is full. */
enum pl_on_full {
    PL_ON_FULL_RETRY,       /* stop receiving; try again by a timer; the kernel's buffer fills */
    PL_ON_FULL_DROP_NEWEST, /* drop the datagram at hand and go on */
    PL_ON_FULL_DROP_OLDEST, /* drop what has waited longest for the reader, and take it */
    PL_ON_FULL_SPIN         /* try again at once, for ever: what a receiver does that has no plan */
};

/** Where a value was written: a place in a file, or a --set when the line is 0. */
struct pl_mark {
    uint32_t line;
    uint32_t column;
};

/** What a network does to packets, each with a probability a packet from 0 to 1. */
struct pl_faults {
    double loss;        /* in the good state of Gilbert and Elliott's model */
    double burst_enter; /* to go from its good to its bad state */
    double burst_leave; /* to go back */
    double burst_loss;  /* in its bad state */
    double duplicate;   /* a copy follows at once */
    double reorder;     /* it arrives `reorder_delay_ns` later than it should */
    int64_t reorder_delay_ns;
    int64_t jitter_ns; /* each is late by up to so much; a queue's delay, so the order stays */
};

struct pl_traffic_settings {
    char file[PL_PATH_MAX]; /* path of the capture, resolved against the scenario's folder */
    char filter[512];       /* libpcap filter, may be empty */
    char payload[64];       /* what dynamic payload types hold, may be empty */
    char sdp[1024];         /* path of a file that says so, may be empty */
    int64_t max_gap_ns;     /* longer gaps are shortened to it; 0: they stay */
    uint32_t sessions;      /* copies of the recording */
    double rate;            /* factor on the packet rate */
    struct pl_faults faults;
    int64_t churn_ns[PL_CHURNS_MAX]; /* how long a sender keeps its SSRC and port; senders take
                                        turns through them */
    uint32_t churn_count;            /* 0: for good */
    struct pl_span outages[PL_STALLS_MAX]; /* senders are dead; they come back as new ones */
    uint32_t outage_count;
    uint32_t hostile;             /* datagrams a second from a hostile sender */
    struct pl_load_settings load; /* by which senders come and go, those of a receiver; without
                                     points they stay */
};

#define PL_RECEIVER_SOCKETS_MAX 16
#define PL_RECEIVER_HEAD_BYTES 24 /* of its buffers: roc-toolkit's core::Buffer */

struct pl_receiver_settings {
    int64_t latency_ns;             /* what a session gathers before it plays */
    int64_t latency_tolerance_ns;   /* how far above the latency a session may get */
    bool latency_bounds;            /* end a session that is beyond the tolerance */
    int64_t no_playback_timeout_ns; /* end a session that had nothing to play for so long */
    int64_t choppy_timeout_ns;      /* end a session whose playback was broken for so long */
    int64_t frame_ns;               /* what one read takes */
    double read_speed;              /* factor on the pace of reads */
    uint32_t queue_packets;         /* bound of the queue to the reader; 0 for none */
    uint32_t max_sessions;
    uint32_t on_full; /* enum pl_on_full */
    int64_t retry_ns;
    uint64_t rcvbuf_bytes;                /* the kernel's buffer of a socket */
    uint64_t max_packet_bytes;            /* that a packet's buffer has room for */
    uint64_t max_frame_bytes;             /* likewise, a frame's */
    uint32_t sockets;                     /* session i comes to socket i % sockets */
    struct pl_span stalls[PL_STALLS_MAX]; /* the reader does not read */
    uint32_t stall_count;
};

#define PL_SOURCES_MAX 4
#define PL_FILES_MAX 5 /* that a scenario replays: two of a broadcast, and profiles */
#define PL_MEDIA_STREAMS_MAX 64

/** Where decoded frames are held until they are played. */
enum pl_hold {
    PL_HOLD_FRAMES, /* each in blocks of its own */
    PL_HOLD_CHUNKS  /* in two chunks of the delay's length: one fills while the other is played */
};

enum pl_encoder {
    PL_ENCODER_NONE,
    PL_ENCODER_MP3,
    PL_ENCODER_VORBIS,
    PL_ENCODER_OPUS,
    PL_ENCODER_AAC
};

/** What is decoded, how it is held, and what becomes of it. */
struct pl_media_settings {
    char sources[PL_SOURCES_MAX]
                [PL_PATH_MAX]; /* paths of media files or captures, as traffic.file */
    uint32_t source_count;
    char payload[64];     /* what dynamic payload types of a capture hold, as SDP's rtpmap */
    uint32_t decode;      /* 0 once, before the window, and looped; 1 as the replay goes */
    int64_t clip_ns;      /* what is decoded once, at most */
    int64_t frame_ns;     /* of media in a frame: Liquidsoap's 40 ms */
    int64_t delay_ns;     /* from a frame's decoding to its playing */
    uint32_t rate;        /* Hz of the samples held */
    uint32_t channels;    /* held */
    char picture[16];     /* "1280x720" makes it video; empty: audio */
    uint32_t hold;        /* enum pl_hold */
    uint32_t encoder;     /* enum pl_encoder */
    bool buffer_pool;     /* FFmpeg's frames lie in AVBufferPools */
    int64_t track_ns;     /* each source plays so long before the next; 0 for good */
    int64_t crossfade_ns; /* they overlap so long; 0 for none */
    uint32_t streams;     /* of the same sources, each with a decoder and frames of its own */
    uint32_t burst;       /* frames that a decoder delivers together, every so many intervals */
    double leak;          /* the share of frames that an error path never gives back */
};

#define PL_BLOCKS_SURVIVAL_MAX 64 /* cycles that a survivor lives are fewer */

#define PL_BLOCKS_JOBS_MAX 1024

/** When the cycles of several jobs begin. */
enum pl_blocks_start {
    PL_BLOCKS_SPREAD, /* one after another, evenly over a cycle */
    PL_BLOCKS_TOGETHER
};

/** Which worker releases what a cycle has held. */
enum pl_blocks_release {
    PL_BLOCKS_RELEASE_OWN,  /* that which acquired it */
    PL_BLOCKS_RELEASE_OTHER /* the next one */
};

/** Cycles of small blocks, drawn from a profile. */
struct pl_blocks_settings {
    char file[PL_PATH_MAX];       /* path of the profile, as traffic.file */
    int64_t cycle_ns;             /* from the beginning of one to the next */
    int64_t idle_ns;              /* its end, in which next to nothing is asked for */
    uint64_t live_bytes;          /* that a cycle gets to hold */
    double survivors;             /* the share of its blocks that outlive it */
    int64_t survivor_lifetime_ns; /* whole cycles */
    double idle_work;             /* acquires while it idles, as a share of the busy part's */
    uint32_t jobs;                /* cycles side by side, each with `live_bytes` of its own */
    uint32_t start;               /* enum pl_blocks_start */
    uint32_t release;             /* enum pl_blocks_release */
    uint64_t survivor_bytes;      /* the largest block that survives */
};

/** What a viewer's queue does with a packet that it has no room for. */
enum pl_queue_policy {
    PL_QUEUE_DROP_OLDEST,
    PL_QUEUE_DROP_NEWEST,
    PL_QUEUE_BLOCK,           /* the packet waits, and nothing more is made for that viewer */
    PL_QUEUE_EVICT,           /* the viewer is thrown out */
    PL_QUEUE_DROP_TO_KEYFRAME /* all that waits, and video until its next keyframe; a relay's */
};

/** What of its blocks a replayed trace writes to. */
enum pl_trace_touch {
    PL_TRACE_TOUCH_RECORDED, /* the pages that were found resident; of small blocks all */
    PL_TRACE_TOUCH_FIRST,    /* the beginning */
    PL_TRACE_TOUCH_ALL
};

/** What follows a trace's end. */
enum pl_trace_loop {
    PL_TRACE_LOOP_OFF,  /* nothing */
    PL_TRACE_LOOP_FREE, /* what is live is released, and it begins again */
    PL_TRACE_LOOP_KEEP  /* what is live stays, and it begins again */
};

#define PL_TRACE_COPIES_MAX 64

/** A recorded program's heap, replayed. */
struct pl_trace_settings {
    char file[PL_PATH_MAX]; /* path of the trace, as traffic.file */
    uint32_t touch;         /* enum pl_trace_touch */
    double speed;           /* factor on its pace */
    uint32_t loop;          /* enum pl_trace_loop */
    uint32_t copies;        /* such programs in one heap */
};

#define PL_CLIENTS_MAX 64

/** A chat server: clients send pictures, and each is sent all of them as one of text. */
struct pl_broadcast_settings {
    char video[PL_PATH_MAX]; /* path of what is sent, as traffic.file */
    char sound[PL_PATH_MAX];
    char picture[16];     /* "800x450" */
    uint32_t pictures;    /* decoded before the window, and looped */
    uint32_t clients;     /* each sends and views */
    uint32_t fps;         /* pictures a second that a client sends */
    uint32_t views;       /* pictures a second that a viewer is sent */
    bool reuse_images;    /* a picture's image is kept until the next one, for all viewers */
    uint32_t ring;        /* pictures of a client that wait to be shown */
    char terminal[16];    /* "160x45": characters that a viewer sees */
    uint32_t video_queue; /* packets to a viewer that wait to be sent; 0: no bound */
    uint32_t audio_queue;
    uint64_t queue_bytes; /* of each queue; 0: no bound */
    uint32_t on_full;     /* enum pl_queue_policy */
    uint32_t stalled;     /* viewers, the first ones, that read nothing in the stalls */
    struct pl_span stalls[PL_STALLS_MAX];
    uint32_t stall_count;
    int64_t rejoin_ns; /* the last client leaves and joins anew so often; 0: never */
    uint32_t hostile;  /* headers a second that claim absurd sizes */
};

#define PL_BACKGROUND_MAX 8

/** Allocations that go on beside the pipeline: heartbeats, timers, logs. */
struct pl_background {
    char class[PL_NAME_MAX];
    double rate;       /* blocks a second, 0.001 to 10^6 */
    uint64_t size_min; /* bytes; each size from min to max is as likely */
    uint64_t size_max;
    uint32_t queue; /* of the last blocks, which are held; 0: each is released at once */
    struct pl_span span;
};

#define PL_ALERTS_MAX 8
#define PL_ALERT_TEXT_MAX 96

/** What an alert looks at; bytes come first. */
enum pl_alert_quantity {
    PL_ALERT_RSS,
    PL_ALERT_LIVE,
    PL_ALERT_RESERVED,
    PL_ALERT_DROPPED,
    PL_ALERT_FALLBACKS,
    PL_ALERT_LIVE_BLOCKS, /* of a class */
    PL_ALERT_QUANTITY_COUNT
};

enum pl_alert_comparison { PL_ALERT_ABOVE, PL_ALERT_FROM, PL_ALERT_BELOW, PL_ALERT_UPTO };

/** What is raised when it becomes true at a sample: see alert.h. */
struct pl_alert {
    char text[PL_ALERT_TEXT_MAX]; /* "live_frames > 100" */
    uint32_t quantity;            /* enum pl_alert_quantity */
    uint32_t comparison;          /* enum pl_alert_comparison */
    int32_t class_index;          /* of live blocks, otherwise -1 */
    uint64_t value;
    struct pl_mark mark;
};

/** One bound on a metric, e.g. rss_bytes_peak "<= 60MiB". */
struct pl_bound {
    char metric[48];
    char text[32]; /* comparison and value as written */
    struct pl_mark mark;
};

/** What a scenario expects of some stacks under some condition. */
struct pl_expectation {
    char stacks[512];   /* "all", "limited", "unlimited" or specs, separated by commas */
    char formats[64];   /* separated by commas, empty for any */
    char threads[64];   /* likewise */
    char container[16]; /* "any", "cgroup", "rlimit" or "none" */
    char clock[16];     /* "any", "virtual" or "wall" */
    char outcome[64];   /* outcomes separated by commas, empty for any */
    char alerts[256];   /* that are raised, separated by commas; "none"; empty for any */
    int64_t from_ns;    /* the shortest duration for which it is expected */
    struct pl_bound bounds[PL_BOUNDS_MAX];
    uint32_t bound_count;
    bool inherited; /* from a scenario that this one extends */
    struct pl_mark mark;
};

struct pl_scenario {
    char path[1024]; /* of the YAML file */
    char name[64];
    char title[160];
    char about[2048];
    char extends[64];     /* the scenario that it builds on, or empty */
    char counterpart[64]; /* the real program's scenario that it is held against, or empty */
    uint32_t pipeline;    /* enum pl_pipeline_kind */
    struct pl_traffic_settings traffic;
    struct pl_receiver_settings receiver;
    struct pl_media_settings media;
    struct pl_blocks_settings blocks;
    struct pl_broadcast_settings broadcast;
    struct pl_trace_settings trace;
    struct pl_relay_settings relay;
    struct pl_workers_settings workers;
    struct pl_load_settings load;
    struct pl_session_settings session;
    struct pl_program_settings program;
    struct pl_background background[PL_BACKGROUND_MAX];
    uint32_t background_count;
    struct pl_class classes[PL_CLASSES_MAX];
    uint32_t class_count;
    uint32_t class_fits; /* a bit a class: its size follows from the cell's format */
    struct pl_budget budgets[PL_BUDGETS_MAX];
    uint32_t budget_count;
    uint64_t container_bytes; /* 0: none */
    int64_t duration_ns;      /* of replay */
    int64_t sample_interval_ns;
    int64_t timeout_ns; /* of real time, for one cell; under the wall clock beyond its duration */
    int64_t budget_ns;  /* of real time, for the tier; 0 when it states none */
    uint32_t clock;     /* enum pl_clock, where the command line names none */
    bool huge_pages;    /* leave transparent huge pages as the machine has them */
    bool gate;          /* among the pairs that a gate runs when no scenario is named */
    uint64_t seed;
    uint32_t repeat;
    char allocators[PL_LIST_TEXT_MAX]; /* specs separated by commas */
    char sweep[PL_SWEEP_TEXT_MAX];     /* more stacks, by templates: see sweep.h */
    char formats[64];                  /* separated by commas */
    char threads[64];                  /* numbers of them, separated by commas */
    struct pl_alert alerts[PL_ALERTS_MAX];
    uint32_t alert_count;
    struct pl_expectation expectations[PL_EXPECTATIONS_MAX];
    uint32_t expectation_count;
    uint32_t tier;        /* enum pl_tier */
    bool conditions_left; /* a --set leaves the conditions that `expect` states */
    char conditions_left_by[PL_KEY_PATH_MAX]; /* the key that did */
};

/**
 * Reads a scenario, applies a tier and then settings, and checks the whole.
 * Every tier of the file is checked, not only the one asked for.
 * @param settings `KEY=VALUE` texts
 * @return 0, or a negative errno and one line `file:line:column: what is wrong, what would be
 * right`
 */
int pl_scenario_load(const char *path, enum pl_tier tier, const char *const *settings,
                     size_t setting_count, struct pl_scenario *scenario, struct pl_error *error);

/** As pl_scenario_load, from text: what the fuzzer drives. `path` stands in messages. */
int pl_scenario_parse(const char *text, size_t size, const char *path, enum pl_tier tier,
                      const char *const *settings, size_t setting_count,
                      struct pl_scenario *scenario, struct pl_error *error);

/** Finds a scenario by path or by name (without .yaml) in $PLIMSOLL_SCENARIOS, ./scenarios, the
 *  source tree and the installed folder, one after the other. @return 0 or -ENOENT, naming the
 * scenarios there are */
int pl_scenario_find(const char *name, char *path, size_t capacity, struct pl_error *error);

/** The same of a name alone, that another scenario extends. */
int pl_scenario_find_base(const char *name, char *path, size_t capacity, struct pl_error *error);

/** Whether a scenario's name finds this very file from any folder, without PLIMSOLL_SCENARIOS: one
 *  that came with Plimsoll. */
bool pl_scenario_found_anywhere(const char *name, const char *path);

/** The first of those folders that stands, or NULL. */
const char *pl_scenario_folder(void);

/** The paths of all scenarios of the first of those folders that stands, sorted by name.
 *  @param paths set on success; free() each and the array
 *  @return how many, or a negative errno */
int pl_scenario_list(char ***paths, struct pl_error *error);

/** Likewise of each name that pl_scenario_find finds, folder by folder. */
int pl_scenario_list_known(char ***paths, struct pl_error *error);

/** Reads one number of `threads`. @return it, or 0 when it is none from 1 to PL_THREADS_MAX */
uint32_t pl_threads_parse(const char *text);

/** The numbers of threads that a scenario has cells of. @return how many */
uint32_t pl_scenario_threads(const struct pl_scenario *scenario,
                             uint32_t threads[PL_THREAD_COUNTS_MAX]);

const char *pl_format_name(enum pl_format format);
/** @return the format, or -1 */
int pl_format_parse(const char *name);

/** Bytes of one sample of one channel; 0 of what are no samples. */
size_t pl_format_sample_bytes(enum pl_format format);

/** Bytes of a picture; 0 of what are no pixels. */
size_t pl_format_picture_bytes(enum pl_format format, uint32_t width, uint32_t height);

/** Reads a list of formats, separated by commas.
 *  @return how many, or 0 with the first name that is none, or is there twice, in `wrong` */
size_t pl_formats_parse(const char *list, enum pl_format formats[PL_FORMAT_COUNT], char wrong[32]);

/** "f32, s16, ...": what is expected. */
void pl_format_names(char *text, size_t capacity);

/** @return the index of the class of a name, or -1 */
int pl_scenario_class(const struct pl_scenario *scenario, const char *name);

/** Gives the classes that fit their size in a format. */
void pl_scenario_fit(struct pl_scenario *scenario, enum pl_format format);

/** The files that a scenario replays, one for its pipeline or several.
 *  @return how many of `paths` were set, 1 or more */
uint32_t pl_scenario_files(const struct pl_scenario *scenario, const char *paths[PL_FILES_MAX]);

/** Reads "WIDTHxHEIGHT". @return false when it is none, or a side is not from min to max */
bool pl_sides_parse(const char *text, uint32_t min, uint32_t max, uint32_t *width,
                    uint32_t *height);

/** Samples of one channel in a frame of media. */
uint32_t pl_media_frame_samples(const struct pl_media_settings *media);

/** Reads media.picture. @return false when it is no size of 16 to 8192 pixels a side, both even */
bool pl_media_picture(const struct pl_media_settings *media, uint32_t *width, uint32_t *height);

const char *pl_pipeline_kind_name(enum pl_pipeline_kind kind);

const char *pl_clock_name(enum pl_clock clock);
/** @return the clock, or -1 */
int pl_clock_parse(const char *name);

const char *pl_tier_name(enum pl_tier tier);
/** @return the tier, or -1 */
int pl_tier_parse(const char *name);

#endif
