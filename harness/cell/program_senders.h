/* The senders that feed a foreign program: one process for each recording that it is sent, each
 * with a job of its own. */
#ifndef PL_CELL_PROGRAM_SENDERS_H
#define PL_CELL_PROGRAM_SENDERS_H

#include "harness/cell/job.h"
#include "harness/cell/sender_process.h"

struct pl_program_senders {
    uint32_t count;
    struct pl_job_memory memory[PL_PROGRAM_SENDS_MAX];
    struct pl_sender_process sender[PL_PROGRAM_SENDS_MAX];
    bool started;
};

/** What was sent, all together. */
struct pl_program_sender {
    uint64_t sent;        /* datagrams */
    uint64_t send_errors; /* that the kernel did not take: nobody listened, or it had no room */
    int64_t late_ns;      /* at most */
    bool sent_all;        /* each sender came to its end */
};

/** Whether what was sent is not what the scenario asks for. Datagrams that nobody took are the
 *  program's business. */
bool pl_program_sender_failed(const struct pl_program_sender *fed);

/** Lays the jobs out. @param recording a material of the scenario's captures
 *  @return 0 or a negative errno, with nothing left behind */
int pl_program_senders_open(struct pl_program_senders *feed, const struct pl_scenario *scenario,
                            const struct pl_recording *recording, uint64_t seed,
                            struct pl_error *error);

/** Starts the senders. @param start_ns CLOCK_MONOTONIC at replay time 0 */
int pl_program_senders_start(struct pl_program_senders *feed, int64_t start_ns,
                             struct pl_error *error);

/** @return whether a sender ended before its time, and why */
bool pl_program_senders_failed(struct pl_program_senders *feed, struct pl_error *error);

/** Ends the senders, gives the jobs back. @param fed set to what was sent */
void pl_program_senders_close(struct pl_program_senders *feed, struct pl_program_sender *fed);

#endif
