/* Sharing out the styles of plots/palette.json (line_style.h). plots/style.py shares them out by
 * the same rule, and a test holds the two together. */
#include "harness/report/page/line_style.h"

#include <string.h>

#include "palette.h" /* made of palette.json */

const size_t pl_line_style_most = PALETTE_STACKS_MOST;

#define COLOUR_NAME(name, light) [COLOUR_##name] = #name,
#define COLOUR_NUMBER(name, light) COLOUR_##name,
#define DASH_TEXT(name, lengths) [DASH_##name] = lengths,
#define DASH_NUMBER(name, lengths) DASH_##name,
#define KNOWN_NAME(stack, colour, dash) stack,
#define KNOWN_PAIR(stack, colour, dash) {COLOUR_##colour, DASH_##dash},
#define FREE_ROW(colour, dash) {COLOUR_##colour, DASH_##dash},

enum { PALETTE_COLOURS(COLOUR_NUMBER) };
enum { PALETTE_DASHES(DASH_NUMBER) };

static const char *const colours[] = {PALETTE_COLOURS(COLOUR_NAME)};
static const char *const dashes[] = {PALETTE_DASHES(DASH_TEXT)};

struct pair {
    unsigned colour, dash;
};

const char *const pl_line_style_known[] = {PALETTE_KNOWN(KNOWN_NAME)};
static const struct pair known[] = {PALETTE_KNOWN(KNOWN_PAIR)};
static const struct pair unclaimed[] = {PALETTE_FREE(FREE_ROW)};

#define KNOWN (sizeof known / sizeof *known)
#define UNCLAIMED (sizeof unclaimed / sizeof *unclaimed)

const size_t pl_line_style_known_count = KNOWN;

/* As many stacks as are shown can be told apart. */
_Static_assert(KNOWN + UNCLAIMED >= PALETTE_STACKS_MOST, "too few styles in palette.json");

static void take(struct pair pair, struct pl_line_style *style)
{
    style->colour = colours[pair.colour];
    style->dash = dashes[pair.dash];
}

/* A ledger in front changes nothing of what is looked at, unless both stand side by side. */
static const char *name_of(const struct pl_model_group *g, const char *stack)
{
    static const char ledger[] = "ledger/";
    const char *behind = stack + sizeof ledger - 1;
    if (strncmp(stack, ledger, sizeof ledger - 1) != 0)
        return stack;
    for (size_t i = 0; i < g->row_count; i++)
        if (strcmp(g->rows[i].stack, behind) == 0)
            return stack;
    return behind;
}

static bool take_known(const char *name, struct pl_line_style *style)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (strcmp(pl_line_style_known[i], name) == 0) {
            take(known[i], style);
            return true;
        }
    return false;
}

/* What a group has left for the stacks that are not well-known. */
struct spare {
    struct pair pairs[KNOWN + UNCLAIMED];
    size_t count, next;
};

static bool is_shown(const struct pl_model_group *g, const struct pl_line_style *styles,
                     const char *name)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (styles[i].shown && strcmp(name_of(g, g->rows[i].stack), name) == 0)
            return true;
    return false;
}

/* What no well-known stack has comes first; then what those have that are not shown. */
static void find_spare(const struct pl_model_group *g, const struct pl_line_style *styles,
                       struct spare *spare)
{
    memcpy(spare->pairs, unclaimed, sizeof unclaimed);
    spare->count = UNCLAIMED;
    for (size_t i = 0; i < KNOWN; i++)
        if (!is_shown(g, styles, pl_line_style_known[i]))
            spare->pairs[spare->count++] = known[i];
}

static bool is_swept(const struct pl_model_row *row)
{
    return json_object_get(row->cells[0], "sweep") != NULL;
}

static size_t count_plain(const struct pl_model_group *g)
{
    size_t plain = 0;
    for (size_t i = 0; i < g->row_count; i++)
        plain += !is_swept(&g->rows[i]);
    return plain;
}

static void choose_shown(const struct pl_model_group *g, struct pl_line_style *styles)
{
    size_t shown = 0;
    bool sweeps_give_way = g->row_count > PALETTE_STACKS_MOST_BESIDE_SWEEPS && count_plain(g);
    for (size_t i = 0; i < g->row_count; i++) {
        bool gives_way = sweeps_give_way && is_swept(&g->rows[i]);
        styles[i] = (struct pl_line_style){.dots = !g->threads && g->rows[i].threads > 1,
                                           .shown = shown < PALETTE_STACKS_MOST && !gives_way};
        shown += styles[i].shown;
    }
}

/* Those of a stack stand together, and share its style. */
static void style_rows(const struct pl_model_group *g, bool shown, struct spare *spare,
                       struct pl_line_style *styles)
{
    for (size_t i = 0; i < g->row_count; i++) {
        if (styles[i].shown != shown)
            continue;
        if (i && strcmp(g->rows[i].stack, g->rows[i - 1].stack) == 0) {
            styles[i].colour = styles[i - 1].colour;
            styles[i].dash = styles[i - 1].dash;
        } else if (!take_known(name_of(g, g->rows[i].stack), &styles[i])) {
            take(spare->pairs[spare->next++ % spare->count], &styles[i]);
        }
    }
}

void pl_line_style_of(const struct pl_model_group *g, struct pl_line_style *styles)
{
    struct spare spare = {0};
    choose_shown(g, styles);
    find_spare(g, styles, &spare);
    style_rows(g, true, &spare, styles);
    style_rows(g, false, &spare, styles);
}
