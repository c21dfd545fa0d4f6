/* Walks a YAML mapping along the schema (decode.h); every value's place is kept for messages. */
#include "harness/scenario/decode.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/nearest.h"

struct pl_mark pl_decode_mark(struct fy_node *node)
{
    while (node && !fy_node_is_scalar(node)) {
        if (fy_node_is_mapping(node)) {
            struct fy_node_pair *pair = fy_node_mapping_get_by_index(node, 0);
            node = pair ? fy_node_pair_key(pair) : NULL;
        } else {
            node = fy_node_sequence_get_by_index(node, 0);
        }
    }
    struct fy_token *token = node ? fy_node_get_scalar_token(node) : NULL;
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    if (!mark)
        return (struct pl_mark){1, 1};
    return (struct pl_mark){(uint32_t)mark->line + 1, (uint32_t)mark->column + 1};
}

int pl_decode_fail(struct pl_decoder *d, struct pl_mark mark, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (d->setting) {
        size_t length = strlen(d->setting); /* a key is named once */
        bool twice = strncmp(message, d->setting, length) == 0 && message[length] == ':';
        return pl_error_set(d->error, -EINVAL, "--set %s: %s", d->setting,
                            twice ? message + length + 2 : message);
    }
    if (!mark.line)
        mark = (struct pl_mark){1, 1}; /* of a key that is not in the file */
    return pl_error_set(d->error, -EINVAL, "%s:%u:%u: %s", d->path, mark.line, mark.column,
                        message);
}

int pl_decode_unknown(struct pl_decoder *d, struct pl_mark mark, const char *kind, const char *word,
                      const char *names)
{
    char text[400];
    pl_nearest_say(kind, word, names, text, sizeof text);
    return pl_decode_fail(d, mark, "%s", text);
}

int pl_decode_lines(struct pl_decoder *d, struct fy_node *node, const char *what, char *text,
                    size_t capacity)
{
    if (!node || !fy_node_is_scalar(node) || fy_node_is_alias(node))
        return pl_decode_fail(d, pl_decode_mark(node), "%s is not a plain value; expected one",
                              what);
    size_t length = 0;
    const char *scalar = fy_node_get_scalar(node, &length);
    if (!scalar || length >= capacity || memchr(scalar, '\0', length))
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s is too long or not text; expected text of at most %zu bytes",
                              what, capacity - 1);
    memcpy(text, scalar, length);
    text[length] = '\0';
    return 0;
}

int pl_decode_text(struct pl_decoder *d, struct fy_node *node, const char *what, char *text,
                   size_t capacity)
{
    int rc = pl_decode_lines(d, node, what, text, capacity);
    if (!rc && strchr(text, '\n') && strcmp(what, "about") != 0)
        return pl_decode_fail(d, pl_decode_mark(node), "%s has more than one line; expected one",
                              what);
    return rc;
}

int pl_decode_size(struct pl_decoder *d, struct fy_node *node, const char *what, uint64_t *bytes)
{
    char text[64];
    struct pl_error reason;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (!rc && pl_size_parse(text, bytes, &reason))
        rc = pl_decode_fail(d, pl_decode_mark(node), "%s: %s", what, reason.text);
    return rc;
}

int pl_decode_time(struct pl_decoder *d, struct fy_node *node, const char *what, int64_t *ns)
{
    char text[64];
    struct pl_error reason;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (!rc && pl_time_parse(text, ns, &reason))
        rc = pl_decode_fail(d, pl_decode_mark(node), "%s: %s", what, reason.text);
    return rc;
}

int pl_decode_integer(struct pl_decoder *d, struct fy_node *node, const char *what, int64_t *number)
{
    char text[32], *end;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (rc)
        return rc;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || text[0] == '+' || text[0] == ' ')
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s: '%s' is not a whole number; expected digits alone", what, text);
    *number = value;
    return 0;
}

