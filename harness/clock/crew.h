/* A crew: the threads of a server that serve its tasks (sessions, jobs). Each worker has a loop of
 * its own; a task is one event, of the worker that fires it next, which its function may change.
 * What one thread acquires another may release.
 *
 * Under the virtual clock the workers are real threads that take turns: at the end of each turn,
 * one after another fires what was due within it. So a run repeats, and an hour passes in seconds;
 * what workers do to each other comes up to a turn later than in reality. A crew of one, never
 * renewed, takes none: it is the cell's thread, and its tasks are events of the cell's loop. Under
 * the wall clock all run freely, each in real time.
 *
 * Threads are made when the run begins and stay, or are made anew after a time, or with each job:
 * what a heap keeps for a thread that ended is part of the question. */
#ifndef PL_CLOCK_CREW_H
#define PL_CLOCK_CREW_H

#include "harness/base/arena.h"
#include "harness/clock/worker.h"

/** Bytes of the arena that opening takes. @param tasks that there will be at most */
size_t pl_crew_arena_bytes(uint32_t count, uint32_t tasks);

/** @param count of workers, 1 to PL_THREADS_MAX
 *  @param loop of the cell, or NULL under the wall clock
 *  @return false when the arena is too small */
bool pl_crew_open(struct pl_crew *crew, const struct pl_workers_settings *settings, uint32_t count,
                  uint32_t tasks, struct pl_loop *loop, uint64_t seed, struct pl_arena *arena);

/** Gives the next session or job to a worker. @return which. Under the wall clock the threads'
 *  order decides. Any thread. */
uint32_t pl_crew_assign(struct pl_crew *crew);

/** A job or session that was given to a worker is over. Any thread. */
void pl_crew_over(struct pl_crew *crew, uint32_t worker);

/** Adds a task, which stays for good. Before the run, or from a task's function under the virtual
 *  clock. */
void pl_crew_add(struct pl_crew *crew, struct pl_task *task, int64_t due_ns);

/** Lets a task that never changes its worker be fired at `due_ns`, or before. Any thread. */
void pl_crew_wake(struct pl_crew *crew, struct pl_task *task, int64_t due_ns);

/** Under the virtual clock: starts the threads, and puts the turns into the loop, behind what is
 *  there already. */
void pl_crew_start(struct pl_crew *crew);

/** Under the wall clock: starts the threads, and keeps them until pl_crew_stop. On the cell's main
 *  thread. @param start_ns replay time 0, as pl_real_now counts */
void pl_crew_run(struct pl_crew *crew, int64_t start_ns);

/** Ends the run of pl_crew_run; tasks that are being fired end first. Any thread. */
void pl_crew_stop(struct pl_crew *crew);

/** Under the virtual clock: ends all threads and waits for them. After the run. */
void pl_crew_close(struct pl_crew *crew);

#endif
