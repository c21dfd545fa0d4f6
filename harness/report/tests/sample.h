/* Results documents made up for tests, and folders to put them in. */
#ifndef PL_REPORT_TESTS_SAMPLE_H
#define PL_REPORT_TESTS_SAMPLE_H

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/** A document without cells. */
json_t *sample_empty(void);

/** Adds a cell of "A receiver whose reader stalls": 256 MiB, 240 s, f32, met. */
json_t *sample_cell(json_t *document, const char *stack, const char *outcome);

/** Sets a string of a cell. */
void sample_set(json_t *cell, const char *key, const char *text);

/** Sets a metric. */
void sample_metric(json_t *cell, const char *metric, double value);

/** Two kills, a bounded stack with repetitions, a failed expectation, a warning. */
json_t *sample_document(void);

/** A new folder below /tmp. @return new memory; sample_remove */
char *sample_folder(void);

/** Writes a file into a folder. */
void sample_write(const char *folder, const char *name, const char *text);

/** Writes the document as results.json, and a series for each cell where `series` says so. */
void sample_save(const char *folder, const json_t *document, int series);

/** A file of a folder in new memory; NULL when it is not there. */
char *sample_read(const char *folder, const char *name);

/** How many entries a folder has. */
size_t sample_entries(const char *folder);

/** How often a part is in a text. */
size_t sample_count(const char *text, const char *part);

/** Whether matplotlib is there: without it a report has no pictures. */
bool sample_can_draw(void);

/** Removes the folder with what is in it, and frees its name. */
void sample_remove(char *folder);

#endif
