/* Building a scenario from a command line (command.h): as JSON, which is YAML, so that it is read,
 * checked and complained about like any other. */
#include "harness/cli/command.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/words.h"

#define DURATION "30s"

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
                            "--send takes FILE=ADDRESS:PORT, not '%s'; calls.pcap=127.0.0.1:5004 "
                            "would be right",
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
        pl_words_add(text, sizeof text, *words);
    snprintf(title, capacity, "%.*s", (int)capacity - 1, text + 1);
}

static json_t *document_of(const struct pl_arguments *a, struct pl_error *error)
{
    char name[48], title[140], directory[1024];
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
        pl_error_set(error, -EINVAL, "the command is no text: UTF-8 would be right");
    return document;
}

int pl_command_scenario(const struct pl_arguments *a, struct pl_scenario *s, struct pl_error *error)
{
    json_t *document = document_of(a, error);
    if (!document)
        return -EINVAL;
    char *text = json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    if (!text)
        return pl_error_set(error, -ENOMEM, "out of memory");
    int rc = pl_scenario_parse(text, strlen(text), "command line", a->tier, a->settings,
                               a->setting_count, s, error);
    free(text);
    return rc;
}