int pl_decode_factor(struct pl_decoder *d, struct fy_node *node, const char *what, int64_t max,
                     double *factor)
{
    char text[32], *end;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (rc)
        return rc;
    double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < 0.001 || value > (double)max)
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s: '%s' is out of range; expected a factor from 0.001 to %lld",
                              what, text, (long long)max);
    *factor = value;
    return 0;
}

/* Percent alone: a bare 1 could be all or a hundredth. */
int pl_decode_share(struct pl_decoder *d, struct fy_node *node, const char *what, double *share)
{
    char text[32], *end;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (rc)
        return rc;
    double percent = strtod(text, &end);
    if (end == text || strcmp(end, "%") != 0 || !(percent >= 0 && percent <= 100))
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s: '%s' is not a share; expected 0%% to 100%%", what, text);
    *share = percent / 100;
    return 0;
}

static int decode_bool(struct pl_decoder *d, struct fy_node *node, const char *what, bool *value)
{
    char text[16];
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (rc)
        return rc;
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s: '%s' is not a truth value; expected true or false", what, text);
    *value = text[0] == 't';
    return 0;
}

static int decode_choice(struct pl_decoder *d, struct fy_node *node, const struct pl_key *row,
                         uint32_t *choice)
{
    char text[64];
    int rc = pl_decode_text(d, node, row->path, text, sizeof text);
    if (rc)
        return rc;
    size_t length = strlen(text);
    uint32_t index = 0;
    for (const char *at = row->choices; at; at = strchr(at, '|'), at = at ? at + 1 : NULL, index++)
        if (length && strncmp(at, text, length) == 0 && (at[length] == '|' || !at[length])) {
            *choice = index;
            return 0;
        }
    char kind[96];
    snprintf(kind, sizeof kind, "value of %s:", row->path);
    return pl_decode_unknown(d, pl_decode_mark(node), kind, text, row->choices);
}

static int check_range(struct pl_decoder *d, struct fy_node *node, const struct pl_key *row,
                       int64_t value)
{
    if (value >= row->min && value <= row->max)
        return 0;
    char low[32], high[32];
    if (row->kind == PL_KEY_TIME) {
        pl_time_format(row->min, low, sizeof low);
        pl_time_format(row->max, high, sizeof high);
    } else if (row->kind == PL_KEY_SIZE) {
        pl_size_format((uint64_t)row->min, low, sizeof low);
        pl_size_format((uint64_t)row->max, high, sizeof high);
    } else {
        snprintf(low, sizeof low, "%lld", (long long)row->min);
        snprintf(high, sizeof high, "%lld", (long long)row->max);
    }
    return pl_decode_fail(d, pl_decode_mark(node), "%s is out of range; expected %s to %s",
                          row->path, low, high);
}

static int decode_number(struct pl_decoder *d, const struct pl_key *row, struct fy_node *node,
                         void *field)
{
    int64_t value = 0;
    int rc;
    if (row->kind == PL_KEY_SIZE) {
        uint64_t bytes = 0;
        rc = pl_decode_size(d, node, row->path, &bytes);
        value = (int64_t)bytes;
    } else if (row->kind == PL_KEY_TIME) {
        rc = pl_decode_time(d, node, row->path, &value);
    } else {
        rc = pl_decode_integer(d, node, row->path, &value);
    }
    if (!rc)
        rc = check_range(d, node, row, value);
    if (rc)
        return rc;
    if (row->kind == PL_KEY_COUNT)
        *(uint32_t *)field = (uint32_t)value;
    else
        *(int64_t *)field = value; /* sizes and seeds are uint64_t of the same width */
    return 0;
}

/* Keys whose default is none may be given as `none`, as is said of them. */
static bool takes_none(const struct pl_key *row)
{
    static const char *const keys[] = {
        "counterpart",     "traffic.filter",      "traffic.payload", "traffic.sdp",
        "traffic.churn",   "traffic.outages",     "receiver.stalls", "media.payload",
        "program.build",   "program.environment", "program.send",    "program.clients",
        "program.actions", "broadcast.stalls",    "sweep",           "alerts",
        "background",      "session.objects",     "relay.stalls",    "load"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i], row->path) == 0)
            return true;
    return false;
}

