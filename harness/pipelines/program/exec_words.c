/* Laying out arguments and environments (exec_words.h). */
#include "harness/pipelines/program/exec_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

void pl_exec_words_argv(const struct pl_words *words, char *argv[PL_PROGRAM_WORDS_MAX + 1])
{
    const char *at = words->text;
    for (uint32_t i = 0; i < words->count; i++, at += strlen(at) + 1)
        argv[i] = (char *)(uintptr_t)at;
    argv[words->count] = NULL;
}

/* What a person's shell sets for a heap would reach every stack, and no result would show it;
 * program.environment says it on purpose. */
static bool is_of_heaps(const char *variable)
{
    static const char *const prefixes[] = {"LD_PRELOAD=",    "GLIBC_TUNABLES=", "MALLOC_",
                                           "JE_MALLOC_CONF", "MIMALLOC_",       "TCMALLOC_",
                                           "TBB_MALLOC_",    "SCUDO_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static bool is_ours(const char *variable)
{
    return strncmp(variable, "PLIMSOLL_", strlen("PLIMSOLL_")) == 0;
}

int pl_exec_words_of_heaps(struct pl_environment *environment, struct pl_error *error)
{
    int rc = 0;
    for (char **variable = environ; *variable && !rc; variable++)
        if (is_of_heaps(*variable))
            rc = pl_environment_add(environment, error, "%s", *variable);
    return rc;
}

static size_t put(char **list, size_t count, const char *variable)
{
    size_t name = strcspn(variable, "=") + 1;
    for (size_t i = 0; i < count; i++)
        if (strncmp(list[i], variable, name) == 0) {
            list[i] = (char *)(uintptr_t)variable;
            return count;
        }
    list[count] = (char *)(uintptr_t)variable;
    return count + 1;
}

char **pl_exec_words_environment(const char *const *heap, size_t heap_count,
                                 const struct pl_words *own)
{
    size_t inherited = 0, count = 0;
    while (environ[inherited])
        inherited++;
    char **list = calloc(inherited + heap_count + own->count + 1, sizeof *list);
    for (size_t i = 0; list && i < inherited; i++)
        if (!is_of_heaps(environ[i]) && !is_ours(environ[i]))
            count = put(list, count, environ[i]);
    for (size_t i = 0; list && i < heap_count; i++)
        count = put(list, count, heap[i]);
    const char *at = own->text;
    for (uint32_t i = 0; list && i < own->count; i++, at += strlen(at) + 1)
        count = put(list, count, at);
    return list;
}
