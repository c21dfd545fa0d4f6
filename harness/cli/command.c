/* Building a scenario from a command line (command.h): as JSON, which is YAML, so that it is read,
 * checked and complained about like any other. */
#include "harness/cli/command.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/shell_words.h"
#include "harness/trace/reader.h"

#define COMMAND_LINE "command line" /* stands for a path in messages */
#define DURATION "30s"
#define TRACE ".trace"
#define TITLE_MAX 150 /* bytes of a scenario's title, with room to spare */

/* "./My_server" is called my-server. */
static void name_of(const char *program, char *name, size_t capacity)
{
    const char *slash = strrchr(program, '/');
    size_t used = 0;
    for (const char *at = slash ? slash + 1 : program; *at && used + 1 < capacity; at++)
        name[used++] = isalnum((unsigned char)*at) ? (char)tolower((unsigned char)*at) : '-';
    name[used] = '\0';
    if (!used)
        snprintf(name, capacity, "program");
}

/* FILE=ADDRESS:PORT; a file's name may hold the sign, an address can't. */
static int add_send(json_t *sends, const char *text, struct pl_error *error)
{
    const char *equals = strrchr(text, '=');
    if (!equals || equals == text)
        return pl_error_set(error, -EINVAL,
                            "--send: '%s' has no address; expected FILE=ADDRESS:PORT such as "
                            "calls.pcap=127.0.0.1:5004",
                            text);
    json_array_append_new(
        sends, json_pack("{s:s%, s:s}", "file", text, (size_t)(equals - text), "to", equals + 1));
    return 0;
}

static json_t *words_of(char **words)
{
    json_t *list = json_array();
    for (; *words; words++)
        json_array_append_new(list, json_string(*words));
    return list;
}

static void title_of(char **words, char *title, size_t capacity)
{
    char text[4096] = "";
    for (; *words; words++)
        pl_shell_words_add(text, sizeof text, *words);
    pl_printable_copy(title, capacity, text, strlen(text));
}

static json_t *document_of(const struct pl_arguments *a, struct pl_error *error)
{
    char name[48], title[TITLE_MAX], directory[1024];
    json_t *sends = json_array();
    int rc = 0;
    for (size_t i = 0; !rc && i < a->send_count; i++)
        rc = add_send(sends, a->sends[i], error);
    if (!rc && !getcwd(directory, sizeof directory))
        rc = pl_error_set(error, -errno, "the present folder has no path: %s", strerror(errno));
    if (rc) {
        json_decref(sends);
        return NULL;
    }
    name_of(a->command[0], name, sizeof name);
    title_of(a->command, title, sizeof title);
    json_t *program = json_pack("{s:o, s:s, s:o}", "command", words_of(a->command), "directory",
                                directory, "send", sends);
    if (a->ready)
        json_object_set_new(program, "ready", json_string(a->ready));
    json_t *document = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:[]}", "name", name, "title",
                                 title, "pipeline", "program", "program", program, "duration",
                                 DURATION, "allocators", "glibc", "expect");
    if (!document)
        pl_error_set(error, -EINVAL, "the command is not text; expected UTF-8");
    return document;
}

/* @param path stands in messages, and files lie beside it */
static int parse(const struct pl_arguments *a, json_t *document, const char *path,
                 struct pl_scenario *s, struct pl_error *error)
{
    char *text = json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    if (!text)
        return pl_error_set(error, -ENOMEM, "out of memory");
    int rc = pl_scenario_parse(text, strlen(text), path, a->tier, a->settings, a->setting_count, s,
                               error);
    free(text);
    return rc;
}

/* What a message says of a place in the document is of none that anybody wrote: the option is. */
static void cite_option(struct pl_error *error)
{
    static const struct {
        const char *key, *option;
    } keys[] = {{"program.ready: ", "--ready: "},
                {"program.send: to: ", "--send: "},
                {"program.send: file: ", "--send: "},
                {"program.send: ", "--send: "}};
    size_t length = strlen(COMMAND_LINE);
    if (strncmp(error->text, COMMAND_LINE, length) != 0)
        return;
    struct pl_error whole = *error;
    const char *text = whole.text + length;
    text += strspn(text, ":0123456789");
    text += strspn(text, " ");
    const char *option = "";
    for (size_t i = 0; !*option && i < sizeof keys / sizeof *keys; i++)
        if (strncmp(text, keys[i].key, strlen(keys[i].key)) == 0) {
            option = keys[i].option;
            text += strlen(keys[i].key);
        }
    snprintf(error->text, sizeof error->text, "%s%s", option, text);
}

int pl_command_scenario(const struct pl_arguments *a, struct pl_scenario *s, struct pl_error *error)
{
    json_t *document = document_of(a, error);
    int rc = document ? parse(a, document, COMMAND_LINE, s, error) : -EINVAL;
    if (rc)
        cite_option(error);
    return rc;
}

bool pl_command_is_trace(const char *named)
{
    size_t length = strlen(named), suffix = strlen(TRACE);
    return length > suffix && strcmp(named + length - suffix, TRACE) == 0;
}

/* As long as was recorded. A recording that was cut off may not say: then until its last event. */
static int duration_of(struct pl_trace_reader *reader, uint64_t *ms, struct pl_error *error)
{
    struct pl_trace_event event = {.time_ms = 0};
    int rc = 0;
    *ms = pl_trace_head(reader)->duration_ms;
    while (!*ms && (rc = pl_trace_next(reader, &event, error)) > 0)
        continue;
    if (!*ms)
        *ms = event.time_ms;
    return rc == -ENODATA ? 0 : rc;
}

/* What happens at the very end still happens within; a thousand samples. */
static json_t *document_of_trace(const char *path, const char *command, uint64_t ms)
{
    char name[48], title[TITLE_MAX], duration[32], interval[32];
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    uint64_t lasts = ms + 1 < 1000 ? 1000 : ms + 1;
    name_of(path, name, sizeof name);
    if (strlen(name) > strlen(TRACE) && pl_command_is_trace(path))
        name[strlen(name) - strlen(TRACE)] = '\0';
    snprintf(duration, sizeof duration, "%" PRIu64 "ms", lasts);
    snprintf(interval, sizeof interval, "%" PRIu64 "ms", (lasts + 999) / 1000);
    pl_printable_copy(title, sizeof title, command, strlen(command));
    return json_pack("{s:s, s:s, s:s, s:{s:s}, s:s, s:s, s:s, s:[]}", "name", name, "title", title,
                     "pipeline", "trace", "trace", "file", file, "duration", duration,
                     "sample_interval", interval, "allocators", "glibc", "expect");
}

int pl_command_trace(const struct pl_arguments *a, const char *path, struct pl_scenario *s,
                     struct pl_error *error)
{
    struct pl_trace_reader *reader;
    uint64_t ms;
    int rc = pl_trace_open(path, &reader, error);
    if (rc)
        return rc;
    rc = duration_of(reader, &ms, error);
    json_t *document = rc ? NULL : document_of_trace(path, pl_trace_head(reader)->command, ms);
    pl_trace_close(reader);
    if (!rc && !document)
        rc = pl_error_set(error, -EINVAL, "%s: its name or command is not text; expected UTF-8",
                          path);
    return rc ? rc : parse(a, document, path, s, error);
}
