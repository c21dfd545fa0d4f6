/* The pipeline program: its traits, its keys that hold lists, and what of them must fit together.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

static int add_word(struct pl_decoder *d, struct fy_node *node, const char *what,
                    struct pl_words *words)
{
    size_t used = 0;
    for (uint32_t i = 0; i < words->count; i++)
        used += strlen(words->text + used) + 1;
    if (words->count == PL_PROGRAM_WORDS_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), "%s: more than %d words", what,
                              PL_PROGRAM_WORDS_MAX);
    if (sizeof words->text - used < 3)
        return pl_decode_fail(d, pl_decode_mark(node), "%s is longer than %zu B", what,
                              sizeof words->text);
    int rc = pl_decode_lines(d, node, what, words->text + used, sizeof words->text - used - 1);
    words->count += !rc;
    return rc;
}

static int decode_words(struct pl_decoder *d, struct fy_node *value, const char *what,
                        struct pl_words *words)
{
    memset(words, 0, sizeof *words);
    if (!value || !fy_node_is_sequence(value) || fy_node_sequence_is_empty(value))
        return pl_decode_fail(d, pl_decode_mark(value),
                              "%s is not a list; expected [./server, --port, 5004]", what);
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = add_word(d, node, what, words);
        if (rc)
            return rc;
    }
    if (!words->text[0])
        return pl_decode_fail(d, pl_decode_mark(value), "%s: its first word is empty", what);
    return 0;
}

int pl_decode_program_command(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    (void)key;
    return decode_words(d, value, "program.command", &d->scenario->program.command);
}

static int add_variable(struct pl_decoder *d, struct fy_node_pair *pair)
{
    struct pl_words *words = &d->scenario->program.environment;
    char name[128], value[PL_PROGRAM_WORDS_BYTES];
    size_t used = 0;
    struct fy_node *node = fy_node_pair_key(pair);
    int rc = pl_decode_text(d, node, "program.environment", name, sizeof name);
    if (!rc && (!name[0] || strchr(name, '=')))
        rc = pl_decode_fail(d, pl_decode_mark(node), "program.environment: '%s' is not a name",
                            name);
    if (!rc && strcmp(name, "LD_PRELOAD") == 0)
        rc = pl_decode_fail(d, pl_decode_mark(node),
                            "program.environment: LD_PRELOAD is the heap's; the allocator "
                            "preload:path=/absolute/library.so brings one of your own");
    if (!rc)
        rc = pl_decode_text(d, fy_node_pair_value(pair), name, value, sizeof value);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < words->count; i++)
        used += strlen(words->text + used) + 1;
    int n = snprintf(words->text + used, sizeof words->text - used - 1, "%s=%s", name, value);
    if ((size_t)n >= sizeof words->text - used - 1 || words->count == PL_PROGRAM_WORDS_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), "program.environment is longer than %zu B",
                              sizeof words->text);
    words->count++;
    return 0;
}

int pl_decode_program_environment(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    memset(&d->scenario->program.environment, 0, sizeof d->scenario->program.environment);
    if (!value || !fy_node_is_mapping(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "program.environment is not a mapping; expected {NAME: value}");
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(value, &at));) {
        int rc = add_variable(d, pair);
        if (rc)
            return rc;
    }
    return 0;
}

/* @return false when it is no port */
static bool read_port(const char *text, uint32_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end || text[0] < '0' || text[0] > '9' || number < 1 || number > 65535)
        return false;
    *port = (uint32_t)number;
    return true;
}

static int read_pattern(struct pl_decoder *d, struct fy_node *value, const char *pattern)
{
    regex_t expression;
    char reason[128];
    int code = regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB);
    if (code) {
        regerror(code, &expression, reason, sizeof reason);
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.ready: '%s' is not a regular expression: %s", pattern,
                              reason);
    }
    regfree(&expression);
    snprintf(d->scenario->program.ready_pattern, PL_PROGRAM_PATTERN_MAX, "%s", pattern);
    return 0;
}