static bool is_none(struct fy_node *value)
{
    static const char none[] = "none";
    return value && fy_node_is_scalar(value) &&
           fy_node_compare_string(value, none, sizeof none - 1);
}

/* As if the key did not stand there, nor in what is extended. */
static int decode_none(struct pl_decoder *d, const struct pl_key *row, struct fy_node *key,
                       struct fy_node *value)
{
    const char *empty = strcmp(row->path, "program.environment") == 0 ? "{}" : "[]";
    d->seen[row - pl_schema] = false;
    if (row->kind == PL_KEY_TEXT) {
        *((char *)d->scenario + row->offset) = '\0';
        return 0;
    }
    struct fy_node *list = fy_node_build_from_string(fy_node_document(value), empty, strlen(empty));
    int rc = list ? row->decode(d, key, list) : -ENOMEM;
    fy_node_free(list);
    return rc == -ENOMEM ? pl_error_set(d->error, rc, "%s: out of memory", d->path) : rc;
}

int pl_decode_value(struct pl_decoder *d, const struct pl_key *row, struct fy_node *key,
                    struct fy_node *value)
{
    void *field = (char *)d->scenario + row->offset;
    d->marks[row - pl_schema] = pl_decode_mark(value ? value : key);
    d->seen[row - pl_schema] = true;
    char prefix[80];
    if (takes_none(row) && is_none(value))
        return decode_none(d, row, key, value);
    switch (row->kind) {
    case PL_KEY_SECTION:
        snprintf(prefix, sizeof prefix, "%s.", row->path);
        return pl_decode_mapping(d, value, prefix);
    case PL_KEY_TEXT:
        return pl_decode_text(d, value, row->path, field, row->capacity);
    case PL_KEY_SIZE:
    case PL_KEY_TIME:
    case PL_KEY_COUNT:
    case PL_KEY_SEED:
        return decode_number(d, row, value, field);
    case PL_KEY_FACTOR:
        return pl_decode_factor(d, value, row->path, row->max, field);
    case PL_KEY_SHARE:
        return pl_decode_share(d, value, row->path, field);
    case PL_KEY_BOOL:
        return decode_bool(d, value, row->path, field);
    case PL_KEY_CHOICE:
        return decode_choice(d, value, row, field);
    case PL_KEY_SPECIAL:
        return row->decode(d, key, value);
    }
    return -EINVAL;
}

static int decode_pair(struct pl_decoder *d, struct fy_node_pair *pair, const char *prefix)
{
    char name[64], path[160], names[512];
    struct fy_node *key = fy_node_pair_key(pair);
    int rc = pl_decode_text(d, key, "a key", name, sizeof name);
    if (rc)
        return rc;
    if (!*prefix && strcmp(name, "tiers") == 0)
        return 0; /* load.c reads them */
    snprintf(path, sizeof path, "%s%s", prefix, name);
    const struct pl_key *row = strchr(name, '.') ? NULL : pl_schema_find(path);
    if (!row) {
        pl_schema_names(prefix, names, sizeof names);
        return pl_decode_unknown(d, pl_decode_mark(key), "key", name, names);
    }
    if (!fy_node_pair_value(pair))
        return pl_decode_fail(d, pl_decode_mark(key), "%s has no value", path);
    return pl_decode_value(d, row, key, fy_node_pair_value(pair));
}

int pl_decode_mapping(struct pl_decoder *d, struct fy_node *mapping, const char *prefix)
{
    if (!mapping || !fy_node_is_mapping(mapping))
        return pl_decode_fail(
            d, pl_decode_mark(mapping), "%.*s is not a mapping; expected keys with values below it",
            *prefix ? (int)strlen(prefix) - 1 : 12, *prefix ? prefix : "the scenario");
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        int rc = decode_pair(d, pair, prefix);
        if (rc)
            return rc;
    }
    return 0;
}
