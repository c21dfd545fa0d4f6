/* Lines, kills, alerts and legend of the still chart (chart.h). */
#include <stdlib.h>
#include <string.h>

#include "harness/report/chart.h"
#include "harness/report/chart_scene.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

#define LETTER 6.2  /* the width of one, about */
#define ROW 13      /* the height of a line of names */
#define ROWS_MOST 8 /* of names above the plot */
#define LEGEND_ROW 15.0
#define APART 5.0 /* marks of alerts, at least */
#define NS 1e9
#define NAME (24 + 1 + PL_TEXT_FIGURE) /* room for the name of a kill */

void pl_chart_lines(const struct pl_chart *c)
{
    char text[PL_TEXT_FIGURE + 64], bytes[PL_TEXT_FIGURE];
    double container = c->group->container_bytes;
    double limit = pl_chart_limit(pl_chart_limits(c->group));
    if (limit > 0 && limit <= c->bytes.high)
        fprintf(c->out, "<path class=\"limit\" d=\"M%d,%.1fH%d\"/>", PL_CHART_LEFT,
                pl_chart_y(c, limit), PL_CHART_RIGHT);
    if (container <= 0)
        return;
    double y = pl_chart_y(c, container);
    pl_text_bytes(bytes, container);
    snprintf(text, sizeof text, "the Plimsoll line: the container's %s", bytes);
    fprintf(c->out, "<path class=\"line\" d=\"M%d,%.1fH%d\"/>", PL_CHART_LEFT, y, PL_CHART_RIGHT);
    pl_chart_text(c, PL_CHART_RIGHT - 4, y - 5, "line end", text, 80);
}

/* Where a curve ends. */
static double end_of(const struct pl_points *points)
{
    return (double)points->t_ns[points->count - 1] / NS;
}

static bool is_killed(const struct pl_chart *c, size_t row)
{
    return pl_chart_has(c, row) &&
           strcmp(pl_document_string(c->curves->rows[row].cell, "outcome"), "oom_killed") == 0;
}

/* The next to be killed, after one before it; row_count for none. */
static size_t next_kill(const struct pl_chart *c, size_t before)
{
    size_t count = c->curves->row_count, next = count;
    double from = before < count ? end_of(&c->curves->rows[before].rss) : -1;
    for (size_t i = 0; i < count; i++) {
        if (!is_killed(c, i))
            continue;
        double end = end_of(&c->curves->rows[i].rss);
        bool later = end > from || (end == from && i > before && before < count);
        if (later && (next == count || end < end_of(&c->curves->rows[next].rss)))
            next = i;
    }
    return next;
}

struct names {
    double ends[ROWS_MOST]; /* of the last name in each row */
    unsigned rows;
};

/* @return the row, counted from the plot, that has room for a name in the middle of x */
static unsigned place_name(struct names *names, double x, double width)
{
    unsigned row = 0;
    while (row < names->rows && names->ends[row] + 8 > x - width / 2)
        row++;
    if (row == ROWS_MOST)
        row--; /* they lie on each other; the legend names them all */
    if (row == names->rows)
        names->rows++;
    names->ends[row] = x + width / 2;
    return row;
}

static double name_kill(const struct pl_chart *c, size_t row, char text[NAME])
{
    char after[PL_TEXT_FIGURE];
    pl_text_duration(after, end_of(&c->curves->rows[row].rss));
    snprintf(text, NAME, "%.24s %s", c->group->rows[row].label, after);
    return LETTER * (double)strlen(text);
}

unsigned pl_chart_kill_rows(const struct pl_chart *c)
{
    struct names names = {.rows = 0};
    char text[NAME];
    size_t count = c->curves->row_count;
    for (size_t i = next_kill(c, count); i < count; i = next_kill(c, i))
        place_name(&names, pl_chart_x(c, end_of(&c->curves->rows[i].rss)), name_kill(c, i, text));
    return names.rows;
}

static void write_kill(const struct pl_chart *c, size_t row, struct names *names)
{
    const struct pl_points *rss = &c->curves->rows[row].rss;
    char text[NAME];
    double width = name_kill(c, row, text);
    double x = pl_chart_x(c, end_of(rss)), y = pl_chart_y(c, rss->values[rss->count - 1]);
    double name_y = c->top - 8 - ROW * place_name(names, x, width);
    double left = x - width / 2 < 2 ? 2 + width / 2 : x;
    fprintf(c->out, "<path class=\"lead\" d=\"M%.1f,%.1fV%.1f\"/>", x, y, name_y + 3);
    fprintf(c->out,
            "<path class=\"kill\" stroke=\"var(--c%u)\" d=\"M%.1f,%.1fl10,10m0,-10l-10,10\"/>",
            c->looks[row].colour, x - 5, y - 5);
    pl_chart_text(c, left, name_y, "name middle", text, 60);
}

static void write_alerts(const struct pl_chart *c, size_t row)
{
    const struct pl_row_curves *r = &c->curves->rows[row];
    const json_t *alert;
    char when[PL_TEXT_FIGURE];
    double last = -APART;
    size_t i;
    json_array_foreach(json_object_get(r->cell, "alerts"), i, alert)
    {
        double seconds = json_number_value(json_object_get(alert, "t_seconds"));
        if (pl_chart_x(c, seconds) - last < APART)
            continue; /* one mark for those that come close upon each other */
        last = pl_chart_x(c, seconds);
        double bytes = pl_points_at(&r->rss, (int64_t)(seconds * NS));
        fprintf(c->out, "<path class=\"alert\" fill=\"var(--c%u)\" d=\"M%.1f,%.1fl6,-10h-12z\">",
                c->looks[row].colour, pl_chart_x(c, seconds), pl_chart_y(c, bytes) - 2);
        pl_text_duration(when, seconds);
        fputs("<title>", c->out);
        pl_text_html(c->out, pl_document_string(alert, "alert"));
        fprintf(c->out, " after %s</title></path>", when);
    }
}

