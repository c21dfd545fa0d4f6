/* A foreign program and what stands around it: the state of plimsoll-program, in its parts: until
 * the program is ready (dock_ready.c, dock_unserved.c), while it is measured (dock_window.c), and
 * the whole (program_main.c). One thread. */
#ifndef PL_CELL_DOCK_H
#define PL_CELL_DOCK_H

#include <regex.h>
#include <stdbool.h>

#include "harness/cell/alert_watch.h"
#include "harness/cell/charged.h"
#include "harness/cell/job.h"
#include "harness/cell/program_ledger.h"
#include "harness/pipelines/program/helpers.h"
#include "harness/pipelines/program/keeper.h"
#include "harness/pipelines/program/output.h"
#include "harness/pipelines/program/process_tree.h"

/** How often something that nobody tells of is looked at, in ns: 10 ms. */
#define PL_DOCK_STEP_NS INT64_C(10000000)

/* What became of waiting for a program to be ready. */
enum pl_dock_readiness { PL_DOCK_READY, PL_DOCK_ENDED_BEFORE, PL_DOCK_NEVER_READY };

struct pl_dock {
    const struct pl_job *job;
    const struct pl_program_settings *settings;
    struct pl_output printed, clients_printed;
    struct pl_keeper keeper;
    struct pl_process_tree tree;
    struct pl_helpers helpers;
    struct pl_alert_watch alerts;
    struct pl_program_ledger ledger;
    regex_t pattern;
    int64_t start_ns;                     /* replay time 0 */
    struct pl_process_tree_figures now;   /* of the latest sample */
    int64_t whole_ns;                     /* in the replay's time, when the whole was read last */
    struct pl_process_tree_figures begun; /* at replay time 0 */
    struct pl_charged charged_begun;
    uint64_t rss_bytes_peak;
    struct pl_program_record facts;
    bool main_ended;
    bool at_ceiling;
};

/** Whether the controller wants all to end, or has died. */
bool pl_dock_told_to_end(void);

/** Whether somebody else has the port that the program is ready on. @return 0 or -EINVAL */
int pl_dock_check_port(const struct pl_program_settings *settings, struct pl_error *error);

/** Waits, and takes what is printed until then. */
void pl_dock_wait(struct pl_dock *dock, int64_t until_ns);

/** Whether the program has ended, with all that it has left behind. */
bool pl_dock_has_ended(struct pl_dock *dock, const struct pl_process_tree_figures *figures);

/** @return enum pl_dock_readiness, or a negative errno: it can't work */
int pl_dock_await_ready(struct pl_dock *dock, struct pl_error *error);

/** A program that holds so much, in bytes, has allocated; one with less may not have begun to. */
#define PL_DOCK_UNSERVED_BYTES (UINT64_C(2) << 20)

/** Notes the largest process that the library does not serve, if that is larger than one known, by
 * the latest reading of the tree. */
void pl_dock_find_unserved(struct pl_dock *dock);

/** Whether the heap serves the program. @return 0, or -ENOSYS: it can't */
int pl_dock_check_served(struct pl_dock *dock, struct pl_error *error);

/** What its container is charged with now. */
void pl_dock_charged(const struct pl_dock *dock, struct pl_charged *charged);

/** Names replay time 0 and waits for it. */
void pl_dock_begin_window(struct pl_dock *dock);

/** Takes one sample. @return whether the program goes on */
bool pl_dock_sample(struct pl_dock *dock, enum pl_process_tree_reading reading, int64_t t_ns);

/** Measures until the duration is over, or the program has ended.
 *  @param reached_ns set to where it came @return 0 or a negative errno */
int pl_dock_run_window(struct pl_dock *dock, int64_t *reached_ns, struct pl_error *error);

#endif
