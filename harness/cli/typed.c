/* Reading options by the table (typed.h). */
#include "harness/cli/typed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/nearest.h"
#include "harness/cli/cli.h"
#include "harness/scenario/schema.h"

/* One option as it was typed. */
struct word {
    const char *text;  /* behind its dashes */
    size_t length;     /* of its name */
    const char *value; /* behind '=', or NULL */
};

static struct word take_apart(const char *text)
{
    struct word w = {.text = text + 2, .length = strcspn(text + 2, "=")};
    w.value = w.text[w.length] ? w.text + w.length + 1 : NULL;
    return w;
}

/* The only option that begins so; NULL where there is none, or several. */
static const struct pl_cli_option *find_beginning(const struct pl_cli_command *c,
                                                  const struct word *w)
{
    const struct pl_cli_option *found = NULL;
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        if (strncmp((*o)->name, w->text, w->length) == 0) {
            if (found)
                return NULL;
            found = *o;
        }
    return w->length ? found : NULL;
}

static const struct pl_cli_option *find(const struct pl_cli_command *c, const struct word *w)
{
    const struct pl_cli_option *exact = pl_cli_option_find(c, w->text, w->length);
    return exact ? exact : find_beginning(c, w);
}

/* An option of `run` that this command reads to say in its own words why it does not take it. */
static const struct pl_cli_option *find_refused(const struct pl_cli_command *c,
                                                const struct word *w)
{
    char name[64], padded[160], sought[80];
    snprintf(name, sizeof name, "%.*s", (int)(w->length < 63 ? w->length : 63), w->text);
    snprintf(padded, sizeof padded, " %s ", c->refused);
    snprintf(sought, sizeof sought, " %s ", name);
    return strstr(padded, sought) ? pl_cli_option_find(pl_cli_command_find("run"), name, w->length)
                                  : NULL;
}

/* @return whether a key of scenarios is called so, and the command takes keys */
static bool is_key(const struct pl_cli_command *c, const struct word *w)
{
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)(w->length < 63 ? w->length : 63), w->text);
    return pl_cli_option_find(c, "set", 3) && pl_schema_find(key);
}

static int refuse(const struct pl_cli_command *c, const char *typed)
{
    struct word w = take_apart(typed[1] == '-' ? typed : "--?"); /* short ones are near to none */
    struct pl_nearest nearest;
    char name[PL_NEAREST_MAX + 1], names[512] = "", end[600];
    if (is_key(c, &w))
        return pl_cli_usage("unknown option of %s: %.80s; %.*s is a key of scenarios: --set "
                            "%.*s=VALUE",
                            c->name, typed, (int)w.length, w.text, (int)w.length, w.text);
    size_t used = 0;
    snprintf(name, sizeof name, "--%.*s", (int)(w.length < 60 ? w.length : 60), w.text);
    pl_nearest_begin(&nearest, name);
    for (const struct pl_cli_option *const *o = c->options; *o && used < sizeof names; o++) {
        char one[64];
        snprintf(one, sizeof one, "--%s", (*o)->name);
        pl_nearest_try(&nearest, one);
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", one);
    }
    pl_nearest_end(&nearest, names, end, sizeof end);
    return pl_cli_usage("unknown option of %s: %.80s%s", c->name, typed, end);
}

static char *make(struct pl_typed *t, const struct pl_cli_option *o, const struct word *w)
{
    char *made = NULL, **at = t->made;
    if (asprintf(&made, "--%s%s%s", o->name, w->value ? "=" : "", w->value ? w->value : "") < 0)
        return NULL;
    while (*at)
        at++;
    return *at = made;
}

/* @param next the word behind, or NULL @param took set to whether that is its value */
static int add_option(struct pl_typed *t, const struct pl_cli_option *o, const struct word *w,
                      char *next, bool *took)
{
    static const struct word plain = {.text = ""};
    const bool may = o->argument && o->argument[0] == '[', has_own = o->argument && !may;
    if (w->value && !o->argument)
        return pl_cli_usage("--%s=%s has a value; expected --%s alone", o->name, w->value, o->name);
    if (has_own && !w->value && !next)
        return pl_cli_usage("--%s has no value; expected --%s %s", o->name, o->name, o->argument);
    char *word = make(t, o, may ? w : &plain);
    if (!word)
        return pl_cli_usage("out of memory");
    t->argv[t->argc++] = word;
    *took = has_own && !w->value;
    if (has_own)
        t->argv[t->argc++] = w->value ? (char *)w->value : next;
    return PL_EXIT_OK;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int read_word(const struct pl_cli_command *c, struct pl_typed *t, char **word, bool *took)
{
    *took = false;
    if (is_help(*word)) {
        t->help = true;
        return PL_EXIT_OK;
    }
    if ((*word)[0] != '-' || !(*word)[1]) {
        t->argv[t->argc++] = *word;
        return PL_EXIT_OK;
    }
    struct word w = take_apart(*word);
    const struct pl_cli_option *o = (*word)[1] == '-' ? find(c, &w) : NULL;
    if (!o && (*word)[1] == '-' && c->refused)
        o = find_refused(c, &w);
    return o ? add_option(t, o, &w, word[1], took) : refuse(c, *word);
}

int pl_typed_read(const struct pl_cli_command *c, int argc, char **argv, struct pl_typed *t)
{
    int code = PL_EXIT_OK, i = 1;
    *t = (struct pl_typed){.argv = calloc(2 * (size_t)argc + 2, sizeof *t->argv),
                           .made = calloc((size_t)argc + 1, sizeof *t->made)};
    if (!t->argv || !t->made)
        return pl_cli_usage("out of memory");
    t->argv[t->argc++] = argv[0];
    for (; !code && !t->help && i < argc && strcmp(argv[i], "--") != 0; i++) {
        bool took;
        code = read_word(c, t, &argv[i], &took);
        i += took;
    }
    for (; !code && i < argc; i++)
        t->argv[t->argc++] = argv[i];
    return code;
}

void pl_typed_free(struct pl_typed *t)
{
    for (char **made = t->made; made && *made; made++)
        free(*made);
    free(t->made);
    free(t->argv);
}
