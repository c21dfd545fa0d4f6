/* Printing help (page.h). */
#include "harness/cli/page.h"

#include <string.h>

#define WIDTH 80
#define INDENT 2
#define EXIT_WIDTH 18   /* of "129, 130, 143", and what is around it */
#define OPTION_WIDTH 28 /* of "--send FILE=ADDRESS:PORT", and two blanks */

void pl_cli_wrap(FILE *out, const char *text, int column, int width)
{
    int at = column;
    for (const char *word = text; *word;) {
        int length = (int)strcspn(word, " ");
        if (at > column && at + 1 + length > width) {
            fprintf(out, "\n%*s", column, "");
            at = column;
        }
        at += fprintf(out, "%s%.*s", at > column ? " " : "", length, word);
        word += length + (word[length] == ' ');
    }
    fputc('\n', out);
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
    char help[512];
    const char *blank = o->argument && o->argument[0] != '[' ? " " : "";
    int used =
        fprintf(out, "%*s--%s%s%s", INDENT, "", o->name, blank, o->argument ? o->argument : "");
    snprintf(help, sizeof help, o->fallback ? "%s (default: %s)" : "%s", o->help, o->fallback);
    if (used >= OPTION_WIDTH)
        fprintf(out, "\n%*s", OPTION_WIDTH, "");
    else
        fprintf(out, "%*s", OPTION_WIDTH - used, "");
    pl_cli_wrap(out, help, OPTION_WIDTH, WIDTH);
}

/* "1 an expectation failed" */
static void exits(FILE *out, const char *text)
{
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        char words[200];
        int length = (int)strcspn(line, "\n");
        int code = (int)strspn(line, "0123456789, ");
        snprintf(words, sizeof words, "%.*s", length - code, line + code);
        int used = fprintf(out, "%*s%.*s", INDENT, "", code, line);
        fprintf(out, "%*s", EXIT_WIDTH - used, "");
        pl_cli_wrap(out, words, EXIT_WIDTH, WIDTH);
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
    pl_cli_wrap(out, c->about, 0, WIDTH);
    fputs("\noptions\n", out);
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        option(out, *o);
    fprintf(out, "%*s%-*s%s\n", INDENT, "", OPTION_WIDTH - INDENT, "-h, --help",
            "prints this page");
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
        fprintf(out, "  %-11s%s\n", pl_cli_commands[i].name, pl_cli_commands[i].summary);
    fputs("\nexamples\n"
          "  plimsoll run stalled-reader\n"
          "  plimsoll run --duration 60s --allocator jemalloc -- ./my-server\n\n"
          "exit codes\n",
          out);
    exits(out, "0 all is as expected\n1 an expectation failed");
    exits(out, pl_cli_common_exits);
}
