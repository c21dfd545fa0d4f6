/* What the instruments found, in sections that every form of the report shows: one an instrument.
 */
#ifndef PL_REPORT_MODEL_OBSERVED_H
#define PL_REPORT_MODEL_OBSERVED_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/instruments/instrument.h"

#define PL_OBSERVED_FIGURES_MAX 16
#define PL_OBSERVED_TEXT 256 /* room for a cell of a table or a site, with its NUL */

struct pl_observed {
    const char *name;                       /* of the instrument, as in the results */
    const struct pl_instrument *instrument; /* NULL for one that this program does not know */
    const json_t **entries;
    size_t entry_count;
    const char *figures[PL_OBSERVED_FIGURES_MAX]; /* that any entry has, in their order */
    size_t figure_count;
    bool agrees; /* any entry has an agreement */
};

struct pl_observed_list {
    struct pl_observed *list;
    size_t count;
};

/** Sorts the entries of a results document, which pl_document_check has seen, by instrument.
 *  @return pointing into the document; pl_observed_free */
struct pl_observed_list pl_observed_make(const json_t *root);

void pl_observed_free(struct pl_observed_list *sections);

/** A figure's name as a column: "peak bytes window". */
void pl_observed_head(const char *figure, char *text);

/** A figure of an entry: "19,074,288", "1803.8", or "-". */
void pl_observed_figure(const json_t *entry, const char *figure, char *text);

/** "19,074,288, ours 19,074,288: 0.00 % apart", or "-".
 *  @param brief how far the two sides are apart alone: "0.00 %", or "-" */
void pl_observed_agreement(const json_t *entry, bool brief, char *text);

/** The stack with its threads, where there were more than one, and how it was run where that
 * differs: "slab, 2 threads, run as slab:backing=mmap/glibc". */
void pl_observed_stack(const json_t *entry, char *text, size_t capacity);

/** A site in a line: its cost, and its frames from the window inwards, or the last ones. */
void pl_observed_site(const json_t *site, char *text, size_t capacity);

/** What is drawn of an entry. */
enum pl_observed_picture { PL_OBSERVED_FLAME, PL_OBSERVED_CURVE, PL_OBSERVED_PICTURES };

/** The name of an entry's picture in plots/, without ".svg". @return false for none */
bool pl_observed_picture(const json_t *entry, enum pl_observed_picture kind, char *name,
                         size_t capacity);

/** What a picture shows, as a caption. */
const char *pl_observed_caption(enum pl_observed_picture kind);

/** Whether an entry says anything but that it is well. */
bool pl_observed_is_ok(const json_t *entry);

#endif
