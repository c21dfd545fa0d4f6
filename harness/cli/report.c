/* `plimsoll report DIR`: writes report.md and report.html from what lies in DIR. */
#include <stdio.h>

#include "harness/cli/cli.h"
#include "harness/report/report.h"

int pl_cli_report(int argc, char **argv)
{
    struct pl_error error;
    if (argc != 2 || argv[1][0] == '-')
        return pl_cli_usage("report takes one folder of results");
    if (pl_report_write(argv[1], stderr, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    printf("report: %s/report.html\n        %s/report.md\n", argv[1], argv[1]);
    return PL_EXIT_OK;
}
