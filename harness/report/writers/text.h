/* Figures as a person reads them, and text as HTML and Markdown take it. */
#ifndef PL_REPORT_WRITERS_TEXT_H
#define PL_REPORT_WRITERS_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Room for any figure these functions write, with its NUL. */
#define PL_TEXT_FIGURE 48

/** Such room within an expression; it stands until the block ends. */
#define PL_FIGURE ((char[PL_TEXT_FIGURE]){""})

/* Those that write figures return the text that they are given. */

/** "39.5 s", "2 min 20 s", "1 h 5 min". @param seconds 0 or more */
const char *pl_text_duration(char *text, double seconds);

/** "44.2 MiB", "256 MiB", "1.5 GiB". @param bytes 0 or more */
const char *pl_text_bytes(char *text, double bytes);

/** "165,375": rounded to a whole number. */
const char *pl_text_count(char *text, double count);

/** A number in a table: two decimals below 10, one from there on. */
const char *pl_text_decimal(char *text, double value);

/** Appends. @param capacity of the whole text; what is beyond it is cut */
void pl_text_add(char *text, size_t capacity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Writes text into HTML: as content and inside double quotes alike it stays text. */
void pl_text_html(FILE *out, const char *text);

/** Writes text into XML, as content or inside quotes. XML 1.0 has no place at all for control
 *  characters, which become blanks, and for the two that are none, which become '?'. */
void pl_text_xml(FILE *out, const char *text);

/** Writes text into a line or a table cell of GitHub-flavoured Markdown: it stays text. */
void pl_text_markdown(FILE *out, const char *text);

/** Writes text as a fenced block that nothing in the text can close. */
void pl_text_fenced(FILE *out, const char *text);

/** Writes text for a terminal: what is not printable becomes an escape. */
void pl_text_plain(FILE *out, const char *text);

#endif
