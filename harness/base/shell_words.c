/* Quoting for a shell (shell_words.h). */
#include "harness/base/shell_words.h"

#include <stdio.h>
#include <string.h>

void pl_shell_words_add(char *text, size_t capacity, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_=./:,+%@";
    size_t used = strlen(text);
    if (*word && !word[strspn(word, plain)]) {
        snprintf(text + used, capacity - used, "%s%s", used ? " " : "", word);
        return;
    }
    used += (size_t)snprintf(text + used, capacity - used, "%s'", used ? " " : "");
    for (; *word && used + 6 < capacity; word++)
        used +=
            (size_t)snprintf(text + used, capacity - used, *word == '\'' ? "'\\''" : "%c", *word);
    if (used + 2 < capacity)
        memcpy(text + used, "'", 2);
}
