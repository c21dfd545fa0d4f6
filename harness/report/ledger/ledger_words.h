/* What the text of a ledger's report is made of: figures of its JSON as words. Internal to
 * ledger_text.c and ledger_tables.c. */
#ifndef PL_REPORT_LEDGER_WORDS_H
#define PL_REPORT_LEDGER_WORDS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

enum {
    PL_LEDGER_NAME = 72,   /* bytes of a name; what is longer is cut */
    PL_LEDGER_WIDTH = 100, /* columns, where nobody says how many there are */
    PL_LEDGER_INDENT = 2
};

/** 0, or "" where there is none. */
uint64_t pl_ledger_integer(const json_t *object, const char *key);
double pl_ledger_number(const json_t *object, const char *key);
const char *pl_ledger_string(const json_t *object, const char *key);

/** @param text room for PL_TEXT_FIGURE */
void pl_ledger_bytes(char *text, const json_t *object, const char *key);
void pl_ledger_count(char *text, const json_t *object, const char *key);

/** "2.5 s", "40 ms". @param text room for PL_TEXT_FIGURE */
void pl_ledger_age(char *text, double seconds);

/** A name that fits into a line. @return text */
const char *pl_ledger_clip(char text[PL_LEDGER_NAME + 4], const char *name);

#endif