void pl_chart_marks(const struct pl_chart *c)
{
    struct names names = {.rows = 0};
    size_t count = c->curves->row_count;
    for (size_t i = 0; i < count; i++)
        if (pl_chart_has(c, i))
            write_alerts(c, i);
    for (size_t i = next_kill(c, count); i < count; i = next_kill(c, i))
        write_kill(c, i, &names);
}

/* Those that were killed first, then the highest. */
static int by_depth(const struct pl_chart *c, size_t a, size_t b)
{
    double x = c->curves->rows[a].peak_bytes, y = c->curves->rows[b].peak_bytes;
    if (is_killed(c, a) != is_killed(c, b))
        return is_killed(c, a) ? -1 : 1;
    return (x < y) - (x > y);
}

/* The row that follows another in the legend; row_count for none. */
static size_t next_deepest(const struct pl_chart *c, size_t before)
{
    size_t count = c->curves->row_count, next = count;
    for (size_t i = 0; i < count; i++) {
        if (!pl_chart_has(c, i))
            continue;
        int order = before < count ? by_depth(c, before, i) : -1;
        bool later = order < 0 || (order == 0 && i > before);
        if (later && (next == count || by_depth(c, i, next) < 0))
            next = i;
    }
    return next;
}

static double write_key(const struct pl_chart *c, double y, const char *line, const char *text)
{
    fprintf(c->out, "%s d=\"M714,%.1fh26\"/>", line, y - 4);
    pl_chart_text(c, 748, y, "key", text, 36);
    return y + LEGEND_ROW;
}

static double write_row_key(const struct pl_chart *c, size_t row, double y)
{
    char peak[PL_TEXT_FIGURE];
    const struct pl_row_curves *r = &c->curves->rows[row];
    pl_text_bytes(peak, r->peak_bytes);
    fputs("<path class=\"rss\"", c->out);
    pl_chart_stroke(c, row);
    fprintf(c->out, " d=\"M714,%.1fh26\"/>", y - 4);
    pl_chart_text(c, 748, y, "key", c->group->rows[row].label, 21);
    pl_chart_text(c, PL_CHART_WIDTH - 4, y, "key end", peak, 16);
    return y + LEGEND_ROW;
}

static double write_limits_key(const struct pl_chart *c, double y)
{
    char text[PL_TEXT_FIGURE + 64], bytes[PL_TEXT_FIGURE];
    double limit = pl_chart_limit(pl_chart_limits(c->group));
    if (limit <= 0 || limit > c->bytes.high)
        return y;
    pl_text_bytes(bytes, limit);
    snprintf(text, sizeof text, "the limits together: %s", bytes);
    return write_key(c, y, "<path class=\"limit\"", text);
}

/* @return whether any row that is drawn has it */
static bool any(const struct pl_chart *c, bool (*has)(const struct pl_chart *, size_t))
{
    for (size_t i = 0; i < c->curves->row_count; i++)
        if (pl_chart_has(c, i) && has(c, i))
            return true;
    return false;
}

static bool has_band(const struct pl_chart *c, size_t row)
{
    return c->curves->rows[row].band_low.count > 0;
}

static bool has_alert(const struct pl_chart *c, size_t row)
{
    return json_array_size(json_object_get(c->curves->rows[row].cell, "alerts")) > 0;
}

static double write_other_keys(const struct pl_chart *c, double y, size_t left_out)
{
    char text[64];
    y = write_key(c, y, "<path class=\"live\" stroke=\"var(--muted)\"", "live bytes of each");
    y = write_limits_key(c, y);
    if (any(c, is_killed)) {
        pl_chart_text(c, 727, y, "key middle", "\xc3\x97", 4);
        pl_chart_text(c, 748, y, "key", "killed by the kernel", 36);
        y += LEGEND_ROW;
    }
    if (any(c, has_alert)) {
        fprintf(c->out, "<path class=\"alert\" fill=\"var(--muted)\" d=\"M727,%.1fl6,-10h-12z\"/>",
                y);
        pl_chart_text(c, 748, y, "key", "an alert", 36);
        y += LEGEND_ROW;
    }
    if (any(c, has_band))
        y = write_key(c, y, "<path class=\"band wide\" stroke=\"var(--muted)\"",
                      "spread of repetitions");
    if (left_out) {
        snprintf(text, sizeof text, "%zu more: see the table", left_out);
        pl_chart_text(c, 748, y, "key", text, 36);
        y += LEGEND_ROW;
    }
    return y;
}

double pl_chart_legend(const struct pl_chart *c)
{
    size_t count = c->curves->row_count, drawn = 0, with_curve = 0;
    double y = 34;
    pl_chart_text(c, 714, 14, "tick", "peak RSS of each stack", 40);
    for (size_t i = next_deepest(c, count); i < count; i = next_deepest(c, i), drawn++)
        y = write_row_key(c, i, y);
    for (size_t i = 0; i < count; i++)
        with_curve += c->curves->rows[i].runs > 0;
    return write_other_keys(c, y + 4, with_curve - drawn);
}
