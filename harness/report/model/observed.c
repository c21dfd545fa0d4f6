/* Texts of the instruments' sections (instruments.h). */
#include "harness/report/model/observed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

static struct pl_observed *section_of(struct pl_observed_list *s, const json_t *entry, size_t most)
{
    const char *name = pl_document_string(entry, "instrument");
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->list[i].name, name) == 0)
            return &s->list[i];
    struct pl_observed *section = &s->list[s->count++];
    section->name = name;
    section->instrument = pl_instrument_find(name);
    section->entries = pl_memory_take(most, sizeof *section->entries);
    return section;
}

static void add_figures(struct pl_observed *section, const json_t *entry)
{
    const char *key;
    const json_t *value;
    json_object_foreach((json_t *)json_object_get(entry, "figures"), key, value)
    {
        bool known = false;
        for (size_t i = 0; i < section->figure_count; i++)
            known |= strcmp(section->figures[i], key) == 0;
        if (!known && section->figure_count < PL_OBSERVED_FIGURES_MAX)
            section->figures[section->figure_count++] = key;
    }
}

struct pl_observed_list pl_observed_make(const json_t *root)
{
    const json_t *entries = json_object_get(root, "instruments"), *entry;
    size_t most = json_array_size(entries), i;
    struct pl_observed_list made = {.list = pl_memory_take(most, sizeof *made.list)};
    json_array_foreach(entries, i, entry)
    {
        struct pl_observed *section = section_of(&made, entry, most);
        section->entries[section->entry_count++] = entry;
        section->agrees |= json_object_get(entry, "agreement") != NULL;
        add_figures(section, entry);
    }
    return made;
}

void pl_observed_free(struct pl_observed_list *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->list[i].entries);
    free(s->list);
    *s = (struct pl_observed_list){0};
}

void pl_observed_head(const char *figure, char *text)
{
    snprintf(text, PL_OBSERVED_TEXT, "%s", figure);
    for (char *at = text; *at; at++)
        if (*at == '_')
            *at = ' ';
}

static bool is_seconds(const char *figure)
{
    static const char unit[] = "_seconds";
    size_t length = strlen(figure), end = sizeof unit - 1;
    return length > end && strcmp(figure + length - end, unit) == 0;
}

void pl_observed_figure(const json_t *entry, const char *figure, char *text)
{
    const json_t *value = json_object_get(json_object_get(entry, "figures"), figure);
    char number[PL_TEXT_FIGURE] = "-";
    if (json_is_integer(value))
        pl_text_count(number, (double)json_integer_value(value));
    else if (value && is_seconds(figure)) /* of a command that may take some ms */
        snprintf(number, sizeof number, "%.3f", json_real_value(value));
    else if (value)
        pl_text_decimal(number, json_real_value(value));
    snprintf(text, PL_OBSERVED_TEXT, "%s", number);
}

void pl_observed_agreement(const json_t *entry, bool brief, char *text)
{
    const json_t *agreement = json_object_get(entry, "agreement");
    const json_t *ratio = json_object_get(agreement, "ratio");
    double apart = 100 * fabs(json_number_value(ratio) - 1);
    if (!agreement || (brief && !ratio))
        strcpy(text, "-");
    else if (brief)
        snprintf(text, PL_OBSERVED_TEXT, "%.2f %%", apart);
    else
        snprintf(text, PL_OBSERVED_TEXT, "%s, ours %s",
                 pl_text_count(PL_FIGURE, json_number_value(json_object_get(agreement, "theirs"))),
                 pl_text_count(PL_FIGURE, json_number_value(json_object_get(agreement, "ours"))));
    if (ratio && !brief)
        pl_text_add(text, PL_OBSERVED_TEXT, ": %.2f %% apart", apart);
}

void pl_observed_stack(const json_t *entry, char *text, size_t capacity)
{
    struct pl_cell_name asked = pl_cell_name_of(entry);
    const char *run = pl_document_string(entry, "allocator_run");
    pl_cell_name_stack(&asked, text, capacity);
    if (strcmp(asked.allocator, run) != 0)
        pl_text_add(text, capacity, ", run as %s", run);
}

/* Bytes of a stack as a person reads it: " > " for each ';'. */
static size_t shown_length(const char *frames)
{
    size_t length = strlen(frames);
    for (const char *at = frames; (at = strchr(at, ';')); at++)
        length += strlen(" > ") - 1;
    return length;
}

/* Where a stack begins to tell something: behind the loop, or its last part. */
static const char *telling_part(const char *frames, size_t most)
{
    const char *window = strstr(frames, PL_STACKS_WINDOW), *next;
    if (window && (next = strchr(window, ';')))
        frames = next + 1;
    while (shown_length(frames) > most && (next = strchr(frames, ';')))
        frames = next + 1;
    return frames;
}

void pl_observed_site(const json_t *site, char *text, size_t capacity)
{
    double cost = json_number_value(json_object_get(site, "cost"));
    size_t used = (size_t)snprintf(text, capacity, "%s %.20s: ", pl_text_count(PL_FIGURE, cost),
                                   pl_document_string(site, "unit"));
    size_t room = used + 4 < capacity ? capacity - used - 4 : 0;
    for (const char *at = telling_part(pl_document_string(site, "frames"), room);
         *at && used + 4 < capacity; at++)
        used += (size_t)snprintf(text + used, capacity - used, *at == ';' ? " > " : "%c", *at);
}

/* Which file of an entry a picture is drawn from, and what its name ends with. */
static const struct {
    const char *suffix, *ending, *caption;
} pictures[PL_OBSERVED_PICTURES] = {
    [PL_OBSERVED_FLAME] = {".folded", "", "Who holds the bytes of the peak"},
    [PL_OBSERVED_CURVE] = {".curve.csv", "-curve", "The heap beside our own live bytes"},
};

const char *pl_observed_caption(enum pl_observed_picture kind)
{
    return pictures[kind].caption;
}

bool pl_observed_picture(const json_t *entry, enum pl_observed_picture kind, char *name,
                         size_t capacity)
{
    static const char folder[] = "instruments/";
    size_t before = sizeof folder - 1, behind = strlen(pictures[kind].suffix), i;
    const json_t *file;
    json_array_foreach(json_object_get(entry, "files"), i, file)
    {
        const char *path = json_string_value(file) ? json_string_value(file) : "";
        size_t length = strlen(path);
        if (length <= before + behind || strncmp(path, folder, before) != 0 ||
            strcmp(path + length - behind, pictures[kind].suffix) != 0 ||
            strchr(path + before, '/'))
            continue; /* nothing outside the folder is shown */
        snprintf(name, capacity, "%.*s%s", (int)(length - before - behind), path + before,
                 pictures[kind].ending);
        return true;
    }
    return false;
}

bool pl_observed_is_ok(const json_t *entry)
{
    return strcmp(pl_document_string(entry, "status"), "ok") == 0;
}
