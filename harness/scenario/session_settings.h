/* What a scenario says of the objects that each session makes: the section `session`. */
#ifndef PL_SCENARIO_SESSION_SETTINGS_H
#define PL_SCENARIO_SESSION_SETTINGS_H

#include <stdint.h>

#include "allocators/allocator.h"

#define PL_SESSION_OBJECTS_MAX 16 /* entries */
#define PL_SESSION_PROFILES_MAX 3
#define PL_SESSION_COUNT_MAX 65536
#define PL_SESSION_EVENTS_MAX 1000000

/* What is kept for ever is found again by a link that lies in it. */
#define PL_SESSION_FOR_EVER_MIN_BYTES 32

/** When a session makes its objects: once, or so often from its start on. */
enum pl_object_at { PL_OBJECT_AT_START, PL_OBJECT_AT_END, PL_OBJECT_EVERY };

/** For how long it keeps them. */
enum pl_object_kept {
    PL_OBJECT_KEPT_SESSION, /* until it ends */
    PL_OBJECT_KEPT_EVENTS,  /* those of the last times, until it ends */
    PL_OBJECT_KEPT_FOR_EVER /* a leak */
};

struct pl_session_object {
    char class[PL_NAME_MAX];
    uint64_t size_min; /* bytes; each size from min to max is as likely */
    uint64_t size_max; /* 0: sizes are drawn from the profile */
    uint32_t profile;
    uint32_t count;  /* made each time */
    uint32_t at;     /* enum pl_object_at */
    uint32_t kept;   /* enum pl_object_kept */
    uint32_t events; /* whose objects are kept */
    int64_t every_ns;
    double share; /* of the sessions, that make them */
};

struct pl_session_profile {
    char path[1024];  /* as traffic.file */
    int64_t from_ns;  /* of a recorded program: what it asked for from then on */
    int64_t until_ns; /* and before this; 0: to its end */
};

struct pl_session_settings {
    struct pl_session_object objects[PL_SESSION_OBJECTS_MAX];
    uint32_t object_count;
    struct pl_session_profile profiles[PL_SESSION_PROFILES_MAX];
    uint32_t profile_count;
};

#endif
