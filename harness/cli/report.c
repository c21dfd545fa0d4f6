/* `plimsoll report DIR`: writes report.html, report.md, report.json and junit.xml from what lies in
 * DIR. */
#include <stdio.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/report/report.h"

static int read_arguments(int argc, char **argv, struct pl_report *report)
{
    int code = pl_arguments_take(&argc, argv, "--baseline", false, &report->baseline);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--history", false, &report->history);
    if (code != PL_EXIT_OK)
        return code;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-')
            return pl_cli_usage("unknown option %s; expected --baseline DIR or --history FILE",
                                argv[i]);
    if (argc != 2)
        return pl_cli_usage("wrong number of folders; expected one of results");
    report->folder = argv[1];
    return PL_EXIT_OK;
}

int pl_cli_report(int argc, char **argv)
{
    struct pl_report report = {0};
    struct pl_error error;
    int code = read_arguments(argc, argv, &report);
    if (code)
        return code;
    if (pl_report_write(&report, stderr, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    pl_printable_line(stdout, "report: %s/report.html", report.folder);
    pl_printable_line(stdout, "        %s/report.md, report.json and junit.xml", report.folder);
    return PL_EXIT_OK;
}
