/* Figures of a ledger as words (ledger_words.h). */
#include "harness/report/ledger/ledger_words.h"

#include <string.h>

#include "harness/report/writers/text.h"

uint64_t pl_ledger_integer(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

double pl_ledger_number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

const char *pl_ledger_string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

void pl_ledger_bytes(char *text, const json_t *object, const char *key)
{
    pl_text_bytes(text, pl_ledger_number(object, key));
}

void pl_ledger_count(char *text, const json_t *object, const char *key)
{
    pl_text_count(text, pl_ledger_number(object, key));
}

/* A name that fits into a line. */
const char *pl_ledger_clip(char text[PL_LEDGER_NAME + 4], const char *name)
{
    const size_t length = strlen(name);
    snprintf(text, PL_LEDGER_NAME + 4, length <= PL_LEDGER_NAME ? "%.*s" : "%.*s...",
             PL_LEDGER_NAME, name);
    return text;
}

/* "2.5 s", "40 ms": pl_text_duration counts in tenths of seconds. */
void pl_ledger_age(char *text, double seconds)
{
    if (seconds < 1)
        snprintf(text, PL_TEXT_FIGURE, "%.0f ms", seconds * 1e3);
    else
        pl_text_duration(text, seconds);
}
