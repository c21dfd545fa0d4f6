/* The objects of sessions (scenario/session_settings.h): what each session makes as it starts, from
 * time to time and as it ends, and for how long it keeps them. A pipeline tells when a session
 * starts and ends; whose thread tells so makes and releases its objects. */
#ifndef PL_PIPELINES_SESSION_OBJECTS_H
#define PL_PIPELINES_SESSION_OBJECTS_H

#include "harness/pipelines/pipeline.h"

struct pl_session_objects;

/** Bytes of the arena that open takes. @param threads that have sessions */
size_t pl_session_objects_arena_bytes(const struct pl_scenario *scenario, uint32_t sessions,
                                      uint32_t threads);

/** @param sides of the threads that have sessions
 *  @param objects set on success: NULL where the scenario has none, which the functions below take
 *  @return false when the arena is too small */
bool pl_session_objects_open(const struct pl_pipeline_inputs *inputs, uint32_t sessions,
                             struct pl_side **sides, uint32_t threads,
                             struct pl_session_objects **objects);

/** A session starts. It stays with the thread until it ends.
 *  @param session 0 to sessions - 1, one that does not go on @param now_ns of replay */
void pl_session_objects_start(struct pl_session_objects *objects, uint32_t thread, uint32_t session,
                              int64_t now_ns);

/** A session ends: all that it keeps is released, but for leaks. */
void pl_session_objects_end(struct pl_session_objects *objects, uint32_t thread, uint32_t session);

/** Makes what is due at a thread's sessions until `now_ns`. */
void pl_session_objects_work(struct pl_session_objects *objects, uint32_t thread, int64_t now_ns);

/** When something is due next at a thread's sessions; PL_NEVER */
int64_t pl_session_objects_due(const struct pl_session_objects *objects, uint32_t thread);

/** Releases what sessions keep that go on, and what leaked. All threads are at rest. */
void pl_session_objects_close(struct pl_session_objects *objects);

#endif
