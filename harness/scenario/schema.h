/* The scenario's keys as one table: path, kind, range and where the value goes. Decoding, --set,
 * tiers and messages all read it. */
#ifndef PL_SCENARIO_SCHEMA_H
#define PL_SCENARIO_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"

#define PL_SCHEMA_MAX 200 /* rows */

enum pl_key_kind {
    PL_KEY_SECTION, /* a mapping whose keys stand in the table with this path before them */
    PL_KEY_TEXT,
    PL_KEY_SIZE,
    PL_KEY_TIME,
    PL_KEY_COUNT,  /* uint32_t */
    PL_KEY_SEED,   /* uint64_t */
    PL_KEY_FACTOR, /* double */
    PL_KEY_SHARE,  /* double from 0 to 1, written in percent */
    PL_KEY_BOOL,
    PL_KEY_CHOICE, /* uint32_t, index among the choices */
    PL_KEY_SPECIAL /* decoded by a function of its own */
};

struct pl_decoder;
struct fy_node;

/** Decodes one node into the scenario. @param name the key's own text below a map of free names */
typedef int (*pl_key_function)(struct pl_decoder *decoder, struct fy_node *key,
                               struct fy_node *value);

struct pl_key {
    const char *path;
    enum pl_key_kind kind;
    size_t offset;   /* into struct pl_scenario */
    size_t capacity; /* of a text */
    int64_t min;     /* of a size, time or count */
    int64_t max;
    const char *choices; /* separated by '|' */
    pl_key_function decode;
    unsigned flags;
};

#define PL_KEY_REQUIRED 1u
#define PL_KEY_REQUIRED_HERE 4u /* required of the pipeline that its section is for */
#define PL_KEY_CONDITION 2u     /* expectations still hold when a --set changes it */

extern const struct pl_key pl_schema[];
extern const size_t pl_schema_count;

/** @return the row of a path, or NULL */
const struct pl_key *pl_schema_find(const char *path);

/** Whether a key is one of another pipeline than `kind`'s. */
bool pl_schema_foreign(const struct pl_key *key, enum pl_pipeline_kind kind,
                       enum pl_pipeline_kind *owner);

/** Writes the keys that may stand below `prefix` ("" for the top), separated by commas. */
void pl_schema_names(const char *prefix, char *text, size_t capacity);

#endif
