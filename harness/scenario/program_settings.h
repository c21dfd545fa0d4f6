/* What a scenario of the pipeline program asks for: a command, when it is ready, what it is sent,
 * who its clients are and what happens to it meanwhile. No pointers (scenario.h). */
#ifndef PL_SCENARIO_PROGRAM_SETTINGS_H
#define PL_SCENARIO_PROGRAM_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/scenario/span.h"

#define PL_PROGRAM_WORDS_MAX 128
#define PL_PROGRAM_WORDS_BYTES 4096
#define PL_PROGRAM_PATTERN_MAX 256
#define PL_PROGRAM_SENDS_MAX 4
#define PL_PROGRAM_CLIENTS_MAX 8
#define PL_PROGRAM_CLIENT_COUNT_MAX 1000 /* processes of one entry */
#define PL_PROGRAM_STALLS_MAX 4
#define PL_PROGRAM_ACTIONS_MAX 16

/** A command, or an environment: each word ended by a zero, an empty one at the end. */
struct pl_words {
    char text[PL_PROGRAM_WORDS_BYTES];
    uint32_t count;
};

/** How a program is known to be ready. */
enum pl_ready_kind {
    PL_READY_TIME,  /* after ready_ns */
    PL_READY_UDP,   /* a UDP socket is bound to ready_port */
    PL_READY_TCP,   /* a TCP socket listens on ready_port */
    PL_READY_OUTPUT /* a line that it prints matches ready_pattern */
};

/** A recording that is sent to it, with the scenario's traffic.* */
struct pl_program_send {
    char file[1024];  /* path of the capture, as traffic.file */
    uint32_t address; /* in host order, of 127.0.0.0/8 */
    uint32_t port;
};

/** Processes that use it; they are neither in its container nor under its heap. */
struct pl_program_client {
    struct pl_words command;
    uint32_t count;
    int64_t from_ns;                              /* when the first one starts */
    int64_t until_ns;                             /* when they are ended */
    int64_t every_ns;                             /* from one start to the next */
    struct pl_span stalls[PL_PROGRAM_STALLS_MAX]; /* they are stopped meanwhile */
    uint32_t stall_count;
};

/** What happens to it: a signal, or a command that runs beside it. */
struct pl_program_action {
    struct pl_words command; /* empty: the signal */
    uint32_t signal;
    int64_t at_ns;    /* the first time */
    int64_t every_ns; /* 0: once */
};

struct pl_program_settings {
    struct pl_words command;
    char directory[1024]; /* it starts in */
    char build[1024]; /* a line of the shell, run there in a worktree of each of two commits that
                         are compared; nothing else runs it. Empty: nothing has to be built */
    struct pl_words environment;
    uint32_t ready; /* enum pl_ready_kind */
    uint32_t ready_port;
    int64_t ready_ns;
    char ready_pattern[PL_PROGRAM_PATTERN_MAX]; /* an extended regular expression */
    int64_t ready_within_ns;
    uint32_t stop_signal;
    int64_t grace_ns; /* from that signal to SIGKILL */
    struct pl_program_send sends[PL_PROGRAM_SENDS_MAX];
    uint32_t send_count;
    struct pl_program_client clients[PL_PROGRAM_CLIENTS_MAX];
    uint32_t client_count;
    struct pl_program_action actions[PL_PROGRAM_ACTIONS_MAX];
    uint32_t action_count;
};

#endif
