/* The instruments' sections of report.md. */
#ifndef PL_REPORT_MARKDOWN_SECTIONS_H
#define PL_REPORT_MARKDOWN_SECTIONS_H

#include <jansson.h>
#include <stdio.h>

/** Writes a section an instrument; nothing for results without any.
 *  @param folder where flame graphs are looked for @param most how long a list may be */
void pl_markdown_sections(FILE *out, const json_t *root, const char *folder, size_t most);

#endif
