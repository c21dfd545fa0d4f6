#include "harness/cli/help.h"

#include <string.h>

#include "harness/report/writers/wrap.h"

#define WIDTH 80
#define INDENT 2
#define COMMAND_WIDTH 13
#define EXIT_WIDTH 18   /* of "129, 130, 143", and what is around it */
#define OPTION_WIDTH 28 /* of "--send FILE=ADDRESS:PORT", and two blanks */

/* At most 80 columns, which lines are read best in. */
static size_t width_of(FILE *out)
{
    size_t width = pl_wrap_width(out, WIDTH);
    return width < WIDTH ? width : WIDTH;
}

static void entry(FILE *out, const char *name, const char *text, size_t column)
{
    fprintf(out, "%*s%s", INDENT, "", name);
    size_t at = INDENT + pl_wrap_columns(name);
    if (at < column) {
        pl_wrap(out, text, at, column, width_of(out));
    } else {
        fputc('\n', out);
        pl_wrap(out, text, 0, column, width_of(out));
    }
}

/* Each line of a text behind the same beginning. */
static void lines(FILE *out, const char *text, const char *before)
{
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        int length = (int)strcspn(line, "\n");
        fprintf(out, "%*s%s%.*s\n", INDENT, "", before, length, line);
        line += length;
    }
}

static void option(FILE *out, const struct pl_cli_option *o)
{
    char name[96], help[512];
    const char *blank = o->argument && o->argument[0] != '[' ? " " : "";
    snprintf(name, sizeof name, "--%s%s%s", o->name, blank, o->argument ? o->argument : "");
    snprintf(help, sizeof help, o->fallback ? "%s (default: %s)" : "%s", o->help, o->fallback);
    entry(out, name, help, OPTION_WIDTH);
}

/* "1 an expectation failed" */
static void exits(FILE *out, const char *text)
{
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        char codes[32], words[200];
        int length = (int)strcspn(line, "\n");
        int code = (int)strspn(line, "0123456789, ");
        snprintf(codes, sizeof codes, "%.*s", code - 1, line);
        snprintf(words, sizeof words, "%.*s", length - code, line + code);
        entry(out, codes, words, EXIT_WIDTH);
        line += length;
    }
}

void pl_cli_page(FILE *out, const struct pl_cli_command *c)
{
    char before[64];
    fprintf(out, "plimsoll %s - %s\n\nusage\n", c->name, c->summary);
    snprintf(before, sizeof before, "plimsoll %s ", c->name);
    lines(out, c->usage, before);
    fputc('\n', out);
    pl_wrap(out, c->about, 0, 0, width_of(out));
    fputs("\noptions\n", out);
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        option(out, *o);
    entry(out, "-h, --help", "prints this page", OPTION_WIDTH);
    fputs("\nexamples\n", out);
    for (size_t i = 0; i < 2; i++)
        lines(out, c->examples[i], "");
    fputs("\nexit codes\n", out);
    exits(out, c->exits);
    exits(out, pl_cli_common_exits);
}

void pl_cli_overview(FILE *out)
{
    fputs("plimsoll - how much memory each allocator takes under a media server's traffic\n\n"
          "usage\n"
          "  plimsoll COMMAND [ARGUMENT...]\n"
          "  plimsoll help COMMAND        the command's own page, as plimsoll COMMAND --help\n"
          "  plimsoll -V, --version\n\n"
          "commands\n",
          out);
    for (size_t i = 0; i < pl_cli_command_count; i++)
        entry(out, pl_cli_commands[i].name, pl_cli_commands[i].summary, COMMAND_WIDTH);
    fputs("\nexamples\n"
          "  plimsoll run stalled-reader\n"
          "  plimsoll run --duration 60s --allocator jemalloc -- ./my-server\n\n"
          "exit codes\n",
          out);
    exits(out, "0 all is as expected\n1 an expectation failed");
    exits(out, pl_cli_common_exits);
}
