/* Reading times, and units in names (moment.h). */
#include "harness/forecast/moment.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_MOST 9.2e18

static int64_t unit_of(double number)
{
    return number >= 1e17 ? 1 : number >= 1e14 ? 1000 : number >= 1e11 ? 1000000 : NS_PER_SECOND;
}

/* Digits, of which a double has not enough: whole ones, and parts down to the ns. */
static bool read_number(const char *text, int64_t unit_ns, int64_t *t_ns)
{
    int64_t whole = 0, ns = 0;
    const char *at = text;
    for (; isdigit((unsigned char)*at); at++)
        if (whole > (INT64_MAX - 9) / 10)
            return false;
        else
            whole = whole * 10 + (*at - '0');
    int64_t unit = unit_ns ? unit_ns : unit_of((double)whole), part = unit;
    if (at == text || (double)whole * (double)unit > NS_MOST)
        return false;
    if (*at == '.')
        for (at++; isdigit((unsigned char)*at); at++)
            ns += (*at - '0') * (part /= 10);
    *t_ns = whole * unit + ns;
    return !*at;
}

/* "Z", "+01:00", "+0100", or nothing. @return whether that is all */
static bool read_offset(const char *text, int64_t *seconds)
{
    int sign = *text == '-' ? -1 : 1;
    *seconds = 0;
    if (!*text || strcmp(text, "Z") == 0 || strcmp(text, " UTC") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    const char *digits = ++text;
    int hours = 0, minutes = 0;
    for (int i = 0; i < 4; i++, digits++) {
        digits += i == 2 && *digits == ':';
        if (!isdigit((unsigned char)*digits))
            return false;
        *(i < 2 ? &hours : &minutes) = *(i < 2 ? &hours : &minutes) * 10 + (*digits - '0');
    }
    *seconds = sign * (hours * 3600 + minutes * 60);
    return !*digits;
}

static bool read_date(const char *text, int64_t *t_ns)
{
    struct tm tm = {0};
    const char *rest = strptime(text, "%Y-%m-%d", &tm);
    int64_t ns = 0, offset;
    if (!rest || (*rest != 'T' && *rest != ' '))
        return false;
    rest = strptime(rest + 1, "%H:%M:%S", &tm);
    if (!rest)
        return false;
    if (*rest == '.') {
        int64_t unit = NS_PER_SECOND / 10;
        for (rest++; isdigit((unsigned char)*rest); rest++, unit /= 10)
            ns += (*rest - '0') * unit;
    }
    if (!read_offset(rest, &offset))
        return false;
    int64_t seconds = (int64_t)timegm(&tm) - offset;
    *t_ns = seconds * NS_PER_SECOND + ns;
    return seconds >= 0 && seconds < INT64_MAX / NS_PER_SECOND;
}

bool pl_moment_read(const char *text, int64_t unit_ns, int64_t *t_ns)
{
    return read_number(text, unit_ns, t_ns) || read_date(text, t_ns);
}

/* The last word of a name: "rss_kib", "RSS (KiB)". */
static bool ends_with(const char *name, const char *word)
{
    size_t length = strlen(name), own = strlen(word);
    while (length && (name[length - 1] == ')' || name[length - 1] == ']'))
        length--;
    if (length < own || strncasecmp(name + length - own, word, own) != 0)
        return false;
    return length == own || !isalnum((unsigned char)name[length - own - 1]);
}

int64_t pl_moment_unit(const char *name)
{
    static const struct {
        const char *word;
        int64_t ns;
    } units[] = {{"ns", 1},
                 {"us", 1000},
                 {"ms", 1000000},
                 {"s", NS_PER_SECOND},
                 {"sec", NS_PER_SECOND},
                 {"seconds", NS_PER_SECOND}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (ends_with(name, units[i].word))
            return units[i].ns;
    return 0;
}

double pl_moment_bytes(const char *name)
{
    static const struct {
        const char *word;
        double bytes;
    } units[] = {{"bytes", 1},     {"byte", 1},         {"b", 1},        {"kib", 1024},
                 {"mib", 1048576}, {"gib", 1073741824}, {"mb", 1000000}, {"gb", 1000000000}};
    if (strcmp(name, "RSS") == 0)
        return 1024;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (ends_with(name, units[i].word))
            return units[i].bytes;
    return 0;
}
