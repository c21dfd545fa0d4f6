/* Decoding of a YAML tree into a scenario, with the place of each value kept for messages. */
#ifndef PL_SCENARIO_DECODE_H
#define PL_SCENARIO_DECODE_H

#include <libfyaml.h>

#include "harness/scenario/keys.h"
#include "harness/scenario/schema.h"

struct pl_decoder {
    struct pl_scenario *scenario;
    struct pl_error *error;
    const char *path;                    /* of the file, for messages */
    const char *setting;                 /* the key of a --set, or NULL when a file is decoded */
    struct pl_mark marks[PL_SCHEMA_MAX]; /* where each row's value was written last */
    bool seen[PL_SCHEMA_MAX];
};

/** Decodes a mapping whose keys stand below `prefix` in the schema. @return 0 or -EINVAL */
int pl_decode_mapping(struct pl_decoder *decoder, struct fy_node *mapping, const char *prefix);

/** Decodes one value for a row. @param key the node of the key, for its place; may be NULL */
int pl_decode_value(struct pl_decoder *decoder, const struct pl_key *row, struct fy_node *key,
                    struct fy_node *value);

/** Copies a scalar's text. @return 0 or -EINVAL when it is no scalar, or too long */
int pl_decode_lines(struct pl_decoder *decoder, struct fy_node *node, const char *what, char *text,
                    size_t capacity);

/** The same of one line; only `about` has more. */
int pl_decode_text(struct pl_decoder *decoder, struct fy_node *node, const char *what, char *text,
                   size_t capacity);

int pl_decode_size(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                   uint64_t *bytes);
int pl_decode_time(struct pl_decoder *decoder, struct fy_node *node, const char *what, int64_t *ns);

/** Copies a name of a class or a budget: a-z, 0-9 and _. @return 0 or -EINVAL */
int pl_decode_name(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                   char name[PL_NAME_MAX]);

int pl_decode_integer(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                      int64_t *number);

/** @param max of the range, which begins at 0.001 */
int pl_decode_factor(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                     int64_t max, double *factor);

/** @param share set to 0 to 1, of "0%" to "100%" */
int pl_decode_share(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                    double *share);

/** Where a node stands; a mapping or sequence stands where its first scalar does. */
struct pl_mark pl_decode_mark(struct fy_node *node);

/** Fails with `file:line:column: message` or `--set KEY: message`. @return -EINVAL */
int pl_decode_fail(struct pl_decoder *decoder, struct pl_mark mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The same: `unknown KIND WORD; did you mean NAME?` @param names "a, b, c" or "a|b|c" */
int pl_decode_unknown(struct pl_decoder *decoder, struct pl_mark mark, const char *kind,
                      const char *word, const char *names);

/** Decodes one key of a mapping into the entry that the mapping stands for. */
typedef int (*pl_entry_decoder)(struct pl_decoder *, struct fy_node *value, const char *key,
                                void *entry);

/** Hands each key of a mapping, one of a sequence, to `decode`. @return 0 or -EINVAL */
int pl_decode_entry(struct pl_decoder *decoder, struct fy_node *mapping, const char *what,
                    pl_entry_decoder decode, void *entry);

/** Decodes a sequence of spans of time; one that names no end lasts for ever.
 *  @param max how many `spans` has room for */
int pl_decode_spans(struct pl_decoder *decoder, struct fy_node *key, struct fy_node *value,
                    const char *what, struct pl_span *spans, uint32_t max, uint32_t *count);

/** Decodes what stands below a map of free names: one class's mapping or attribute, one limit.
 *  @param path what follows the map's name, e.g. "packet.size" for --set classes.packet.size */
int pl_decode_class(struct pl_decoder *, const char *name, const char *attribute,
                    struct fy_node *value);
int pl_decode_limit(struct pl_decoder *, const char *name, struct fy_node *value);

/** Decodes what an expectation says of alerts. */
int pl_decode_expected_alerts(struct pl_decoder *, struct fy_node *value,
                              struct pl_expectation *expectation);

#endif
