/* Prints, when Plimsoll is built, its man page and the completions of shells from the table of
 * commands.     plimsoll-pages man|bash|zsh FILE */
#include <stdio.h>
#include <string.h>

#include "harness/cli/command_table.h"

/* Text for roff: its own characters are taken as they are. */
static void roff(const char *text)
{
    for (; *text; text++)
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '-')
            fputs("\\-", stdout);
        else
            putchar(*text);
}

static void roff_lines(const char *text, const char *before)
{
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        char one[512];
        int length = (int)strcspn(line, "\n");
        snprintf(one, sizeof one, "%s%.*s", before, length, line);
        fputs("\\&", stdout); /* a line that begins with a dot is none of roff's */
        roff(one);
        putchar('\n');
        line += length;
    }
}

static void man_option(const struct pl_cli_option *o)
{
    printf(".TP\n\\fB\\-\\-");
    roff(o->name);
    fputs("\\fR", stdout);
    if (o->argument) {
        fputs(o->argument[0] == '[' ? "\\fI" : " \\fI", stdout);
        roff(o->argument);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    roff_lines(o->help, "");
    if (o->fallback)
        roff_lines(o->fallback, "Default: ");
}

static void man_command(const struct pl_cli_command *c)
{
    char before[64];
    printf(".SS \"plimsoll %s\"\n", c->name);
    roff_lines(c->about, "");
    fputs(".PP\n.nf\n", stdout);
    snprintf(before, sizeof before, "plimsoll %s ", c->name);
    roff_lines(c->usage, before);
    fputs(".fi\n", stdout);
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        man_option(*o);
    fputs(".PP\nExamples:\n.PP\n.nf\n", stdout);
    for (size_t i = 0; i < 2; i++)
        roff_lines(c->examples[i], "    ");
    fputs(".fi\n.PP\nExit codes:\n.PP\n.nf\n", stdout);
    roff_lines(c->exits, "    ");
    fputs(".fi\n", stdout);
}

static void print_man(void)
{
    printf(
        ".TH PLIMSOLL 1 \"\" \"plimsoll %s\" \"User Commands\"\n"
        ".SH NAME\nplimsoll \\- measures the memory of media servers under each allocator\n"
        ".SH SYNOPSIS\n\\fBplimsoll\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR...]\n.br\n"
        "\\fBplimsoll help\\fR \\fICOMMAND\\fR\n.br\n\\fBplimsoll \\-V\\fR\n"
        ".SH DESCRIPTION\n"
        "Replays recorded traffic through the memory of a media server, with one allocator after\n"
        "another, and shows what each takes, which run out of memory, and at what cost.\n"
        ".SH COMMANDS\n",
        PL_VERSION);
    for (size_t i = 0; i < pl_cli_command_count; i++)
        man_command(&pl_cli_commands[i]);
    fputs(".SH EXIT STATUS\nBeside what each command names:\n.PP\n.nf\n", stdout);
    roff_lines(pl_cli_common_exits, "    ");
    fputs(".fi\n.SH ENVIRONMENT\n"
          ".TP\nPLIMSOLL_SCENARIOS\nThe folder in which scenarios are looked for first, before "
          "./scenarios and those of Plimsoll.\n"
          ".TP\nCOLUMNS\nHow wide tables may be; else the terminal says.\n"
          ".TP\nNO_COLOR\nNo colours.\n",
          stdout);
}

/* What a shell runs to get the names. */
static const char *names_of(const char *values)
{
    if (strcmp(values, "@scenario") == 0)
        return "plimsoll list scenarios 2>/dev/null | sed -n 's/^\\([a-z0-9-]*\\)  *.*/\\1/p'";
    if (strcmp(values, "@allocator") == 0)
        return "plimsoll list allocators 2>/dev/null | sed -n 's/^\\([a-z_]*\\) .*/\\1/p'";
    return strcmp(values, "@metric") == 0 ? "plimsoll list metrics 2>/dev/null | sed 's/ .*//'"
                                          : NULL;
}

/* A line that sets COMPREPLY. */
static void bash_values(const char *values)
{
    const char *names = values ? names_of(values) : NULL;
    if (names)
        printf("COMPREPLY=($(compgen -f -W \"$(%s)\" -- \"$cur\"))\n", names);
    else if (values && strcmp(values, "@folder") == 0)
        puts("COMPREPLY=($(compgen -d -- \"$cur\"))");
    else if (values && values[0] != '@')
        printf("COMPREPLY=($(compgen -W \"%s\" -- \"$cur\"))\n", values);
    else
        puts("COMPREPLY=($(compgen -f -- \"$cur\"))");
}

static void bash_command(const struct pl_cli_command *c)
{
    printf("    %s)\n        case $prev in\n", c->name);
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        if ((*o)->argument && (*o)->argument[0] != '[') {
            printf("        --%s) ", (*o)->name);
            bash_values((*o)->values);
            puts("            return ;;");
        }
    fputs("        esac\n        [[ $cur == -* ]] && COMPREPLY=($(compgen -W \"--help", stdout);
    for (const struct pl_cli_option *const *o = c->options; *o; o++)
        printf(" --%s", (*o)->name);
    fputs("\" -- \"$cur\")) && return\n        ", stdout);
    bash_values(c->words);
    puts("        ;;");
}

static void print_bash(void)
{
    char names[512];
    pl_cli_command_names(names, sizeof names);
    puts("# Completion of plimsoll for bash; made from its table of commands.\n"
         "_plimsoll() {\n"
         "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i\n"
         "    COMPREPLY=()\n"
         "    for ((i = 2; i < COMP_CWORD; i++)); do # behind `--` stands a program\n"
         "        [[ ${COMP_WORDS[i]} == -- ]] && COMPREPLY=($(compgen -c -f -- \"$cur\")) && "
         "return\n"
         "    done\n"
         "    if ((COMP_CWORD == 1)) || [[ ${COMP_WORDS[1]} == help ]]; then");
    fputs("        COMPREPLY=($(compgen -W \"help --help --version", stdout);
    for (size_t i = 0; i < pl_cli_command_count; i++)
        printf(" %s", pl_cli_commands[i].name);
    puts("\" -- \"$cur\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in");
    for (size_t i = 0; i < pl_cli_command_count; i++)
        bash_command(&pl_cli_commands[i]);
    puts("    esac\n}\ncomplete -F _plimsoll plimsoll");
}

/* Text inside single quotes and brackets of _arguments. */
static void zsh_text(const char *text)
{
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
}

static void zsh_values(const char *values)
{
    const char *names = values ? names_of(values) : NULL;
    if (names && strcmp(values, "@scenario") == 0)
        fputs("_plimsoll_scenarios", stdout);
    else if (names)
        fputs(strcmp(values, "@metric") == 0 ? "_plimsoll_metrics" : "_plimsoll_allocators",
              stdout);
    else if (values && strcmp(values, "@folder") == 0)
        fputs("_files -/", stdout);
    else if (values && values[0] != '@')
        printf("(%s)", values);
    else
        fputs("_files", stdout);
}

static void zsh_command(const struct pl_cli_command *c)
{
    printf("    %s) _arguments", c->name);
    for (const struct pl_cli_option *const *o = c->options; *o; o++) {
        printf(" \\\n        '*--%s[", (*o)->name);
        zsh_text((*o)->help);
        fputs("]", stdout);
        if ((*o)->argument && (*o)->argument[0] != '[') {
            fputs(":", stdout);
            zsh_text((*o)->argument);
            fputs(":", stdout);
            zsh_values((*o)->values);
        }
        fputs("'", stdout);
    }
    fputs(" \\\n        '(-h --help)'{-h,--help}'[prints the page of the command]' '*: :", stdout);
    zsh_values(c->words);
    puts("' ;;");
}

static void zsh_function(const char *name, const char *values)
{
    printf("_plimsoll_%s() {\n    compadd -- ${(f)\"$(%s)\"}\n", name, names_of(values));
    puts(strcmp(values, "@scenario") == 0 ? "    _files\n}" : "}");
}

static void print_zsh(void)
{
    puts("#compdef plimsoll\n# Completion of plimsoll for zsh; made from its table of commands.");
    zsh_function("scenarios", "@scenario");
    zsh_function("allocators", "@allocator");
    zsh_function("metrics", "@metric");
    puts("_plimsoll() {\n    local -a subcommands=(");
    for (size_t i = 0; i < pl_cli_command_count; i++) {
        printf("        '%s:", pl_cli_commands[i].name);
        zsh_text(pl_cli_commands[i].summary);
        puts("'");
    }
    puts("        'help:the page of a command')\n"
         "    if ((CURRENT == 2)) || [[ $words[2] == help ]]; then\n"
         "        _describe command subcommands\n        return\n    fi\n"
         "    local -i dashes=${words[(i)--]} # behind `--` stands a program\n"
         "    if ((dashes < CURRENT)); then\n"
         "        shift $dashes words\n        ((CURRENT -= dashes))\n"
         "        if ((CURRENT == 1)); then\n            _command_names -e\n            _files\n"
         "        else\n            _normal\n        fi\n        return\n"
         "    fi\n"
         "    local command=$words[2]\n    shift words\n    ((CURRENT--))\n    case $command in");
    for (size_t i = 0; i < pl_cli_command_count; i++)
        zsh_command(&pl_cli_commands[i]);
    puts("    esac\n}\n_plimsoll \"$@\"");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } pages[] = {{"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}};
    for (size_t i = 0; argc == 3 && i < sizeof pages / sizeof *pages; i++)
        if (strcmp(argv[1], pages[i].name) == 0 && freopen(argv[2], "w", stdout)) {
            pages[i].print();
            return fflush(stdout) ? 1 : 0;
        }
    fputs("plimsoll-pages takes man, bash or zsh, and a file that can be written\n", stderr);
    return 2;
}