int pl_decode_program_ready(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_program_settings *p = &d->scenario->program;
    char text[PL_PROGRAM_PATTERN_MAX];
    (void)key;
    int rc = pl_decode_text(d, value, "program.ready", text, sizeof text);
    if (rc)
        return rc;
    if (strncmp(text, "output:", 7) == 0 && text[7]) {
        p->ready = PL_READY_OUTPUT;
        return read_pattern(d, value, text + 7);
    }
    if ((strncmp(text, "udp:", 4) == 0 || strncmp(text, "tcp:", 4) == 0) &&
        read_port(text + 4, &p->ready_port)) {
        p->ready = text[0] == 'u' ? PL_READY_UDP : PL_READY_TCP;
        return 0;
    }
    p->ready = PL_READY_TIME;
    if (pl_time_parse(text, &p->ready_ns, NULL) == 0 && p->ready_ns >= 0)
        return 0;
    return pl_decode_fail(d, pl_decode_mark(value),
                          "program.ready: '%s' is not understood; expected udp:PORT, tcp:PORT, "
                          "output:EXPRESSION or a time",
                          text);
}

static int read_signal(struct pl_decoder *d, struct fy_node *value, const char *what,
                       uint32_t *number)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},    {"QUIT", SIGQUIT}, {"KILL", SIGKILL},
                   {"USR1", SIGUSR1}, {"USR2", SIGUSR2},  {"TERM", SIGTERM}, {"STOP", SIGSTOP},
                   {"CONT", SIGCONT}, {"WINCH", SIGWINCH}};
    char text[16];
    int rc = pl_decode_text(d, value, what, text, sizeof text);
    const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
    for (size_t i = 0; !rc && i < sizeof signals / sizeof *signals; i++)
        if (strcasecmp(name, signals[i].name) == 0) {
            *number = (uint32_t)signals[i].number;
            return 0;
        }
    return rc ? rc
              : pl_decode_fail(d, pl_decode_mark(value),
                               "%s: unknown signal '%s'; expected one of HUP, INT, QUIT, KILL, "
                               "USR1, USR2, TERM, STOP, CONT, WINCH",
                               what, text);
}

int pl_decode_program_stop(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    (void)key;
    return read_signal(d, value, "program.stop", &d->scenario->program.stop_signal);
}

/* "127.0.0.1:5004", "localhost:5004": the loopback alone. */
static int read_address(struct pl_decoder *d, struct fy_node *value, struct pl_program_send *send)
{
    char text[64];
    struct in_addr address;
    int rc = pl_decode_text(d, value, "program.send: to", text, sizeof text);
    if (rc)
        return rc;
    char *colon = strrchr(text, ':');
    if (!colon || !read_port(colon + 1, &send->port))
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.send: to: '%s' is not ADDRESS:PORT; expected an address "
                              "such as 127.0.0.1:5004",
                              text);
    *colon = '\0';
    const char *host = strcmp(text, "localhost") == 0 ? "127.0.0.1" : text;
    if (inet_pton(AF_INET, host, &address) != 1 || ntohl(address.s_addr) >> 24 != 127)
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.send: to: '%s' is not an address of the loopback, and "
                              "nothing is sent off this machine; expected 127.0.0.1",
                              text);
    send->address = ntohl(address.s_addr);
    return 0;
}

static int decode_send_key(struct pl_decoder *d, struct fy_node *value, const char *key,
                           void *entry)
{
    struct pl_program_send *send = entry;
    if (strcmp(key, "file") == 0)
        return pl_decode_text(d, value, "program.send: file", send->file, sizeof send->file);
    if (strcmp(key, "to") == 0)
        return read_address(d, value, send);
    char of_traffic[PL_KEY_PATH_MAX];
    snprintf(of_traffic, sizeof of_traffic, "traffic.%s", key);
    if (pl_schema_find(of_traffic))
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.send: how captures are sent stands beside program; expected "
                              "%s, for all of them",
                              of_traffic);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of program.send:", key, "file, to");
}

