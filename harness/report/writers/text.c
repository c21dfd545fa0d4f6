/* Figures and escapes (text.h). */
#include "harness/report/writers/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "allocators/base/printable.h"

const char *pl_text_duration(char *text, double seconds)
{
    seconds = fmax(fmin(seconds, 1e18), 0);
    double tenths = round(seconds * 10) / 10;
    uint64_t whole = (uint64_t)llround(seconds);
    if (tenths < 60) {
        snprintf(text, PL_TEXT_FIGURE, tenths == floor(tenths) ? "%.0f s" : "%.1f s", tenths);
    } else if (whole < 3600) {
        snprintf(text, PL_TEXT_FIGURE, "%u min", (unsigned)(whole / 60));
        if (whole % 60)
            pl_text_add(text, PL_TEXT_FIGURE, " %u s", (unsigned)(whole % 60));
    } else {
        uint64_t minutes = (whole + 30) / 60;
        snprintf(text, PL_TEXT_FIGURE, "%llu h", (unsigned long long)(minutes / 60));
        if (minutes % 60)
            pl_text_add(text, PL_TEXT_FIGURE, " %u min", (unsigned)(minutes % 60));
    }
    return text;
}

const char *pl_text_decimal(char *text, double value)
{
    double size = fabs(value);
    /* 9.995 would print as 10.00 beside a 10.0; and no minus stands before a zero */
    snprintf(text, PL_TEXT_FIGURE, size < 9.995 ? "%.2f" : "%.1f", size < 0.005 ? 0.0 : value);
    return text;
}

const char *pl_text_bytes(char *text, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    while (fabs(bytes) >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    if (bytes == floor(bytes))
        snprintf(text, PL_TEXT_FIGURE, "%.0f", bytes);
    else
        pl_text_decimal(text, bytes);
    pl_text_add(text, PL_TEXT_FIGURE, " %s", units[unit]);
    return text;
}

const char *pl_text_count(char *text, double count)
{
    char digits[PL_TEXT_FIGURE / 2];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%.0f", fmax(fmin(count, 1e18), -1e18));
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && digits[i - 1] != '-' && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
    return text;
}

void pl_text_add(char *text, size_t capacity, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, capacity - used, format, arguments);
    va_end(arguments);
}

/* What stands for a character where it would be none of the text. */
struct entity {
    char of;
    const char *written;
};

/* @return whether it has one, which is written then */
static bool write_entity(FILE *out, char c, const struct entity *entities, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entities[i].of == c)
            return fputs(entities[i].written, out), true;
    return false;
}

void pl_text_html(FILE *out, const char *text)
{
    static const struct entity entities[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (; *text; text++)
        if (!write_entity(out, *text, entities, sizeof entities / sizeof *entities))
            /* C0 controls but tab and newline are no HTML */
            fputc((unsigned char)*text < ' ' && *text != '\t' && *text != '\n' ? '?' : *text, out);
}

void pl_text_xml(FILE *out, const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20)
            fputc(' ', out);
        else if (strchr("<>&\"'", *text))
            fprintf(out, "&#%d;", *text);
        else if (strncmp(text, "\xef\xbf\xbe", 3) == 0 || strncmp(text, "\xef\xbf\xbf", 3) == 0)
            fputs("?", out), text += 2; /* U+FFFE and U+FFFF are no characters */
        else
            fputc(*text, out);
}

void pl_text_markdown(FILE *out, const char *text)
{
    static const struct entity entities[] = {{'<', "&lt;"},
                                             {'>', "&gt;"},
                                             {'&', "&amp;"},
                                             {'@', "&#64;"}}; /* a comment must call nobody */
    for (; *text; text++)
        if (!write_entity(out, *text, entities, sizeof entities / sizeof *entities))
            fprintf(out, strchr("\\`*_{}[]#|~!$", *text) ? "\\%c" : "%c",
                    (unsigned char)*text < ' ' ? ' ' : *text);
}

void pl_text_fenced(FILE *out, const char *text)
{
    size_t longest = 2;
    for (const char *at = text; *at;) {
        size_t run = strspn(at, "`");
        longest = run > longest ? run : longest;
        at += run ? run : 1;
    }
    for (int end = 0; end < 2; end++) {
        for (size_t i = 0; i <= longest; i++)
            fputc('`', out);
        if (!end)
            fprintf(out, "sh\n%s", text);
        fputc('\n', out);
    }
}

void pl_text_plain(FILE *out, const char *text)
{
    pl_printable_write(out, text, strlen(text), "");
}
