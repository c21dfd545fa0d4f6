/* Inlining pictures (picture.h). */
#include "harness/report/writers/picture.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/report/writers/text.h"

#include "palette.h" /* made of plots/palette.json */

#define PICTURE_BYTES_MAX (16 << 20) /* a page of 3 MB has no place for more */

/* The palette's colours by the page's names for them, which differ where the reader's system is
 * dark; they stand in style attributes, where var() holds. */
#define COLOUR(name, light) {light, "var(--" #name ")", false},

/* What a picture says, and what it says in the page. */
static const struct {
    const char *from, *to;
    bool number; /* the picture's number follows */
} replacements[] = {{" id=\"", " id=\"p", true},
                    {"url(#", "url(#p", true},
                    {"xlink:href=\"#", "href=\"#p", true},
                    PALETTE_COLOURS(COLOUR)};

void pl_picture_path(char *path, size_t capacity, const char *folder, const char *name)
{
    snprintf(path, capacity, "%s/plots/%s.svg", folder, name);
}

/* @return where what is left out ends; `at` itself where nothing is */
static const char *skip(const char *at)
{
    static const struct {
        const char *from, *to;
    } left_out[] = {
        {"<!--", "-->"},
        {"<metadata", "</metadata>"},
        {"<style", "</style>"}, /* it would style the whole page; report.css has what it says */
    };
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (strncmp(at, left_out[i].from, strlen(left_out[i].from)) == 0) {
            const char *end = strstr(at, left_out[i].to);
            return end ? end + strlen(left_out[i].to) : at + strlen(at);
        }
    return at;
}

/* Whether a tag has an attribute that runs something: one that begins with "on". What stands in
 * quotes is no name; a quote that is never closed is not trusted. */
static bool has_handler(const char *tag)
{
    bool begins = false; /* a name may begin here */
    for (const char *at = tag; *at && *at != '>'; at++) {
        if (*at == '"' || *at == '\'') {
            at = strchr(at + 1, *at);
            if (!at)
                return true;
        }
        if (begins && strncasecmp(at, "on", 2) == 0)
            return true;
        begins = strchr(" \t\r\n\f/\"'", *at) != NULL;
    }
    return false;
}

/* Whether a tag is one of those that plot.py writes, without a handler. */
static bool is_harmless_tag(const char *tag)
{
    static const char *const known[] = {"svg",  "g",    "path",     "use",
                                        "defs", "rect", "clipPath", "text"};
    const char *name = tag + 1 + (tag[1] == '/');
    size_t length = strcspn(name, " \t\r\n/>");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == length && strncmp(known[i], name, length) == 0)
            return !has_handler(tag);
    return false;
}

/* plot.py writes no script; a picture that was put there by other hands might hold one. */
static bool is_harmless(const char *svg)
{
    for (const char *at = strstr(svg, "<svg"); at && *at;) {
        const char *next = skip(at);
        if (next == at && *at == '<' && !is_harmless_tag(at))
            return false;
        at = next == at ? at + 1 : next;
    }
    return !strcasestr(svg, "javascript:");
}

char *pl_picture_read(const char *path, size_t *size)
{
    char *svg = NULL;
    if (pl_file_read(path, PICTURE_BYTES_MAX, &svg, size, NULL))
        return NULL;
    if (strstr(svg, "<svg") && strstr(svg, "</svg>") && is_harmless(svg))
        return svg;
    free(svg);
    return NULL;
}

/* @return how much of the text was replaced; 0 for nothing */
static size_t replace(FILE *out, const char *at, unsigned number)
{
    for (size_t i = 0; i < sizeof replacements / sizeof *replacements; i++) {
        size_t length = strlen(replacements[i].from);
        if (strncmp(at, replacements[i].from, length) != 0)
            continue;
        fputs(replacements[i].to, out);
        if (replacements[i].number)
            fprintf(out, "%u-", number);
        return length;
    }
    return 0;
}

void pl_picture_write(FILE *out, const char *svg, unsigned number, const char *label)
{
    const char *at = strstr(svg, "<svg"), *end = at ? strstr(at, "</svg>") : NULL;
    if (!end)
        return;
    fputs("<svg role=\"img\" aria-label=\"", out);
    pl_text_html(out, label);
    fputc('"', out);
    for (at += strlen("<svg"); at < end;) {
        const char *next = skip(at);
        if (next == at)
            next += replace(out, at, number);
        if (next == at)
            fputc(*next++, out);
        at = next;
    }
    fputs("</svg>\n", out);
}