static int decode_client_key(struct pl_decoder *d, struct fy_node *value, const char *key,
                             void *entry)
{
    struct pl_program_client *client = entry;
    char text[16];
    if (strcmp(key, "command") == 0)
        return decode_words(d, value, "program.clients: command", &client->command);
    if (strcmp(key, "from") == 0)
        return pl_decode_time(d, value, "program.clients: from", &client->from_ns);
    if (strcmp(key, "until") == 0)
        return pl_decode_time(d, value, "program.clients: until", &client->until_ns);
    if (strcmp(key, "every") == 0)
        return pl_decode_time(d, value, "program.clients: every", &client->every_ns);
    if (strcmp(key, "stall") == 0)
        return pl_decode_spans(d, value, value, "program.clients: stall", client->stalls,
                               PL_PROGRAM_STALLS_MAX, &client->stall_count);
    if (strcmp(key, "count") != 0)
        return pl_decode_unknown(d, pl_decode_mark(value), "key of program.clients:", key,
                                 "command, count, from, until, every, stall");
    int rc = pl_decode_text(d, value, "program.clients: count", text, sizeof text);
    char *end;
    unsigned long count = rc ? 0 : strtoul(text, &end, 10);
    if (!rc && (*end || count < 1 || count > PL_PROGRAM_CLIENT_COUNT_MAX))
        rc = pl_decode_fail(d, pl_decode_mark(value),
                            "program.clients: count: '%s' is out of range; expected 1 to %d", text,
                            PL_PROGRAM_CLIENT_COUNT_MAX);
    client->count = (uint32_t)count;
    return rc;
}

static int decode_action_key(struct pl_decoder *d, struct fy_node *value, const char *key,
                             void *entry)
{
    struct pl_program_action *action = entry;
    if (strcmp(key, "command") == 0)
        return decode_words(d, value, "program.actions: command", &action->command);
    if (strcmp(key, "signal") == 0)
        return read_signal(d, value, "program.actions: signal", &action->signal);
    if (strcmp(key, "at") == 0)
        return pl_decode_time(d, value, "program.actions: at", &action->at_ns);
    if (strcmp(key, "every") == 0)
        return pl_decode_time(d, value, "program.actions: every", &action->every_ns);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of program.actions:", key,
                             "at, every, signal, command");
}

/* A sequence of mappings into an array. */
struct entries {
    const char *what;
    const char *example;
    void *array;
    size_t size;
    uint32_t max;
    uint32_t *count;
    pl_entry_decoder decode;
    void (*start)(void *entry); /* may be NULL */
    int (*check)(struct pl_decoder *, struct fy_node *value, const void *entry);
};

static int decode_entries(struct pl_decoder *d, struct fy_node *key, struct fy_node *value,
                          const struct entries *e)
{
    *e->count = 0;
    memset(e->array, 0, e->size * e->max);
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "%s is not a list; expected %s", e->what, e->example);
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        if (*e->count == e->max)
            return pl_decode_fail(d, pl_decode_mark(node), "%s: more than %u", e->what, e->max);
        void *entry = (char *)e->array + e->size * (*e->count)++;
        if (e->start)
            e->start(entry);
        int rc = pl_decode_entry(d, node, e->what, e->decode, entry);
        if (!rc)
            rc = e->check(d, node, entry);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_send(struct pl_decoder *d, struct fy_node *value, const void *entry)
{
    const struct pl_program_send *send = entry;
    if (send->file[0] && send->port)
        return 0;
    return pl_decode_fail(
        d, pl_decode_mark(value),
        "program.send: incomplete; expected {file: calls.pcap, to: 127.0.0.1:5004}");
}

int pl_decode_program_send(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_program_settings *p = &d->scenario->program;
    const struct entries entries = {.what = "program.send",
                                    .example = "[{file: calls.pcap, to: 127.0.0.1:5004}]",
                                    .array = p->sends,
                                    .size = sizeof *p->sends,
                                    .max = PL_PROGRAM_SENDS_MAX,
                                    .count = &p->send_count,
                                    .decode = decode_send_key,
                                    .check = check_send};
    return decode_entries(d, key, value, &entries);
}

static void start_client(void *entry)
{
    struct pl_program_client *client = entry;
    client->count = 1;
    client->until_ns = INT64_MAX;
}

static int check_client(struct pl_decoder *d, struct fy_node *value, const void *entry)
{
    const struct pl_program_client *client = entry;
    if (!client->command.count)
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.clients: no command; expected one");
    if (client->every_ns < 0)
        return pl_decode_fail(d, pl_decode_mark(value),
                              "program.clients: every is out of range; expected 0s or more");
    return 0;
}

int pl_decode_program_clients(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_program_settings *p = &d->scenario->program;
    const struct entries entries = {.what = "program.clients",
                                    .example = "[{command: [./client], count: 50, every: 20ms}]",
                                    .array = p->clients,
                                    .size = sizeof *p->clients,
                                    .max = PL_PROGRAM_CLIENTS_MAX,
                                    .count = &p->client_count,
                                    .decode = decode_client_key,
                                    .start = start_client,
                                    .check = check_client};
    return decode_entries(d, key, value, &entries);
}

