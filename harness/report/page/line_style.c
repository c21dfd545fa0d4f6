/* Sharing out the styles (line_style.h). The palette is Okabe and Ito's ("Color Universal Design",
 * 2008) without its yellow, which is lost on white; line styles tell apart what shares a colour.
 * plots/style.py has the same. */
#include "harness/report/page/line_style.h"

#include <string.h>

enum { ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY, INK };
enum { SOLID, DASHED, DASHDOT, LONG };

#define MOST_SWEPT 12

const char *const pl_line_style_dashes[] = {"", "8 3", "9 3 2 3", "16 4"};

static const struct {
    const char *stack;
    unsigned colour, dash;
} known[] = {
    {"null", GREY, SOLID},     {"glibc", BLUE, SOLID},      {"jemalloc", ORANGE, SOLID},
    {"mimalloc", SKY, DASHED}, {"tcmalloc", PURPLE, SOLID}, {"tbbmalloc", BLUE, DASHDOT},
    {"scudo", PURPLE, DASHED}, {"slab", INK, SOLID},        {"limited", GREEN, SOLID},
};

/* Vermillion is the Plimsoll line's alone. */
static const unsigned rest[] = {ORANGE, SKY, GREEN, BLUE, PURPLE, GREY};
#define REST (sizeof rest / sizeof *rest)

/* A ledger in front changes nothing of what is looked at. */
static bool take_known(const char *stack, struct pl_line_style *style)
{
    static const char ledger[] = "ledger/";
    if (strncmp(stack, ledger, sizeof ledger - 1) == 0)
        stack += sizeof ledger - 1;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].stack, stack) == 0) {
            style->colour = known[i].colour;
            style->dash = known[i].dash;
            return true;
        }
    return false;
}

static bool is_known(unsigned colour, unsigned dash)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].colour == colour && known[i].dash == dash)
            return true;
    return false;
}

/* The next style that no well-known stack has: LONG, DASHDOT, DASHED of each colour, then again.
 * @return where to go on */
static size_t take_free(size_t next, struct pl_line_style *style)
{
    do {
        style->colour = rest[next % REST];
        style->dash = LONG - (unsigned)(next / REST % 3);
        next++;
    } while (is_known(style->colour, style->dash));
    return next;
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

void pl_line_style_of(const struct pl_model_group *g, struct pl_line_style *styles)
{
    size_t next = 0, shown = 0;
    bool sweeps_give_way = g->row_count > MOST_SWEPT && count_plain(g);
    for (size_t i = 0; i < g->row_count; i++) {
        const struct pl_model_row *row = &g->rows[i];
        bool follows = i && strcmp(row->stack, g->rows[i - 1].stack) == 0;
        styles[i] = (struct pl_line_style){.dots = !g->threads && row->threads > 1};
        if (follows) { /* those of a stack stand together */
            styles[i].colour = styles[i - 1].colour;
            styles[i].dash = styles[i - 1].dash;
        } else if (!take_known(row->stack, &styles[i])) {
            next = take_free(next, &styles[i]);
        }
        styles[i].shown = shown < PL_LINE_STYLE_MOST && !(sweeps_give_way && is_swept(row));
        shown += styles[i].shown;
    }
}