static void start_action(void *entry)
{
    ((struct pl_program_action *)entry)->at_ns = -1;
}

static int check_action(struct pl_decoder *d, struct fy_node *value, const void *entry)
{
    const struct pl_program_action *action = entry;
    bool timed = action->at_ns >= 0 || action->every_ns > 0;
    if (timed && (action->command.count > 0) != (action->signal > 0) &&
        (action->every_ns == 0 || action->every_ns >= 1000000))
        return 0;
    return pl_decode_fail(d, pl_decode_mark(value),
                          "program.actions: incomplete; expected at or every (1ms at least), and "
                          "either a signal or a command: [{every: 10s, signal: HUP}]");
}

int pl_decode_program_actions(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_program_settings *p = &d->scenario->program;
    const struct entries entries = {.what = "program.actions",
                                    .example = "[{every: 10s, signal: HUP}]",
                                    .array = p->actions,
                                    .size = sizeof *p->actions,
                                    .max = PL_PROGRAM_ACTIONS_MAX,
                                    .count = &p->action_count,
                                    .decode = decode_action_key,
                                    .start = start_action,
                                    .check = check_action};
    return decode_entries(d, key, value, &entries);
}

static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    return pl_decode_fail(d, d->marks[pl_schema_find(key) - pl_schema], "%s", what);
}

/* Clients are there within the duration, whichever of their times were left out. */
static int settle_client(struct pl_decoder *d, struct pl_program_client *client)
{
    int64_t duration = d->scenario->duration_ns;
    if (client->until_ns < 0)
        client->until_ns += duration;
    if (client->until_ns > duration)
        client->until_ns = duration;
    if (client->from_ns < 0 || client->until_ns <= client->from_ns)
        return fail_at(d, "program.clients",
                       "program.clients: one ends before it begins, or beyond the duration; "
                       "expected from < until <= duration");
    return pl_spans_resolve(d, "program.clients", client->stalls, client->stall_count);
}

/* Beside the scenario, unless it says where. */
static void settle_directory(struct pl_scenario *s)
{
    const char *slash = strrchr(s->path, '/');
    char *directory = s->program.directory;
    if (directory[0])
        return;
    if (slash)
        snprintf(directory, sizeof s->program.directory, "%.*s",
                 slash == s->path ? 1 : (int)(slash - s->path), s->path);
    else
        snprintf(directory, sizeof s->program.directory, ".");
}

static int check(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    struct pl_program_settings *p = &s->program;
    int rc = 0;
    settle_directory(s);
    for (uint32_t i = 0; !rc && i < p->client_count; i++)
        rc = settle_client(d, &p->clients[i]);
    if (p->send_count && !d->seen[pl_schema_find("program.ready") - pl_schema]) {
        p->ready = PL_READY_UDP; /* who is sent something listens for it */
        p->ready_port = p->sends[0].port;
    }
    for (uint32_t i = 0; i < p->action_count; i++)
        if (p->actions[i].at_ns < 0)
            p->actions[i].at_ns = p->actions[i].every_ns;
    for (uint32_t i = 0; i < s->alert_count; i++)
        if (s->alerts[i].quantity != PL_ALERT_RSS)
            return fail_at(d, "alerts",
                           "alerts: of a foreign program only rss_bytes is known while it runs");
    snprintf(s->formats, sizeof s->formats, "own");
    return rc;
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    for (uint32_t i = 0; i < s->program.send_count; i++)
        paths[i] = s->program.sends[i].file;
    return s->program.send_count;
}

_Static_assert(PL_PROGRAM_SENDS_MAX <= PL_SOURCES_MAX, "each send is a file of the scenario's");

const struct pl_pipeline_traits pl_traits_program = {
    .name = "program",
    .sections = (const char *const[]){"traffic", "program", NULL},
    .refused = (const char *const[]){"traffic.file", "classes", "limits", "formats", "threads",
                                     "background", "clock", NULL},
    .large = "so many traffic.sessions with these faults",
    .material = PL_MATERIAL_CAPTURES,
    .foreign = true,
    .threads_max = 1,
    .files = files,
    .check = check,
};
